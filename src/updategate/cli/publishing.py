"""What every verb that ends in a verdict does with it: files, PDF, the pipeline's own places, the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from updategate.cli.following import note_verdict
from updategate.cli.options import console
from updategate.config.process_environment import browser_path, github_step, signing_key
from updategate.evidence.reader import RunEvidence
from updategate.gate.verdict import Verdict
from updategate.promotion.signing import SigningKey, read_key, sign_verdict
from updategate.reports.pdf import PdfError, print_pdf
from updategate.reports.publish import Published, publish, tell_github
from updategate.reports.terminal import show_verdict

VERDICT_FILE = "verdict.json"
pdf_option = click.option("--pdf", is_flag=True, help="Print the verdict pages as PDF too (needs a Chromium).")


def key_for_verdicts() -> SigningKey | None:
    """The key that verdicts are signed with, if one is given; a ConfigError where it is none, also hours before."""
    given = signing_key()
    return read_key(*given) if given else None


def publish_verdict(
    verdict: Verdict,
    folder: Path,
    *,
    before: Sequence[RunEvidence],
    after: Sequence[RunEvidence],
    as_json: bool,
    pdf: bool = False,
) -> Published:
    """Write all files of a verdict, sign it where a key is given, show it, and tell the pipeline that this runs in."""
    signing = key_for_verdicts()
    published = publish(verdict, folder, before=before, after=after)
    if signing is not None:
        sign_verdict(folder / VERDICT_FILE, signing)
    shown = list(published.pages)
    screen = console(as_json=as_json)
    if pdf:
        try:
            shown += [print_pdf(page, browser_path()) for page in published.pages]
        except PdfError as error:
            click.echo(str(error), err=True)
    show_verdict(screen, verdict, shown)
    note_verdict(verdict, screen)
    inside, summary = github_step()
    if inside:
        click.echo(tell_github(verdict, summary), nl=False, err=as_json)
    return published
