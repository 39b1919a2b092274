"""What a journey sees: its visitor's actors, what it may choose from, and steps that are timed."""

from __future__ import annotations

import importlib.util
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Protocol, TypeVar

from updategate.actors.caches import new_to_caches
from updategate.actors.recorder import SilentRecorder
from updategate.config.errors import ConfigError

if TYPE_CHECKING:
    from updategate.actors.identity import Identity
    from updategate.actors.shop_access import ShopAccess
    from updategate.load.pools import Pools

T = TypeVar("T")


class OutcomeError(AssertionError):
    """A step ended without the outcome that makes it count, such as an order without an order number."""


class Clock(Protocol):
    """Times steps and lets visitors wait."""

    def begin(self, group: str) -> None:
        """A step of this group begins now; may raise StopVisit where the slice is over."""

    def end(self, group: str, fault: BaseException | None) -> None:
        """The step ended; ``fault`` is what it raised."""

    def wait(self, seconds: float) -> None:
        """Let the visitor wait."""


class StopVisit(Exception):  # noqa: N818 - no error: the slice is over, the visitor goes home
    """Raised between two steps when the slice is over."""


@dataclass(frozen=True)
class Journey:
    """A journey by name. ``groups`` are the steps that it times, ``needs`` the permits that it cannot do without."""

    name: str
    walk: Callable[[Visit], None]
    groups: tuple[str, ...]
    needs: tuple[str, ...]
    customers: bool = False
    admin: bool = False


JOURNEYS: dict[str, Journey] = {}


def journey(
    name: str, *, groups: Sequence[str], needs: Sequence[str] = (), customers: bool = False, admin: bool = False
) -> Callable[[Callable[[Visit], None]], Callable[[Visit], None]]:
    """Register a function as a journey; ``customers``: it logs in, ``admin``: it uses the Admin API."""

    def register(walk: Callable[[Visit], None]) -> Callable[[Visit], None]:
        if name in JOURNEYS and JOURNEYS[name].walk.__module__ != walk.__module__:
            message = f"there are two journeys named {name!r}"
            raise ValueError(message)
        JOURNEYS[name] = Journey(name, walk, tuple(groups), tuple(needs), customers, admin)
        return walk

    return register


@dataclass
class Visit:
    """One visitor on one journey. All choices come from the arrival's seed, so both shops see the same visitor."""

    access: ShopAccess
    identity: Identity
    pools: Pools
    clock: Clock
    seed: int
    think_range: tuple[float, float] = (0.0, 0.0)
    cache: Mapping[str, str] = field(default_factory=dict)
    leaving: list[Callable[[], None]] = field(default_factory=list)
    recorder: SilentRecorder = field(default_factory=SilentRecorder)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - choices of a visitor, not a secret

    def pick(self, options: Sequence[T], what: str = "options") -> T:
        """Choose one; an empty pool is a mistake of the profile or the shop."""
        if not options:
            message = f"the pool of {what} is empty: the shop offers none, or the profile asks for none"
            raise OutcomeError(message)
        return options[self.random.randrange(len(options))]

    def several(self, options: Sequence[T], count: int, what: str = "options") -> list[T]:
        """Choose ``count`` different ones, or all where there are fewer."""
        self.pick(options, what)
        return self.random.sample(list(options), min(count, len(options)))

    @contextmanager
    def step(self, group: str) -> Iterator[None]:
        """Time what happens inside as one step of ``group``; it fails if the block raises."""
        self.clock.begin(group)
        try:
            yield
        except BaseException as fault:
            self.clock.end(group, fault)
            raise
        self.clock.end(group, None)

    def thinks(self) -> None:
        """Wait between two steps, as long as the profile says."""
        least, most = self.think_range
        if most > 0:
            self.clock.wait(self.random.uniform(least, most))

    def expects(self, fact: object, what: str) -> None:
        """Raise OutcomeError unless ``fact`` holds."""
        if not fact:
            raise OutcomeError(what)

    def cache_state(self, group: str) -> str:
        """In which state of the cache the profile wants this group."""
        return self.cache.get(group, "hit")

    def variant(self, group: str) -> str:
        """What makes an address new to caches, where the profile wants the shop to render; else empty.

        It is not chosen by the seed: an earlier campaign has seen that, and so has the same shop as the other arm.
        """
        return new_to_caches() if self.cache_state(group) == "miss" else ""

    def finish(self) -> None:
        """Undo what the visit leaves behind; after the last step, untimed."""
        for leave in reversed(self.leaving):
            leave()
        self.leaving.clear()


def load_journeys(folder: Path) -> dict[str, Journey]:
    """Import every Python file in ``folder`` and return the journeys by name."""
    files = sorted(path for path in folder.glob("*.py") if not path.name.startswith("_"))
    if not files:
        raise ConfigError.single(str(folder), "", "There are no journeys here.", "Name the folder 'scenarios'.")
    for path in files:
        _import(path)
    return dict(JOURNEYS)


def _import(path: Path) -> ModuleType:
    name = f"updategate_scenarios.{path.stem}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ConfigError.single(str(path), "", "This file cannot be imported.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise ConfigError.single(
            str(path), "", f"This file of journeys cannot be imported: {type(error).__name__}: {error}."
        ) from error
    return module
