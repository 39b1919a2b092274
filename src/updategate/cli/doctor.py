"""``updategate doctor``: is this environment fit to be tested, and what to do if not."""

from __future__ import annotations

import click

from updategate.cli.options import console, json_option, print_json, project_root
from updategate.config.environment import environment_path, load_environment
from updategate.config.exit_codes import ExitCode
from updategate.operations.doctor import examine
from updategate.reports.terminal import show_examination


@click.command()
@click.argument("env")
@json_option
def doctor(env: str, as_json: bool) -> ExitCode:
    """Examine ENV: reachable, version, credentials, methods, selectors, mail sink, clock.

    Exit code 0: fit, 1: something must be mended, 3: the shop could not be examined.
    """
    environment = load_environment(environment_path(env, project_root()))
    examination = examine(environment)
    show_examination(console(as_json=as_json), environment.name, examination)
    if as_json:
        print_json({"environment": environment.name, "findings": [finding.to_json() for finding in examination]})
    if any(finding.level == "unknown" for finding in examination):
        return ExitCode.INCONCLUSIVE
    return ExitCode.FAIL if any(finding.level == "mend" for finding in examination) else ExitCode.PASS
