"""``updategate serve``: start the reference shop, in a process of its own."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import click

from updategate.config.exit_codes import ExitCode
from updategate.operations.mutants.catalogue import described_mutants
from updategate.operations.mutants.reference_shop import MAIL_SINK, SHOP, VARIABLES


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    add_help_option=False,
)
@click.option("--json", "as_json", is_flag=True)
@click.option("--write-env", type=click.Path(path_type=Path))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def serve(as_json: bool, write_env: Path | None, arguments: tuple[str, ...]) -> ExitCode:
    """Start the reference shop and a mail sink on 127.0.0.1 (`updategate serve --help` lists the options)."""
    if {"--help", "-h"} & set(arguments):
        click.echo("--write-env FILE   also write the shop's address and keys for ci/environments/reference.yaml")
        click.echo("--json             print one JSON line when ready\n")
        return ExitCode(subprocess.call([sys.executable, "-m", SHOP, "--help"]))  # noqa: S603 - our own module
    if "--list-mutants" in arguments:
        _list_mutants(as_json=as_json)
        return ExitCode.PASS
    # started as processes and never imported: they must share no code with what tests them
    mail = _start([MAIL_SINK, "--json", "--with-parent"])
    sink = json.loads(mail.stdout.readline()) if mail.stdout else {}
    shop = _start([SHOP, "--json", "--mailer", sink["smtp"], *arguments])
    try:
        line = shop.stdout.readline() if shop.stdout else ""
        if line:
            _announce({**json.loads(line), "mail_url": sink["url"]}, write_env, as_json=as_json)
        code = shop.wait()
    except KeyboardInterrupt:
        code = shop.wait()
    finally:
        mail.terminate()
        mail.wait()
        if write_env:
            write_env.unlink(missing_ok=True)
    if code == 0:
        return ExitCode.PASS
    return ExitCode.USAGE if code == int(ExitCode.USAGE) else ExitCode.INCONCLUSIVE


def _list_mutants(*, as_json: bool) -> None:
    found = described_mutants()
    if as_json:
        click.echo(json.dumps({"mutants": found}, indent=1))
        return
    for mutant in found:
        click.echo(f"{mutant['kind']:12} {mutant['group']:12} {mutant['name']:36} {mutant['description']}")


def _start(arguments: list[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own modules


def _announce(facts: dict[str, object], write_env: Path | None, *, as_json: bool) -> None:
    if write_env:
        lines = [f"export {variable}={shlex.quote(str(facts[key]))}" for key, variable in VARIABLES.items()]
        lines.append(f"export UPDATEGATE_SHOP_PID={facts['pid']}")
        partial = write_env.with_suffix(".part")
        write_env.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text("\n".join(lines) + "\n", encoding="utf-8")
        partial.chmod(0o600)
        # whoever waits for the file never sees half of it
        partial.replace(write_env)
    if as_json:
        click.echo(json.dumps(facts))
    else:
        click.echo(f"Reference shop at {facts['url']} (Ctrl-C stops it)")
        if write_env:
            click.echo(f"Test it: . {write_env} && updategate run reference --scope demo")
    sys.stdout.flush()
