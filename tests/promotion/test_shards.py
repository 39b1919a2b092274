"""Shards: every process in exactly one, balanced by what was measured, and judged only when all are there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gate.conftest import NEW, PASSED, TITLES, RunOf, policy_of, write_run
from tests.plugin.conftest import Project, project, shop
from updategate.config.errors import ConfigError
from updategate.evidence.reader import RunEvidence, read_evidence
from updategate.evidence.records import ProcessFinished
from updategate.gate.judge import judge
from updategate.operations.shards import Shard, measured, shared_out

__all__ = ["project", "shop"]
NAMES = [f"CHK-{number:03}" for number in range(40)]


@given(
    st.lists(st.sampled_from(NAMES), unique=True),
    st.dictionaries(st.sampled_from(NAMES), st.floats(0, 300)),
    st.integers(1, 8),
)
def test_every_process_is_in_exactly_one_share_whatever_the_order(
    processes: list[str], seconds: dict[str, float], count: int
) -> None:
    shares = shared_out(processes, seconds, count)
    assert sorted(name for share in shares for name in share) == sorted(processes)
    assert len(shares) == count
    assert shared_out(processes[::-1], seconds, count) == shares


@given(st.lists(st.floats(0.1, 100), min_size=2, max_size=40), st.integers(2, 6))
def test_no_share_takes_longer_than_the_longest_first_rule_promises(times: list[float], count: int) -> None:
    seconds = dict(zip(NAMES, times, strict=False))
    loads = [sum(seconds[name] for name in share) for share in shared_out(list(seconds), seconds, count)]
    best_possible = max(sum(times) / count, max(times))
    assert max(loads) <= best_possible * (4 / 3) + max(times) + 1e-6
    assert max(loads) - min(loads) <= max(times) + 1e-6


def test_durations_are_medians_over_earlier_runs(tmp_path: Path) -> None:
    runs = []
    for number, seconds in enumerate((1.0, 9.0, 2.0)):
        result = ProcessFinished(process="CHK-001", status="passed", seconds=seconds)
        runs.append(write_run(tmp_path / f"run{number}", RunOf({"CHK-001": result})))
    assert measured(runs) == {"CHK-001": 2.0}


@pytest.mark.parametrize("text", ["0/3", "4/3", "2", "a/b", "1/0", "1/65", "-1/2", ""])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="is no shard"):
        Shard.parse(text)


def test_runs_of_all_shards_are_judged_as_one_and_a_missing_one_is_a_doubt(project: Project) -> None:
    project.write(
        "suites/test_all.py",
        """\
        import pytest

        @pytest.mark.process("CHK-001")
        def test_one(): pass

        @pytest.mark.process("CHK-002")
        def test_two(): pass

        @pytest.mark.process("CAT-001")
        def test_three(): pass
        """,
    )
    runs: list[RunEvidence] = []
    for number in (1, 2):
        project.folder = project.pytester.path / "reports" / f"shard{number}"
        result = project.run("--shard", f"{number}/2", "--scope", "full")
        assert result.ret == 0
        runs.append(project.evidence)
    carried_out = [set(run.processes) for run in runs]
    assert carried_out[0] | carried_out[1] == {"CHK-001", "CHK-002", "CAT-001"}
    assert carried_out[0].isdisjoint(carried_out[1])
    assert [run.started.shard for run in runs if run.started] == ["1/2", "2/2"]
    policy = policy_of()
    now = datetime.now(UTC)
    assert judge(runs, [], policy, now, policy_source="p").verdict == "pass"
    alone = judge(runs[:1], [], policy, now, policy_source="p")
    assert alone.verdict == "inconclusive"
    assert "shard 2/2 is missing" in " ".join(reason.message for reason in alone.reasons)


def test_an_earlier_run_that_has_no_evidence_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no evidence here"):
        measured([tmp_path])


def test_shards_of_different_divisions_are_a_doubt(tmp_path: Path) -> None:
    runs = []
    for shard in ("1/2", "2/3"):
        folder = write_run(tmp_path / shard.replace("/", "of"), RunOf(PASSED, build=NEW))
        path = folder / "evidence.jsonl"
        path.write_text(
            path.read_text(encoding="utf-8").replace('"shard":null', f'"shard":"{shard}"'), encoding="utf-8"
        )
        runs.append(read_evidence(folder))
    verdict = judge(runs, [], policy_of(), datetime.now(UTC), policy_source="p")
    assert any("different divisions: 1/2, 2/3" in reason.message for reason in verdict.reasons)
    assert set(TITLES) == {"CHK-001", "CHK-002", "CAT-001"}
