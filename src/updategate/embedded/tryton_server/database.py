"""The database of the ERP: created with a company in it, or copied from what was created before."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from .settings import DATABASE, PACKAGES

HERE = Path(__file__).parent
CREATED_WITHIN_SECONDS = 600


class ErpNotCreatedError(Exception):
    """Tryton could not create its database; the message holds the end of what it said."""


def fingerprint() -> str:
    """What a created database depends on: Tryton's versions, and the files that set the company up."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        digest.update(f"{package}={version(package)}\n".encode())
    for name in ("company.py", "database.py", "settings.py"):
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()[:16]


def default_cache() -> Path:
    """The user's folder for what can be made again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "updategate"


def copied_database(folder: Path, cache: Path) -> bool:
    """Put a fresh database into ``folder``; returns whether one had been kept.

    Two that begin at once both create one; the second to end replaces the first, which is the same.
    """
    kept = cache / f"tryton-{fingerprint()}.sqlite"
    found = kept.is_file()
    if not found:
        _create(kept)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept, folder / f"{DATABASE}.sqlite")
    return found


def _create(kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    work = kept.parent / f"{kept.stem}-{os.getpid()}"
    try:
        work.mkdir(parents=True, exist_ok=True)
        create_in_own_process(work, None)
        (work / f"{DATABASE}.sqlite").replace(kept)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def create_in_own_process(folder: Path, database_url: str | None, name: str = DATABASE) -> None:
    """Create the database with its company. Tryton keeps its pool for life, so a process of its own does it."""
    command = [sys.executable, "-m", "updategate.embedded.tryton_server", "--create-in", str(folder)]
    # an address with a password in it is no argument: everybody can list those
    variables = {**os.environ, "ERP_DATABASE_URL": database_url or "", "ERP_DATABASE_NAME": name}
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command, capture_output=True, text=True, timeout=CREATED_WITHIN_SECONDS, check=False, env=variables
        )
    except subprocess.TimeoutExpired:
        raise ErpNotCreatedError(f"Tryton did not create its database within {CREATED_WITHIN_SECONDS} s") from None
    if done.returncode:
        raise ErpNotCreatedError("Tryton could not create its database:\n" + "\n".join(done.stderr.splitlines()[-15:]))
