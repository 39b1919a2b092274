import json

import pytest
from click.testing import CliRunner

from updategate.baseline.decision import Pace, Rule
from updategate.baseline.files import (
    NotAcceptableError,
    accept,
    baseline_path,
    compare_with_baseline,
    list_baselines,
    read_baseline,
)
from updategate.cli import baseline as verb
from updategate.config.errors import ConfigError
from updategate.evidence.reader import read_evidence
from updategate.evidence.records import Build, Indicator, Provenance, RunStarted, Slice
from updategate.evidence.writer import EvidenceWriter


@pytest.fixture
def load_run(tmp_path):
    """Write a run of load as it would have been on a day; times differ a little from day to day."""

    def make(day, p95=100.0, *, finish=True, **changes):
        facts = {
            "machine_class": "big",
            "profile_hash": "h1",
            "kind": "load",
            "troubles": (),
            "answered": 500,
            **changes,
        }
        folder = tmp_path / f"run-{day}-{p95}-{len(list(tmp_path.iterdir()))}"
        writer = EvidenceWriter(folder, folder.name)
        came_from = Provenance(
            environment="staging",
            stage="staging",
            url="http://x",
            machine="Linux",
            machine_class=facts["machine_class"],
            profile_hash=facts["profile_hash"],
            tool_version="1",
            python="3.11",
        )
        started = RunStarted(kind=facts["kind"], scope="peak", build=Build(core="6.6.7.1"), provenance=came_from)
        writer.write(started)
        writer.write(
            Slice(
                name="run", arm="after", path="x", sha256="y", due=500, answered=500, troubles=tuple(facts["troubles"])
            )
        )
        for quantity, value in (
            ("p50", p95 / 2),
            ("p95", p95),
            ("p99", p95 * 2),
            ("error_ratio", 0),
            ("throughput", 5),
        ):
            writer.write(Indicator(name=f"cart.{quantity}", value=value, unit="ms", samples=facts["answered"]))
        if not finish:
            writer._file.close()
        else:
            writer.finish(Build(core="6.6.7.1"))
        path = folder / "evidence.jsonl"
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        for line in lines:
            line["at"] = f"2026-11-{day:02d}T10:00:00.000Z"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return read_evidence(folder)

    return make


def days(load_run, root, count, **changes):
    for day in range(1, count + 1):
        path, baseline = accept(root, load_run(day, 100 + (day * 7) % 5 * 0.5, **changes))
    return path, baseline


def test_runs_are_accepted_one_a_day_into_one_file(load_run, tmp_path):
    path, baseline = days(load_run, tmp_path, 3)
    assert path == tmp_path / "scenarios" / "baselines" / "staging" / "peak.json"
    assert read_baseline(path) == baseline
    assert [run.day for run in baseline.runs] == ["2026-11-01", "2026-11-02", "2026-11-03"]
    assert baseline.runs[0].core == "6.6.7.1"
    assert path.read_text().endswith("}\n")
    with pytest.raises(NotAcceptableError, match="runs of one day are not independent"):
        accept(tmp_path, load_run(2))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"machine_class": None}, "names no machine_class"),
        ({"machine_class": "small"}, "machine class 'small', but the baseline is of 'big'"),
        ({"profile_hash": "h2"}, "another version of the profile"),
        ({"profile_hash": None}, "does not say which profile"),
        ({"kind": "processes"}, "is no run of load"),
        ({"troubles": ("every request failed",)}, "not a sound measurement: every request failed"),
        ({"answered": 99}, "only 99 right answers, 100 are needed"),
        ({"finish": False}, "not complete"),
    ],
)
def test_what_is_not_sound_is_not_accepted(load_run, tmp_path, changes, message):
    days(load_run, tmp_path, 1)
    before = baseline_path(tmp_path, "staging", "peak").read_text()
    with pytest.raises(NotAcceptableError, match=message):
        accept(tmp_path, load_run(9, **changes))
    assert baseline_path(tmp_path, "staging", "peak").read_text() == before


