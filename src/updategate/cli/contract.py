"""``updategate contract``: record what a connector and the shop say to each other, and replay it after the update."""

from __future__ import annotations

import threading
from pathlib import Path

import click

from updategate.cli.options import console, json_option, print_json, project_root
from updategate.clients.errors import CounterpartError, ShopError
from updategate.clients.json_text import Json, read_json
from updategate.config.environment import Environment, environment_path, load_environment
from updategate.config.exit_codes import ExitCode
from updategate.operations.contract import Replay, read_tape, reads_from, record, replay
from updategate.operations.contract.recording import schema_file

SHOWN = 50


@click.group()
def contract() -> None:
    """Record the exchanges of a connector, and replay them against the updated shop."""


@contract.command("record", context_settings={"allow_interspersed_args": False})
@click.argument("env")
@click.argument("tape", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.option("--flow", "flows", multiple=True, help="Let the environment's connector exchange this; repeatable.")
@json_option
def record_command(env: str, tape: Path, command: tuple[str, ...], flows: tuple[str, ...], as_json: bool) -> ExitCode:
    """Record into TAPE what passes between a connector and the shop of ENV, secrets masked.

    Without --flow and COMMAND, a proxy waits for your connector until Ctrl-C. COMMAND finds the proxy's address in
    UPDATEGATE_PROXY_URL.
    """
    if flows and command:
        raise click.UsageError("Give either --flow or a command, not both.")
    environment = _environment(env)
    screen = console(as_json=as_json)
    try:
        done = record(
            environment,
            tape,
            flows=flows,
            command=command,
            ready=lambda url: screen.print(f"Recording {environment.url} at {url}"),
            until_interrupted=_until_interrupted,
        )
    except (ShopError, CounterpartError) as error:
        click.echo(str(error), err=True)
        return ExitCode.INCONCLUSIVE
    screen.print(f"{done.exchanges} exchanges in {done.file}")
    if as_json:
        schema = str(done.schema) if done.schema else None
        print_json({"tape": str(done.file), "exchanges": done.exchanges, "schema": schema, "code": done.code})
    if done.exchanges == 0 or done.code:
        return ExitCode.INCONCLUSIVE
    return ExitCode.PASS


@contract.command("replay")
@click.argument("env")
@click.argument("tape", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--reads", "reads_file", type=click.Path(path_type=Path, dir_okay=False),
    help="A YAML file with the fields that the connector reads.",
)  # fmt: skip
@json_option
def replay_command(env: str, tape: Path, reads_file: Path | None, as_json: bool) -> ExitCode:
    """Replay TAPE against the shop of ENV: 0 nothing changed for the connector, 1 something did, 3 undecided."""
    environment = _environment(env)
    exchanges = read_tape(tape)
    reads = reads_from(reads_file) if reads_file else None
    try:
        found = replay(environment, exchanges, reads=reads, schema=_schema(tape))
    except ShopError as error:
        click.echo(str(error), err=True)
        return ExitCode.INCONCLUSIVE
    code = exit_code_of(found)
    _show(found, as_json=as_json)
    if as_json:
        print_json(
            {
                "exit_code": int(code),
                "replayed": found.replayed,
                "changes": [change.to_json() for change in found.changes],
                "skipped": found.skipped,
                "undecided": found.undecided,
                "hints": [hint.to_json() for hint in found.hints],
                "left": found.left,
            }
        )
    return code


def exit_code_of(found: Replay) -> ExitCode:
    """1 for any change; nothing replayed, or only in part decided, is no pass."""
    if found.changes:
        return ExitCode.FAIL
    if not found.replayed or found.undecided or any("permit" in reason for reason in found.skipped):
        return ExitCode.INCONCLUSIVE
    return ExitCode.PASS


def _show(found: Replay, *, as_json: bool) -> None:
    screen = console(as_json=as_json)
    for change in found.changes[:SHOWN]:
        screen.print(f"✗ {change}", markup=False)
    if len(found.changes) > SHOWN:
        screen.print(f"… and {len(found.changes) - SHOWN} more (--json lists all)")
    for text in found.undecided[:SHOWN]:
        screen.print(f"? {text}", markup=False)
    for reason, count in sorted(found.skipped.items()):
        screen.print(f"- {count} not replayed: {reason}", markup=False)
    for hint in found.hints[:SHOWN]:
        screen.print(f"(hint of the schema) {hint}", markup=False)
    for text in found.left:
        screen.print(f"Left in the shop: {text}", markup=False)
    screen.print(f"{found.replayed} exchanges replayed, {len(found.changes)} changes for this connector")


def _environment(name: str) -> Environment:
    file = environment_path(
        name, project_root() if "/" not in name and not name.endswith((".yaml", ".yml")) else Path()
    )
    return load_environment(file)


def _schema(tape: Path) -> Json:
    file = schema_file(tape)
    try:
        return read_json(file.read_text(encoding="utf-8")) if file.is_file() else None
    except ValueError:
        return None


def _until_interrupted() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("")
