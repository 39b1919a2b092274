"""A Chromium for the storefront: where it is found, how it is started, what is recorded while it drives."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import playwright as playwright_package
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request, Response
from playwright.sync_api import Error as PlaywrightError

from updategate.clients.errors import NoBrowserError

_IN_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

# Nothing but the shop is contacted, nothing is asked of the user, /dev/shm of a container may be 64 MB small.
_FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-features=Translate,OptimizationHints,MediaRouter,AutofillServerCommunication",
    "--disable-search-engine-choice-screen",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-default-browser-check",
    "--password-store=basic",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-gpu-rasterization",  # Debian's launcher turns it on, which costs a processor without a graphics card
    "--disable-software-rasterizer",
)


@dataclass(frozen=True, slots=True)
class BasicAuth:
    """The user name and password of a shop behind HTTP basic authentication."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """How a window onto a shop is opened. ``proxy`` is a URL.

    ``timeout`` is how many seconds an element of a loaded page may take to appear, ``answer_timeout`` how many the
    shop may take to answer a page or a request that the page waits for.
    """

    base_url: str
    basic_auth: BasicAuth | None = None
    ignore_https_errors: bool = False
    proxy: str | None = None
    locale: str = "en-GB"
    timezone: str = "UTC"
    viewport: tuple[int, int] = (1280, 900)
    timeout: float = 15.0
    answer_timeout: float = 60.0
    extra_headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ConsoleEntry:
    """One message of the browser console. ``level`` is ``error``, ``warning`` or ``pageerror`` (uncaught exception)."""

    level: Literal["error", "warning", "pageerror"]
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class FailedRequest:
    """A request that got no answer (``status`` is ``None``) or a status of 400 and above."""

    method: str
    url: str
    status: int | None
    reason: str


def find_chromium(configured: str | Path | None = None, playwright: Playwright | None = None) -> Path:
    """Return the Chromium to start: the configured one, else one in PATH, else the one that Playwright downloaded.

    A configured path that is no executable is an error rather than a reason to look further.
    """
    if configured:
        path = Path(configured)
        found = path if path.is_file() else Path(shutil.which(str(configured)) or "")
        if found.is_file() and os.access(found, os.X_OK):
            return found
        message = f"the configured browser {str(configured)!r} is not an executable file; correct it or leave it out"
        raise NoBrowserError(message)
    for name in _IN_PATH:
        in_path = shutil.which(name)
        if in_path:
            return Path(in_path)
    if playwright is not None:
        downloaded = Path(playwright.chromium.executable_path)
        if downloaded.is_file():
            return downloaded
    message = (
        f"no Chromium found: none of {', '.join(_IN_PATH)} is in PATH and Playwright has downloaded none. Install one"
        " (apt-get install chromium, or python -m playwright install chromium), or set UPDATEGATE_BROWSER to its path"
    )
    raise NoBrowserError(message)


def film_program(playwright: Playwright) -> Path:
    """Return the program by which Playwright films: an ffmpeg of its own, which no system's Chromium brings along.

    Raises NoBrowserError, saying how to get it, where it is not there in the very revision that Playwright wants.
    """
    # <browsers>/chromium-1234/chrome-linux/chrome
    browsers = Path(playwright.chromium.executable_path).parents[2]
    described = Path(playwright_package.__file__).parent / "driver" / "package" / "browsers.json"
    try:
        known = json.loads(described.read_text(encoding="utf-8"))["browsers"]
        revision = next(entry["revision"] for entry in known if entry["name"] == "ffmpeg")
    except (OSError, ValueError, KeyError, TypeError, StopIteration):
        message = f"films of failures are asked for, and {described} does not say which ffmpeg Playwright wants"
        raise NoBrowserError(message) from None
    folder = browsers / f"ffmpeg-{revision}"
    found = next((path for path in sorted(folder.glob("ffmpeg-*")) if os.access(path, os.X_OK)), None)
    if found is None:
        message = (
            f"films of failures are asked for, and there is no ffmpeg in {folder}: run `python -m playwright install"
            " ffmpeg`, or set UPDATEGATE_VIDEO=off; pictures and traces of failures are kept without it"
        )
        raise NoBrowserError(message)
    return found


def launch_flags(*, as_root: bool) -> list[str]:
    """Return the command-line flags; as root, Chromium only starts without its sandbox."""
    return [*_FLAGS, *(["--no-sandbox"] if as_root else [])]


@contextmanager
def chromium(
    playwright: Playwright, executable: str | Path | None = None, *, headless: bool = True
) -> Iterator[Browser]:
    """Start a Chromium and close it at the end. ``executable`` is passed through from the configuration."""
    path = find_chromium(executable, playwright)
    try:
        browser = playwright.chromium.launch(
            executable_path=path,
            headless=headless,
            args=launch_flags(as_root=hasattr(os, "geteuid") and os.geteuid() == 0),
            timeout=60_000,
        )
    except PlaywrightError as fault:
        message = f"{path} does not start: {_first_line(fault)}"
        raise NoBrowserError(message) from fault
    try:
        yield browser
    finally:
        browser.close()


class Window:
    """One private browser window (own cookies) onto one shop, with all that it saw going wrong.

    Tracing (snapshots of the page) runs from the start; ``save_trace`` writes it, else it is discarded on close.
    ``films``: a folder in which the page is filmed, which slows it down; ``save_film`` says where it is kept, else
    it is removed on close. A film shows what a person at the screen would see: passwords as dots.
    """

    def __init__(
        self, browser: Browser, settings: WindowSettings, *, tracing: bool = True, films: Path | None = None
    ) -> None:
        self.settings = settings
        self.console: list[ConsoleEntry] = []
        self.failed_requests: list[FailedRequest] = []
        self._tracing = tracing
        self._closed = False
        self._film: Path | None = None
        self.context = self._open(browser, settings, films)
        self.context.set_default_timeout(settings.timeout * 1000)
        self.context.set_default_navigation_timeout(settings.answer_timeout * 1000)
        if tracing:
            self.context.tracing.start(screenshots=False, snapshots=True, sources=False)
        self.page: Page = self.context.new_page()
        self._watch(self.page)

    @property
    def base_url(self) -> str:
        """The storefront's address without a slash at the end."""
        return self.settings.base_url.rstrip("/")

    def faults_of_shop(self) -> list[FailedRequest]:
        """Return the failed requests that went to the shop itself."""
        return [fault for fault in self.failed_requests if fault.url.startswith(self.base_url)]

    def screenshot(self, path: Path, *, full_page: bool = True) -> Path:
        """Write a PNG of the page as it stands."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path, full_page=full_page, animations="disabled")
        return path

    def save_trace(self, path: Path) -> Path | None:
        """Write what was traced so far (a Playwright trace, .zip) and trace no more; ``None`` when tracing is off."""
        if not self._tracing:
            return None
        path.parent.mkdir(parents=True, exist_ok=True)
        self.context.tracing.stop(path=path)
        self._tracing = False
        return path

    def save_film(self, path: Path) -> Path | None:
        """Close the window and write what was filmed (.webm); ``None`` when nothing was."""
        if self.page.video is None:
            return None
        path.parent.mkdir(parents=True, exist_ok=True)
        self._film = path
        self.close()
        return path

    def close(self) -> None:
        """Close the window; a trace or film that was not saved is discarded."""
        if self._closed:
            return
        self._closed = True
        if self._tracing:
            self.context.tracing.stop()
            self._tracing = False
        shown, films = self.page.video, [page.video for page in self.context.pages if page.video is not None]
        # a film is complete when its page is closed
        self.context.close()
        if shown is not None and self._film is not None:
            shown.save_as(self._film)
        for film in films:
            film.delete()

    @staticmethod
    def _open(browser: Browser, settings: WindowSettings, films: Path | None) -> BrowserContext:
        width, height = settings.viewport
        return browser.new_context(
            base_url=settings.base_url.rstrip("/") + "/",
            ignore_https_errors=settings.ignore_https_errors,
            http_credentials=(
                {"username": settings.basic_auth.username, "password": settings.basic_auth.password}
                if settings.basic_auth
                else None
            ),
            proxy={"server": settings.proxy} if settings.proxy else None,
            locale=settings.locale,
            timezone_id=settings.timezone,
            viewport={"width": width, "height": height},
            extra_http_headers=dict(settings.extra_headers) or None,
            service_workers="block",
            record_video_dir=films,
            record_video_size={"width": width // 2, "height": height // 2} if films else None,
        )

    def _watch(self, page: Page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._note("pageerror", str(error), page.url))
        page.on("requestfailed", self._on_request_failed)
        page.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note("error", message.text, message.location.get("url", ""))
        elif message.type == "warning":
            self._note("warning", message.text, message.location.get("url", ""))

    def _note(self, level: Literal["error", "warning", "pageerror"], text: str, url: str) -> None:
        self.console.append(ConsoleEntry(level, text, url))

    def _on_request_failed(self, request: Request) -> None:
        reason = request.failure or "no answer"
        if "net::ERR_ABORTED" in reason:  # the page was left while it still loaded something: no fault of the shop
            return
        self.failed_requests.append(FailedRequest(request.method, request.url, None, reason))

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            reason = response.status_text or f"HTTP {response.status}"
            self.failed_requests.append(FailedRequest(response.request.method, response.url, response.status, reason))


@contextmanager
def window(
    browser: Browser, settings: WindowSettings, *, tracing: bool = True, films: Path | None = None
) -> Iterator[Window]:
    """Open a window and close it at the end."""
    opened = Window(browser, settings, tracing=tracing, films=films)
    try:
        yield opened
    finally:
        opened.close()


def _first_line(fault: PlaywrightError) -> str:
    return fault.message.splitlines()[0] if fault.message else type(fault).__name__
