"""Hold the shop while a verb works on it: the option and the words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console

from updategate.config.environment import Environment
from updategate.config.exit_codes import ExitCode
from updategate.operations.run_lock import Held, ShopBusyError, hold
from updategate.operations.run_lock.holding import USUAL_SILENCE

# load is measured: signs of life are rare then, so that they do not show in the figures
SILENCE_UNDER_LOAD = 1800

wait_option = click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=0,
    metavar="SECONDS",
    help="Wait so long for another run on the same shop to end.  [default: 0]",
)


@contextmanager
def holding(
    environment: Environment, verb: str, wait: float, screen: Console, silence: int = USUAL_SILENCE
) -> Iterator[Held]:
    """Hold the environment's shop; ends the verb with 3 where another run has it, or has taken it over meanwhile."""
    try:
        with hold(environment, verb, wait=wait, silence=silence, tell=screen.print) as held:
            yield held
    except ShopBusyError as busy:
        click.echo(str(busy), err=True)
        raise click.exceptions.Exit(ExitCode.INCONCLUSIVE) from None
    if held.lost:
        click.echo(f"What was found is doubtful: {held.lost}.", err=True)
        raise click.exceptions.Exit(ExitCode.INCONCLUSIVE)
