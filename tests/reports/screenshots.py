"""Pictures of every report for the documentation: ``ci/screenshots``. Evidence is made up, pages are the real ones."""

from __future__ import annotations

import http.server
import io
import os
import random
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console

from tests.history.test_store import process, row
from tests.reports.stories import Kind, registry, tell
from updategate.clients.browser import chromium
from updategate.config.process_environment import browser_path
from updategate.history.store import History
from updategate.reports.allure.gathering import gather
from updategate.reports.allure.generation import ALLURE, AllureMissingError, generate
from updategate.reports.html import write_verdict_page
from updategate.reports.live import LivePage
from updategate.reports.progress import RunState
from updategate.reports.terminal import show_verdict
from updategate.reports.trends import write_trend_pages
from updategate.reports.words import LANGUAGES

COLOURS = 96
MOST_BYTES = 1_500_000
KINDS: tuple[Kind, ...] = ("pass", "fail", "inconclusive")
WIDE, NARROW = (1200, 900), (390, 844)


class Camera:
    """Takes pictures of pages into a folder, in few colours, so that they stay small."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self._folder = folder

    @contextmanager
    def at(self, url: str, size: tuple[int, int], scheme: str = "light", locale: str = "en-GB") -> Iterator[Page]:
        page = self._browser.new_page(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,  # type: ignore[arg-type]
            locale=locale,
        )
        page.goto(url)
        yield page
        page.close()

    def take(self, page: Page, name: str, *, whole: bool = False) -> None:
        self.keep(page.screenshot(full_page=whole), name)

    def keep(self, png: bytes, name: str) -> None:
        image = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        image.save(self._folder / f"{name}.png", optimize=True)


def main(folder: Path, only: Sequence[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        work = Path(place)
        groups: dict[str, Callable[[Camera], None]] = {
            **{f"verdict-{kind}": partial(verdict_pages, kind=kind, work=work) for kind in KINDS},
            "terminal": partial(terminal, work=work),
            "trend": partial(trend_page, work=work),
            "live": live_page,
            "allure": partial(allure_report, work=work),
        }
        unknown = sorted(set(only) - groups.keys())
        if unknown:
            sys.exit(f"There is no picture of {', '.join(unknown)}; there are {', '.join(groups)}.")
        with chromium(playwright, browser_path()) as browser:
            for name, take in groups.items():
                if not only or name in only:
                    take(Camera(browser, folder))
    together = sum(path.stat().st_size for path in folder.glob("*.png"))
    print(f"{together} bytes in {len(list(folder.glob('*.png')))} pictures in {folder}")
    if together > MOST_BYTES:
        sys.exit(f"That is too much for the repository: at most {MOST_BYTES} bytes.")


def verdict_pages(camera: Camera, kind: Kind, work: Path) -> None:
    story = tell(work / kind, kind, processes=88)
    for language in LANGUAGES:
        write_verdict_page(story.verdict, work / kind, language, before=story.before, after=story.after)
    english, german = ((work / kind / name).as_uri() for name in ("verdict.html", "verdict.de.html"))
    with camera.at(english, WIDE) as page:
        camera.take(page, f"verdict-{kind}")
    with camera.at(german, NARROW, "dark" if kind == "fail" else "light") as page:
        camera.take(page, f"verdict-{kind}-narrow.de")
    if kind == "inconclusive":
        with camera.at(german, WIDE, "dark") as page:
            camera.take(page, f"verdict-{kind}.de")
    if kind == "fail":
        for part in ("processes", "prices", "speed", "evidence"):
            with camera.at(f"{english}#{part}", WIDE) as page:
                camera.take(page, f"verdict-part-{part}")


def terminal(camera: Camera, work: Path) -> None:
    story = tell(work / "terminal", "fail", processes=88)
    console = Console(record=True, width=120, file=io.StringIO(), highlight=False)
    show_verdict(console, story.verdict, [Path("reports/after/verdict.html")])
    page = work / "terminal.html"
    page.write_text(console.export_html(inline_styles=True), encoding="utf-8")
    with camera.at(page.as_uri(), (1200, 560)) as shown:
        camera.take(shown, "terminal")


def trend_page(camera: Camera, work: Path) -> None:
    chance = random.Random(5)  # noqa: S311 - made-up data
    with History(f"sqlite:///{work}/history.sqlite") as history:
        for number in range(60):
            core = ("6.6.5.1", "6.6.6.1", "6.6.7.1")[number // 20]
            verdict = {19: "fail", 39: "pass"}.get(number)
            slower = 1.25 if core == "6.6.7.1" else 1.0
            history.add_rows(
                row(number, core=core, build=core, verdict=verdict),
                [
                    {
                        **process(entry.id, seconds=round(3 * slower * chance.lognormvariate(0, 0.12), 2)),
                        "title": entry.title,
                        "title_de": entry.title_de,
                        "status": "failed" if entry.id == "CHK-004" and chance.random() < 0.15 else "passed",
                    }
                    for entry in registry(12)
                ],
                [{"name": "listing.p95", "value": 810 * slower * chance.lognormvariate(0, 0.03), "unit": "ms"}],
            )
        english, german = write_trend_pages(history, work / "trend", "staging")
    with camera.at(english.as_uri(), WIDE) as page:
        camera.take(page, "trend")
    with camera.at(german.as_uri() + "#t-1", NARROW, "dark") as page:
        camera.take(page, "trend-narrow.de")


def live_page(camera: Camera) -> None:
    entries = registry(24)
    expected = {entry.id: 12.0 for entry in entries}
    state = RunState("staging", "full", len(entries), 4, expected)
    state.take(
        {
            "type": "run_started",
            "processes": [entry.id for entry in entries],
            "registry": [{"id": one.id, "title": one.title, "title_de": one.title_de} for one in entries],
        }
    )
    for number, entry in enumerate(entries[:11]):
        bad = number == 4
        state.take({"type": "process_started", "process": entry.id})
        state.take(
            {
                "type": "process_finished", "process": entry.id, "status": "failed" if bad else "passed",
                "seconds": 7.5 + number, "message": "the cart shows other amounts" if bad else "",
                "expected": "net 24.12 EUR" if bad else None, "actual": "net 24.10 EUR" if bad else None,
            }
        )  # fmt: skip
    for entry in entries[11:15]:
        state.take({"type": "process_started", "process": entry.id})
    with LivePage(state, 0) as page:
        for name, size, locale in (("live", WIDE, "en-GB"), ("live-narrow.de", NARROW, "de-DE")):
            with camera.at(page.url, size, locale=locale) as shown:
                shown.locator("#finished tr").first.wait_for()
                camera.take(shown, name)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def allure_report(camera: Camera, work: Path) -> None:
    story = tell(work / "for-allure", "fail", processes=88)
    home = os.environ.get("UPDATEGATE_TEST_ALLURE")
    if not home:
        print("Allure's picture is left out: UPDATEGATE_TEST_ALLURE names no folder with node_modules/allure.")
        return
    (work / ".allure").mkdir()
    (work / ".allure" / ALLURE).symlink_to(home)
    output = work / "allure"
    gathered = gather([*story.before, *story.after], output / "allure-results", story.verdict)
    try:
        made = generate(gathered, output, "updategate staging: fail", output / "history.jsonl", dict(os.environ))
    except AllureMissingError as error:
        print(error)
        return
    # its page reads its data by requests, which a page from a file may not make
    handler = partial(Quiet, directory=str(made.page.parent))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with camera.at(f"http://127.0.0.1:{server.server_port}/", (1400, 900)) as page:
        page.wait_for_load_state("load")
        page.wait_for_function("document.body.innerText.length > 200")
        camera.take(page, "allure")
    server.shutdown()


if __name__ == "__main__":
    main(Path("docs/screenshots"), sys.argv[1:])
