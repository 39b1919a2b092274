"""Watch a shop for a set time after a roll-out: the pages that carry the trade, again and again. Only reads."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event

import numpy as np

from updategate.actors.onlooker import Onlooker
from updategate.actors.recorder import SilentRecorder
from updategate.actors.shop_access import ShopAccess
from updategate.clients.connection import store_api, transport_to
from updategate.clients.errors import ShopError
from updategate.clients.transport import Call
from updategate.config.environment import Environment
from updategate.config.stages import WatchRules

MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class Sight:
    """What is looked at: its name for people, and the look itself, which raises ShopError where it goes wrong."""

    name: str
    look: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Look:
    """One look: how long it took in milliseconds, and what went wrong."""

    sight: str
    milliseconds: float
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """The state after one round: over the last rounds, the share of looks that went wrong and p95 in milliseconds."""

    number: int
    looks: int
    error_ratio: float
    p95: float


@dataclass(slots=True)
class Watched:
    """What came out. ``ok`` is None where there were too few looks to decide; ``ended_early`` after a limit broke."""

    rounds: list[Round] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    looks: int = 0
    ok: bool | None = None
    ended_early: bool = False
    actual: str = ""


class PageBrokenError(ShopError):
    """A page answered, but not as it should."""


def sights_of(environment: Environment) -> list[Sight]:
    """Home page, a listing, a product's page, the search and the Store API, as an anonymous visitor sees them.

    Raises ShopError or LookupError where the shop does not even show a category with a product.
    """
    transport = transport_to(environment)
    access = ShopAccess(transport, environment.sales_channel.access_key.get_secret_value(), environment.storefront_url)
    onlooker = Onlooker(access, SilentRecorder())
    category, product = next(
        (
            (category, products[0])
            for category in onlooker.sees_categories()[:8]
            if (products := onlooker.sees_listing(category, limit=2))
        ),
        (None, None),
    )
    if category is None or product is None:
        message = "the shop shows no category with a product"
        raise LookupError(message)
    pages = {
        "home page": "/",
        "listing": f"/navigation/{category.id}",
        "product page": f"/detail/{product.id}",
        "search": f"/search?search={product.number}",
    }

    def page(path: str) -> Callable[[], object]:
        def look() -> None:
            answer = transport.send(Call("GET", path, headers={"Accept": "text/html"}, follow_redirects=True))
            if answer.status != 200 or b"is-ctl-error" in answer.body:
                message = f"answered {answer.status}"
                raise PageBrokenError(message)

        return look

    def store() -> None:
        answer = store_api(environment).raw("GET", "/context")
        if not answer.ok:
            message = f"answered {answer.status}"
            raise PageBrokenError(message)

    return [*(Sight(name, page(path)) for name, path in pages.items()), Sight("Store API", store)]


def watch(
    sights: Sequence[Sight],
    rules: WatchRules,
    tell: Callable[[Round], None],
    *,
    clock: Callable[[], float] = time.monotonic,
    wait_for_next_round: Callable[[float], object] | None = None,
) -> Watched:
    """Look at every sight ``every`` so many seconds for so many ``minutes``; ends at once when a limit is broken.

    ``tell`` hears of each round. A Ctrl-C passes through; what was told until then stays.
    """
    pause = wait_for_next_round or Event().wait
    result = Watched()
    recent: deque[list[Look]] = deque(maxlen=rules.window)
    begun = clock()
    while True:
        due = begun + len(result.rounds) * rules.every
        recent.append([_look(sight, clock) for sight in sights])
        state = _state(len(result.rounds) + 1, recent)
        result.rounds.append(state)
        result.looks += len(recent[-1])
        told = [f"{look.sight}: {look.fault}" for look in recent[-1] if look.fault]
        result.faults = [*result.faults, *told][-MOST_TOLD:]
        tell(state)
        if state.looks >= rules.least and _broken(state, rules):
            result.ok, result.ended_early = False, True
            break
        # a round that took longer than its time is followed at once, and the end does not move
        until_next = max(0.0, due + rules.every - clock())
        if clock() + until_next - begun >= rules.minutes * 60:
            result.ok = True if state.looks >= rules.least else None
            break
        pause(until_next)
    result.actual = _told(result, state, clock() - begun)
    return result


def _look(sight: Sight, clock: Callable[[], float]) -> Look:
    begun = clock()
    try:
        sight.look()
        fault = ""
    except (ShopError, LookupError, ValueError) as error:
        fault = str(error) or type(error).__name__
    return Look(sight.name, (clock() - begun) * 1000, fault)


def _state(number: int, recent: deque[list[Look]]) -> Round:
    looks = [look for round_ in recent for look in round_]
    wrong = sum(1 for look in looks if look.fault)
    times = [look.milliseconds for look in looks if not look.fault]
    return Round(
        number=number,
        looks=len(looks),
        error_ratio=wrong / len(looks) if looks else 0.0,
        p95=float(np.quantile(times, 0.95)) if times else 0.0,
    )


def _broken(state: Round, rules: WatchRules) -> bool:
    return state.error_ratio > rules.errors_at_most or state.p95 > rules.p95_at_most


def _told(result: Watched, last: Round, seconds: float) -> str:
    text = (
        f"{last.error_ratio:.1%} of the last {last.looks} looks went wrong, p95 {last.p95:.0f} ms, "
        f"after {seconds / 60:.1f} minutes and {len(result.rounds)} rounds"
    )
    return f"{text}; last faults: {'; '.join(result.faults)}" if result.faults else text
