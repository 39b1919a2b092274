"""The command line: parse, call, print, exit code."""

from __future__ import annotations

import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

import click

from updategate.cli.clean import clean
from updategate.cli.doctor import doctor
from updategate.cli.gate import gate
from updategate.cli.load import campaign, load, load_worker
from updategate.cli.run import run
from updategate.cli.schema import schema
from updategate.cli.serve import serve
from updategate.config.errors import ConfigError, did_you_mean
from updategate.config.exit_codes import ExitCode


class Verbs(click.Group):
    """A group that offers the nearest verb for a misspelt one."""

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


for verb in (run, gate, doctor, clean, serve, schema, load, campaign, load_worker):
    app.add_command(verb)


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
