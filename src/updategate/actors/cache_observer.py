"""Somebody who comes to the same page again and again, and notices whether it was kept or made anew."""

from __future__ import annotations

import threading
import time

from updategate.actors.purchase import Buyable
from updategate.actors.recorder import Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.clients.errors import ApiError
from updategate.clients.transport import Answer, Call

_AGE_SECONDS = 1
_LOOK_AGAIN = 0.25


class CacheObserver:
    """Looks at the HTTP cache from outside: a page that comes from it grows older."""

    def __init__(self, access: ShopAccess, recorder: Recorder) -> None:
        self._access = access
        self._recorder = recorder

    def http_cache_is_on(self) -> bool:
        """Whether the shop says that it keeps pages."""
        with self._recorder.step("looks whether pages are kept"):
            return bool(self._access.back_office.ask("GET", "/_action/cache_info").get("httpCache"))

    def sees_page_grow_old(self, product: Buyable, within: float = 10) -> bool:
        """Open a product's page until it is a second old, which only a page from a cache becomes."""
        with self._recorder.step(f"opens the page of {product.number} again and again"):
            deadline = time.monotonic() + within
            while _age(self._open(product)) < _AGE_SECONDS:
                if time.monotonic() > deadline:
                    return False
                threading.Event().wait(_LOOK_AGAIN)
            return True

    def _open(self, product: Buyable) -> Answer:
        path = f"/detail/{product.id}"
        call = Call("GET", path, headers={"Accept": "text/html"}, name="/detail/{id}", follow_redirects=True)
        answer = self._access.transport.send(call)
        if answer.status != 200:
            raise ApiError.of(answer)
        return answer


def _age(answer: Answer) -> int:
    text = (answer.header("age") or "0").split(",")[0].strip()
    return int(text) if text.isdigit() else 0
