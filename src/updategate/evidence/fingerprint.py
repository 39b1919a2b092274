"""The fingerprint of what was validated, as one short text for each of its two parts."""

from __future__ import annotations

import hashlib
import json

from updategate.evidence.records import Build, EnvironmentFacts


def build_id(build: Build) -> str:
    """SHA-256 of a build as hex: equal exactly where core, plugins, lock, migrations and flags are."""
    return _digest(build.model_dump(mode="json"))


def environment_id(facts: EnvironmentFacts) -> str:
    """SHA-256 of theme and settings as hex. Counts are no part of it: they change with every order."""
    return _digest({"theme": facts.theme, "settings": facts.settings})


def _digest(data: object) -> str:
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
