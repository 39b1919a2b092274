"""What visitors see: style and script of the new version, and pages from the cache that follow changes."""

from decimal import Decimal

import pytest

from updategate.actors.cache_observer import CacheObserver
from updategate.actors.inspector import Inspector
from updategate.actors.test_data.products import EVERYWHERE, Catalogue
from updategate.actors.theme_visitor import ThemeVisitor, still_of_the_old_theme
from updategate.actors.window_shopper import WindowShopper
from updategate.domain.money import eur
from updategate.plugin.recording import HandoverDesk


@pytest.mark.process("UPD-005")
@pytest.mark.before_update
def test_theme_is_written_down(theme_visitor: ThemeVisitor, inspector: Inspector, handover: HandoverDesk) -> None:
    assets = theme_visitor.sees_assets()
    assert [asset.fault for asset in assets if asset.fault] == []
    handover.leaves("theme", version=inspector.sees_version(), assets={asset.address: asset.digest for asset in assets})


@pytest.mark.process("UPD-005")
@pytest.mark.after_update
def test_theme_is_compiled_for_the_new_version_and_loads(
    theme_visitor: ThemeVisitor, inspector: Inspector, handover: HandoverDesk
) -> None:
    assets = theme_visitor.sees_assets()
    assert [asset.fault for asset in assets if asset.fault] == []
    assert any(".css" in asset.address for asset in assets), "the home page names no style of the shop"
    assert any(".js" in asset.address for asset in assets), "the home page names no script of the shop"
    before = handover.knows("theme")
    if inspector.sees_version() != before["version"]:
        assert still_of_the_old_theme(before["assets"], assets) == []


@pytest.mark.process("UPD-008")
@pytest.mark.before_update
def test_cache_is_written_down(cache_observer: CacheObserver, handover: HandoverDesk) -> None:
    handover.leaves("cache", on=cache_observer.http_cache_is_on())


@pytest.mark.process("UPD-008")
@pytest.mark.after_update
def test_cache_is_still_used(cache_observer: CacheObserver, handover: HandoverDesk) -> None:
    assert cache_observer.http_cache_is_on() == handover.knows("cache")["on"]


@pytest.mark.process("UPD-008")
def test_pages_come_from_the_cache_and_follow_a_change(
    cache_observer: CacheObserver, window_shopper: WindowShopper, catalogue: Catalogue
) -> None:
    kettle = catalogue.offers("kettle", gross=eur("40.00"), visibility=EVERYWHERE)
    assert window_shopper.opens_page(kettle).price == Decimal(40)
    assert cache_observer.sees_page_grow_old(kettle) == cache_observer.http_cache_is_on()

    catalogue.reprices(kettle, eur("44.44"))

    window_shopper.waits_for_page_price(kettle, Decimal("44.44"), within=30)
    assert cache_observer.sees_page_grow_old(kettle) == cache_observer.http_cache_is_on()
