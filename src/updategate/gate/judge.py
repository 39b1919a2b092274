"""The gate: evidence in, verdict out. Pure: no clock, no files, no shop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib import metadata
from typing import Literal

from updategate.config.policy import Policy
from updategate.config.registry import critical_in
from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import CostFinding, Finding, Performance, ProcessEntry, UpdateStep
from updategate.evidence.touched_areas import tells_areas, touched_areas
from updategate.gate import ledger, objectives, price_lists
from updategate.gate.comparison import Judge, Judged, Side
from updategate.gate.criticality import Touched, areas_unknown
from updategate.gate.soundness import build_doubts, doubt, environment_doubts, file_doubts
from updategate.gate.stages import environment_changes, fingerprint, parity_doubts, rollout_reasons, shard_doubts
from updategate.gate.verdict import (
    Builds,
    Comparison,
    Decision,
    NotTested,
    Reason,
    RunReference,
    Verdict,
    VerdictProvenance,
)

WEIGHTS = ("fail", "inconclusive", "note")


def judge(
    after: Sequence[RunEvidence],
    before: Sequence[RunEvidence],
    policy: Policy,
    now: datetime,
    *,
    policy_source: str,
    policy_hash: str | None = None,
    known_indicators: frozenset[str] = frozenset(),
) -> Verdict:
    """Decide whether an update may go one stage further.

    ``after`` and ``before`` are the runs of each phase (``before`` may be empty: then every failure of a critical
    process fails the update). ``now`` decides which waivers hold. ``policy_source`` names the policy in errors.
    Raises ConfigError for a policy that does not fit the evidence (unknown scope, process or indicator).
    """
    reasons = [*file_doubts(after, "after"), *file_doubts(before, "before")]
    reasons += [*build_doubts(after, "after"), *build_doubts(before, "before"), *environment_doubts(after, before)]
    reasons += [*environment_changes(after, "after"), *shard_doubts(after, "after"), *shard_doubts(before, "before")]
    reasons += [*parity_doubts([*before, *after], policy.parity), *rollout_reasons(after)]
    new, old = Side.of(after), Side.of(before)
    touched = touched_areas([*after, *before])
    reasons += [areas_unknown(run.name) for run in after if _is_compat(run) and not tells_areas(run)]
    scope = _scope([*after, *before])
    judged: list[Judged] = []
    if not new.exists:
        reasons.append(doubt("no_evidence", "There is no process run from after the update."))
    else:
        judged, more = _processes(policy, scope, new, old, touched, now, policy_source)
        reasons += more
    prices = ledger.compare(after, before, policy.ledger)
    lists = price_lists.compare(after, before, policy.ledger)
    reasons += [*prices.reasons, *lists.reasons]
    indicators, more = objectives.check(policy.objectives, after, before, known_indicators, policy_source)
    reasons += more
    findings = [finding for run in after for finding in run.of_type(Finding)]
    reasons += [_blocked(finding) for finding in findings if finding.level == "blocked"]
    reasons += [_step_failed(step) for run in after for step in run.of_type(UpdateStep) if not step.ok]
    performance, more = _performance(policy, after)
    reasons += more
    reasons.sort(key=lambda reason: WEIGHTS.index(reason.weight))
    return Verdict(
        verdict=_decide(reasons),
        scope=scope,
        environment=next((run.started.provenance.environment for run in after if run.started), "unknown"),
        reasons=tuple(reasons),
        comparison=_comparison(judged),
        build=Builds(before=old.build, after=new.build),
        fingerprint=fingerprint(after, before),
        not_tested=_not_tested(judged, performance, prices.not_tested),
        indicators=tuple(indicators),
        ledger=prices.differences,
        ledger_summary=prices.summary,
        price_lists=lists.summaries,
        price_list_rows=lists.rows,
        findings=tuple(findings),
        performance=performance,
        speed=tuple(record for run in after for record in run.of_type(Performance)),
        provenance=VerdictProvenance(
            judged_at=now.isoformat(timespec="seconds"),
            tool_version=metadata.version("updategate"),
            policy=policy.policy,
            policy_hash=policy_hash,
            runs=tuple(_references(after, "after") + _references(before, "before")),
        ),
    )


def _is_compat(run: RunEvidence) -> bool:
    return run.started is not None and run.started.kind == "compat"


def _scope(runs: Sequence[RunEvidence]) -> str:
    return next((run.started.scope for run in runs if run.started and run.started.kind == "processes"), "unknown")


def _processes(
    policy: Policy, scope: str, new: Side, old: Side, touched: Touched, now: datetime, source: str
) -> tuple[list[Judged], list[Reason]]:
    registry: dict[str, ProcessEntry] = {**old.registry, **new.registry}
    if not registry:
        return [], [doubt("no_registry", "The evidence holds no process registry.")]
    entries = policy.select(scope, critical_in(registry.values(), touched), source)
    judge_ = Judge(policy, old, new, now.date(), touched)
    judged = [judge_.process(entry) for entry in sorted(entries, key=lambda entry: entry.id)]
    reasons = [reason for one in judged for reason in one.reasons]
    reasons += _allowance(policy, judged)
    if judged and not any(one.result.after == "passed" for one in judged):
        reasons.append(doubt("nothing_passed", "Not one process of the scope was carried out and passed."))
    return judged, reasons


def _allowance(policy: Policy, judged: Sequence[Judged]) -> list[Reason]:
    """Failures of non-critical processes beyond what the policy allows."""
    allowed = policy.processes.other.failures_at_most
    failures = [
        one.result
        for one in judged
        if not one.result.critical
        and (one.result.change in ("regressed", "failed", "new"))
        and one.result.after in ("failed", "not_applicable")
    ]
    if len(failures) <= allowed:
        return []
    first = failures[0]
    names = ", ".join(result.process for result in failures)
    return [
        Reason(
            code="allowance",
            weight="fail",
            message=f"{len(failures)} non-critical processes failed, {allowed} are allowed: {names}.",
            process=first.process,
            title=first.title,
            expected=first.expected,
            actual=first.actual,
            facts={"failed": str(len(failures)), "allowed": str(allowed), "names": names},
        )
    ]


def _step_failed(step: UpdateStep) -> Reason:
    return Reason(
        code="update_step",
        weight="fail",
        message=f"The update did not do what it should: {step.step}. {step.message}".rstrip(" "),
        expected=step.expected,
        actual=step.actual,
        evidence=_where(step),
        facts={"step": step.step},
    )


def _blocked(finding: Finding) -> Reason:
    return Reason(
        code="adjustment",
        weight="fail",
        message=f"{finding.plugin} must be adjusted before the update: {finding.message}",
        evidence=f"{finding.file}:{finding.line}",
        expected=finding.replacement,
        actual=finding.symbol,
        facts={"plugin": finding.plugin},
    )


Pace = Literal["not_tested", "not_slower", "slower", "inconclusive"]


def _performance(policy: Policy, after: Sequence[RunEvidence]) -> tuple[Pace, list[Reason]]:
    """What the comparisons of speed say together: one that is slower decides, one that is unsure leaves a doubt."""
    compared = [record for run in after for record in run.of_type(Performance)]
    if not compared:
        if any(run.started and run.started.kind == "load" for run in after):
            message = "Load was played, but no comparison with the shop before the update came out of it."
            return "inconclusive", [doubt("performance_undecided", message)]
        if policy.performance.required:
            message = "Performance was not tested, and the policy requires it."
            return "not_tested", [doubt("performance_not_tested", message)]
        return "not_tested", []
    reasons = [_pace_reason(record) for record in compared if record.pace != "not_slower"]
    reasons += [_cost_reason(record, cost) for record in compared for cost in record.costs if cost.worse]
    paces = {record.pace for record in compared}
    pace: Pace = "slower" if "slower" in paces else "inconclusive" if "inconclusive" in paces else "not_slower"
    return pace, reasons


def _pace_reason(record: Performance) -> Reason:
    if record.pace == "inconclusive":
        told = "; ".join(record.reasons) or f"{record.units} units were not enough to decide"
        message = f"Whether the shop is slower is not decided ({record.profile}): {told}."
        return doubt(
            "performance_undecided", message, evidence=_where(record), profile=record.profile, units=str(record.units)
        )
    slower = [metric for metric in record.metrics if metric.slower]
    costs = [cost.indicator for cost in record.costs if cost.worse] if record.mode == "exact" else []
    named = (
        ", ".join([*(f"{metric.metric} {metric.change:+.1%}" for metric in slower), *costs]) or "more requests failed"
    )
    return Reason(
        code="performance_slower",
        weight="fail",
        message=f"The shop is slower than before the update ({record.profile}): {named}.",
        expected=f"at most {record.tolerance:+.0%}",
        actual=named,
        evidence=_where(record),
        facts={"profile": record.profile},
    )


def _cost_reason(record: Performance, cost: CostFinding) -> Reason:
    return Reason(
        code="performance_cost",
        weight="fail",
        message=f"The shop costs more than before the update ({record.profile}): {cost.text}.",
        actual=cost.text,
        evidence=_where(record),
        facts={"profile": record.profile, "indicator": cost.indicator},
    )


def _where(record: UpdateStep | Performance) -> str:
    """Run and line where a record can be looked up."""
    return f"{record.run}:{record.seq + 1}"


def _decide(reasons: Sequence[Reason]) -> Decision:
    weights = {reason.weight for reason in reasons}
    if "fail" in weights:
        return "fail"
    return "inconclusive" if "inconclusive" in weights else "pass"


def _comparison(judged: Sequence[Judged]) -> Comparison:
    results = tuple(one.result for one in judged)

    def having(change: str) -> tuple[str, ...]:
        return tuple(result.process for result in results if result.change == change)

    return Comparison(
        regressed=having("regressed"),
        pre_existing=having("pre_existing"),
        fixed=having("fixed"),
        intended=having("intended"),
        waived=having("waived"),
        processes=results,
    )


def _not_tested(judged: Sequence[Judged], performance: str, prices: NotTested | None) -> tuple[NotTested, ...]:
    gaps = [one.not_tested for one in judged if one.not_tested is not None]
    if prices is not None:
        gaps.append(prices)
    if performance == "not_tested":
        gaps.append(NotTested(what="Performance", reason="no comparison with the shop before the update was made"))
    return tuple(gaps)


def _references(runs: Sequence[RunEvidence], phase: Literal["before", "after"]) -> list[RunReference]:
    return [
        RunReference(
            run=run.name,
            kind=run.started.kind,
            phase=phase,
            environment=run.started.provenance.environment,
            stage=run.started.provenance.stage,
            scope=run.started.scope,
            commit=run.started.provenance.commit,
            at=run.started.at,
            records=len(run.records),
        )
        for run in runs
        if run.started
    ]
