"""Mutants, processes and verdicts that are made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.gate.conftest import NOW, OLD, RunOf, entry, policy_of, write_run
from updategate.config.registry import Process
from updategate.evidence.reader import read_evidence
from updategate.evidence.records import ProcessFinished
from updategate.gate.judge import judge
from updategate.gate.verdict import Verdict
from updategate.operations.mutants.catalogue import Mutant
from updategate.operations.mutants.catching import Catch
from updategate.operations.mutants.results import Result


def mutant(name: str = "tax-one-cent", areas: str = "tax", **more: Any) -> Mutant:
    told = {"kind": "shop", "group": "money", "description": "Tax is wrong", "source": "shopware/shopware#1", **more}
    return Mutant(name, areas=tuple(areas.split()), **told)


def process(name: str, areas: str, *needs: str, **more: Any) -> Process:
    critical = more.pop("critical", True)
    return Process(
        id=name, title=f"Process {name}", owner="shop", critical=critical, needs=needs, areas=areas.split(), **more
    )


PROCESSES = (
    process("CHK-001", "cart tax", "admin"),
    process("CHK-002", "tax storefront", "admin", "storefront"),
    process("ORD-001", "order", "admin"),
    process("ORD-010", "order mail", "admin", "mail"),
    process("ERP-001", "product tax", "erp", "connector"),
    process("ERP-002", "order", "erp", "connector"),
    process("UPD-001", "account", "admin", around_update=True),
)


def verdict_of(folder: Path, after: dict[str, Any], *extra: Any, critical: bool = True, **policy: Any) -> Verdict:
    """The gate's verdict on results after an update; everything passed before."""
    registry = tuple(entry(name, critical=critical) for name in after)
    passed = RunOf(dict.fromkeys(after, "passed"), build=OLD, registry=registry)
    before = read_evidence(write_run(folder / "before", passed))
    runs = [read_evidence(write_run(folder / "after", RunOf(after, registry=registry)))]
    runs += [read_evidence(write_run(folder / "update", RunOf({}, kind="update", extra=extra)))] if extra else []
    return judge(runs, [before], policy_of(**policy), NOW, policy_source="policy.yaml")


def failing(name: str, expected: str | None = "11.90 EUR", actual: str | None = "11.91 EUR") -> ProcessFinished:
    return ProcessFinished(
        process=name, status="failed", seconds=1, message="the totals differ", expected=expected, actual=actual
    )


CATCH = Catch("CHK-001", "A guest orders", "the totals differ", "11.90 EUR", "11.91 EUR")


def result(name: str = "tax-one-cent", outcome: str = "caught", *by: Catch, **more: Any) -> Result:
    told = {"verdict": "fail" if outcome == "caught" else "pass", "sources": "s1", "seconds": 7.0, **more}
    return Result.of(mutant(name), outcome=outcome, by=by or ((CATCH,) if outcome == "caught" else ()), **told)
