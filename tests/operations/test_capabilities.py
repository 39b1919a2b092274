"""Whether an administration is built is told by the script that its page names."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from updategate.clients.transport import Answer, Call
from updategate.config.environment import read_only_environment
from updategate.operations import capabilities

PAGES = {
    "6.5": '<script nonce="a/b=" src="http://shop.test/bundles/administration/static/js/app.js"></script>',
    "6.6": '<script nonce="a/b=" src="http://shop.test/bundles/administration/static/js/app.js?1728906645"></script>',
    "6.7": '<script type="module" src="/bundles/administration/administration/assets/index-4f2a.js"></script>',
    "elsewhere": '<script src="https://cdn.test/bundles/administration/static/js/app.js"></script>',
}


@dataclass
class Shop:
    page: str
    script_status: int = 200
    asked: list[str] = field(default_factory=list)

    def send(self, call: Call) -> Answer:
        self.asked.append(call.path)
        if call.path == "/admin":
            return Answer("GET /admin", 200, {"content-type": "text/html"}, self.page.encode(), 0.0)
        return Answer("GET", self.script_status, {}, b"", 0.0)


def found(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(capabilities, "transport_to", lambda _: shop)
    return capabilities._has_administration(read_only_environment("http://shop.test", "SWSC"))


@pytest.mark.parametrize("version", ["6.5", "6.6", "6.7"])
def test_a_page_whose_script_is_there_is_an_administration(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Shop(PAGES[version])
    assert found(shop, monkeypatch)
    assert shop.asked[1].endswith(".js")


@pytest.mark.parametrize("version", ["6.5", "6.6", "6.7"])
def test_a_page_without_its_script_is_none(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not found(Shop(PAGES[version], script_status=404), monkeypatch)


def test_a_page_that_is_another_one_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not found(Shop("<h1>Page not found</h1>"), monkeypatch)


def test_a_script_on_another_host_is_taken_for_there(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Shop(PAGES["elsewhere"], script_status=404)
    assert found(shop, monkeypatch)
    assert shop.asked == ["/admin"]
