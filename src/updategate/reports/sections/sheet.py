"""What every section of the page is made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import AnyRecord
from updategate.gate.verdict import Verdict
from updategate.reports.proofs import ProofBook
from updategate.reports.words import Language, words

Kind = TypeVar("Kind", bound=AnyRecord)


@dataclass(frozen=True)
class Sheet:
    """A verdict, the runs that it rests on (as far as they are at hand), and the reader's language."""

    verdict: Verdict
    before: Sequence[RunEvidence]
    after: Sequence[RunEvidence]
    language: Language
    book: ProofBook

    @property
    def words(self) -> Mapping[str, str]:
        """The words of the page."""
        return words(self.language)

    @property
    def runs(self) -> tuple[RunEvidence, ...]:
        """All runs, those from after the update first."""
        return (*self.after, *self.before)

    def records(self, kind: type[Kind], runs: Iterable[RunEvidence] | None = None) -> list[Kind]:
        """All records of a type in the given runs (default: all)."""
        return [record for run in (self.runs if runs is None else runs) for record in run.of_type(kind)]

    def named(self, kind: str) -> list[AnyRecord]:
        """All records whose type has this name, also where an older reader knows no class for it."""
        return [record for run in self.runs for record in run.records if record.type == kind]
