"""Where evidence comes from: machine, commit of the suites, hashes of what decided."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from updategate.config.environment import Environment
from updategate.evidence.records import Provenance


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, as hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def commit_of(folder: Path) -> tuple[str | None, bool | None]:
    """Commit of the checkout that ``folder`` lies in, and whether it has uncommitted changes; None outside of git."""
    try:
        commit = _git(folder, "rev-parse", "HEAD")
        changes = _git(folder, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return None, None
    return commit.strip(), bool(changes.strip())


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(  # noqa: S603 - fixed program, no shell
        ["git", "-C", str(folder), *arguments],  # noqa: S607 - git is found on PATH
        check=True,
        capture_output=True,
        text=True,
        timeout=10,
    ).stdout


def machine() -> str:
    """Operating system, processor and cores, without the host's name."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def provenance(
    *,
    environment: str,
    stage: str,
    url: str,
    root: Path,
    policy: Path | None = None,
    machine_class: str | None = None,
) -> Provenance:
    """Collect the provenance of a run that starts now; ``root`` is the checkout with the suites."""
    commit, dirty = commit_of(root)
    return Provenance(
        environment=environment,
        stage=stage,
        url=url,
        machine=machine(),
        machine_class=machine_class,
        commit=commit,
        dirty=dirty,
        policy=policy.stem if policy else None,
        policy_hash=file_hash(policy) if policy else None,
        tool_version=metadata.version("updategate"),
        python=platform.python_version(),
    )


def provenance_of(
    environment: Environment, root: Path, *, policy: Path | None = None, profile: Path | None = None
) -> Provenance:
    """The provenance of a run on this environment; ``policy`` and ``profile`` are the files that decide about it."""
    found = provenance(
        environment=environment.name,
        stage=environment.stage,
        url=environment.url,
        root=root,
        policy=policy,
        machine_class=environment.machine_class,
    )
    return found if profile is None else found.model_copy(update={"profile_hash": file_hash(profile)})


def run_name(environment: str) -> str:
    """A readable id that sorts by time: ``20261124-203147-staging``."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{environment}"
