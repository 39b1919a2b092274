"""``updategate promote``: decide whether a validated build may go one stage further."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from updategate.cli.options import console, json_option, policy_option, print_json, project_root
from updategate.config.exit_codes import ExitCode
from updategate.config.policy import load_policy, policy_path
from updategate.config.stages import load_stages, stages_path
from updategate.evidence.provenance import file_hash
from updategate.operations.promote import Promotion, Request, promote
from updategate.promotion.ledger import LedgerError

CODES = {"promoted": ExitCode.PASS, "refused": ExitCode.FAIL, "undecided": ExitCode.INCONCLUSIVE}
stages_option = click.option(
    "--stages", type=click.Path(path_type=Path), help="The stages file.  [default: ci/stages.yaml]"
)


@click.command("promote")
@click.argument("verdict", type=click.Path(path_type=Path))
@click.option("--to", required=True, help="The stage that the build shall go to: staging or production.")
@stages_option
@policy_option
@click.option("--dry-run", is_flag=True, help="Decide, and write nothing into the ledger.")
@json_option
def promote_verdict(verdict: Path, to: str, stages: Path | None, policy: str, dry_run: bool, as_json: bool) -> ExitCode:
    """Decide whether the build of VERDICT may go to the next stage, and write the answer into the ledger.

    VERDICT is a verdict.json or its folder. Both shops are asked, and only read. Exit code 0: promoted, 1: refused,
    2: a mistake in a file, 3: not decided.
    """
    root = project_root()
    stages_file = stages_path(stages, root)
    policy_file = policy_path(policy, root)
    request = Request(
        root=root,
        verdict=verdict,
        stages=load_stages(stages_file),
        stages_source=str(stages_file),
        to=to,
        policy=load_policy(policy_file),
        policy_hash=file_hash(policy_file),
        rehearsal=dry_run,
    )
    try:
        done = promote(request)
    except LedgerError as error:
        click.echo(f"{error}. Nothing was promoted.", err=True)
        return ExitCode.INCONCLUSIVE
    screen = console(as_json=as_json)
    _show(screen, done, to)
    if as_json:
        print_json(_summary(done))
    return CODES[done.decision.outcome]


def _show(screen: Console, done: Promotion, to: str) -> None:
    decision = done.decision
    build = done.verdict.build.after
    what = f"Shopware {build.core}" if build else "a build that is not known"
    fingerprint = done.verdict.fingerprint
    if fingerprint:
        what += f" (fingerprint {fingerprint.build[:12]})"
    headlines = {
        "promoted": f"[green]Promoted[/green] to {to}: {what}",
        "refused": f"[red]Refused[/red]: {what} does not go to {to}",
        "undecided": f"[yellow]Not decided[/yellow] whether {what} may go to {to}",
    }
    screen.print(headlines[decision.outcome])
    for mark, texts in (("✗", decision.refusals), ("?", decision.doubts), ("·", decision.notes)):
        for text in texts:
            screen.print(f"  {mark} {escape(text)}")
    if done.entry is None:
        screen.print("Nothing was written: this was a rehearsal (--dry-run).")
    else:
        screen.print(f"Entry {done.entry.seq} of {escape(str(done.ledger))}; keep its head elsewhere:")
        screen.print(f"  {done.entry.seq}:{done.entry.link}")


def _summary(done: Promotion) -> dict[str, object]:
    decision, entry = done.decision, done.entry
    return {
        "outcome": decision.outcome,
        "refusals": decision.refusals,
        "doubts": decision.doubts,
        "notes": decision.notes,
        "fingerprint": done.verdict.fingerprint.build if done.verdict.fingerprint else None,
        "ledger": str(done.ledger),
        "head": f"{entry.seq}:{entry.link}" if entry else None,
    }
