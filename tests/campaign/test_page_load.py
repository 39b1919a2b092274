"""Page load in a real browser, from a reference shop; and the interleaving, with loads that are made up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

from updategate.actors.shop_access import ShopAccess
from updategate.baseline.decision import Pace
from updategate.campaign import page_load
from updategate.campaign.page_load import KINDS, PAGES, compare_page_loads
from updategate.campaign.real_bench import running_shop
from updategate.clients.browser import WindowSettings, chromium
from updategate.clients.page_timing import PageLoad, PageTimingError, Throttle, load_page
from updategate.clients.transport import RequestsTransport
from updategate.config import profile as settings
from updategate.load.pools import Item, Pools, read_catalogue, shared_pools

POOLS = Pools(products=(Item("a" * 32, "SW1", "x"),), categories=("c" * 32,))


@pytest.fixture
def made_up(monkeypatch):
    """Loads without a browser: ``slow`` multiplies times after the update; some loads fail."""
    asked: list[tuple[str, str]] = []

    def make(slow=1.0, failing=()):
        rng = np.random.default_rng(1)

        def load(browser, window, path, throttle, *, arrive, expects):
            asked.append((window.base_url, path))
            if len(asked) in failing:
                message = f"{path} answered 503"
                raise PageTimingError(message)
            factor = (slow if window.base_url == "http://after" else 1.0) * float(np.exp(rng.normal(0, 0.03)))
            return PageLoad(50 * factor, 300 * factor, 800 * factor, 0.0, 24.0, 30.0, 90_000.0 + len(asked) % 3)

        monkeypatch.setattr(page_load, "load_page", load)
        return asked

    return make


def compare(**changes):
    windows = {arm: WindowSettings(f"http://{arm}") for arm in ("before", "after")}
    pools = dict.fromkeys(windows, POOLS)
    return compare_page_loads(None, windows, pools, email=lambda key: key, **changes)


def test_loads_alternate_and_equal_shops_are_not_slower(made_up):
    asked = made_up()
    found = compare()
    assert found.judgement.pace is Pace.NOT_SLOWER
    assert len(asked) == 2 * len(PAGES) * (21 + 1)
    counted = asked[2 * len(PAGES) :]
    pairs = [counted[i : i + 2] for i in range(0, len(counted), 2)]
    assert all({first[0], second[0]} == {"http://before", "http://after"} for first, second in pairs)
    assert all(first[1] == second[1] for first, second in pairs)
    assert 20 < sum(first[0] == "http://before" for first, _ in pairs) < 85
    assert len(found.judgement.results) == len(PAGES) * len(KINDS)


def test_a_slower_shop_is_slower_by_name(made_up):
    made_up(slow=1.5)
    found = compare()
    assert found.judgement.pace is Pace.SLOWER
    slower = {result.metric for result in found.judgement.results if result.slower}
    assert slower >= {"home.lcp", "confirm.ttfb"}
    assert not {"home.cls", "home.page_bytes"} & slower


def test_a_failed_load_repeats_its_pair_as_a_whole(made_up):
    asked = made_up(failing={15})
    found = compare(pairs=3)
    assert len(found.faults) == 1
    assert all(len(loads) == 3 for arm in found.loads.values() for loads in arm.values())
    assert len(asked) in {2 * len(PAGES) * 4 + 1, 2 * len(PAGES) * 4 + 2}


def test_a_page_that_fails_again_and_again_ends_it(made_up):
    made_up(failing=set(range(11, 100)))
    with pytest.raises(PageTimingError, match="503"):
        compare(pairs=3)


def test_few_pairs_decide_nothing(made_up):
    made_up(slow=3.0)
    assert compare(pairs=5).judgement.pace is Pace.INCONCLUSIVE


@pytest.mark.browser
def test_a_real_browser_tells_all_figures_of_all_pages():
    with running_shop() as shop, sync_playwright() as playwright, chromium(playwright) as browser:
        access = ShopAccess(RequestsTransport(shop.url), shop.access_key, shop.url)
        (pools,) = shared_pools([read_catalogue(access)], settings.Pools())
        pools = replace(pools, countries=access.countries(), salutations={"any": access.salutation() or ""})
        window = WindowSettings(shop.url)
        found = compare_page_loads(
            browser,
            {"before": window, "after": window},
            {"before": pools, "after": pools},
            email=lambda key: f"ug-load-{key}@updategate.example",
            pairs=1,
            throttle=Throttle(cpu=1.0, download_kbit=50_000),
        )
        for page in PAGES:
            (load,) = found.loads["after"][page.name]
            assert 0 < load.ttfb <= load.fcp <= load.lcp + 1
            assert load.page_bytes > 10_000
            assert load.inp >= 0
        with pytest.raises(PageTimingError, match="answered 404"):
            load_page(browser, window, "/detail/" + "0" * 32, Throttle(), expects="body")
        with pytest.raises(PageTimingError, match="did not load"):
            load_page(browser, replace(window, timeout=1.0), "/", Throttle(), expects="#no-such-thing")
