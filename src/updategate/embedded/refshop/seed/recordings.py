"""Loads the catalogue that was recorded from a real shop."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from updategate.embedded.refshop.versions import ShopwareVersion

from .errors import SeedError
from .notation import id_of

_CONFIG_FILE = "system-config-core"


def recordings_dir(given: Path | None, version: ShopwareVersion) -> Path:
    """Return the folder of the recordings of this version, or raise SeedError saying how to name it."""
    root = given or Path(os.environ.get("UPDATEGATE_RECORDINGS") or _default_root())
    folder = root / version.name
    if not (folder / "catalogue").is_dir():
        raise SeedError(
            f"No recorded catalogue of Shopware {version.name} in {folder}."
            " Name the folder of the recordings with --recordings DIR or UPDATEGATE_RECORDINGS."
        )
    return folder


def _default_root() -> Path:
    return Path(__file__).resolve().parents[6] / "shared" / "recordings"


def recorded_rows(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return the recorded entities with everything nested in them, in the order of the files' names."""
    rows: list[tuple[str, dict[str, Any]]] = []
    for file in sorted((folder / "catalogue").glob("*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        if file.stem == _CONFIG_FILE:
            rows += [
                (
                    "system_config",
                    {"id": id_of("system_config", key), "configurationKey": key, "configurationValue": value},
                )
                for key, value in content.items()
            ]
        else:
            entity = file.stem.replace("-", "_")
            rows += [(entity, doc) for doc in content["data"]]
    return rows
