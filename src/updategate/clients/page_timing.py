"""How a page loads in a browser: what its visitor waits for, one load at a time, under a fixed processor and network.

The figures are those of the Web Vitals, from the browser's own performance entries: TTFB, FCP and LCP in ms,
CLS without unit, INP in ms (the slowest answer of the page to a key and a click), long tasks in ms beyond 50
each, and bytes on the wire.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PlaywrightError

from updategate.clients.browser import WindowSettings, window

# buffered observers see what happened before they were made; INP needs them from the start
_OBSERVE = """
(() => {
  const seen = {lcp: 0, cls: 0, inp: 0, longTasks: 0};
  window.__updategate = seen;
  const watch = (type, take, options) => {
    try {
      new PerformanceObserver(list => list.getEntries().forEach(take)).observe({type, buffered: true, ...options});
    } catch (error) { seen.missing = (seen.missing || '') + type + ' '; }
  };
  watch('largest-contentful-paint', entry => { seen.lcp = entry.startTime; });
  watch('layout-shift', entry => { if (!entry.hadRecentInput) seen.cls += entry.value; });
  watch('longtask', entry => { seen.longTasks += Math.max(0, entry.duration - 50); });
  watch('event', entry => {
    if (entry.interactionId) seen.inp = Math.max(seen.inp, entry.duration);
  }, {durationThreshold: 16});
})();
"""
_READ = """
() => {
  const seen = window.__updategate || {};
  const navigation = performance.getEntriesByType('navigation')[0];
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  const resources = performance.getEntriesByType('resource');
  return {
    ttfb: navigation ? navigation.responseStart - navigation.startTime : 0,
    fcp: paint ? paint.startTime : 0,
    lcp: seen.lcp || 0,
    cls: seen.cls || 0,
    inp: seen.inp || 0,
    long_tasks: seen.longTasks || 0,
    page_bytes: (navigation ? navigation.transferSize : 0) + resources.reduce((sum, r) => sum + r.transferSize, 0),
    missing: seen.missing || '',
  };
}
"""


class PageTimingError(RuntimeError):
    """A page did not load so that it could be timed; the message says which, and what was missing."""


@dataclass(frozen=True, slots=True)
class Throttle:
    """A fixed device: processor so many times slower than this machine's, network in kilobits and milliseconds."""

    cpu: float = 2.0
    download_kbit: float = 10_000.0
    upload_kbit: float = 5_000.0
    latency_ms: float = 20.0


@dataclass(frozen=True, slots=True)
class PageLoad:
    """One load's figures; see the module."""

    ttfb: float
    fcp: float
    lcp: float
    cls: float
    inp: float
    long_tasks: float
    page_bytes: float

    def to_json(self) -> dict[str, float]:
        """By indicator."""
        return {name: getattr(self, name) for name in self.__slots__}


def load_page(
    browser: Browser,
    settings: WindowSettings,
    path: str,
    throttle: Throttle,
    *,
    arrive: Callable[[Page], None] | None = None,
    expects: str = "body",
) -> PageLoad:
    """Load ``path`` in a fresh window with an empty cache, touch the page, and read the figures.

    ``arrive`` does before what the page needs (a cart); ``expects`` is a selector that the right page shows.

    Raises:
        PageTimingError: no answer, a wrong page, or a browser that does not tell its figures.

    """
    with window(browser, settings, tracing=False) as opened:
        page = opened.page
        try:
            if arrive is not None:
                arrive(page)
            session = opened.context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.clearBrowserCache")
            session.send(
                "Network.emulateNetworkConditions",
                {
                    "offline": False,
                    "latency": throttle.latency_ms,
                    "downloadThroughput": throttle.download_kbit * 125,
                    "uploadThroughput": throttle.upload_kbit * 125,
                },
            )
            session.send("Emulation.setCPUThrottlingRate", {"rate": throttle.cpu})
            page.add_init_script(_OBSERVE)
            answer = page.goto(path, wait_until="load")
            if answer is None or answer.status >= 400:
                message = f"{path} answered {answer.status if answer else 'nothing'}"
                raise PageTimingError(message)
            page.locator(expects).first.wait_for(state="attached")
            page.wait_for_load_state("networkidle")
            _touch(page)
            figures: Mapping[str, float | str] = page.evaluate(_READ)
        except PlaywrightError as fault:
            message = f"{path} did not load: {fault.message.splitlines()[0]}"
            raise PageTimingError(message) from None
    missing = str(figures["missing"]) or " ".join(name for name in ("ttfb", "fcp", "lcp") if not figures[name])
    if missing:
        message = f"{path}: the browser did not tell {missing.strip()}"
        raise PageTimingError(message)
    return PageLoad(**{name: float(figures[name]) for name in PageLoad.__slots__})


def _touch(page: Page) -> None:
    """Press a key and click where nothing happens, so that the page has something to answer."""
    page.keyboard.press("Tab")
    page.mouse.click(2, 2)
    # two frames: event entries are told after the frame that shows their effect
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))")
