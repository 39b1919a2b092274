"""The pages as a reader meets them: accessible in light and dark, on a phone and on a desk, and as PDF."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from pypdf import PdfReader

from tests.reports.stories import Kind, Story
from updategate.config.process_environment import browser_path
from updategate.reports.html import write_verdict_page
from updategate.reports.pdf import PdfError, print_pdf
from updategate.reports.words import LANGUAGES, Language, words

pytestmark = pytest.mark.browser
LOOKS = [
    pytest.param("fail", "en", 1280, "light", id="fail-en-wide-light"),
    pytest.param("fail", "de", 390, "dark", id="fail-de-narrow-dark"),
    pytest.param("inconclusive", "de", 1280, "dark", id="inconclusive-de-wide-dark"),
    pytest.param("pass", "en", 390, "light", id="pass-en-narrow-light"),
]


@pytest.fixture(scope="module")
def pages(stories: dict[Kind, Story], folder_of_pages: Path) -> dict[tuple[Kind, Language], Path]:
    found = {}
    for kind, story in stories.items():
        folder = folder_of_pages / kind
        folder.mkdir()
        for language in LANGUAGES:
            found[kind, language] = write_verdict_page(
                story.verdict, folder, language, before=story.before, after=story.after
            )
    return found


@pytest.mark.parametrize(("kind", "language", "width", "scheme"), LOOKS)
def test_page_is_accessible_and_fits_the_screen(
    browser: Browser,
    pages: dict[tuple[Kind, Language], Path],
    kind: Kind,
    language: Language,
    width: int,
    scheme: str,
) -> None:
    asked: list[str] = []
    page = browser.new_page(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        bypass_csp=True,  # the page allows no scripts; the examination is one
    )
    page.on("request", lambda request: asked.append(request.url))
    page.goto(pages[kind, language].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    violations = [
        f"{found['id']}: {found['help']} {[node['html'][:160] for node in found['nodes'][:3]]}"
        for found in Axe().run(page).response["violations"]
    ]
    assert violations == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    page.close()


def test_pdf_holds_what_the_page_says_and_nothing_is_folded_away(pages: dict[tuple[Kind, Language], Path]) -> None:
    with ThreadPoolExecutor(1) as apart:  # from the browser of the other tests
        printed = apart.submit(print_pdf, pages["fail", "de"], browser_path()).result()
    assert printed.name == "verdict.de.pdf"
    reader = PdfReader(printed)
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    german = words("de")
    for word in (german["fail"], german["reasons"], german["speed"], german["provenance"]):
        assert word in text
    assert "20 Prozesse funktionieren, vorher und nachher" in text
    assert "CHK-012" in text  # one of those that work: they stand in a part that is folded on the screen
    assert reader.pages[0].mediabox.width == pytest.approx(595, abs=2)


def test_a_browser_that_does_not_exist_is_named(pages: dict[tuple[Kind, Language], Path]) -> None:
    with ThreadPoolExecutor(1) as apart, pytest.raises(PdfError, match="/no/browser"):
        apart.submit(print_pdf, pages["pass", "en"], "/no/browser").result()
