"""The verdict as it is stored (``verdict.json``) and shown."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from updategate.evidence import records

SCHEMA: Literal["updategate.verdict/1"] = "updategate.verdict/1"
Decision = Literal["pass", "fail", "inconclusive"]
Weight = Literal["fail", "inconclusive", "note"]
Change = Literal["regressed", "failed", "pre_existing", "fixed", "intended", "waived", "unchanged", "new", "not_tested"]


class Part(BaseModel):
    """Base of the parts of a verdict: frozen, exact keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Reason(Part):
    """Why the verdict is what it is.

    ``code`` is stable and documented in ``docs/reference/verdict.md``. ``weight`` says what the reason asks for;
    ``note`` changes nothing. ``evidence`` names run and line where it can be looked up. ``facts`` holds the parts of
    the sentence, so that it can be said in other languages.
    """

    code: str
    weight: Weight
    message: str
    process: str | None = None
    title: str | None = None
    expected: str | None = None
    actual: str | None = None
    evidence: str | None = None
    facts: dict[str, str] = Field(default_factory=dict)


class ProcessResult(Part):
    """A process of the scope, before and after; None where there is no record.

    ``evidence_before`` and ``evidence_after`` name run and line of the records.
    """

    process: str
    title: str
    critical: bool
    owner: str
    before: records.Status | None = None
    after: records.Status | None = None
    change: Change
    seconds_before: float | None = None
    seconds_after: float | None = None
    message: str = ""
    expected: str | None = None
    actual: str | None = None
    evidence_before: str | None = None
    evidence_after: str | None = None
    title_de: str = ""


class Comparison(Part):
    """Ids of the processes that changed, by kind of change, and all results."""

    regressed: tuple[str, ...] = ()
    pre_existing: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    intended: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    processes: tuple[ProcessResult, ...] = ()


class Builds(Part):
    """What was validated, before and after the update."""

    before: records.Build | None = None
    after: records.Build | None = None


class Fingerprint(Part):
    """What a verdict is bound to: SHA-256 of the build after the update and of its environment.

    ``facts`` is that environment, ``facts_before`` the one that the update began with.
    """

    build: str
    environment: str | None = None
    facts: records.EnvironmentFacts | None = None
    facts_before: records.EnvironmentFacts | None = None


class NotTested(Part):
    """Something that this verdict says nothing about, and why."""

    what: str
    reason: str
    critical: bool = False


class IndicatorResult(Part):
    """An indicator against its objective; ``limit`` is the criterion as the policy writes it."""

    name: str
    before: float | None = None
    after: float | None = None
    unit: str
    limit: str | None = None
    result: Literal["met", "missed", "undecided", "informative"]
    evidence: str | None = None


class LedgerDifference(Part):
    """A cell of the price ledger that changed.

    ``before`` and ``after`` say all that differs, ``changed`` names the figures, ``by`` is the amount by which the
    first of them changed. ``rule`` is the rule of the advanced price after the update, ``rule_before`` the one before.
    ``intended`` is the policy's reason and source for a change that is meant.
    """

    product: str
    customer_group: str
    customer: str | None
    quantity: int
    currency: str
    country: str
    before: str
    after: str
    changed: tuple[str, ...] = ()
    by: str | None = None
    rule: str | None = None
    rule_before: str | None = None
    intended: str | None = None
    evidence_before: str | None = None
    evidence_after: str | None = None


class LedgerSummary(Part):
    """What the price ledgers cover together, and how many cells differ; ``explained`` ones are intended."""

    cells_before: int
    cells_after: int
    compared: int
    differing: int
    explained: int
    unread: int
    products: int
    customer_groups: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


class PriceListRow(Part):
    """A row of a price list that the shop does not charge after the update.

    ``before`` is what it charged before the update, None where nobody asked; ``change`` says which it is:
    ``regressed`` where it kept to the list before, ``pre_existing`` where it did not either.
    """

    price_list: str
    row: int
    product: str
    customer_group: str
    customer: str | None
    quantity: int
    currency: str
    country: str
    expected: str
    actual: str
    before: str | None = None
    rule: str | None = None
    change: Literal["regressed", "pre_existing", "failed"]
    evidence: str | None = None


class PriceListSummary(Part):
    """A price list as it was asked after the update."""

    price_list: str
    file: str
    rows: int
    asked: int
    equal: int
    deviating: int
    unread: int


class RunReference(Part):
    """A run that the verdict rests on."""

    run: str
    kind: str
    phase: Literal["before", "after"]
    environment: str
    stage: str | None = None
    scope: str
    commit: str | None
    at: str
    records: int


class VerdictProvenance(Part):
    """Who judged what, when, by which policy."""

    judged_at: str
    tool_version: str
    policy: str
    policy_hash: str | None = None
    runs: tuple[RunReference, ...] = ()


class Verdict(Part):
    """The answer: may this update go one stage further."""

    schema_: Literal["updategate.verdict/1"] = Field(default=SCHEMA, alias="schema")
    verdict: Decision
    scope: str
    environment: str
    reasons: tuple[Reason, ...]
    comparison: Comparison
    build: Builds
    fingerprint: Fingerprint | None = None
    not_tested: tuple[NotTested, ...] = ()
    indicators: tuple[IndicatorResult, ...] = ()
    ledger: tuple[LedgerDifference, ...] = ()
    ledger_summary: LedgerSummary | None = None
    price_lists: tuple[PriceListSummary, ...] = ()
    price_list_rows: tuple[PriceListRow, ...] = ()
    findings: tuple[records.Finding, ...] = ()
    performance: Literal["not_tested", "not_slower", "slower", "inconclusive"] = "not_tested"
    speed: tuple[records.Performance, ...] = ()
    provenance: VerdictProvenance

    def to_json(self) -> str:
        """The text of ``verdict.json``."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"
