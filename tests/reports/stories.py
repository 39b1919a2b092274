"""Evidence of whole updates, as a year of runs leaves it: for the tests of the reports, and for their pictures."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
import yaml

from tests.gate.conftest import policy_of
from updategate.evidence.reader import RunEvidence, read_evidence
from updategate.evidence.records import (
    Amount,
    Build,
    CostFinding,
    Finding,
    Indicator,
    Ledger,
    LedgerPlan,
    Performance,
    Plugin,
    ProcessEntry,
    ProcessFinished,
    ProcessStarted,
    Provenance,
    RunStarted,
    Slice,
    SpeedGroup,
    SpeedMetric,
    Step,
    UpdateStep,
)
from updategate.evidence.samples import Outcome, Samples, write_samples
from updategate.evidence.writer import EvidenceWriter
from updategate.gate.judge import judge
from updategate.gate.verdict import Verdict

Kind = Literal["pass", "fail", "inconclusive"]
ROOT = Path(__file__).parents[2]
HOSTILE = '<img src=x onerror="alert(1)">\'{{7*7}}|`x`&amp;'
BEFORE = Build(
    core="6.6.6.1",
    plugins=(
        Plugin(name="AcmeB2bPrices", version="2.0.0", active=True),
        Plugin(name="AcmeCheckoutNotes", version="3.1.0", active=True),
        Plugin(name="AcmeErpConnector", version="1.4.2", active=True),
    ),
    lock_hash="3f" * 32,
    migrations="611 carried out, sha256 " + "ab" * 32,
    flags=("V6_5_0_0",),
)
AFTER = Build(
    core="6.6.7.1",
    plugins=(
        Plugin(name="AcmeB2bPrices", version="2.1.0", active=True),
        Plugin(name="AcmeCheckoutNotes", version="3.1.0", active=True),
        Plugin(name="AcmeErpConnector", version="1.4.2", active=False),
    ),
    lock_hash="9c" * 32,
    migrations="618 carried out, sha256 " + "cd" * 32,
    flags=("V6_5_0_0", "V6_6_0_0"),
)
NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Story:
    """An update as it was judged, with its evidence on disk."""

    verdict: Verdict
    before: tuple[RunEvidence, ...]
    after: tuple[RunEvidence, ...]


def registry(count: int = 150) -> tuple[ProcessEntry, ...]:
    """So many processes: those of the project, and then as many again under other numbers as are needed."""
    rows = yaml.safe_load((ROOT / "suites" / "processes.yaml").read_text(encoding="utf-8"))["processes"]
    entries = []
    for number in range(count):
        row = rows[number % len(rows)]
        again = number // len(rows)
        entries.append(
            ProcessEntry(
                id=f"{row['id']}{f'-{again}' if again else ''}",
                title=row["title"],
                title_de=row.get("title_de", ""),
                owner=row["owner"],
                critical=row["critical"],
                areas=tuple(row["areas"]),
            )
        )
    return tuple(entries)


def tell(folder: Path, kind: Kind, *, processes: int = 150, performance: bool = True, hostile: bool = False) -> Story:
    """Write the runs of an update that ends so, and judge them."""
    entries = registry(processes)
    bad = dict(_failures(entries, kind, hostile=hostile))
    before = _run(folder / "before", "before", entries, {entries[7].id: _earlier(entries[7])}, BEFORE, hostile=hostile)
    after = _run(folder / "after", "after", entries, bad, AFTER, hostile=hostile)
    runs = [_ledger(folder / "prices-after", "after", AFTER, worse=kind == "fail", hostile=hostile)]
    runs.append(_update(folder / "update"))
    runs.append(_compat(folder / "compat", blocked=kind == "fail", hostile=hostile))
    if performance:
        runs.append(_load(folder / "load", kind))
    old = (before, _ledger(folder / "prices-before", "before", BEFORE, worse=False, hostile=hostile))
    new = (after, *runs)
    policy = policy_of(processes={"pre_existing_critical": "report", "other": {"failures_at_most": 2}})
    verdict = judge(list(new), list(old), policy, NOW, policy_source="policy.yaml", policy_hash="77" * 32)
    return Story(verdict, old, new)


def _failures(entries: tuple[ProcessEntry, ...], kind: Kind, *, hostile: bool) -> list[tuple[str, ProcessFinished]]:
    critical = [entry for entry in entries if entry.critical]
    # failed before the update too
    found = [(entries[7].id, _earlier(entries[7]))]
    if kind == "fail":
        for entry, net, tax in zip(critical[:3], ("24.10", "55.36", "167.43"), ("4.60", "10.54", "24.33"), strict=True):
            failed = ProcessFinished(
                process=entry.id,
                status="failed",
                seconds=4.2,
                message=HOSTILE
                if hostile
                else f"CostsDifferError: cart: net is {net} EUR, expected {net[:-1]}2 EUR; taxes is {tax} EUR at 19 %",
                expected=HOSTILE if hostile else f"positions 59.95 EUR, net {net[:-1]}2 EUR, taxes 4.58 EUR at 19 %",
                actual=f"positions 59.95 EUR, net {net} EUR, taxes {tax} EUR at 19 %",
            )
            found.append((entry.id, failed))
    if kind == "inconclusive":
        message = "ShopUnreachableError: the shop did not answer within 60 s (twice)"
        broken = ProcessFinished(process=critical[1].id, status="broken", seconds=121.0, message=message)
        found.append((critical[1].id, broken))
    return found


def _earlier(entry: ProcessEntry) -> ProcessFinished:
    return ProcessFinished(
        process=entry.id,
        status="failed",
        seconds=2.0,
        message="PageElementMissingError: the account page has no '.order-hide-btn'",
    )


def _writer(
    folder: Path, kind: Any, phase: Any, build: Build, entries: tuple[ProcessEntry, ...] = ()
) -> EvidenceWriter:
    writer = EvidenceWriter(folder, folder.name)
    facts: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    facts["processes"] = {"counts": {"product": 85 if phase == "before" else 86, "rule": 7}}
    facts["compat"] = {"areas": {"AcmeErpConnector": []}}
    writer.write(
        RunStarted(
            kind=kind,
            scope="full",
            phase=phase,
            processes=tuple(entry.id for entry in entries),
            registry=entries,
            build=build,
            environment=facts[kind],
            provenance=Provenance(
                environment="staging",
                stage="staging",
                url="https://staging.example.test",
                machine="Linux x86_64, 4 cores",
                commit="8ead9a3fdfe167c40cd55896a4759c18c65b0471",
                dirty=False,
                tool_version="0.1.0",
                python="3.11.7",
            ),
        )
    )
    return writer


def _run(
    folder: Path,
    phase: str,
    entries: tuple[ProcessEntry, ...],
    bad: dict[str, ProcessFinished],
    build: Build,
    *,
    hostile: bool,
) -> RunEvidence:
    if hostile:
        entries = tuple(
            entry.model_copy(update={"title": HOSTILE, "title_de": HOSTILE, "owner": HOSTILE}) for entry in entries
        )
    writer = _writer(folder, "processes", phase, build, entries)
    writer._file.flush()
    for number, entry in enumerate(entries):
        writer.write(ProcessStarted(process=entry.id))
        for title in ("enters the shop", f"puts 2 × {HOSTILE if hostile else 'lamp'} into the cart", "pays the order"):
            writer.write(Step(process=entry.id, title=title, seconds=0.4, ok=True))
        finished = ProcessFinished(process=entry.id, status="passed", seconds=round(1 + number % 23 * 0.7, 1))
        writer.write(bad.get(entry.id, finished))
    writer.finish(build)
    return read_evidence(folder)


def _ledger(folder: Path, phase: str, build: Build, *, worse: bool, hostile: bool) -> RunEvidence:
    writer = _writer(folder, "ledger", phase, build)
    rows = []
    for number in range(120):
        unit = 1190 + number * 37 + (1 if worse and number % 40 == 0 else 0)
        quantity = (1, 10, 50)[number % 3]
        rows.append(
            Ledger(
                product=HOSTILE if hostile and number == 0 else f"SW-{10000 + number // 3}",
                customer_group=("Retail", "Dealer")[number % 2],
                quantity=quantity,
                currency="EUR",
                country="DE",
                unit_price=Amount(amount=f"{unit / 100:.2f}", currency="EUR"),
                total=Amount(amount=f"{unit * quantity / 100:.2f}", currency="EUR"),
                rule="Dealers from 10" if quantity > 1 else None,
            )
        )
    writer.write(
        LedgerPlan(
            origin="drawn",
            seed="s",
            cells=len(rows),
            digest="0" * 64,
            products_sold=40,
            products_asked=40,
            buyers=("Retail", "Dealer"),
            currencies=("EUR",),
            countries=("DE",),
        )
    )
    for row in rows:
        writer.write(row)
    writer.finish(build)
    return read_evidence(folder)


def _update(folder: Path) -> RunEvidence:
    writer = _writer(folder, "update", "after", AFTER)
    for step, expected, actual in (
        ("composer update", "exit code 0", "exit code 0"),
        ("migrations", "none pending", "none pending"),
        ("queue", "at most 0 messages within 120 s", "0 messages"),
        ("target", "Shopware 6.6.7.1", "Shopware 6.6.7.1"),
    ):
        writer.write(UpdateStep(step=step, ok=True, seconds=12.0, expected=expected, actual=actual))
    writer.finish(AFTER)
    return read_evidence(folder)


def _compat(folder: Path, *, blocked: bool, hostile: bool) -> RunEvidence:
    writer = _writer(folder, "compat", "after", AFTER)
    for number, level in enumerate(("blocked", "review", "info") if blocked else ("review", "info")):
        writer.write(
            Finding(
                plugin=HOSTILE if hostile else "AcmeErpConnector",
                file="src/Service/OrderExport.php",
                line=40 + number,
                symbol="Shopware\\Core\\Checkout\\Order\\OrderStates",
                level=level,  # type: ignore[arg-type]
                check="references",
                message="The class OrderStates is gone in 6.6.7",
                replacement="Shopware\\Core\\Checkout\\Order\\OrderStateMachine",
            )
        )
    writer.finish(AFTER)
    return read_evidence(folder)


GROUPS = {"listing": 120.0, "product page": 90.0, "cart": 160.0, "order": 420.0}


def _load(folder: Path, kind: Kind) -> RunEvidence:
    """A side-by-side comparison with real samples; the shop is slower after a failed update."""
    writer = _writer(folder, "load", "after", AFTER)
    random = np.random.default_rng(7)
    factor = {"pass": 1.0, "fail": 1.31, "inconclusive": 1.05}[kind]
    quantiles: dict[tuple[str, str], Any] = {}
    for arm in ("before", "after"):
        times = {
            name: center / 1000 * (factor if arm == "after" else 1.0) * random.lognormal(0.0, 0.35, 900)
            for name, center in GROUPS.items()
        }
        rows = [
            (index, float(at) * 0.05, 0.0, float(seconds), int(Outcome.ANSWERED), 2000)
            for index, name in enumerate(GROUPS)
            for at, seconds in enumerate(times[name])
        ]
        samples = Samples.of(tuple(GROUPS), rows, {"windows": [[0.0, 1e6]]})
        path = f"samples/{arm}/u0p0a0.npz"
        digest = write_samples(folder / path, samples)
        writer.write(
            Slice(
                name="u0p0a0",
                arm=arm,  # type: ignore[arg-type]
                path=path,
                sha256=digest,
                due=len(rows),
                answered=len(rows),
                server={
                    "database_statements": 48000.0 * (1.2 if arm == "after" and kind == "fail" else 1),
                    "cpu_seconds": 61.0,
                },
            )
        )
        for name, values in times.items():
            quantiles[arm, name] = np.quantile(values, (0.5, 0.95, 0.99)) * 1000
    change, width = factor - 1, 0.11 if kind == "inconclusive" else 0.04
    writer.write(
        Performance(
            mode="side_by_side",
            profile="shop-day",
            pace={"pass": "not_slower", "fail": "slower", "inconclusive": "inconclusive"}[kind],  # type: ignore[arg-type]
            units=20,
            final=True,
            tolerance=0.02,
            margin=0.15,
            metrics=tuple(
                SpeedMetric(
                    metric=name,
                    change=change + offset,
                    lower=change + offset - width,
                    upper=None if kind == "inconclusive" and name == "order" else change + offset + width,
                    detectable=0.09,
                    slower=kind == "fail",
                    not_slower=kind == "pass",
                )
                for name, offset in zip((*GROUPS, "geometric mean"), (0.0, 0.012, -0.01, 0.004, 0.001), strict=True)
            ),
            groups=tuple(
                SpeedGroup(
                    group=name,
                    arm=arm,  # type: ignore[arg-type]
                    due=900,
                    answered=900,
                    p50=float(found[0]),
                    p95=float(found[1]),
                    p99=float(found[2]),
                    error_ratio=0.0,
                    throughput=20.0,
                )
                for (arm, name), found in quantiles.items()
            ),
            costs=(
                CostFinding(
                    indicator="database_statements",
                    worse=kind == "fail",
                    text="database_statements per answer: "
                    + ("+20.0%" if kind == "fail" else "+0.1%")
                    + " in every unit",
                ),
            ),
            reasons=("the 20 units leave a range of 22 %",) if kind == "inconclusive" else (),
        )
    )
    for name in GROUPS:
        writer.write(Indicator(name=f"{name}.p95", value=float(quantiles["after", name][1]), unit="ms", samples=900))
    writer.finish(AFTER)
    return read_evidence(folder)
