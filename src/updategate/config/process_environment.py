"""The process environment, for the few places that hand it on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def for_child(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child process: ours, and ``extra``."""
    return {**os.environ, **extra}


def browser_path() -> str | None:
    """The browser that ``UPDATEGATE_BROWSER`` names, if any."""
    return os.environ.get("UPDATEGATE_BROWSER") or None


def recordings_folder() -> Path:
    """The folder of recordings: ``UPDATEGATE_RECORDINGS``, else ``../shared/recordings``."""
    return Path(os.environ.get("UPDATEGATE_RECORDINGS") or "../shared/recordings")


def in_ci() -> bool:
    """Whether this runs in a pipeline, where nothing may be left out silently."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")
