"""A page as PDF, printed by the Chromium that also drives the storefront."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Playwright, sync_playwright

_IN_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


class PdfError(RuntimeError):
    """The PDF could not be printed; the message says why and what to do."""


def print_pdf(page: Path, browser: str | None) -> Path:
    """Print a page of ours beside itself (``verdict.pdf`` beside ``verdict.html``) and return the PDF's path.

    ``browser`` is the configured Chromium, else one in PATH or the one that Playwright downloaded is taken. The page
    is opened without scripts and without network: what is printed is what lies in the file. Raises PdfError.
    """
    target = page.with_suffix(".pdf")
    partial = page.with_suffix(".pdf.part")
    try:
        with sync_playwright() as playwright:
            executable = _chromium(playwright, browser)
            with playwright.chromium.launch(
                executable_path=executable, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
            ) as chromium:
                sheet = chromium.new_page(java_script_enabled=False, offline=True)
                sheet.goto(page.resolve().as_uri())
                sheet.pdf(path=partial, format="A4", print_background=True, tagged=True, outline=True,
                          prefer_css_page_size=True)  # fmt: skip
    except PlaywrightError as error:
        partial.unlink(missing_ok=True)
        message = f"{target.name} could not be printed: {error.message.splitlines()[0]}"
        raise PdfError(message) from None
    partial.replace(target)
    return target


def _chromium(playwright: Playwright, configured: str | None) -> str:
    if configured:
        found = shutil.which(configured)
        if found is None:
            message = (
                f"The PDF cannot be printed: UPDATEGATE_BROWSER names {configured}, which is no program. Correct it."
            )
            raise PdfError(message)
        return found
    for name in _IN_PATH:
        found = shutil.which(name)
        if found:
            return found
    downloaded = playwright.chromium.executable_path
    if Path(downloaded).is_file():
        return downloaded
    message = (
        "The PDF cannot be printed: there is no Chromium. Install one (apt-get install chromium), "
        "or set UPDATEGATE_BROWSER to its path; the HTML page is complete without it."
    )
    raise PdfError(message)
