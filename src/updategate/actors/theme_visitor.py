"""Somebody who looks whether the pages come with their style and their script."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

from updategate.actors.caches import new_to_caches
from updategate.actors.recorder import Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.clients.errors import ApiError
from updategate.clients.transport import Answer, Call

_TAG = re.compile(rb"<(?:link|script)\b[^>]*>", re.IGNORECASE)
_SOURCE = re.compile(rb"""\b(?:href|src)\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
_KINDS = {"css": ("text/css",), "js": ("text/javascript", "application/javascript", "application/x-javascript")}


@dataclass(frozen=True, slots=True)
class Asset:
    """A style or a script of a page as the browser gets it. ``address`` holds no host; ``digest`` is of the content."""

    address: str
    status: int
    kind: str
    size: int
    digest: str

    @property
    def fault(self) -> str:
        """What is wrong with it; empty where nothing is."""
        ending = urlsplit(self.address).path.rpartition(".")[2]
        if self.status != 200:
            return f"{self.address} answers {self.status}"
        if not self.kind.startswith(_KINDS[ending]):
            return f"{self.address} is {self.kind or 'of no type'}, not {_KINDS[ending][0]}"
        return "" if self.size else f"{self.address} is empty"


class ThemeVisitor:
    """Opens the home page and loads what it names, as a browser does."""

    def __init__(self, access: ShopAccess, recorder: Recorder) -> None:
        self._access = access
        self._recorder = recorder

    def sees_assets(self) -> list[Asset]:
        """Styles and scripts of the home page that come from the shop itself."""
        with self._recorder.step("opens the home page with its styles and scripts"):
            # an address that no cache knows: what the shop says now, not what it said before the update
            page = self._get(f"/?ug={new_to_caches()}")
            if page.status != 200:
                raise ApiError.of(page)
            shop = urlsplit(self._access.storefront_url)
            addresses: dict[str, None] = {}
            for tag in _TAG.findall(page.body):
                source = _SOURCE.search(tag)
                if source is None:
                    continue
                url = urlsplit(urljoin(self._access.storefront_url + "/", unescape(source[1].decode())))
                if url.netloc == shop.netloc and url.path.rpartition(".")[2] in _KINDS:
                    addresses[url.path + (f"?{url.query}" if url.query else "")] = None
            return [self._load(address) for address in addresses]

    def _load(self, address: str) -> Asset:
        answer = self._get(address)
        kind = (answer.header("content-type") or "").lower()
        digest = hashlib.sha256(answer.body).hexdigest()[:16]
        return Asset(address, answer.status, kind, len(answer.body), digest)

    def _get(self, path: str) -> Answer:
        return self._access.transport.send(Call("GET", path, headers={"Accept": "*/*"}, name=urlsplit(path).path))


def still_of_the_old_theme(before: dict[str, str], assets: list[Asset]) -> list[str]:
    """Styles that are at the same address with the same content as before: compiling gives them a new address."""
    return [
        asset.address
        for asset in assets
        if urlsplit(asset.address).path.endswith(".css") and before.get(asset.address) == asset.digest
    ]
