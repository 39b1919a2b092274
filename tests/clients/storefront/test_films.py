"""Filming a window: kept when asked for, gone otherwise. Needs the ffmpeg that Playwright wants."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser

from updategate.clients.browser import NoBrowserError, WindowSettings, film_program, window

SETTINGS = WindowSettings("http://127.0.0.1:9")
MATROSKA = b"\x1a\x45\xdf\xa3"


@pytest.fixture
def films(browser: Browser, tmp_path: Path) -> Path:
    driver: Any = SimpleNamespace(chromium=browser.browser_type)
    try:
        film_program(driver)
    except NoBrowserError as missing:
        pytest.skip(str(missing))
    return tmp_path / "films"


def test_film_that_is_asked_for_is_kept(browser: Browser, films: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept" / "film.webm"
    with window(browser, SETTINGS, films=films) as view:
        view.page.set_content("<h1>Filmed</h1><input type=password value=secret>")
        assert view.save_film(kept) == kept
    assert kept.read_bytes().startswith(MATROSKA)
    assert list(films.iterdir()) == []


def test_film_that_nobody_wants_is_removed(browser: Browser, films: Path) -> None:
    with window(browser, SETTINGS, films=films) as view:
        view.page.set_content("<h1>Filmed</h1>")
    assert list(films.iterdir()) == []


def test_window_that_is_not_filmed_has_no_film(browser: Browser, tmp_path: Path) -> None:
    with window(browser, SETTINGS) as view:
        assert view.save_film(tmp_path / "film.webm") is None
        # and stays open
        assert view.page.evaluate("1 + 1") == 2
    assert list(tmp_path.iterdir()) == []
