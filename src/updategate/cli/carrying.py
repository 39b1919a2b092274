"""The hand-over between the runs before and after an update: the option, and what people are told of it."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from updategate.config.environment import Environment
from updategate.config.errors import ConfigError
from updategate.evidence.handover import Handover

carry_option = click.option(
    "--carry",
    type=click.Path(path_type=Path),
    help="Before: where to leave what the run after the update needs.  [default: the run folder]  "
    "After: where the run before left it, a file or its run folder.  [default: the newest under reports/]",
)


def handover_of(environment: Environment, carry: Path | None, root: Path, screen: Console) -> Handover | None:
    """What the run before the update has left; said, so that nobody wonders which run it was."""
    found = Handover.found(carry) if carry else Handover.newest(root / "reports", environment.name)
    if found is not None and found.environment != environment.name:
        raise ConfigError.single(
            str(found.path),
            "environment",
            f"This was left in '{found.environment}', not in '{environment.name}'.",
            "Name the folder of the run before the update of the same environment.",
        )
    if found is None:
        screen.print(
            "[yellow]No run before the update has left anything:[/yellow] what needs it is not tested. "
            "Name its folder with --carry if it lies elsewhere."
        )
    else:
        screen.print(f"Takes up what {found.path.parent} has left.")
    return found


def tell_what_stays(handover: Handover | None, environment: str, screen: Console) -> None:
    """Say that things of the before run are still in the shop, and how they go."""
    if handover is not None and not handover.closed:
        screen.print(
            f"What {handover.path.parent.name} left stays in the shop for another run after the update; "
            f"`updategate clean {environment} --carried` removes it."
        )
