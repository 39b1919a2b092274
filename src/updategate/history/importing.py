"""Old run folders into the store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from updategate.config.errors import ConfigError
from updategate.evidence.reader import read_evidence
from updategate.evidence.writer import FILE_NAME
from updategate.gate.verdict import Verdict
from updategate.history.store import History

VERDICT = "verdict.json"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: runs added, known already, and left out with the reason; verdicts noted."""

    added: int
    known: int
    left_out: tuple[str, ...]
    verdicts: int


def import_folders(history: History, folders: Iterable[Path]) -> Imported:
    """Store every run found in the folders and below them. Raises ConfigError for a folder that does not exist."""
    added = known = verdicts = 0
    left_out: list[str] = []
    judged: list[Path] = []
    for folder in folders:
        if not folder.exists():
            raise ConfigError.single(str(folder), "", "There is no such folder.", "Name run folders, or their parent.")
        files = [folder] if folder.is_file() else sorted(folder.rglob(FILE_NAME))
        for file in files:
            run = read_evidence(file)
            if run.started is None:
                left_out.append(f"{file}: its first line cannot be read, so nobody knows what it was")
            elif history.add(run):
                added += 1
            else:
                known += 1
        if folder.is_dir():
            judged += sorted(folder.rglob(VERDICT))
    for path in judged:
        try:
            verdict = Verdict.model_validate_json(path.read_text(encoding="utf-8"))
        except (ValidationError, OSError) as error:
            left_out.append(f"{path}: {str(error).splitlines()[0]}")
            continue
        verdicts += int(history.judge(verdict) > 0)
    return Imported(added, known, tuple(left_out), verdicts)
