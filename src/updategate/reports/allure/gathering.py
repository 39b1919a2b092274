"""Collect the Allure results of several runs in one folder, each test kept apart by environment and version."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from updategate.evidence.reader import RunEvidence
from updategate.gate.verdict import Verdict
from updategate.reports.allure.files import write_frame
from updategate.reports.allure.results import results_of, write_result

RESULTS = "allure-results"
_URL = re.compile(r"https?://[^\s)>\]]+")


@dataclass(frozen=True, slots=True)
class Arm:
    """One environment in one version and phase: what keeps equal tests apart."""

    id: str
    name: str
    phase: str
    results: int


@dataclass(frozen=True, slots=True)
class Gathered:
    """Where the results are, and which environments they are of."""

    folder: Path
    arms: tuple[Arm, ...]

    @property
    def results(self) -> int:
        """How many there are."""
        return sum(arm.results for arm in self.arms)


def gather(
    runs: Sequence[RunEvidence], folder: Path, verdict: Verdict | None = None, executor: dict[str, str] | None = None
) -> Gathered:
    """Write the results of ``runs`` into ``folder`` (emptied before), with what the verdict says of each process.

    The results that pytest wrote are copied with their attachments; what other kinds of runs found is told as
    results too. The folders of the runs stay as they are.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    builds = {_phase(run): _core(run) for run in runs if _core(run)}
    counts: dict[tuple[str, str], int] = {}
    for run in runs:
        phase = _phase(run)
        environment = run.started.provenance.environment if run.started else "unknown"
        core = _core(run) or builds.get(phase) or "unknown"
        name = f"{environment}, Shopware {core}" + (f", {phase}" if phase != "single" else "")
        labels = {"environment": name, "phase": phase, "run": run.name}
        parameters = {"environment": environment, "shopware": core, "phase": phase}
        written = _copy(run, folder, verdict, labels, parameters)
        for result in results_of(run, verdict):
            write_result(folder, result, labels, parameters)
            written += 1
        counts[name, phase] = counts.get((name, phase), 0) + written
    arms = tuple(
        Arm(re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_"), name, phase, number)
        for (name, phase), number in counts.items()
    )
    properties = {f"Environment {number}": arm.name for number, arm in enumerate(arms, start=1)}
    if verdict is not None:
        properties |= {"Verdict": verdict.verdict, "Scope": verdict.scope, "Policy": verdict.provenance.policy}
    named = runs[0].name if runs else "nothing"
    write_frame(
        folder,
        properties,
        executor or {"name": "updategate", "type": "updategate", "buildName": named, "reportName": named},
    )
    return Gathered(folder, arms)


def _phase(run: RunEvidence) -> str:
    return (run.started.phase if run.started else None) or "single"


def _core(run: RunEvidence) -> str | None:
    return run.started.build.core if run.started and run.started.build else None


def _copy(
    run: RunEvidence, folder: Path, verdict: Verdict | None, labels: dict[str, str], parameters: dict[str, str]
) -> int:
    """Copy what pytest wrote, with ids that tell environments apart."""
    source = run.folder / RESULTS
    if not source.is_dir():
        return 0
    changes = _changes(verdict) if labels["phase"] != "before" else {}
    number = 0
    for path in sorted(source.iterdir()):
        if path.name.endswith(("-result.json", "-container.json")):
            try:
                data = json.loads(path.read_text(encoding="utf-8"))
            except ValueError:
                continue  # cut off when its worker was killed; the process is told as unfinished by its evidence
            data = _named_apart(data, run.name)
            kind = "result" if path.name.endswith("-result.json") else "container"
            if kind == "result":
                data = _marked(data, changes, labels, parameters)
                number += 1
            (folder / f"{data['uuid']}-{kind}.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        elif "-attachment" in path.name:
            shutil.copyfile(path, folder / _source(path.name, run.name))
    return number


def _named_apart(data: Any, run: str) -> Any:  # noqa: ANN401 - JSON
    """Ids and names of files with the run in them: two copies of a run must not hide each other."""
    if isinstance(data, list):
        return [_named_apart(part, run) for part in data]
    if not isinstance(data, dict):
        return data
    named = {key: _named_apart(value, run) for key, value in data.items()}
    if isinstance(named.get("source"), str):
        named["source"] = _source(named["source"], run)
    if isinstance(named.get("uuid"), str):
        named["uuid"] = _digest(run, named["uuid"])
    if isinstance(data.get("children"), list):
        named["children"] = [_digest(run, child) for child in data["children"] if isinstance(child, str)]
    return named


def _source(name: str, run: str) -> str:
    head, _, tail = name.partition("-attachment")
    return f"{_digest(run, head)}-attachment{tail}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _changes(verdict: Verdict | None) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Process → what became of it, and addresses in the reason of its waiver."""
    if verdict is None:
        return {}
    links = {
        reason.process: tuple(_URL.findall(reason.message)) for reason in verdict.reasons if reason.code == "waived"
    }
    return {result.process: (result.change, links.get(result.process, ())) for result in verdict.comparison.processes}


def _marked(
    data: dict[str, Any],
    changes: dict[str, tuple[str, tuple[str, ...]]],
    labels: dict[str, str],
    parameters: dict[str, str],
) -> dict[str, Any]:
    known = {parameter["name"]: parameter for parameter in data.get("parameters", ())}
    for name, value in parameters.items():
        known[name] = {"name": name, "value": value}
    identity = [str(data.get("fullName", data.get("name")))] + [
        f"{name}={parameter['value']}" for name, parameter in sorted(known.items()) if not parameter.get("excluded")
    ]
    story = next((label["value"] for label in data.get("labels", ()) if label["name"] == "story"), "")
    change, links = changes.get(story.partition(" ")[0], ("", ()))
    told = dict(labels)
    details = dict(data.get("statusDetails") or {})
    if change:
        told["change"] = change
        if data.get("status") != "passed":
            details["message"] = f"[{change}] {details.get('message', '')}"
    elif data.get("status") == "skipped":
        details["message"] = f"[not_tested] {details.get('message', '')}"
    return {
        **data,
        "historyId": _digest(*identity),
        "parameters": list(known.values()),
        "labels": [*data.get("labels", ()), *({"name": name, "value": value} for name, value in told.items())],
        "links": [*data.get("links", ()), *({"type": "issue", "url": url, "name": url} for url in links)],
        **({"statusDetails": details} if details else {}),
    }
