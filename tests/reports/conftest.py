"""Updates of each verdict, told once, and a browser that looks at their pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.reports.stories import Kind, Story, tell
from updategate.clients.browser import chromium
from updategate.config.process_environment import browser_path


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> dict[Kind, Story]:
    folder = tmp_path_factory.mktemp("stories")
    return {kind: tell(folder / kind, kind, processes=24) for kind in ("pass", "fail", "inconclusive")}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return tell(tmp_path_factory.mktemp("hostile"), "fail", processes=12, hostile=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright, browser_path()) as started:
        yield started


@pytest.fixture(scope="session")
def folder_of_pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")
