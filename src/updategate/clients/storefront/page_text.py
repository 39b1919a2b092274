"""What a page of the storefront says, read from its HTML without a browser, as facts to be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from updategate.clients.storefront.selectors import Selectors

# what Shopware prints where a text is missing: its key, such as checkout.cartSummary.total
_TEXT_KEY = re.compile(r"(?<![\w@./-])[a-z][a-zA-Z0-9]*(?:\.[a-zA-Z][a-zA-Z0-9_-]*){2,}(?![\w@/])")
_HOST = re.compile(r"^www\.|\.(com|de|at|ch|org|net|eu|example|html?|php|js|css|jpe?g|png|pdf)$", re.IGNORECASE)
_UNREAD = ("script", "style", "template", "noscript")


@dataclass(frozen=True, slots=True)
class PageText:
    """A page as its HTML tells it.

    ``canonical``, ``footer`` and ``pictures`` are paths of the shop's own; ``menu`` the entries of the main navigation,
    ``active`` the one that is marked; ``boxes`` the names of the products shown in lists; ``price`` the whole text of a
    product's price without spaces; ``text_keys`` are names of texts that stand where a text should.
    """

    status: int
    title: str = ""
    heading: str = ""
    language: str = ""
    robots: str = ""
    canonical: str = ""
    number: str = ""
    price: str = ""
    active: str = ""
    menu: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    text_keys: tuple[str, ...] = ()
    buyable: bool = False

    @classmethod
    def read(cls, status: int, html: bytes, address: str, selectors: Selectors) -> Self:
        """Read the HTML that came from an address; what a page does not have is empty."""
        soup = BeautifulSoup(html, "html.parser")
        shop = urlsplit(address).netloc

        def first(page: str, name: str) -> Tag | None:
            return soup.select_one(selectors.css(page, name))

        def said(page: str, name: str) -> str:
            return _text(first(page, name))

        links = [link for link in soup.select(selectors.css("home", "navigation_link")) if _text(link)]
        price = first("detail", "price") or first("detail", "tiers")
        robots = soup.select_one('meta[name="robots"]')
        canonical = soup.select_one('link[rel="canonical"]')
        root = soup.find("html")
        return cls(
            status=status,
            title=_text(soup.title),
            heading=_text(soup.select_one("h1")),
            language=str(root.get("lang", "")) if isinstance(root, Tag) else "",
            robots=_squeezed(str(robots.get("content", ""))) if robots else "",
            canonical=urlsplit(str(canonical.get("href", ""))).path if canonical else "",
            number=said("detail", "number"),
            price=_squeezed(_text(price)),
            active=next((_text(link) for link in links if "active" in (link.get("class") or [])), ""),
            menu=tuple(dict.fromkeys(_text(link) for link in links)),
            footer=tuple(sorted(set(_paths(soup.select("footer a[href]"), "href", address, shop)))),
            boxes=tuple(_text(name) for name in soup.select(selectors.css("listing", "name"))),
            pictures=tuple(dict.fromkeys(_pictures(soup, address, shop))),
            text_keys=tuple(sorted(set(_keys(soup)))),
            buyable=first("detail", "buy") is not None,
        )

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Self:
        """The page that ``to_dict`` wrote down; facts of an older writer that are unknown now are left out."""
        known = {field.name for field in fields(cls)}
        facts: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in value.items() if k in known}
        return cls(**facts)

    def to_dict(self) -> dict[str, Any]:
        """As plain values for a hand-over."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def _text(tag: Tag | None) -> str:
    return " ".join(tag.get_text(" ").split()) if tag is not None else ""


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _paths(tags: list[Tag], attribute: str, address: str, shop: str) -> Iterator[str]:
    for tag in tags:
        url = urlsplit(urljoin(address, str(tag.get(attribute, ""))))
        if url.netloc == shop and url.path:
            yield url.path


def _pictures(soup: BeautifulSoup, address: str, shop: str) -> Iterator[str]:
    for path in _paths(list(soup.select("img[src]")), "src", address, shop):
        if path.startswith(("/media/", "/thumbnail/")):
            yield path


def _keys(soup: BeautifulSoup) -> Iterator[str]:
    body = soup.body
    for text in body.find_all(string=True) if body else ():
        if text.parent is None or text.parent.name in _UNREAD:
            continue
        for found in _TEXT_KEY.findall(str(text)):
            if not _HOST.search(found):
                yield found
