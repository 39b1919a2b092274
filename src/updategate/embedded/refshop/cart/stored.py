"""Reads the forms in which values are stored."""

from __future__ import annotations

from datetime import UTC, datetime


def moment_of(value: object) -> datetime | None:
    """Return a stored time with its zone (UTC where none is written); None for nothing."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if not isinstance(value, str) or not value:
        return None
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