def test_a_probe_belongs_to_all_runs_or_to_none(load_run, tmp_path):
    accept(tmp_path, load_run(1), probe=load_run(1, 50.0), probe_name="reference shop")
    with pytest.raises(NotAcceptableError, match="a calibration probe belongs to it"):
        accept(tmp_path, load_run(2))


def test_a_run_is_held_against_the_baseline(load_run, tmp_path):
    _, baseline = days(load_run, tmp_path, 12)
    rule = Rule()
    assert compare_with_baseline(baseline, [load_run(20, 101.0)], rule).pace is Pace.NOT_SLOWER
    assert compare_with_baseline(baseline, [load_run(20, 125.0)], rule).pace is Pace.SLOWER


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"machine_class": "small"}, "machine class 'small'"),
        ({"profile_hash": "h2"}, "another version of the profile"),
        ({"troubles": ("busy",)}, "not a sound measurement"),
        ({"finish": False}, "not complete"),
    ],
)
def test_what_cannot_be_compared_is_inconclusive_never_good(load_run, tmp_path, changes, reason):
    _, baseline = days(load_run, tmp_path, 12)
    found = compare_with_baseline(baseline, [load_run(20, 101.0, **changes)], Rule())
    assert found.pace is Pace.INCONCLUSIVE
    assert reason in found.reasons[0]


def test_two_runs_of_one_day_are_not_independent(load_run, tmp_path):
    _, baseline = days(load_run, tmp_path, 12)
    found = compare_with_baseline(baseline, [load_run(20, 101.0), load_run(20, 101.5)], Rule())
    assert found.pace is Pace.INCONCLUSIVE
    assert "of one day" in found.reasons[0]
    assert compare_with_baseline(baseline, [load_run(20, 101.0), load_run(21, 101.5)], Rule()).pace is Pace.NOT_SLOWER


def test_a_damaged_or_newer_file_is_told(tmp_path, load_run):
    path, _ = days(load_run, tmp_path, 1)
    body = json.loads(path.read_text())
    path.write_text(json.dumps({**body, "schema_version": 2}))
    with pytest.raises(ConfigError, match="written by a newer version"):
        read_baseline(path)
    path.write_text("{}")
    with pytest.raises(ConfigError, match="This is no baseline"):
        read_baseline(path)
    with pytest.raises(ConfigError, match="Did you mean 'peak'"):
        read_baseline(path.with_name("peek.json"))


def test_the_verbs(tmp_path, load_run, monkeypatch):
    monkeypatch.setattr(verb, "project_root", lambda: tmp_path)
    first = load_run(1)
    done = CliRunner().invoke(verb.baseline, ["accept", str(first.folder)], standalone_mode=False)
    assert done.return_value == 0
    assert "9 more days are needed" in done.output
    days_left = [load_run(day, 100 + day * 0.2) for day in range(2, 13)]
    for evidence in days_left:
        accept(tmp_path, evidence)
    listed = CliRunner().invoke(verb.baseline, ["list", "--json"], standalone_mode=False)
    assert json.loads(listed.output)["baselines"][0]["runs"] == 12
    shown = CliRunner().invoke(verb.baseline, ["show", "staging", "peak", "--json"], standalone_mode=False)
    assert len(json.loads(shown.output)["runs"]) == 12
    for p95, code in ((101.0, 0), (130.0, 1)):
        compared = CliRunner().invoke(
            verb.baseline, ["compare", str(load_run(25, p95).folder), "--json"], standalone_mode=False
        )
        assert compared.return_value == code, compared.output
    other = CliRunner().invoke(
        verb.baseline, ["compare", str(load_run(25, 101.0, machine_class="small").folder)], standalone_mode=False
    )
    assert other.return_value == 3
    assert len(list_baselines(tmp_path)) == 1
