"""Somebody who opens the shop's own pages in a browser and listens to what the browser complains about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from playwright.sync_api import Error as PlaywrightError

from updategate.actors.recorder import Recorder
from updategate.clients.browser import Window
from updategate.clients.storefront.errors import UnexpectedPageError

_QUIET_SECONDS = 10
# what differs from load to load and from version to version without being another fault
_VARIES = re.compile(r"[0-9a-f]{8,}|\d+")


class PageTester:
    """Opens pages one after the other, without touching anything on them."""

    def __init__(self, window: Window, recorder: Recorder) -> None:
        self._window = window
        self._recorder = recorder

    def hears(self, pages: Iterable[str]) -> dict[str, list[str]]:
        """By page, the scripts' uncaught exceptions and the shop's own files that were missing, once it has settled."""
        return {path: self._hears(path) for path in pages}

    def _hears(self, path: str) -> list[str]:
        window = self._window
        with self._recorder.step(f"opens {path} in the browser"):
            window.console.clear()
            window.failed_requests.clear()
            try:
                window.page.goto(window.base_url + path, wait_until="load")
            except PlaywrightError as fault:
                raise UnexpectedPageError(path, window.page.url, (fault.message.splitlines()[0],)) from fault
            self._let_it_settle()
            thrown = [f"script error: {entry.text}" for entry in window.console if entry.level == "pageerror"]
            lost = [
                f"{fault.method} {urlsplit(fault.url).path}: {fault.status or fault.reason}"
                for fault in window.faults_of_shop()
            ]
            return sorted(set(thrown + lost))

    def _let_it_settle(self) -> None:
        """Scripts go on after the page is loaded; one that never rests (a chat, say) is not waited for."""
        try:
            self._window.page.wait_for_load_state("networkidle", timeout=_QUIET_SECONDS * 1000)
        except PlaywrightError:
            return


def what_browsers_hear_anew(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> list[str]:
    """Complaints of the browser that no page gave before the update, with the page that gives them now."""
    known = {_without_what_varies(one) for complaints in before.values() for one in complaints}
    return [
        f"{path}: {one}"
        for path, complaints in after.items()
        for one in complaints
        if _without_what_varies(one) not in known
    ]


def _without_what_varies(complaint: str) -> str:
    return _VARIES.sub("#", complaint)
