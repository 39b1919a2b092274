"""Reads the forms in which values are stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def moment_of(value: object) -> datetime | None:
    """Return a stored time with its zone (UTC where none is written); None for nothing."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if not isinstance(value, str) or not value:
        return None
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def translated(document: Mapping[str, Any], field: str, languages: tuple[str, ...]) -> Any:
    """Return a field in the first language of the chain that has it."""
    translations = document.get("translations") or {}
    for language in languages:
        value = (translations.get(language) or {}).get(field)
        if value is not None:
            return value
    return document.get(field)
