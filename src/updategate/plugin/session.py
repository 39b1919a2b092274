"""A run of the suites: who writes the evidence, what is collected, and when a process has ended."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from random import Random
from typing import Any

import pytest

from updategate.clients.errors import ShopError
from updategate.config.environment import secrets_of
from updategate.config.errors import ConfigError, unknown_name
from updategate.config.registry import Process
from updategate.evidence.handover import Handover
from updategate.evidence.provenance import provenance_of
from updategate.evidence.records import (
    AnyRecord,
    Build,
    ProcessEntry,
    ProcessFinished,
    ProcessStarted,
    RunStarted,
)
from updategate.evidence.writer import EvidenceServer, EvidenceWriter, RemoteSink, Sink
from updategate.operations.capabilities import Shop, look_at
from updategate.operations.fingerprint import read_build
from updategate.operations.surroundings import environment_facts
from updategate.plugin.outcome import CaseOutcome, finished, take
from updategate.plugin.settings import RunSettings

CASE = pytest.StashKey[CaseOutcome]()
COMPARED = pytest.StashKey[tuple[str, str]]()
FAILED = pytest.StashKey[bool]()


class Worker:
    """The half of a run that carries processes out: in every xdist worker, or in the only process."""

    def __init__(self, settings: RunSettings, sink: Sink, shop: Shop) -> None:
        self.settings = settings
        self.sink = sink
        self.shop = shop
        self._processes = settings.registry.by_id()
        self._expected: Counter[str] = Counter()
        self._ended: defaultdict[str, list[CaseOutcome]] = defaultdict(list)
        self._started: set[str] = set()

    def collected(self, items: list[pytest.Item], config: pytest.Config) -> None:
        """Keep the processes of the scope, group them for xdist, and count their cases."""
        kept: list[pytest.Item] = []
        dropped: list[pytest.Item] = []
        for item in items:
            process = self.process_of(item)
            wanted = process is not None and process.id in self.settings.selected and self._is_of_phase(item)
            (kept if wanted else dropped).append(item)
        # browsers take longest, so they begin first and nobody waits for them at the end
        kept.sort(key=lambda item: "page" not in getattr(item, "fixturenames", ()))
        if self.settings.order_seed is not None:
            Random(self.settings.order_seed).shuffle(kept)  # noqa: S311 - an order, not a secret
        for item in kept:
            process = self.process_of(item)
            if process is not None:
                item.add_marker(pytest.mark.xdist_group(process.id))
                self._expected[process.id] += 1
        if dropped:
            config.hook.pytest_deselected(items=dropped)
        items[:] = kept

    def process_of(self, item: pytest.Item) -> Process | None:
        """The registered process of a test; an unknown id is a ConfigError, a test without marker has none."""
        marker = item.get_closest_marker("process")
        if marker is None:
            return None
        name = str(marker.args[0]) if marker.args else ""
        if name not in self._processes:
            where = f"{item.path.name}::{item.name}"
            raise ConfigError.single(where, "process", *unknown_name("process", name, self._processes))
        return self._processes[name]

    def _is_of_phase(self, item: pytest.Item) -> bool:
        phases = {"before_update": "before", "after_update": "after"}
        named = [phase for marker, phase in phases.items() if item.get_closest_marker(marker)]
        return not named or self.settings.phase in named

    def begin(self, item: pytest.Item) -> None:
        """Note that a test starts, and with the first one of a process that the process starts."""
        process = self.process_of(item)
        if process is None:
            return
        if process.id not in self._started:
            self._started.add(process.id)
            self.sink.write(ProcessStarted(process=process.id, cases=self._expected[process.id]))
        callspec = getattr(item, "callspec", None)
        item.stash[CASE] = CaseOutcome(case=str(callspec.id) if callspec else item.name)

    def why_not(self, process: Process) -> tuple[str, str] | None:
        """Status and reason where a process cannot be carried out here: ``not_applicable`` or ``skipped``."""
        version = self.shop.version
        if version and not process.applies_to(version):
            return "not_applicable", f"it is for Shopware {process.versions}, and this is {version}"
        missing = [need for need in process.needs if need not in self.shop.capabilities]
        if missing:
            return "not_applicable", f"the shop has no {', '.join(missing)}"
        forbidden = [effect for effect in process.effects if effect not in self.settings.environment.permits.allowed()]
        if forbidden:
            return "skipped", f"the environment file does not permit {', '.join(forbidden)}"
        return None

    def phase_ended(self, item: pytest.Item, report: pytest.TestReport, error: BaseException | None) -> None:
        """Fold one phase of a test into its outcome."""
        outcome = item.stash.get(CASE, None)
        if outcome is None:
            return
        if report.failed and report.when == "call" and COMPARED in item.stash and isinstance(error, AssertionError):
            outcome.actual, outcome.expected = item.stash[COMPARED]
        take(outcome, report, error)

    def test_ended(self, item: pytest.Item) -> ProcessFinished | None:
        """Once all tests of a process have ended, its result is a fact; None before that."""
        process = self.process_of(item)
        outcome = item.stash.get(CASE, None)
        if process is None or outcome is None:
            return None
        refused = self.why_not(process)
        if refused is not None and outcome.status == "skipped":
            outcome.status = "not_applicable" if refused[0] == "not_applicable" else "skipped"
            outcome.message = refused[1]
        self._ended[process.id].append(outcome)
        if len(self._ended[process.id]) < self._expected[process.id]:
            return None
        result = finished(process.id, self._ended[process.id])
        self.sink.write(result)
        return result


class Controller:
    """The half of a run that owns its evidence: the only process, or the one that steers xdist's workers."""

    def __init__(self, settings: RunSettings, run: str, root: Any, progress: int | None) -> None:  # noqa: ANN401
        self.settings = settings
        self.run = run
        self._progress = progress
        self.writer = EvidenceWriter(
            settings.folder, run, secrets=secrets_of(settings.environment), listener=self._tell
        )
        self.shop = look_at(settings.environment)
        if settings.phase == "before" and settings.handover and any(one.around_update for one in settings.processes):
            Handover.begin(settings.handover, environment=settings.environment.name, run=run)
        self._server: EvidenceServer | None = None
        self._interrupted = ""
        environment = settings.environment
        self.writer.write(
            RunStarted(
                kind="processes",
                scope=settings.scope,
                phase=settings.phase,
                processes=tuple(process.id for process in settings.processes),
                registry=tuple(entry_of(process) for process in settings.registry.processes),
                capabilities=tuple(sorted(self.shop.capabilities)),
                build=self._build(),
                environment=self._facts(),
                shard=str(self.settings.shard) if self.settings.shard else None,
                provenance=provenance_of(environment, root, policy=settings.policy_file),
            )
        )

    def worker_input(self) -> dict[str, str]:
        """What an xdist worker needs to reach the evidence writer."""
        if self._server is None:
            self._server = EvidenceServer(self.writer)
        return {
            "address": self._server.address,
            "key": self._server.key,
            "folder": str(self.settings.folder),
            "version": self.shop.version or "",
            "capabilities": ",".join(sorted(self.shop.capabilities)),
        }

    def interrupted(self, reason: str) -> None:
        """The run was stopped before its end."""
        self._interrupted = reason

    def close(self) -> None:
        """Read the build again, write the last line, stop listening."""
        self.writer.finish(self._build(), interrupted=bool(self._interrupted), reason=self._interrupted)
        if self._server is not None:
            self._server.close()

    def _build(self) -> Build | None:
        try:
            return read_build(self.settings.environment)
        except ShopError:
            return None

    def _facts(self) -> dict[str, Any]:
        try:
            rules = self.settings.policy.fingerprint
            return environment_facts(self.settings.environment, rules.settings).model_dump()
        except ShopError:
            return {}

    def _tell(self, record: AnyRecord) -> None:
        if self._progress is not None and isinstance(record, ProcessStarted | ProcessFinished | RunStarted):
            os.write(self._progress, (record.model_dump_json() + "\n").encode())


def entry_of(process: Process) -> ProcessEntry:
    """A registered process as evidence keeps it."""
    return ProcessEntry.model_validate(process.model_dump(include=set(ProcessEntry.model_fields)))


def remote_sink(given: dict[str, str], worker: str) -> RemoteSink:
    """The sink of an xdist worker."""
    return RemoteSink(given["address"], given["key"], worker)
