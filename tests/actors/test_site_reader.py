"""What a page says, what it lost over an update, and what a browser complains about anew."""

from dataclasses import replace

import pytest

from updategate.actors.page_tester import what_browsers_hear_anew
from updategate.actors.site_reader import what_pages_lost
from updategate.clients.storefront.page_text import PageText
from updategate.clients.storefront.selectors import Selectors

ADDRESS = "https://shop.example"
HTML = b"""<!DOCTYPE html><html lang="en-GB"><head><title>Drill  | A-1</title>
<meta name="robots" content="index, follow"><link rel="canonical" href="https://shop.example/Drill/A-1">
<script>const key = "not.a.text";</script></head><body>
<nav><a class="main-navigation-link" href="/"> Home </a>
<a class="nav-link main-navigation-link active" href="/t">Tools</a></nav>
<img src="https://shop.example/media/01/drill.png?ts=1"><img src="/bundles/own.svg">
<img src="https://cdn.example/media/x.png">
<h1 class="product-detail-name">Drill</h1><p class="product-detail-price">199,00&nbsp;EUR*</p>
<span class="product-detail-ordernumber">A-1</span> detail.buyNow.title mail info@shop.de see www.shop.de
<form id="productDetailPageBuyProductForm"><button class="btn-buy">Buy</button></form>
<footer><a href="/Imprint/">Imprint</a><a href="https://elsewhere.example/x">x</a></footer></body></html>"""
PAGE = PageText.read(200, HTML, ADDRESS, Selectors("6.6.7.1"))


def test_a_page_is_read_as_people_see_it() -> None:
    found = PageText.read(200, HTML, ADDRESS, Selectors("6.6.7.1"))
    assert found == PageText(
        status=200,
        title="Drill | A-1",
        heading="Drill",
        language="en-GB",
        robots="index,follow",
        canonical="/Drill/A-1",
        number="A-1",
        price="199,00EUR*",
        active="Tools",
        menu=("Home", "Tools"),
        footer=("/Imprint/",),
        pictures=("/media/01/drill.png",),
        text_keys=("detail.buyNow.title",),
        buyable=True,
    )


def test_a_page_is_the_same_after_it_was_written_down() -> None:
    assert PageText.from_dict(PAGE.to_dict() | {"of_an_older_writer": 1}) == PAGE


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"status": 500}, "/p answers 500"),
        ({"title": ""}, "/p has the title '', had 'Drill | A-1'"),
        ({"title": "Drill | A-10"}, "/p has the title 'Drill | A-10', had 'Drill | A-1'"),
        ({"heading": "Saw"}, "/p has the heading 'Saw', had 'Drill'"),
        ({"canonical": ""}, "/p has the canonical address '', had '/Drill/A-1'"),
        ({"price": "199,01EUR*"}, "/p has the price '199,01EUR', had '199,00EUR'"),
        ({"price": "AI-copilot199,00EUR*"}, "/p has the price 'AI-copilot199,00EUR', had '199,00EUR'"),
        ({"robots": "noindex,follow"}, "/p asks search engines to leave it out"),
        ({"buyable": False}, "/p has no button to buy"),
        ({"active": "Home"}, "/p has the active menu entry 'Home', had 'Tools'"),
        ({"menu": ("Home",)}, "/p lacks the menu entry 'Tools'"),
        ({"footer": ()}, "/p lacks the footer's link '/Imprint/'"),
        ({"boxes": ("updategate CHK-001 mug 5f3a",)}, "/p lists no product, listed 2"),
        ({"pictures": ()}, "/p shows no picture, showed 1"),
        ({"text_keys": ("a.b.c",)}, "/p shows the name of a text instead of the text: a.b.c"),
    ],
)
def test_what_a_page_lost_is_told(change: dict[str, object], told: str) -> None:
    was = replace(PAGE, boxes=("Drill", "Saw"), text_keys=())
    assert what_pages_lost({"/p": was}, {"/p": replace(was, **change)}) == [told]  # type: ignore[arg-type]


def test_what_is_new_or_was_broken_before_is_no_loss() -> None:
    was = replace(PAGE, menu=("Home", "updategate CAT-001 tools 1a2b"))
    more = {
        "menu": ("Home", "New"),
        "footer": ("/Imprint/", "/new"),
        "price": "199,00EUR",
        "title": "Drill | A-1 | Bench Shop",
        "active": "",
        "text_keys": (),
    }
    assert what_pages_lost({"/p": was}, {"/p": replace(was, **more)}) == []  # type: ignore[arg-type]
    assert what_pages_lost({"/p": PageText(404)}, {"/p": PageText(500)}) == []


def test_a_browser_complains_anew_only_about_what_no_page_had() -> None:
    before = {"/": ["GET /theme/0a1b2c3d4e/x.js: 404"], "/p": []}
    after = {"/": [], "/p": ["GET /theme/99ffaa0011/x.js: 404", "script error: basket is undefined"]}
    assert what_browsers_hear_anew(before, after) == ["/p: script error: basket is undefined"]
