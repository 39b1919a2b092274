"""``updategate gate``: judge the evidence of runs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from updategate.cli.options import json_option, policy_option, project_root
from updategate.cli.publishing import pdf_option, publish_verdict
from updategate.config.exit_codes import ExitCode, of_verdict
from updategate.config.policy import load_policy, policy_path
from updategate.evidence.provenance import file_hash
from updategate.evidence.reader import read_run
from updategate.gate.judge import judge


@click.command()
@click.option("--before", multiple=True, type=click.Path(path_type=Path), help="A run from before the update; several.")
@click.option(
    "--after", multiple=True, required=True, type=click.Path(path_type=Path), help="A run from after; several."
)
@policy_option
@click.option("--output", type=click.Path(path_type=Path), help="Folder for the verdict.  [default: the after run's]")
@pdf_option
@json_option
def gate(
    before: tuple[Path, ...], after: tuple[Path, ...], policy: str, output: Path | None, pdf: bool, as_json: bool
) -> ExitCode:
    """Decide whether the update may go one stage further.

    Writes verdict.json, the verdict page (English and German) and the files for pipelines.

    Exit code 0: pass, 1: fail, 3: inconclusive.
    """
    policy_file = policy_path(policy, project_root() if "/" not in policy and "." not in policy else Path.cwd())
    after_runs = [part for run in after for part in read_run(run)]
    before_runs = [part for run in before for part in read_run(run)]
    verdict = judge(
        after_runs,
        before_runs,
        load_policy(policy_file),
        datetime.now(UTC),
        policy_source=str(policy_file),
        policy_hash=file_hash(policy_file),
    )
    folder = output or (after[0] if after[0].is_dir() else after[0].parent)
    publish_verdict(verdict, folder, before=before_runs, after=after_runs, as_json=as_json, pdf=pdf)
    if as_json:
        click.echo(verdict.to_json(), nl=False)
    return of_verdict(verdict.verdict)
