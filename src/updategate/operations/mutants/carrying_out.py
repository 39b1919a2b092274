"""Carry some processes out against one reference shop, as ``updategate run`` does, and judge what came of it."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from updategate.clients.connection import admin_api
from updategate.clients.errors import ShopError
from updategate.config.environment import Environment
from updategate.config.ledger import LedgerSettings
from updategate.config.loading import load, read_yaml
from updategate.config.policy import load_policy, policy_path
from updategate.config.process_environment import for_child
from updategate.config.update_plan import Settling
from updategate.evidence.provenance import file_hash, provenance
from updategate.evidence.reader import RunEvidence, read_evidence
from updategate.evidence.records import Phase, RunStarted, UpdateStep
from updategate.evidence.writer import EvidenceWriter
from updategate.gate.judge import judge
from updategate.gate.verdict import Verdict
from updategate.operations.fingerprint import read_build
from updategate.operations.mutants.children import Child, Children
from updategate.operations.mutants.reference_shop import ReferenceShop
from updategate.operations.mutants.rounds import Flavour
from updategate.operations.price_ledger.recording import LedgerRefusedError, Task, record_ledger
from updategate.operations.run_suites import SuiteRunRefused, run_suites
from updategate.operations.update.doors import still_closed
from updategate.operations.update.settling import Check, lost_plugins, wait_until_settled

SCOPE = "sweep"
ENVIRONMENTS: Mapping[Flavour, str] = {"shop": "reference", "erp": "reference-erp"}
# a healthy round of everything takes a minute; a mutant may make processes wait for what never comes
ROUND_SECONDS = 420.0
# a healthy reference shop is settled at once
SETTLED_WITHIN = Settling(within=3)

# enough cells for every group, currency and tier of the reference shop
LEDGER = LedgerSettings(cells=400, seconds=25)


class NotCarriedOutError(RuntimeError):
    """A round left no evidence; the message says why."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where processes are carried out from: the checkout with the suites, the policy, and what has been started."""

    root: Path
    policy: str
    children: Children

    def environment_file(
        self, flavour: Flavour, folder: Path, *, connector_mutants: Sequence[str] = (), seed: str = ""
    ) -> Path:
        """The environment file of the reference shop, with or without an ERP, for this connector and test data."""
        file = self.root / "ci" / "environments" / f"{ENVIRONMENTS[flavour]}.yaml"
        if not connector_mutants and not seed:
            return file
        data = read_yaml(file, "environment file")
        if connector_mutants:
            data["connector"]["mutants"] = list(connector_mutants)
        if seed:
            data["seed"] = seed
        folder.mkdir(parents=True, exist_ok=True)
        own = folder / file.name
        own.write_text(yaml.safe_dump(data), encoding="utf-8")
        return own

    def policy_file(self, folder: Path, processes: Iterable[str]) -> Path:
        """The policy, with one scope more that holds exactly these processes."""
        data = read_yaml(policy_path(self.policy, self.root), "policy")
        data["scopes"] = {SCOPE: {"processes": sorted(set(processes))}}
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "policy.yaml"
        path.write_text(yaml.safe_dump(data), encoding="utf-8")
        return path


@dataclass(frozen=True, slots=True)
class Order:
    """How processes are carried out: workers, order of execution, and whether until the first failure only."""

    workers: int = 0
    order_seed: int | None = None
    until_failure: bool = False


def carry_out(
    place: Workplace,
    shop: ReferenceShop,
    environment: Path,
    processes: Sequence[str],
    folder: Path,
    *,
    phase: Phase,
    order: Order,
    handover: Path | None = None,
) -> RunEvidence:
    """Carry processes out against a shop; raises NotCarriedOutError where no evidence came of it.

    ``handover`` is what the run before the update has left, or is to leave. A run that takes too long is ended, and
    its evidence is incomplete.
    """
    extra: list[str] = []
    if order.order_seed is not None:
        extra += ["--order-seed", str(order.order_seed)]
    if order.until_failure:
        extra.append("--stop-at-failure")
    if handover is not None:
        extra += ["--carry", str(handover.absolute())]
    limit: list[threading.Timer] = []

    def began(child: subprocess.Popen[bytes]) -> None:
        place.children.add(child)
        limit.append(_limited(child))

    try:
        done = run_suites(
            root=place.root,
            environment=str(environment.absolute()),
            suites=(),
            folder=folder,
            scope=SCOPE,
            policy=str(place.policy_file(folder, processes).absolute()),
            phase=phase,
            workers=order.workers,
            extra=tuple(extra),
            variables=for_child(shop.variables),
            progress=lambda _: None,
            began=began,
            result_files=False,
        )
    except SuiteRunRefused as refused:
        raise NotCarriedOutError(refused.text) from None
    finally:
        for timer in limit:
            timer.cancel()
    return done.evidence


def _limited(child: Child) -> threading.Timer:
    timer = threading.Timer(ROUND_SECONDS, child.terminate)
    timer.daemon = True
    timer.start()
    return timer


def look_at_update(
    place: Workplace, shop: ReferenceShop, environment: Path, before: RunEvidence, folder: Path
) -> RunEvidence:
    """What an update looks at before its processes: queue, scheduled tasks, lost plugins, whether the shop is open."""
    known = load(environment, Environment, "environment file", variables=for_child(shop.variables))
    admin = admin_api(known)
    checks = wait_until_settled(admin, SETTLED_WITHIN, 0) if admin else []
    try:
        build = read_build(known)
    except ShopError as error:
        checks.append(Check("target", ok=False, expected="a version", actual="none", message=str(error)))
    else:
        if before.started and before.started.build and build:
            checks += lost_plugins(before.started.build, build)
    closed = still_closed(known)
    checks.append(Check("open", not closed, "the shop is open again", closed or "the shop is open again"))
    writer = EvidenceWriter(folder, folder.name)
    told = provenance(environment=known.name, stage=known.stage, url=known.url, root=place.root)
    writer.write(RunStarted(kind="update", scope=SCOPE, phase="after", provenance=told))
    for check in checks:
        writer.write(
            UpdateStep(
                step=check.step, ok=check.ok, message=check.message, expected=check.expected, actual=check.actual
            )
        )
    writer.finish(None)
    return read_evidence(folder)


def prices_of(
    place: Workplace,
    shop: ReferenceShop,
    environment: Path,
    folder: Path,
    *,
    phase: Phase,
    earlier: RunEvidence | None = None,
) -> RunEvidence:
    """The shop's price ledger; after an update, of the cells of the ``earlier`` one. Raises NotCarriedOutError."""
    known = load(environment, Environment, "environment file", variables=for_child(shop.variables))
    known = known.model_copy(update={"ledger": LEDGER})
    told = provenance(environment=known.name, stage=known.stage, url=known.url, root=place.root)
    try:
        done = record_ledger(
            known, folder, Task(earlier=earlier), run=folder.name, scope=SCOPE, phase=phase, provenance=told
        )
    except LedgerRefusedError as refused:
        raise NotCarriedOutError(f"The prices cannot be written down: {refused}") from None
    return done.evidence


def judged(place: Workplace, after: Sequence[RunEvidence], before: Sequence[RunEvidence], folder: Path) -> Verdict:
    """The gate's verdict on everything that was carried out after the update, against the runs before it."""
    processes = {process for run in after if run.started for process in run.started.processes}
    file = place.policy_file(folder, processes)
    verdict = judge(
        after, before, load_policy(file), datetime.now(UTC), policy_source=str(file), policy_hash=file_hash(file)
    )
    (folder / "verdict.json").write_text(verdict.to_json(), encoding="utf-8")
    return verdict
