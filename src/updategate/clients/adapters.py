"""Adapters that an environment file chooses by name: entry points, so that a merchant can bring their own."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from updategate.config.errors import ConfigError, unknown_name


def adapter_named(group: str, name: str, key: str) -> Any:  # noqa: ANN401 - whatever the entry point holds
    """Load an adapter; an unknown name is a ``ConfigError`` that names ``key`` of the environment file."""
    known: dict[str, EntryPoint] = {entry.name: entry for entry in entry_points(group=group)}
    if name not in known:
        raise ConfigError.single("environment file", key, *unknown_name("adapter", name, known))
    return known[name].load()
