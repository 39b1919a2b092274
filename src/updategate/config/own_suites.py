"""The registry of everything that an environment is tested by: the project's suites and its own."""

from __future__ import annotations

from pathlib import Path

from updategate.config.environment import Environment
from updategate.config.errors import ConfigError
from updategate.config.registry import Registry, load_registry, merged

REGISTRY = Path("suites/processes.yaml")


def registry_of(environment: Environment, root: Path) -> Registry:
    """The project's registry, and those of the environment's own suites."""
    registries = [load_registry(root / REGISTRY)]
    for folder in environment.suites:
        path = root / folder / REGISTRY.name
        if not (root / folder).is_dir():
            raise ConfigError.single(folder, "suites", "There is no such folder of own suites.")
        registries.append(load_registry(path))
    return merged(registries)
