"""A run whose evidence does not fit on the disk says so, and is no verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from updategate.config.exit_codes import ExitCode
from updategate.operations import run_suites as module
from updategate.operations.run_suites import SuiteRun, SuiteRunRefused, run_suites


def run(folder: Path) -> SuiteRun:
    given: dict[str, Any] = {"root": folder.parent, "environment": "no-such-file.yaml", "suites": (), "scope": "full"}
    given |= {"policy": "default", "phase": None, "workers": 0, "variables": {}, "progress": lambda _: None}
    return run_suites(folder=folder, **given)


def test_a_disk_without_room_is_noticed_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_free", lambda _: 12_000_000)
    with pytest.raises(SuiteRunRefused) as caught:
        run(tmp_path / "run")
    assert caught.value.exit_code == ExitCode.INCONCLUSIVE
    assert caught.value.text.startswith(f"{tmp_path / 'run'} has 12 MB free, and the evidence of a run may need 50.")


def test_a_disk_that_fills_up_during_the_run_leaves_no_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = iter([900_000_000, 0])
    monkeypatch.setattr(module, "_free", lambda _: next(left))
    monkeypatch.setattr(module, "_follow", lambda process, *_: process.wait() and 0)
    with pytest.raises(SuiteRunRefused) as caught:
        run(tmp_path / "run")
    assert caught.value.exit_code == ExitCode.INCONCLUSIVE
    assert "is full, and the evidence is not complete" in caught.value.text
    assert "updategate clean" in caught.value.text


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SuiteRunRefused) as caught:
        run(tmp_path / "file" / "run")
    assert caught.value.exit_code == ExitCode.USAGE
    assert "cannot be made: Not a directory" in caught.value.text
