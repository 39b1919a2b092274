"""Somebody who knows the shop's own pages: reads many of them before and after an update, and says what they lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from updategate.actors.caches import new_to_caches
from updategate.actors.identity import NAME_MARK
from updategate.actors.onlooker import Category, Onlooker
from updategate.actors.recorder import Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.clients.admin_api import Criteria
from updategate.clients.storefront.page_text import PageText
from updategate.clients.storefront.selectors import Selectors
from updategate.clients.transport import Answer, Call

CATEGORIES, PRODUCTS, ABROAD = 30, 24, 4
"""How many pages are read of each kind, and of categories and products in each further language."""
OPENED = 3
"""How many of each kind are opened in a browser."""
_ALWAYS = ("/", "/account/login", "/account/register", "/checkout/cart")
_PICTURES_A_PAGE = 2


class SiteReader:
    """Opens pages of the merchant's as an anonymous visitor, and writes nothing."""

    def __init__(self, access: ShopAccess, recorder: Recorder, selectors: Selectors) -> None:
        self._access = access
        self._recorder = recorder
        self._selectors = selectors
        self._onlooker = Onlooker(access, recorder)

    def knows_pages(self, *, categories: int = CATEGORIES, products: int = PRODUCTS, abroad: int = ABROAD) -> list[str]:
        """Paths of the pages to read: home, login, cart, and so many categories and products, some in each language."""
        known = self._onlooker.sees_categories()[:categories]
        sold = self._products(known)[:products]
        pages = [*_ALWAYS, *(f"/navigation/{one.id}" for one in known), *(f"/detail/{one}" for one in sold)]
        for prefix in self._further_languages():
            pages += [f"{prefix}/", f"{prefix}/account/login"]
            pages += [f"{prefix}/navigation/{one.id}" for one in known[:abroad]]
            pages += [f"{prefix}/detail/{one}" for one in sold[:abroad]]
        return pages

    def knows_some_of_each(self) -> list[str]:
        """Paths of a few pages: home, login, cart, and some categories and products in each language."""
        return self.knows_pages(categories=OPENED, products=OPENED, abroad=1)

    def reads(self, pages: Iterable[str]) -> dict[str, PageText]:
        """Read pages past every cache, in their order."""
        wanted = list(pages)
        with self._recorder.step(f"reads {len(wanted)} pages of the shop's own"):
            return {path: self._read(path, past_caches=True) for path in wanted}

    def reads_as_visitors_do(self, pages: Iterable[str]) -> dict[str, PageText]:
        """Read pages one after the other as they come, from a cache or not."""
        wanted = list(pages)
        with self._recorder.step(f"reads {len(wanted)} pages as visitors get them"):
            return {path: self._read(path, past_caches=False) for path in wanted}

    def finds_lost_pictures(self, read: Mapping[str, PageText]) -> list[str]:
        """Pictures that pages name and the shop does not deliver, some of each page."""
        named: dict[str, None] = {}
        for page in read.values():
            named.update(dict.fromkeys(page.pictures[:_PICTURES_A_PAGE]))
        with self._recorder.step(f"loads {len(named)} pictures"):
            lost = []
            for path in named:
                answer = self._get(path, accept="image/*")
                kind = (answer.header("content-type") or "").split(";")[0]
                if answer.status != 200 or not answer.body or not kind.startswith("image/"):
                    lost.append(f"{path} answers {answer.status} ({kind or 'of no type'}, {len(answer.body)} bytes)")
            return lost

    def _read(self, path: str, *, past_caches: bool) -> PageText:
        answer = self._get(f"{path}?ug={new_to_caches()}" if past_caches else path, accept="text/html")
        return PageText.read(answer.status, answer.body, self._access.storefront_url, self._selectors)

    def _get(self, path: str, *, accept: str) -> Answer:
        kind = "/".join(part if not _is_id(part) else "{id}" for part in urlsplit(path).path.split("/"))
        call = Call("GET", path, headers={"Accept": accept}, name=kind, follow_redirects=True)
        return self._access.transport.send(call)

    def _products(self, categories: list[Category]) -> list[str]:
        """Products of different categories first, so that many kinds are among them."""
        listings = [[one.id for one in self._onlooker.sees_listing(category)] for category in categories]
        rows: dict[str, None] = {}
        for place in range(max(map(len, listings), default=0)):
            rows.update(dict.fromkeys(listing[place] for listing in listings if place < len(listing)))
        return list(rows)

    def _further_languages(self) -> list[str]:
        """Paths under which the same sales channel speaks other languages, such as ``/de``."""
        channel = Criteria().equals("accessKey", self._access.access_key).associate("domains")
        rows = self._access.back_office.pages("sales_channel", channel)
        own = urlsplit(self._access.storefront_url)
        domains = [urlsplit(str(domain["url"])) for row in rows for domain in row.get("domains") or []]
        paths = {url.path.rstrip("/") for url in domains if url.hostname == own.hostname}
        return sorted(path for path in paths if path != own.path.rstrip("/"))


def what_pages_lost(before: Mapping[str, PageText], after: Mapping[str, PageText]) -> list[str]:
    """In words, what pages showed before an update and do not show any more, or show as no merchant wants it.

    What is new is no loss: further entries of the menu, further products, a longer text. Test data do not count.
    """
    return [f"{path} {loss}" for path, was in before.items() if path in after for loss in _losses(was, after[path])]


def _losses(was: PageText, now: PageText) -> Iterator[str]:
    if was.status != 200:
        return  # nobody could read it before either
    if now.status != 200:
        yield f"answers {now.status}"
        return
    yield from _changed(was, now)
    if "noindex" in now.robots and "noindex" not in was.robots:
        yield "asks search engines to leave it out"
    if was.buyable and not now.buyable:
        yield "has no button to buy"
    yield from _missing("the menu entry", _own(was.menu), now.menu)
    yield from _missing("the footer's link", was.footer, now.footer)
    if _own(was.boxes) and not _own(now.boxes):
        yield f"lists no product, listed {len(_own(was.boxes))}"
    if was.pictures and not now.pictures:
        yield f"shows no picture, showed {len(was.pictures)}"
    for key in sorted(set(now.text_keys) - set(was.text_keys)):
        yield f"shows the name of a text instead of the text: {key}"


def _changed(was: PageText, now: PageText) -> Iterator[str]:
    """What a page said in one way and says in another; where it said nothing, nothing is expected."""
    pairs = {
        "heading": (was.heading, now.heading),
        "language": (was.language, now.language),
        "canonical address": (was.canonical, now.canonical),
        "product number": (was.number, now.number),
        # an asterisk leads to a footnote about shipping costs, which is a setting
        "price": (was.price.replace("*", ""), now.price.replace("*", "")),
    }
    if now.active:  # some versions mark the active entry by script
        pairs["active menu entry"] = (was.active, now.active)
    # titles of account and checkout pages end with the shop's name since 6.6.1.0 (distinctive-document-titles)
    if not f"{now.title} | ".startswith(f"{was.title} | "):
        pairs["title"] = (was.title, now.title)
    for what, (before, after) in pairs.items():
        if before and before != after:
            yield f"has the {what} {after!r}, had {before!r}"


def _missing(what: str, before: Iterable[str], after: Iterable[str]) -> Iterator[str]:
    there = set(after)
    for one in before:
        if one not in there:
            yield f"lacks {what} {one!r}"


def _own(names: Iterable[str]) -> list[str]:
    return [name for name in names if not name.startswith(NAME_MARK)]


def _is_id(part: str) -> bool:
    return len(part) == 32 and all(character in "0123456789abcdef" for character in part)
