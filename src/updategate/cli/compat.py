"""``updategate compat``: what an update breaks in a shop's plugins, themes and own code."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from updategate.compat.analysis import Options, analyse
from updategate.compat.block_comments import write_block_comments
from updategate.compat.building import default_processes
from updategate.compat.checks.database import MODES
from updategate.compat.model import CompatError, Report
from updategate.compat.outputs.adjustments import write_documents
from updategate.compat.outputs.annotations import github, gitlab
from updategate.compat.outputs.data import report_data, write_evidence
from updategate.compat.outputs.junit import junit
from updategate.compat.outputs.sarif import sarif
from updategate.compat.outputs.terminal import print_report
from updategate.compat.waivers import read_waivers
from updategate.config.exit_codes import ExitCode
from updategate.evidence.writer import EvidenceLostError

_path = click.Path(path_type=Path)


@click.command("compat")
@click.option("--project", type=_path, default=Path(), help="The shop's repository, a folder of plugins, or a plugin.")
@click.option(
    "--core",
    "cores",
    type=_path,
    multiple=True,
    required=True,
    help="Shopware's source: a git repository with tags (bare or not); or twice, before and after: a folder, a vendor"
    " folder or a repository each.",
)
@click.option("--from", "version_from", default="", help="The version the shop runs, like 6.5.8.14.")
@click.option("--to", "version_to", required=True, help="The version it is to be updated to.")
@click.option("--plugin", "only", multiple=True, help="Check only this plugin; several.")
@click.option("--own", multiple=True, help="A plugin that your own team maintains; several. Others are vendors'.")
@click.option("--php", default="", help="PHP version of the shop, like 8.2.")
@click.option(
    "--destructive", type=click.Choice(MODES), default="safe", show_default=True,
    help="Mode of the destructive migrations (--version-selection-mode of system:update:finish).",
)  # fmt: skip
@click.option("--waivers", type=_path, help="YAML file of accepted findings with reason and end date.")
@click.option("--announced", is_flag=True, help="The target's source is not at hand: judge by what --from announces.")
@click.option("--adjustments", type=_path, help="Folder of the adjustment document, kept under version control.")
@click.option("--sarif", "sarif_file", type=_path, help="Write SARIF 2.1.0.")
@click.option("--junit", "junit_file", type=_path, help="Write JUnit XML, passed checks included.")
@click.option("--gitlab", "gitlab_file", type=_path, help="Write GitLab's code quality report.")
@click.option("--github", "github_annotations", is_flag=True, help="Print annotations for GitHub Actions.")
@click.option("--evidence", type=_path, help="Write a run of kind compat for `updategate gate --after`.")
@click.option("--environment", default="compat", show_default=True, help="Environment that --evidence names.")
@click.option("--write-block-comments", is_flag=True, help="Mark Twig overrides with the target's block hashes.")
@click.option("--cache", type=_path, help="Folder of the core inventories.  [default: ~/.cache/updategate/compat]")
@click.option("--no-cache", is_flag=True, help="Read both Shopware trees anew and keep nothing.")
@click.option("--processes", type=click.IntRange(1, 16), default=default_processes, help="Worker processes.")
@click.option("--details", is_flag=True, help="List what is only information, too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
def compat(
    project: Path,
    cores: tuple[Path, ...],
    version_from: str,
    version_to: str,
    only: tuple[str, ...],
    own: tuple[str, ...],
    php: str,
    destructive: str,
    waivers: Path | None,
    announced: bool,
    adjustments: Path | None,
    sarif_file: Path | None,
    junit_file: Path | None,
    gitlab_file: Path | None,
    github_annotations: bool,
    evidence: Path | None,
    environment: str,
    write_block_comments: bool,
    cache: Path | None,
    no_cache: bool,
    processes: int,
    details: bool,
    as_json: bool,
) -> ExitCode:
    """Say what has to be adjusted in plugins, themes and own code before an update, where, and why.

    Exit codes: 0 nothing blocked, 1 something blocked, 2 usage error, 3 inconclusive (nothing ran, or not everything
    could be checked).
    """
    today = datetime.now(UTC).date()
    try:
        options = Options(
            project,
            list(cores),
            version_from,
            version_to,
            cache=None if no_cache else cache or default_cache(),
            processes=processes,
            destructive=destructive,
            php=php,
            announced=announced,
            own=frozenset(own),
            only=frozenset(only),
            waivers=read_waivers(waivers) if waivers is not None else [],
            today=today,
        )
        report = analyse(options)
        written: list[Path] = []
        if adjustments is not None:
            written += write_documents(report, adjustments, today)
        if write_block_comments:
            written += mark_blocks(options)
        written += _write_files(report, sarif_file, junit_file, gitlab_file)
        if evidence is not None:
            written.append(write_evidence(report, evidence, environment, Path.cwd()))
    except CompatError as error:
        raise click.ClickException(str(error)) from error
    except EvidenceLostError as error:
        raise click.ClickException(f"{error}. Give --evidence a new folder.") from error
    except OSError as error:
        raise click.ClickException(f"{error.filename or 'A file'}: {error.strerror or error}") from error
    if as_json:
        click.echo(json.dumps(report_data(report), ensure_ascii=False, indent=2))
    elif not github_annotations:
        print_report(report, Console(highlight=False, soft_wrap=True), details=details)
    if github_annotations:
        click.echo(github(report), nl=False)
    for path in written:
        click.echo(f"Written: {path}", err=as_json or github_annotations)
    return ExitCode(report.exit_code)


mark_blocks = write_block_comments  # the option of the same name hides the function within the command


def _write_files(
    report: Report, sarif_file: Path | None, junit_file: Path | None, gitlab_file: Path | None
) -> list[Path]:
    contents: tuple[tuple[Path | None, Callable[[], str]], ...] = (
        (sarif_file, lambda: json.dumps(sarif(report), indent=2) + "\n"),
        (junit_file, lambda: junit(report)),
        (gitlab_file, lambda: json.dumps(gitlab(report), indent=2) + "\n"),
    )
    written = []
    for path, content in contents:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content(), encoding="utf-8")
            written.append(path)
    return written


def default_cache() -> Path:
    """Where inventories are kept unless --cache says otherwise."""
    return Path.home() / ".cache" / "updategate" / "compat"
