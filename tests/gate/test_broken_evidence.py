"""For every row of the verdict table a broken evidence file: judged as `updategate gate` does, and never a pass."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.gate.conftest import NEW, NOW, OLD, PASSED, RunOf, failed, policy_of, write_run
from updategate.evidence.reader import read_evidence
from updategate.evidence.records import (
    Indicator,
    Performance,
    ProcessFinished,
    Provenance,
    RunStarted,
    UpdateStep,
)
from updategate.evidence.writer import FILE_NAME, EvidenceWriter
from updategate.gate.judge import judge
from updategate.gate.verdict import Verdict

Lines = list[dict[str, Any]]
Break = Callable[[Lines], Lines]


def gate(before: Path | None, *after: Path, **policy: Any) -> Verdict:
    """What the gate says of these runs."""
    befores = [read_evidence(before)] if before else []
    return judge([read_evidence(run) for run in after], befores, policy_of(**policy), NOW, policy_source="policy.yaml")


def codes(verdict: Verdict) -> set[str]:
    return {reason.code for reason in verdict.reasons}


def renumbered(lines: Lines) -> Lines:
    return [{**line, "seq": number} for number, line in enumerate(lines)]


def counted(lines: Lines) -> Lines:
    """Numbers and counts made right again: whoever edits a file by hand may be careful."""
    statuses = [line["status"] for line in lines if line["type"] == "process_finished"]
    counts = {status: statuses.count(status) for status in statuses}
    return renumbered([{**line, "counts": counts} if line["type"] == "run_finished" else line for line in lines])


def without(kind: str, process: str) -> Break:
    return lambda lines: [line for line in lines if (line["type"], line.get("process")) != (kind, process)]


def of_process(process: str, **changes: Any) -> Break:
    """One process ended otherwise."""

    def broken(lines: Lines) -> Lines:
        chosen = ("process_finished", process)
        return counted([{**one, **changes} if (one["type"], one.get("process")) == chosen else one for one in lines])

    return broken


def deregistered(lines: Lines) -> Lines:
    """A process that was deleted from the registry, with everything that it left."""
    kept = [line for line in lines if line.get("process") != "CHK-001"]
    start = {
        **kept[0],
        "registry": [one for one in kept[0]["registry"] if one["id"] != "CHK-001"],
        "processes": [name for name in kept[0]["processes"] if name != "CHK-001"],
    }
    return counted([start, *kept[1:]])


def at_start(**changes: Any) -> Break:
    return lambda lines: [{**lines[0], **changes}, *lines[1:]]


def at_end(**changes: Any) -> Break:
    return lambda lines: [*lines[:-1], {**lines[-1], **changes}]


def elsewhere(**changes: Any) -> Break:
    return lambda lines: [{**lines[0], "provenance": {**lines[0]["provenance"], **changes}}, *lines[1:]]


OTHER_PLUGIN = {"core": NEW.core, "plugins": [{"name": "AcmeB2bPrices", "version": "2.0.0", "active": True}]}

# row of the table, how the file of the after run is broken, code of the reason
BROKEN: list[tuple[str, Break, str]] = [
    (
        "no finished record: its worker crashed",
        lambda a: counted(without("process_finished", "CHK-001")(a)),
        "no_record",
    ),
    ("no finished record: deselected", lambda a: counted([x for x in a if x.get("process") != "CHK-001"]), "no_record"),
    ("stands in only one of the two registries", deregistered, "no_record"),
    ("skipped", of_process("CHK-001", status="skipped"), "skipped"),
    ("xfailed", of_process("CHK-001", status="skipped", message="expected to fail: known"), "skipped"),
    ("set-up or connection fault", of_process("CHK-001", status="broken"), "broken"),
    ("passed only on a retry", of_process("CHK-001", attempts=2), "passed_on_retry"),
    ("truncated: no last line", lambda lines: lines[:-1], "evidence_no_end"),
    ("truncated: a hole", lambda lines: [*lines[:2], *lines[3:]], "evidence_hole"),
    ("truncated: no first line", lambda lines: renumbered(lines[1:]), "evidence_no_start"),
    ("mixed: a line of another run", lambda a: [*a[:2], {**a[2], "run": "another"}, *a[3:]], "evidence_mixed"),
    ("mixed: two runs", lambda lines: [*lines, *lines], "evidence_two_ends"),
    ("a result changed by hand", lambda a: without("process_finished", "CHK-002")(a), "evidence_counts"),
    (
        "a result without a start",
        lambda a: renumbered(without("process_started", "CHK-002")(a)),
        "evidence_not_started",
    ),
    ("interrupted", at_end(interrupted=True, reason="Ctrl-C"), "evidence_interrupted"),
    ("of a newer format", lambda lines: [{**lines[0], "v": 99}, *lines[1:]], "evidence_newer"),
    ("the shop changed its version", at_end(build={"core": "6.6.8.0"}), "build_changed"),
    ("the shop changed its plugins", at_end(build=OTHER_PLUGIN), "build_changed"),
    ("the shop was unreachable at its end", at_end(build=None), "build_unknown"),
    ("the shop was unreachable at its start", at_start(build=None), "build_unknown"),
    ("of another environment", elsewhere(environment="production"), "environments_differ"),
    ("given for the wrong phase", at_start(phase="before"), "phase"),
    ("empty", lambda _: [], "evidence_empty"),
]


@pytest.mark.parametrize(("row", "breaking", "code"), BROKEN, ids=[row for row, _, _ in BROKEN])
def test_a_broken_after_run_is_inconclusive(tmp_path: Path, row: str, breaking: Break, code: str) -> None:
    before = write_run(tmp_path / "before", RunOf(PASSED, build=OLD))
    after = write_run(tmp_path / "after", RunOf(PASSED))
    assert gate(before, after).verdict == "pass"
    _rewrite(after, breaking)
    verdict = gate(before, after)
    assert verdict.verdict == "inconclusive", row
    assert code in codes(verdict)


OF_BEFORE = [
    row for row in BROKEN if row[2].startswith("evidence_") or row[2] in ("build_changed", "environments_differ")
]


@pytest.mark.parametrize(("row", "breaking", "code"), OF_BEFORE, ids=[row for row, _, _ in OF_BEFORE])
def test_a_broken_before_run_is_inconclusive(tmp_path: Path, row: str, breaking: Break, code: str) -> None:
    before = write_run(tmp_path / "before", RunOf(PASSED, build=OLD))
    after = write_run(tmp_path / "after", RunOf(PASSED))
    _rewrite(before, breaking)
    verdict = gate(before, after)
    assert verdict.verdict == "inconclusive", row
    assert code in codes(verdict)


def _rewrite(run: Path, breaking: Break) -> None:
    file = run / FILE_NAME
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    file.write_text("".join(json.dumps(line) + "\n" for line in breaking(lines)), encoding="utf-8")


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_a_torn_last_line_is_inconclusive(tmp_path: Path, cut: int) -> None:
    before = write_run(tmp_path / "before", RunOf(PASSED, build=OLD))
    after = write_run(tmp_path / "after", RunOf(PASSED))
    file = after / FILE_NAME
    file.write_bytes(file.read_bytes()[:-cut])
    assert gate(before, after).verdict == "inconclusive"


def test_a_line_that_is_no_record_is_inconclusive(tmp_path: Path) -> None:
    after = write_run(tmp_path / "after", RunOf(PASSED))
    with (after / FILE_NAME).open("a", encoding="utf-8") as file:
        file.write("so much for that\n")
    verdict = gate(write_run(tmp_path / "before", RunOf(PASSED, build=OLD)), after)
    assert (verdict.verdict, "evidence_unreadable" in codes(verdict)) == ("inconclusive", True)


def test_a_failure_is_not_undone_by_a_defect_of_its_file(tmp_path: Path) -> None:
    before = write_run(tmp_path / "before", RunOf(PASSED, build=OLD))
    after = write_run(tmp_path / "after", RunOf({**PASSED, "CHK-001": failed("CHK-001")}))
    _rewrite(after, lambda lines: lines[:-1])
    assert gate(before, after).verdict == "fail"


def load_run(folder: Path, *records: Any, build: Any = NEW, **where: Any) -> Path:
    """A load run with what it measured, by this profile and on this class of machine."""
    writer = EvidenceWriter(folder, folder.name)
    told: dict[str, Any] = {"environment": "test", "stage": "test", "url": "http://127.0.0.1", "machine": "m"}
    provenance = Provenance(**{**told, "tool_version": "0", "python": "3", **where})
    writer.write(RunStarted(kind="load", scope="baseline", build=build, provenance=provenance))
    for record in records:
        writer.write(record)
    writer.finish(build)
    return folder


SAME = {"profile_hash": "aa", "machine_class": "small"}


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (SAME, {**SAME, "profile_hash": "bb"}, "profiles_differ"),
        (SAME, {**SAME, "machine_class": "large"}, "machines_differ"),
        (SAME, {**SAME, "environment": "production"}, "environments_differ"),
    ],
)
def test_a_baseline_of_another_profile_machine_or_environment_is_inconclusive(
    tmp_path: Path, before: dict[str, str], after: dict[str, str], code: str
) -> None:
    processes = [write_run(tmp_path / name, RunOf(PASSED, build=core)) for name, core in (("b", OLD), ("a", NEW))]
    measured = Indicator(name="listing.p95", value=500, unit="ms")
    same = Performance(
        mode="stored", profile="baseline", pace="not_slower", units=10, final=True, tolerance=0.02, margin=0.15
    )
    objectives = [{"sli": "listing.p95", "pass": ["<=+10%"]}]

    def verdict(name: str, **where: str) -> Verdict:
        old = load_run(tmp_path / f"{name}-before", measured, build=OLD, **before)
        new = load_run(tmp_path / f"{name}-after", measured, same, **where)
        runs = [[read_evidence(run) for run in pair] for pair in ((processes[1], new), (processes[0], old))]
        return judge(runs[0], runs[1], policy_of(objectives=objectives), NOW, policy_source="p")

    assert verdict("alike", **before).verdict == "pass"
    apart = verdict("apart", **after)
    assert (apart.verdict, codes(apart)) == ("inconclusive", {code})


@pytest.mark.parametrize("name", ["too few samples", "the load client was saturated"])
def test_speed_that_does_not_decide_is_inconclusive_and_says_why(tmp_path: Path, name: str) -> None:
    undecided = Performance(
        mode="side_by_side",
        profile="baseline",
        pace="inconclusive",
        units=3,
        final=False,
        tolerance=0.02,
        margin=0.15,
        reasons=(name,),
    )
    after = write_run(tmp_path / "after", RunOf(PASSED))
    verdict = gate(None, after, load_run(tmp_path / "load", undecided))
    assert (verdict.verdict, codes(verdict)) == ("inconclusive", {"performance_undecided"})
    assert name in verdict.reasons[0].message


def test_an_unreachable_shop_is_inconclusive_whatever_passed_before(tmp_path: Path) -> None:
    unreachable = {
        name: ProcessFinished(process=name, status="broken", seconds=1, message="no connection") for name in PASSED
    }
    before = write_run(tmp_path / "before", RunOf(PASSED, build=OLD))
    after = write_run(tmp_path / "after", RunOf(unreachable))  # type: ignore[arg-type]
    verdict = gate(before, after)
    assert verdict.verdict == "inconclusive"
    assert {"broken", "nothing_passed"} <= codes(verdict)


def test_a_step_of_the_update_that_did_not_do_what_it_should_fails(tmp_path: Path) -> None:
    step = UpdateStep(step="queue", ok=False, expected="at most 0 messages", actual="7 messages")
    after = write_run(tmp_path / "after", RunOf(PASSED))
    update = write_run(tmp_path / "update", RunOf({}, kind="update", extra=(step,)))
    verdict = gate(None, after, update)
    assert (verdict.verdict, codes(verdict)) == ("fail", {"update_step"})
    assert (verdict.reasons[0].expected, verdict.reasons[0].actual) == ("at most 0 messages", "7 messages")
    assert verdict.reasons[0].evidence == "update:2"


POLICIES = st.fixed_dictionaries(
    {},
    optional={
        "missing_evidence": st.sampled_from(["inconclusive", "fail"]),
        "processes": st.fixed_dictionaries(
            {
                "other": st.fixed_dictionaries({"failures_at_most": st.integers(0, 99)}),
                "pre_existing_critical": st.sampled_from(["fail", "inconclusive", "report"]),
                "pre_existing_other": st.sampled_from(["fail", "inconclusive", "report"]),
            }
        ),
        "performance": st.fixed_dictionaries({"required": st.booleans()}),
        "parity": st.fixed_dictionaries({"required": st.booleans()}),
        "ledger": st.fixed_dictionaries({"differences": st.sampled_from(["fail", "report"])}),
        "waivers": st.just([{"process": "CHK-001", "reason": "SHOP-1 known", "expires": "2099-01-01"}]),
        "intended": st.just(
            [{"process": "CHK-001", "reason": "meant so", "source": "UPGRADE.md", "from": "6.6", "to": "6.6"}]
        ),
    },
)
ANY_POLICY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@ANY_POLICY
@given(policy=POLICIES)
def test_no_evidence_is_inconclusive_under_every_policy(policy: dict[str, Any]) -> None:
    verdict = judge([], [], policy_of(**policy), NOW, policy_source="p")
    assert verdict.verdict == "inconclusive"


@ANY_POLICY
@given(policy=POLICIES, with_before=st.booleans())
def test_an_empty_file_is_inconclusive_under_every_policy(
    tmp_path_factory: pytest.TempPathFactory, policy: dict[str, Any], with_before: bool
) -> None:
    folder = tmp_path_factory.mktemp("empty")
    for name in ("before", "after"):
        (folder / name).mkdir()
        (folder / name / FILE_NAME).touch()
    verdict = gate(folder / "before" if with_before else None, folder / "after", **policy)
    assert (verdict.verdict, "no_evidence" in codes(verdict)) == ("inconclusive", True)


@ANY_POLICY
@given(policy=POLICIES, results=st.sampled_from([{}, dict.fromkeys(PASSED), dict.fromkeys(PASSED, "broken")]))
def test_a_run_that_proves_nothing_passes_under_no_policy(
    tmp_path_factory: pytest.TempPathFactory, policy: dict[str, Any], results: dict[str, Any]
) -> None:
    folder = tmp_path_factory.mktemp("nothing")
    before = write_run(folder / "before", RunOf(PASSED, build=OLD))
    after = write_run(folder / "after", RunOf(results))
    verdict = gate(before, after, **policy)
    # missing evidence may be made to fail by the policy; nothing makes it pass
    allowed = {"inconclusive", policy.get("missing_evidence", "inconclusive")}
    assert verdict.verdict in allowed
