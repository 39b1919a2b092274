"""An update is taken up as it was begun, and no folder holds two."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from updategate.config.errors import ConfigError
from updategate.operations.update.begun import Begun
from updategate.operations.update.journal import UpdateJournal

BEGUN = Begun("staging", "/p/minor.yaml", "6.6.7.1", {"FroshTools": "2.4.1"}, "critical", ("/r/parity",))
NOTHING = Begun("staging", "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    BEGUN.begin(tmp_path / "update")
    return tmp_path / "update"


def test_an_update_goes_on_with_what_it_was_begun_with(folder: Path) -> None:
    assert NOTHING.resumed(folder) == BEGUN
    assert replace(NOTHING, plan="/p/mended.yaml").resumed(folder) == replace(BEGUN, plan="/p/mended.yaml")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"to": "6.6.8.0"}, "begun with --to 6.6.7.1, not 6.6.8.0"),
        ({"plugins": {"FroshTools": "3.0.0"}}, "begun with --plugin FroshTools=2.4.1, not FroshTools=3.0.0"),
        ({"scope": "demo"}, "begun with --scope critical, not demo"),
        ({"environment": "production"}, "begun with environment staging, not production"),
    ],
)
def test_another_target_is_another_update(folder: Path, given: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        replace(NOTHING, **given).resumed(folder)


def test_a_folder_without_an_update_is_not_taken_up(tmp_path: Path) -> None:
    for text in (None, "{}", "[]", '{"environment": "x", "parity": [], "unknown": 1}'):
        if text is not None:
            (tmp_path / "begun.json").write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError, match="no update here that could be taken up"):
            NOTHING.resumed(tmp_path)


def test_an_earlier_update_is_never_taken_for_a_new_one(folder: Path) -> None:
    UpdateJournal(folder).note("preflight", "started")
    with pytest.raises(ConfigError, match="holds an update already"):
        BEGUN.begin(folder)
