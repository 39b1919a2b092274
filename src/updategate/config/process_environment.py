"""The process environment, for the few places that hand it on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from updategate.config.errors import ConfigError


def for_child(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child process: ours, and ``extra``."""
    return {**os.environ, **extra}


def browser_path() -> str | None:
    """The browser that ``UPDATEGATE_BROWSER`` names, if any."""
    return os.environ.get("UPDATEGATE_BROWSER") or None


def films_failures() -> bool:
    """Whether browsers are filmed, so that a failure can be looked at: ``UPDATEGATE_VIDEO`` is ``on`` or ``off``.

    Off unless it is said: filming takes a good part of a processor. Another word is a ConfigError.
    """
    said = os.environ.get("UPDATEGATE_VIDEO", "").lower()
    if said not in ("", "on", "off"):
        message = f"It says {said!r}."
        raise ConfigError.single("UPDATEGATE_VIDEO", "", message, "Set it to on or off.")
    return said == "on"


def recordings_folder() -> Path:
    """The folder of recordings: ``UPDATEGATE_RECORDINGS``, else ``../shared/recordings``."""
    return Path(os.environ.get("UPDATEGATE_RECORDINGS") or "../shared/recordings")


def in_ci() -> bool:
    """Whether this runs in a pipeline, where nothing may be left out silently."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


SIGNING_KEY = "UPDATEGATE_SIGNING_KEY"
SIGNING_KEY_FILE = "UPDATEGATE_SIGNING_KEY_FILE"


def signing_key() -> tuple[bytes, str] | None:
    """The private key in PEM and the variable that it comes from, if one is given; raises ConfigError.

    ``UPDATEGATE_SIGNING_KEY`` holds the key itself, ``UPDATEGATE_SIGNING_KEY_FILE`` names a file with it.
    """
    text = os.environ.get(SIGNING_KEY)
    if text:
        return text.encode(), SIGNING_KEY
    name = os.environ.get(SIGNING_KEY_FILE)
    if not name:
        return None
    try:
        return Path(name).read_bytes(), f"{SIGNING_KEY_FILE} ({name})"
    except OSError as error:
        raise ConfigError.single(
            SIGNING_KEY_FILE, "", f"The signing key {name} cannot be read: {error.strerror}."
        ) from None


def actor() -> str:
    """Who starts this: the person or job that a pipeline names, else the user."""
    for name in ("UPDATEGATE_ACTOR", "GITHUB_ACTOR", "GITLAB_USER_LOGIN", "USER", "LOGNAME"):
        if os.environ.get(name):
            return os.environ[name]
    return "unknown"


def github_step() -> tuple[bool, Path | None]:
    """Whether this runs in a step of a GitHub workflow, and the file of its job summary, if there is one."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return False, None
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    return True, Path(summary) if summary else None


def pipeline_build() -> dict[str, str] | None:
    """The pipeline's build that this runs in, in the words of Allure's executor.json; None outside of a pipeline."""
    env = os.environ
    if env.get("GITHUB_ACTIONS") == "true":
        home = f"{env.get('GITHUB_SERVER_URL', '')}/{env.get('GITHUB_REPOSITORY', '')}"
        number = env.get("GITHUB_RUN_NUMBER", "")
        return {
            "name": "GitHub Actions",
            "type": "github",
            "buildName": f"{env.get('GITHUB_WORKFLOW', 'workflow')} {number}",
            "buildOrder": number,
            "buildUrl": f"{home}/actions/runs/{env.get('GITHUB_RUN_ID', '')}",
        }
    if env.get("GITLAB_CI") == "true":
        return {
            "name": "GitLab CI",
            "type": "gitlab",
            "buildName": f"{env.get('CI_PROJECT_PATH', '')} {env.get('CI_PIPELINE_IID', '')}",
            "buildOrder": env.get("CI_PIPELINE_IID", ""),
            "buildUrl": env.get("CI_PIPELINE_URL", ""),
        }
    return None


def history_url(root: Path = Path()) -> str:
    """The database that keeps runs over time: ``UPDATEGATE_HISTORY``, else a SQLite file in ``reports`` of a folder."""
    return os.environ.get("UPDATEGATE_HISTORY") or f"sqlite:///{root / 'reports' / 'history.sqlite'}"


def keeps_history() -> bool:
    """Whether runs are noted in the history: unless ``UPDATEGATE_HISTORY`` is ``off``."""
    return os.environ.get("UPDATEGATE_HISTORY", "").lower() != "off"
