"""``updategate ledger``: show the promotions, find every change of the ledger, make a signing key."""

from __future__ import annotations

import re
from pathlib import Path

import click
from rich.table import Table

from updategate.cli.options import console, json_option, print_json, project_root
from updategate.cli.promote import stages_option
from updategate.config.errors import ConfigError
from updategate.config.exit_codes import ExitCode
from updategate.config.stages import load_stages, stages_path
from updategate.operations.promote import ledger_path
from updategate.promotion.ledger import Examination, examine
from updategate.promotion.signing import new_key


@click.group()
def ledger() -> None:
    """The append-only ledger of promotions (its place stands in ci/stages.yaml)."""


@ledger.command()
@stages_option
@click.option("--head", metavar="COUNT:HASH", help="A head that was kept elsewhere, as 'promote' printed it.")
@click.option("--copy", type=click.Path(path_type=Path), help="Another copy of the ledger.")
@json_option
def verify(stages: Path | None, head: str | None, copy: Path | None, as_json: bool) -> ExitCode:
    """Find every changed byte, and every entry that was removed, put in, or moved.

    Exit code 0: untouched, 1: changed, 3: it cannot be told. That the end was cut off shows only against the head file,
    --head or --copy.
    """
    path, found = _examined(stages, _head(head), copy)
    screen = console(as_json=as_json)
    for damage in found.damages:
        screen.print(f"[red]changed[/red] {damage}", markup=True)
    for doubt in found.doubts:
        screen.print(f"[yellow]not known[/yellow] {doubt}")
    for note in found.notes:
        screen.print(f"  {note}")
    if not found.damages and not found.doubts:
        screen.print(f"{path}: {len(found.entries)} entries, untouched. Head: {found.head.text}")
    if as_json:
        print_json(
            {
                "ledger": str(path),
                "entries": len(found.entries),
                "head": found.head.text,
                "changed": [{"line": damage.line, "message": damage.message} for damage in found.damages],
                "not_known": list(found.doubts),
                "notes": list(found.notes),
            }
        )
    if found.damages:
        return ExitCode.FAIL
    return ExitCode.INCONCLUSIVE if found.doubts else ExitCode.PASS


@ledger.command()
@stages_option
@json_option
def show(stages: Path | None, as_json: bool) -> ExitCode:
    """List the promotions. Exit code 3 where the ledger was changed: see 'verify'."""
    path, found = _examined(stages, None, None)
    if as_json:
        print_json({"ledger": str(path), "entries": [entry.model_dump(mode="json") for entry in found.entries]})
    elif not found.entries:
        console().print(f"{path} has no entries yet.")
    else:
        table = Table("", "when", "what", "to", "Shopware", "fingerprint", "by")
        for entry in found.entries:
            row = (str(entry.seq), entry.at[:19].replace("T", " "), entry.event, entry.stage, entry.core or "–")
            table.add_row(*row, (entry.build or "–")[:12], entry.by)
        console().print(table)
    if found.damages:
        click.echo(f"{path} was changed: {found.damages[0]}.", err=True)
        return ExitCode.INCONCLUSIVE
    return ExitCode.PASS


@ledger.command("new-key")
@click.argument("file", type=click.Path(path_type=Path))
def make_key(file: Path) -> ExitCode:
    """Write a new Ed25519 private key to FILE, and print its public half for the stages file."""
    key = new_key(file)
    screen = console()
    screen.print(
        f"Private key in {file}: give it to the pipeline as UPDATEGATE_SIGNING_KEY_FILE, and commit it nowhere."
    )
    screen.print("For ci/stages.yaml:")
    screen.print(f"  trusted_keys:\n    - {{name: pipeline, public: {key.public}}}", markup=False)
    return ExitCode.PASS


def _examined(stages: Path | None, head: tuple[int, str] | None, copy: Path | None) -> tuple[Path, Examination]:
    root = project_root()
    described = load_stages(stages_path(stages, root))
    path = ledger_path(described, root)
    if not path.is_file() and head is None and copy is None:
        raise ConfigError.single(
            str(path), "", "There is no ledger yet.", "'updategate promote' writes its first entry."
        )
    return path, examine(path, described.trusted_keys, known_head=head, copy=copy)


def _head(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    match = re.fullmatch(r"(\d+):([0-9a-f]{64})", text.strip())
    if match is None:
        raise click.UsageError(f"--head is written COUNT:HASH, as 'updategate promote' prints it, not '{text}'.")
    return int(match[1]), match[2]
