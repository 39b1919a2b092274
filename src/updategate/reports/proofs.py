"""What the page's claims rest on: lines of evidence, looked up by run and line, shown at the page's end."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import AnyRecord, ProcessFinished, Step

PICTURE_WIDTH = 900
PICTURES_TOGETHER = 600_000
"""Bytes that pictures inside one page may have together: it is sent by mail."""
VALUE_LENGTH = 1500
_ENVELOPE = frozenset({"v", "seq", "at", "run", "worker", "type", "registry", "processes", "cases"})


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of the run; ``href`` leads there from the page's folder, None where it lies elsewhere."""

    name: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Proof:
    """One line of evidence. ``values`` are its fields, ``steps`` what a process did until then."""

    anchor: str
    run: str
    line: int
    record: AnyRecord
    values: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...] = ()
    files: tuple[Attached, ...] = ()
    picture: str | None = None

    @property
    def brief(self) -> bool:
        """Whether it is a process that passed: there are many, and a row of a table tells enough."""
        return isinstance(self.record, ProcessFinished) and self.record.status == "passed"

    @property
    def title(self) -> str:
        """What the line is about."""
        process = getattr(self.record, "process", None)
        return f"{process} · {self.record.type}" if process else self.record.type


@dataclass
class ProofBook:
    """Collects the lines that a page refers to. ``folder`` is where the page lies."""

    runs: Sequence[RunEvidence]
    folder: Path | None = None
    _cited: dict[str, Proof] = field(default_factory=dict)
    _pictures: int = 0

    def __post_init__(self) -> None:
        self._by_name = {run.name: run for run in reversed(self.runs)}
        self._steps: dict[str, dict[str, list[Step]]] = {}
        for run in self.runs:
            steps = self._steps.setdefault(run.name, {})
            for record in run.records:
                if isinstance(record, Step):
                    steps.setdefault(record.process, []).append(record)

    def cite(self, reference: str | None) -> str | None:
        """The anchor of ``run:line`` (or of a whole run) in the page; None where there is no such evidence."""
        if not reference:
            return None
        if reference in self._by_name:
            return f"run-{list(self._by_name).index(reference)}"
        held = self._cited.get(reference)
        if held is None:
            held = self._look_up(reference)
            if held is None:
                return None
            self._cited[reference] = held
        return held.anchor

    def cite_record(self, record: AnyRecord) -> str | None:
        """The anchor of a record."""
        return self.cite(f"{record.run}:{record.seq + 1}")

    def of(self, reference: str | None) -> Proof | None:
        """The cited line itself."""
        return self._cited.get(reference) if reference and self.cite(reference) else None

    @property
    def cited(self) -> list[Proof]:
        """All lines cited so far, by run and line."""
        return sorted(self._cited.values(), key=lambda proof: (proof.run, proof.line))

    def _look_up(self, reference: str) -> Proof | None:
        name, _, number = reference.rpartition(":")
        run = self._by_name.get(name)
        if run is None or not number.isdigit():
            return None
        line = int(number)
        record = next((one for one in run.records[max(line - 1, 0) :] if one.seq + 1 == line), None)
        if record is None:
            return None
        files: tuple[Attached, ...] = ()
        picture = None
        steps: tuple[Step, ...] = ()
        if isinstance(record, ProcessFinished) and record.status != "passed":
            steps = tuple(self._steps[name].get(record.process, ()))
            paths = sorted(path for path in (run.folder / "artefacts" / record.process).glob("**/*") if path.is_file())
            files = tuple(self._attached(path, run) for path in paths)
            picture = self._picture([path for path in paths if path.suffix == ".png"])
        return Proof(
            anchor=f"proof-{len(self._cited) + 1}",
            run=name,
            line=line,
            record=record,
            values=values_of(record),
            steps=steps,
            files=files,
            picture=picture,
        )

    def _attached(self, path: Path, run: RunEvidence) -> Attached:
        href = None
        if self.folder is not None and path.is_relative_to(self.folder):
            href = path.relative_to(self.folder).as_posix()
        return Attached(path.relative_to(run.folder).as_posix(), href)

    def _picture(self, paths: list[Path]) -> str | None:
        """The first picture, made small, as a data URI; None once the page has enough of them."""
        for path in paths:
            try:
                with Image.open(path) as image:
                    small = image.convert("RGB")
            except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
                continue
            small.thumbnail((PICTURE_WIDTH, PICTURE_WIDTH * 2))
            buffer = io.BytesIO()
            small.save(buffer, "JPEG", quality=62, optimize=True)
            if self._pictures + buffer.tell() > PICTURES_TOGETHER:
                return None
            self._pictures += buffer.tell()
            return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
        return None


def values_of(record: AnyRecord) -> tuple[tuple[str, str], ...]:
    """The fields of a record as text, empty ones and the envelope left out."""
    told = []
    for key, value in record.model_dump(mode="json").items():
        if key in _ENVELOPE or value in (None, "", [], {}):
            continue
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        told.append((key, text if len(text) <= VALUE_LENGTH else text[:VALUE_LENGTH] + " …"))
    return tuple(told)
