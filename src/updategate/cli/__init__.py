"""The command line: parse, call, print, exit code."""

from __future__ import annotations

import importlib
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

import click

from updategate.config.errors import ConfigError, did_you_mean
from updategate.config.exit_codes import ExitCode

# verb → module and attribute; a module is imported only when its verb is used, so that every verb starts quickly
VERBS = {
    "update": "update:update",
    "run": "run:run",
    "gate": "gate:gate",
    "report": "report:report",
    "history": "history:history",
    "promote": "promote:promote_verdict",
    "rollout-check": "rollout_check:rollout_check",
    "mutants": "mutants:mutants",
    "parity": "parity:parity",
    "ledger": "ledger:ledger",
    "prices": "prices:prices",
    "compat": "compat:compat",
    "contract": "contract:contract",
    "doctor": "doctor:doctor",
    "clean": "clean:clean",
    "serve": "serve:serve",
    "fresh-shop": "fresh_shop:fresh_shop",
    "schema": "schema:schema",
    "load": "load:load",
    "campaign": "load:campaign",
    "load-worker": "load:load_worker",
    "costs": "costs:costs",
    "page-load": "costs:page_load",
    "baseline": "baseline:baseline",
}


class Verbs(click.Group):
    """A group that imports its verbs when they are used, and offers the nearest one for a misspelt one."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The verbs, in the order in which they are used."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The verb of a name, or None."""
        if cmd_name not in VERBS:
            return None
        module, attribute = VERBS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(f"updategate.cli.{module}"), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a better message."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            hint = did_you_mean(name, self.list_commands(ctx))
            message = f"There is no verb '{name}'.{hint}\nVerbs: {', '.join(self.list_commands(ctx))}."
            raise click.UsageError(message, ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="updategate")
def app() -> None:
    """Decide, with evidence, whether a Shopware update may go one stage further.

    Exit codes of every verb: 0 pass, 1 fail, 2 usage or configuration error, 3 inconclusive. Only 0 releases.
    """


def main() -> None:
    """The console script. No mistake of a user or of the network ends in a traceback."""
    sys.exit(int(execute(sys.argv[1:])))


def execute(arguments: list[str]) -> ExitCode:
    """Run one command line and return its exit code."""
    try:
        result = app.main(args=arguments, prog_name="updategate", standalone_mode=False)
        return ExitCode(result) if isinstance(result, int) else ExitCode.PASS
    except ConfigError as error:
        click.echo(str(error), err=True)
        return ExitCode.USAGE
    except click.exceptions.Exit as end:
        return ExitCode(end.exit_code)
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)
        return ExitCode.INCONCLUSIVE
    except BrokenPipeError:
        return ExitCode.INCONCLUSIVE
    except Exception as error:  # noqa: BLE001 - the last net: an internal error must never read as a verdict
        click.echo(f"updategate itself failed ({type(error).__name__}: {error}).", err=True)
        click.echo(f"The details are in {_crash_file()}. Nothing has been decided.", err=True)
        return ExitCode.INCONCLUSIVE


def _crash_file() -> Path:
    folder = Path("reports")
    folder = folder if folder.is_dir() else Path.cwd()
    path = folder / f"crash-{datetime.now(UTC):%Y%m%d-%H%M%S}.txt"
    path.write_text(traceback.format_exc(), encoding="utf-8")
    return path
