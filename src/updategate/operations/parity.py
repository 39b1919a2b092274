"""Compare a test environment with production, before an update, and keep it as evidence. Only reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from updategate.clients.errors import ShopError
from updategate.config.environment import Environment, secrets_of
from updategate.config.policy import Policy
from updategate.config.stages import StageException
from updategate.evidence.provenance import provenance_of
from updategate.evidence.records import Build, EnvironmentFacts, Parity, RunStarted
from updategate.evidence.writer import EvidenceWriter
from updategate.operations.fingerprint import read_build
from updategate.operations.surroundings import environment_facts
from updategate.promotion.parity import compare_shops


@dataclass(frozen=True, slots=True)
class ParityRun:
    """What a comparison left: its records, and the folder with its evidence. ``problems`` say what did not answer."""

    folder: Path
    records: tuple[Parity, ...]
    problems: tuple[str, ...]


def compare_with_production(
    test: Environment,
    production: Environment,
    policy: Policy,
    policy_file: Path,
    exceptions: tuple[StageException, ...],
    folder: Path,
    root: Path,
) -> ParityRun:
    """Ask both shops and write the comparison as a run of kind ``parity``, for ``gate --before``."""
    writer = EvidenceWriter(folder, folder.name, secrets=(*secrets_of(test), *secrets_of(production)))
    problems: list[str] = []
    build, facts = _asked(test, policy, problems)
    writer.write(
        RunStarted(
            kind="parity",
            scope="parity",
            phase="before",
            build=build,
            environment=facts.model_dump(),
            provenance=provenance_of(test, root, policy=policy_file),
        )
    )
    try:
        other = _asked(production, policy, problems)
        records = compare_shops((build, facts), other, policy.parity, exceptions, datetime.now(UTC).date())
        for record in records:
            writer.write(record)
    except BaseException as error:
        writer.finish(build, interrupted=True, reason=f"{type(error).__name__}: {error}")
        raise
    writer.finish(build)
    return ParityRun(folder, tuple(records), tuple(problems))


def _asked(environment: Environment, policy: Policy, problems: list[str]) -> tuple[Build | None, EnvironmentFacts]:
    try:
        build = read_build(environment)
        if build is None:
            problems.append(f"{environment.name}: its environment file gives no credentials for the Admin API")
        return build, environment_facts(environment, policy.fingerprint.settings)
    except ShopError as error:
        problems.append(f"{environment.name}: {error}")
        return None, EnvironmentFacts()
