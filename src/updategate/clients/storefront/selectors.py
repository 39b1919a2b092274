"""The table of selectors by page, logical name and Shopware version, with a theme's own selectors on top."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml
from packaging.version import Version

#: The newest minor version whose selectors ran against a live shop.
NEWEST_VERIFIED = Version("6.6")


class UnknownElementError(LookupError):
    """A page or a logical name that the table does not have; the message names the nearest one."""


@dataclass(frozen=True, slots=True)
class MissingSelector:
    """A required element that a page did not show."""

    page: str
    name: str
    css: str

    def __str__(self) -> str:
        return f"{self.page}.{self.name} ({self.css})"


class Selectors:
    """The selectors of one shop: ``version`` is what the shop says of itself, ``overrides`` maps page to name to CSS.

    A shop that nobody may ask (``version`` is empty) is taken for one of the newest verified version. A version newer
    than every entry uses the nearest older one; ``verified`` then says that nobody has tried it.
    """

    def __init__(self, version: str, overrides: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self.version = Version(version) if version else NEWEST_VERIFIED
        self._overrides = {page: dict(names) for page, names in (overrides or {}).items()}
        for page, names in self._overrides.items():
            for name in names:
                _element(page, name)

    @property
    def verified(self) -> bool:
        """Whether these selectors were run against a live shop of this version."""
        return self.version.release[:2] <= NEWEST_VERIFIED.release[:2]

    def css(self, page: str, name: str) -> str:
        """Return the CSS selector of an element."""
        own = self._overrides.get(page, {}).get(name)
        if own is not None:
            return own
        entry = _element(page, name)
        if isinstance(entry, str):
            return entry
        by_version = sorted((Version(str(key)), str(css)) for key, css in entry.items())
        fitting = [css for since, css in by_version if since <= self.version]
        return fitting[-1] if fitting else by_version[0][1]

    def required(self, page: str) -> dict[str, str]:
        """Return name and CSS of what every fresh view of the page must show."""
        return {name: self.css(page, name) for name in _page(page).get("required", ())}

    @staticmethod
    def path(page: str) -> str | None:
        """Return where the page is found without any preparation, or None (a product page needs a product)."""
        found = _page(page).get("path")
        return str(found) if found is not None else None

    @staticmethod
    def pages() -> tuple[str, ...]:
        """Return the names of all pages that the preflight can look at."""
        return tuple(name for name, page in _table().items() if "required" in page)


@cache
def _table() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("selectors.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = yaml.safe_load(text)
    return table


def _page(page: str) -> dict[str, Any]:
    if page not in _table():
        raise UnknownElementError(_unknown("page", page, list(_table())))
    found: dict[str, Any] = _table()[page]
    return found


def _element(page: str, name: str) -> str | dict[str, str]:
    elements = _page(page)["elements"]
    if name not in elements:
        raise UnknownElementError(_unknown(f"element of the page {page!r}", name, list(elements)))
    found: str | dict[str, str] = elements[name]
    return found


def _unknown(kind: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
    return f"there is no {kind} {name!r}; {hint}"
