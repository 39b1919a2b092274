"""Options and answers that several verbs share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from updategate.config.errors import ConfigError

REGISTRY = Path("suites") / "processes.yaml"
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
policy_option = click.option(
    "--policy", default="default", show_default=True, help="A name under ci/policies, or a file."
)
compat_option = click.option(
    "--compat",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Evidence of a compat run: what its plugins touch becomes critical; several.",
)


def compat_arguments(folders: Sequence[Path]) -> tuple[str, ...]:
    """The same option for the pytest process that carries the suites out."""
    return tuple(part for folder in folders for part in ("--compat", str(folder.absolute())))


def console(*, as_json: bool = False) -> Console:
    """Where people read: standard output, or standard error when standard output carries JSON."""
    return Console(stderr=as_json, highlight=False, soft_wrap=True)


def project_root() -> Path:
    """The folder with the suites: here or above."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / REGISTRY).is_file():
            return folder
    raise ConfigError.single(
        str(here), "", f"There is no {REGISTRY} here or above.", "Change into the project that holds the suites."
    )


def print_json(data: dict[str, Any]) -> None:
    """One JSON object on standard output."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))
