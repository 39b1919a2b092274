"""Finding and starting a browser."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from updategate.clients import browser
from updategate.clients.browser import NoBrowserError
from updategate.config.errors import ConfigError
from updategate.config.process_environment import films_failures


def test_a_configured_browser_comes_first(tmp_path: Path) -> None:
    executable = tmp_path / "my-chromium"
    executable.write_text("#!/bin/sh\n")
    executable.chmod(0o755)
    assert browser.find_chromium(executable) == executable


def test_a_configured_browser_that_is_none_is_an_error(tmp_path: Path) -> None:
    missing = tmp_path / "chromium"
    with pytest.raises(NoBrowserError, match="is not an executable file; correct it or leave it out"):
        browser.find_chromium(missing)
    missing.write_text("text")
    with pytest.raises(NoBrowserError):
        browser.find_chromium(missing)


def test_the_path_is_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = tmp_path / "google-chrome"
    found.write_text("#!/bin/sh\n")
    found.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.find_chromium() == found


def test_without_any_browser_the_message_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoBrowserError) as error:
        browser.find_chromium()
    assert str(error.value) == (
        "no Chromium found: none of chromium, chromium-browser, google-chrome, google-chrome-stable, chrome is in PATH"
        " and Playwright has downloaded none. Install one (apt-get install chromium, or python -m playwright install"
        " chromium), or set UPDATEGATE_BROWSER to its path"
    )


def test_only_root_gives_up_the_sandbox() -> None:
    assert "--no-sandbox" in browser.launch_flags(as_root=True)
    assert "--no-sandbox" not in browser.launch_flags(as_root=False)


def test_passwords_do_not_show_in_the_settings() -> None:
    settings = browser.WindowSettings("http://shop", basic_auth=browser.BasicAuth("staging", "s3cret"))
    assert "s3cret" not in repr(settings)


class DriverOf:
    """As much of a Playwright as tells where its browsers are."""

    def __init__(self, browsers: Path) -> None:
        self.chromium = SimpleNamespace(executable_path=str(browsers / "chromium-1" / "chrome-linux" / "chrome"))


def wanted_ffmpeg(playwright: Any) -> Path:
    """The folder that the message of a missing program names."""
    with pytest.raises(NoBrowserError) as missing:
        browser.film_program(playwright)
    found = re.search(r"there is no ffmpeg in (\S+):", str(missing.value))
    assert found, str(missing.value)
    assert "set UPDATEGATE_VIDEO=off; pictures and traces of failures are kept without it" in str(missing.value)
    return Path(found[1])


def test_films_need_the_program_that_playwright_wants(tmp_path: Path) -> None:
    driver: Any = DriverOf(tmp_path)
    folder = wanted_ffmpeg(driver)
    assert folder.parent == tmp_path
    # another revision would make every page fail to open
    other = tmp_path / "ffmpeg-1" / "ffmpeg-linux"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    assert wanted_ffmpeg(driver) == folder
    program = folder / "ffmpeg-linux"
    folder.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert browser.film_program(driver) == program


@pytest.mark.parametrize(("said", "films"), [("", False), ("off", False), ("on", True), ("ON", True)])
def test_films_are_made_when_asked_for(said: str, films: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPDATEGATE_VIDEO", said)
    assert films_failures() is films


def test_another_word_about_films_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPDATEGATE_VIDEO", "yes")
    with pytest.raises(ConfigError, match="Set it to on or off"):
        films_failures()
