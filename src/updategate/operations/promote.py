"""Ask the shops of two stages, decide on a promotion, and write it into the ledger. Only reads from shops."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from pydantic import ValidationError

from updategate.clients.errors import ShopError
from updategate.config.environment import Environment, environment_path, load_environment
from updategate.config.errors import ConfigError
from updategate.config.policy import Policy
from updategate.config.process_environment import actor, signing_key
from updategate.config.stages import StageEntry, Stages
from updategate.config.update_plan import load_plan, plan_path
from updategate.gate.verdict import Verdict
from updategate.operations.fingerprint import SourceUnreadableError, lock_hash_of_file, read_build
from updategate.operations.surroundings import environment_facts
from updategate.promotion.decision import Case, Decision, Live, Plan, decide
from updategate.promotion.ledger import Entry, append, examine
from updategate.promotion.signing import SigningKey, check_verdict, read_key

VERDICT_FILE = "verdict.json"


@dataclass(frozen=True, slots=True)
class Promotion:
    """What came out: the decision, and the ledger's entry (None in a rehearsal)."""

    verdict: Verdict
    decision: Decision
    ledger: Path
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: this verdict's build to the stage ``to``. ``rehearsal`` writes nothing into the ledger."""

    root: Path
    verdict: Path
    stages: Stages
    stages_source: str
    to: str
    policy: Policy
    policy_hash: str
    rehearsal: bool = False


def promote(request: Request) -> Promotion:
    """Decide whether a verdict's build may go one stage further.

    Raises ConfigError for mistakes in files, LedgerError where the ledger cannot be trusted or written.
    """
    path, content, verdict = read_verdict(request.verdict)
    stages = request.stages
    target = stages.named(request.to, request.stages_source)
    came_from = stages.before(target)
    if came_from is None:
        raise ConfigError.single(
            request.stages_source, "stages", f"{target.name} is the first stage: nothing is promoted to it."
        )
    source_environment = environment_of(came_from, request.root)
    target_environment = environment_of(target, request.root)
    key = signing_key_of(stages)
    ledger = ledger_path(stages, request.root)
    decision = decide(
        Case(
            verdict=verdict,
            signed=check_verdict(path, content, stages.trusted_keys),
            stages=stages,
            target=target,
            policy=request.policy,
            ledger=examine(ledger, stages.trusted_keys).entries,
            source_name=source_environment.name,
            source=Live() if came_from.ephemeral else look(source_environment, request.policy),
            found=look(target_environment, request.policy),
            plan=_plan(target, request.root),
            now=datetime.now(UTC),
        )
    )
    entry = None
    if not request.rehearsal:
        entry = append(ledger, _entry(request, content, verdict, target, came_from, decision), key, stages.trusted_keys)
    return Promotion(verdict, decision, ledger, entry)


def read_verdict(given: Path) -> tuple[Path, bytes, Verdict]:
    """A verdict's file, its bytes and what it says; ``given`` is the file or the folder that holds it."""
    path = given / VERDICT_FILE if given.is_dir() else given
    try:
        content = path.read_bytes()
    except OSError:
        raise ConfigError.single(
            str(given), "", "There is no verdict here.", f"Name a {VERDICT_FILE}, or the folder that holds one."
        ) from None
    try:
        return path, content, Verdict.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError.single(
            str(path), where, f"This is no verdict: {first['msg']}.", "Judge the runs again with 'updategate gate'."
        ) from None


def environment_of(stage: StageEntry, root: Path) -> Environment:
    """The environment of a stage, which must say that it is of this stage."""
    path = environment_path(stage.environment_name, root)
    environment = load_environment(path)
    if environment.stage != stage.name:
        raise ConfigError.single(
            str(path),
            "stage",
            f"This environment says that it is {environment.stage}, but the stages file takes it for {stage.name}.",
            f"Write stage: {stage.name}, or name another environment in the stages file.",
        )
    return environment


def signing_key_of(stages: Stages) -> SigningKey | None:
    """The key that entries are signed with; without one where the stages file trusts keys, a ConfigError."""
    given = signing_key()
    if given is not None:
        return read_key(*given)
    if stages.trusted_keys:
        raise ConfigError.single(
            "UPDATEGATE_SIGNING_KEY",
            "",
            "The stages file names trusted keys, so entries of the ledger are signed, and there is no key.",
            "Set UPDATEGATE_SIGNING_KEY (the key in PEM) or UPDATEGATE_SIGNING_KEY_FILE (a file with it).",
        )
    return None


def ledger_path(stages: Stages, root: Path) -> Path:
    """Where the ledger is kept."""
    return root / stages.ledger


def look(environment: Environment, policy: Policy) -> Live:
    """A shop's build and environment as they are now; only reads, and tells what went wrong instead of raising."""
    try:
        build = read_build(environment)
        if build is None:
            return Live(problem="its environment file gives no credentials for the Admin API")
        return Live(build, environment_facts(environment, policy.fingerprint.settings))
    except ShopError as error:
        return Live(problem=str(error))


def _plan(target: StageEntry, root: Path) -> Plan | None:
    plan = load_plan(plan_path(target.plan_name, root))
    if not target.composer_lock:
        return Plan(plan)
    try:
        return Plan(plan, lock_hash_of_file(root / target.composer_lock))
    except SourceUnreadableError as error:
        raise ConfigError.single(
            target.composer_lock, "", f"{error}.", f"Correct composer_lock of the stage {target.name}."
        ) from None


def _entry(
    request: Request, content: bytes, verdict: Verdict, target: StageEntry, came_from: StageEntry, decision: Decision
) -> Entry:
    fingerprint = verdict.fingerprint
    return Entry(
        seq=1,
        at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        event=decision.outcome,
        stage=target.name,
        from_stage=came_from.name,
        environment_name=target.environment_name,
        build=fingerprint.build if fingerprint else None,
        environment=fingerprint.environment if fingerprint else None,
        core=verdict.build.after.core if verdict.build.after else None,
        verdict=hashlib.sha256(content).hexdigest(),
        runs=tuple(run.run for run in verdict.provenance.runs),
        policy_hash=request.policy_hash,
        by=actor(),
        refusals=tuple(decision.refusals),
        doubts=tuple(decision.doubts),
        notes=tuple(decision.notes),
        tool_version=metadata.version("updategate"),
    )
