"""Finding and starting a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from updategate.clients import browser
from updategate.clients.browser import NoBrowserError


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
