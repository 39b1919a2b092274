"""Page load in the browser, side by side: at least 21 interleaved loads of each page from each shop, one at a time."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from playwright.sync_api import Browser, Page

from updategate.baseline.paired import LEAST_PAIRS, Metric, PairedJudgement, judge_pairs
from updategate.baseline.pairing import ARMS, Arm
from updategate.clients.browser import WindowSettings
from updategate.clients.page_timing import PageLoad, PageTimingError, Throttle, load_page
from updategate.load.pools import Pools

KINDS: Mapping[str, Metric] = {
    "ttfb": Metric("ttfb", "ratio", 0.05, 0.30),
    "fcp": Metric("fcp", "ratio", 0.05, 0.25),
    "lcp": Metric("lcp", "ratio", 0.05, 0.25),
    "page_bytes": Metric("page_bytes", "ratio", 0.01, 0.10),
    "cls": Metric("cls", "difference", 0.01, 0.05),
    "inp": Metric("inp", "difference", 16.0, 60.0),
    "long_tasks": Metric("long_tasks", "difference", 20.0, 150.0),
}
"""How each figure is compared: a ratio where it is never zero, else a difference in its own unit."""
MOST_FAULTS = 3


@dataclass(frozen=True)
class TimedPage:
    """A page by name: where it is, what shows that it is the right one, and what has to be done before."""

    name: str
    path: Callable[[Pools], str]
    expects: str
    with_cart: bool = False
    as_guest: bool = False


PAGES: tuple[TimedPage, ...] = (
    TimedPage("home", lambda _pools: "/", ".header-cart"),
    TimedPage("listing", lambda pools: f"/navigation/{pools.categories[0]}", ".product-box"),
    TimedPage("detail", lambda pools: f"/detail/{pools.products[0].id}", ".product-detail-name"),
    TimedPage("cart", lambda _pools: "/checkout/cart", ".is-ctl-checkout, .checkout-container", with_cart=True),
    TimedPage("confirm", lambda _pools: "/checkout/confirm", "#confirmOrderForm", with_cart=True, as_guest=True),
)
"""A guest's way. The confirm page needs a guest, whom the environment must permit, and who is removed afterwards."""


@dataclass(frozen=True)
class PageLoads:
    """Everything that was measured, and its judgement. ``faults`` are loads that failed and were repeated."""

    loads: Mapping[Arm, Mapping[str, Sequence[PageLoad]]]
    judgement: PairedJudgement
    faults: tuple[str, ...]


def compare_page_loads(
    browser: Browser,
    windows: Mapping[Arm, WindowSettings],
    pools: Mapping[Arm, Pools],
    *,
    email: Callable[[str], str],
    pairs: int = LEAST_PAIRS,
    seed: int = 1,
    throttle: Throttle | None = None,
    pages: Sequence[TimedPage] = PAGES,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> PageLoads:
    """Load every page ``pairs`` times from each shop, in an order by coin, and judge.

    ``email`` makes the addresses of guests, by which they are found and removed.

    A pair is measured again as a whole where one of its loads failed, at most 3 times in all for a page.

    Raises:
        PageTimingError: a page fails again and again.

    """
    throttle = throttle or Throttle()
    rng = np.random.default_rng(seed)
    loads: dict[Arm, dict[str, list[PageLoad]]] = {arm: {page.name: [] for page in pages} for arm in ARMS}
    faults: dict[str, list[str]] = {page.name: [] for page in pages}
    guests = itertools.count()

    def load(arm: Arm, page: TimedPage) -> PageLoad:
        def arrive(opened: Page) -> None:
            if page.with_cart:
                _fill_cart(opened, pools[arm].products[0].id)
            if page.as_guest:
                _become_guest(opened, pools[arm], email(f"guest{next(guests)}"))

        return load_page(browser, windows[arm], page.path(pools[arm]), throttle, arrive=arrive, expects=page.expects)

    for page in pages:  # the first load of a page fills the shops' caches, and is not counted
        for arm in ARMS:
            load(arm, page)
    for number in range(pairs):
        for page in pages:
            pair = _load_pair(lambda arm, page=page: load(arm, page), rng, faults[page.name])  # type: ignore[misc]
            for arm in ARMS:
                loads[arm][page.name].append(pair[arm])
        progress(number + 1, pairs)
    judgement = _judge(loads, pages)
    return PageLoads(dict(loads), judgement, tuple(text for texts in faults.values() for text in texts))


def _load_pair(load: Callable[[Arm], PageLoad], rng: np.random.Generator, faults: list[str]) -> dict[Arm, PageLoad]:
    """One load from each shop, in an order by coin; again as a whole where one of them failed."""
    while True:
        order = ARMS if rng.random() < 0.5 else ARMS[::-1]
        try:
            return {arm: load(arm) for arm in order}
        except PageTimingError as fault:
            faults.append(str(fault))
            if len(faults) > MOST_FAULTS:
                raise


def _judge(loads: Mapping[Arm, Mapping[str, Sequence[PageLoad]]], pages: Sequence[TimedPage]) -> PairedJudgement:
    """All figures of all pages together, corrected for their number."""
    metrics = [
        Metric(f"{page.name}.{name}", kind.by, kind.tolerance, kind.margin)
        for page in pages
        for name, kind in KINDS.items()
    ]
    values = {
        arm: {
            f"{page.name}.{name}": [load.to_json()[name] for load in loads[arm][page.name]]
            for page in pages
            for name in KINDS
        }
        for arm in ARMS
    }
    return judge_pairs(values["before"], values["after"], metrics)


def _fill_cart(page: Page, product_id: str) -> None:
    """Put a product into the session's cart, as the page's own form does."""
    item = {
        "id": product_id,
        "referencedId": product_id,
        "type": "product",
        "quantity": "1",
        "stackable": "1",
        "removable": "1",
    }
    form = {f"lineItems[{product_id}][{name}]": value for name, value in item.items()}
    answer = page.context.request.post(
        "/checkout/line-item/add", form={**form, "redirectTo": "frontend.cart.offcanvas"}, max_redirects=0
    )
    if answer.status >= 400:
        message = f"the cart could not be filled: status {answer.status}"
        raise PageTimingError(message)


def _become_guest(page: Page, pools: Pools, email: str) -> None:
    """Enter an address without an account, as the page's own form does."""
    address = pools.address
    country = pools.countries.get(address.country) or next(iter(pools.countries.values()), "")
    salutation = next(iter(pools.salutations.values()), "")
    form: dict[str, str | float | bool] = {
        "guest": "1",
        "accountType": "private",
        "salutationId": salutation,
        "firstName": address.first_name,
        "lastName": address.last_name,
        "email": email,
        "acceptedDataProtection": "1",
        "billingAddress[accountType]": "private",
        "billingAddress[street]": address.street,
        "billingAddress[zipcode]": address.zipcode,
        "billingAddress[city]": address.city,
        "billingAddress[countryId]": country,
        "errorRoute": "frontend.checkout.register.page",
        "redirectTo": "frontend.checkout.confirm.page",
    }
    answer = page.context.request.post("/account/register", form=form, max_redirects=0)
    if answer.status not in {200, 302, 303}:
        message = f"a guest could not be registered: status {answer.status}"
        raise PageTimingError(message)
