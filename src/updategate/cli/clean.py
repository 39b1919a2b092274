"""``updategate clean``: remove what killed runs left in a shop."""

from __future__ import annotations

import click

from updategate.cli.holding import holding, wait_option
from updategate.cli.options import console, json_option, print_json, project_root
from updategate.config.environment import environment_path, load_environment
from updategate.config.exit_codes import ExitCode
from updategate.operations.cleaning import clean_environment
from updategate.operations.preflight import obstacle


@click.command()
@click.argument("env")
@click.option("--carried", is_flag=True, help="Also remove what waits for the run after the update.")
@wait_option
@json_option
def clean(env: str, carried: bool, wait: float, as_json: bool) -> ExitCode:
    """Remove everything that runs created in ENV and did not remove, found by its mark.

    Exit code 0: nothing is left, 1: something could not be removed, 3: the shop could not be examined.
    """
    root = project_root()
    environment = load_environment(environment_path(env, root))
    screen = console(as_json=as_json)
    with holding(environment, "clean", wait, screen):
        # a shop that another updategate takes down meanwhile is held, and not in the way
        found = obstacle(environment)
        if found is not None:
            click.echo(str(found), err=True)
            return ExitCode.USAGE if found.kind == "configuration" else ExitCode.INCONCLUSIVE
        outcome = clean_environment(environment, root / "reports", carried=carried)
    screen.print(f"Removed {outcome.removed_total} objects from {environment.name}.")
    for entity, number in sorted(outcome.removed.items()):
        screen.print(f"  {entity}: {number}")
    for problem in outcome.problems:
        screen.print(f"[red]Not removed:[/red] {problem}")
    if as_json:
        print_json({"removed": outcome.removed, "problems": list(outcome.problems)})
    return ExitCode.FAIL if outcome.problems else ExitCode.PASS
