"""What exactly is tested: the build, as the shop and the sources named in the environment file tell it."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

from updategate.clients.admin_api import AdminApi
from updategate.clients.admin_api.criteria import Criteria
from updategate.clients.connection import admin_api
from updategate.clients.errors import ShopError
from updategate.config.environment import Environment, secrets_of
from updategate.config.process_environment import for_child
from updategate.evidence.records import Build, Plugin

LAST_WORDS = 300


class SourceUnreadableError(ShopError):
    """A part of the build that the environment file names a source for could not be read."""


def read_build(environment: Environment) -> Build | None:
    """Core version, plugins, flags, and lock file and migrations where the file says how to read them.

    None without credentials for the Admin API. Raises ShopError: also when a source that is named does not answer,
    because a build that is half known would be taken for another one.
    """
    admin = admin_api(environment)
    if admin is None:
        return None
    return Build(
        core=version_of(admin),
        plugins=plugins_of(admin),
        lock_hash=_lock_hash(environment),
        migrations=_migrations(environment),
        flags=_flags(admin),
    )


def version_of(admin: AdminApi) -> str:
    """The shop's Shopware version, such as ``6.6.7.1``."""
    return str(admin.ask("GET", "/_info/version")["version"])


def plugins_of(admin: AdminApi) -> tuple[Plugin, ...]:
    """All plugins that the shop knows, by name; also those that are not installed."""
    found = [
        Plugin(
            name=str(row["name"]),
            version=str(row["version"]),
            active=bool(row["active"]),
            # the reference shop and old dumps leave the date out: what is active was installed
            installed=bool(row.get("installedAt") or row["active"] or "installedAt" not in row),
            pending=str(row["upgradeVersion"]) if row.get("upgradeVersion") else None,
        )
        for row in admin.pages("plugin", Criteria().sort("name"))
    ]
    return tuple(sorted(found, key=lambda plugin: plugin.name))


def _flags(admin: AdminApi) -> tuple[str, ...] | None:
    """Active feature flags; None on versions that do not tell them (before 6.6.4)."""
    answer = admin.raw("GET", "/_action/feature-flag")
    if not answer.ok:
        return None
    body = answer.json()
    flags = body.items() if isinstance(body, dict) else ((row.get("name"), row) for row in body)
    return tuple(sorted(str(name) for name, flag in flags if flag.get("active")))


def lock_hash(text: str, source: str) -> str:
    """SHA-256 of the packages that a composer.lock pins (name, version, commit and archive), as hex.

    Development packages, and what Composer writes about itself, are not part of what goes live.
    """
    try:
        packages = json.loads(text)["packages"]
        pinned = sorted(_pinned(package) for package in packages)
    except (ValueError, KeyError, TypeError):
        message = f"{source} is no composer.lock: it has no list of packages"
        raise SourceUnreadableError(message) from None
    return hashlib.sha256(json.dumps(pinned, separators=(",", ":")).encode()).hexdigest()


def _pinned(package: dict[str, Any]) -> list[str]:
    source, dist = package.get("source") or {}, package.get("dist") or {}
    return [
        str(package["name"]),
        str(package["version"]),
        str(source.get("reference") or ""),
        str(dist.get("reference") or ""),
        str(dist.get("shasum") or ""),
    ]


def lock_hash_of_file(path: Path) -> str:
    """The hash of a composer.lock on this machine; raises SourceUnreadableError."""
    try:
        return lock_hash(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} cannot be read: {getattr(error, 'strerror', None) or error}"
        raise SourceUnreadableError(message) from None


def migrations_digest(text: str) -> str:
    """Carried out migrations as ``412 carried out, sha256 9f2c…``; order and empty lines do not matter."""
    names = sorted({line.strip() for line in text.splitlines() if line.strip()})
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()
    return f"{len(names)} carried out, sha256 {digest}"


def _lock_hash(environment: Environment) -> str | None:
    sources = environment.fingerprint
    if sources.composer_lock:
        return lock_hash_of_file(Path(sources.composer_lock))
    if sources.composer_lock_command:
        key = "fingerprint.composer_lock_command"
        return lock_hash(_printed(environment, sources.composer_lock_command, key), f"what {key} prints")
    return None


def _migrations(environment: Environment) -> str | None:
    command = environment.fingerprint.migrations_command
    if not command:
        return None
    key = "fingerprint.migrations_command"
    printed = _printed(environment, command, key)
    if not printed.strip():
        message = f"{key} printed nothing, but every Shopware has carried out migrations"
        raise SourceUnreadableError(message)
    return migrations_digest(printed)


def _printed(environment: Environment, command: str, key: str) -> str:
    """What a command of the environment file prints; its secrets reach no message."""
    seconds = environment.fingerprint.timeout
    try:
        done = subprocess.run(  # noqa: S602 - the environment file's own command, as its author wrote it
            command,
            shell=True,
            env=for_child({}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        message = f"{key} was ended after {seconds:g} s"
        raise SourceUnreadableError(message) from None
    except (OSError, UnicodeDecodeError) as error:
        message = f"{key} could not be run: {error}"
        raise SourceUnreadableError(message) from None
    if done.returncode != 0:
        told = done.stderr.strip()[-LAST_WORDS:]
        for secret in secrets_of(environment):
            told = told.replace(secret, "***") if secret else told
        message = f"{key} ended with exit code {done.returncode}: {told or 'it said nothing'}"
        raise SourceUnreadableError(message)
    return done.stdout
