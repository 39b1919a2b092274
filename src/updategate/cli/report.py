"""``updategate report``: one Allure report of several runs, and the verdict's pages again."""

from __future__ import annotations

from pathlib import Path

import click
from pydantic import ValidationError

from updategate.cli.options import console, json_option, print_json
from updategate.config.errors import ConfigError
from updategate.config.exit_codes import ExitCode
from updategate.config.process_environment import browser_path, for_child, pipeline_build
from updategate.evidence.reader import RunEvidence, read_run
from updategate.evidence.writer import FILE_NAME
from updategate.gate.verdict import Verdict
from updategate.reports.allure.gathering import RESULTS, gather
from updategate.reports.allure.generation import AllureMissingError, generate
from updategate.reports.html import write_verdict_page
from updategate.reports.pdf import PdfError, print_pdf
from updategate.reports.publish import JSON_NAME
from updategate.reports.words import LANGUAGES


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", type=click.Path(path_type=Path))
@click.option(
    "--verdict",
    "verdict_file",
    type=click.Path(path_type=Path),
    help="The verdict.json of these runs.  [default: the one in a RUN's folder]",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("reports/allure"),
    show_default=True,
    help="Folder for results, report and history.",
)
@click.option("--results-only", is_flag=True, help="Leave Allure 2 results for another tool, and generate nothing.")
@click.option("--pdf", is_flag=True, help="Print the verdict pages as PDF too (needs a Chromium).")
@json_option
def report(
    runs: tuple[Path, ...], verdict_file: Path | None, output: Path, results_only: bool, pdf: bool, as_json: bool
) -> ExitCode:
    """Generate one Allure 3 report of RUNs (suites, prices, load, compat, update), with history.

    A RUN is a run's folder, or the folder of an update, which holds several. Where a verdict is known, its pages are
    written again into its folder. Exit code 0: the report is there and Allure's quality gate has nothing against it,
    1: the quality gate has (a second lock: the verdict is `updategate gate`'s), 3: only the results could be left.
    """
    evidence = [part for run in runs for part in _expanded(run)]
    known = verdict_file or next((run / JSON_NAME for run in runs if (run / JSON_NAME).is_file()), None)
    verdict = _read(known) if known else None
    screen = console(as_json=as_json)
    answer: dict[str, object] = {"results": str(output / RESULTS), "report": None, "quality_gate": None}
    if verdict is not None and known is not None:
        pages = _pages(verdict, known.parent, evidence, pdf=pdf)
        answer["pages"] = [str(page) for page in pages]
        for page in pages:
            screen.print(f"Verdict page: {page}", soft_wrap=True)
    gathered = gather(evidence, output / RESULTS, verdict, pipeline_build())
    screen.print(f"{gathered.results} Allure results of {len(evidence)} runs: {gathered.folder}", soft_wrap=True)
    code = ExitCode.PASS
    if not results_only:
        title = f"updategate {verdict.environment}: {verdict.verdict}" if verdict else "updategate"
        try:
            made = generate(gathered, output, title, output / "history.jsonl", for_child({}))
        except AllureMissingError as error:
            click.echo(f"{error}\nThe results are left in {gathered.folder}: Allure 2 reads them too.", err=True)
            code = ExitCode.INCONCLUSIVE
        else:
            answer |= {"report": str(made.page), "quality_gate": "passed" if made.gate_passed else "failed"}
            screen.print(f"Allure report: {made.page}", soft_wrap=True)
            told = "nothing against it" if made.gate_passed else f"against it:\n{made.gate_text}"
            screen.print(
                f"Allure's quality gate (a second lock, not the verdict): {told}", markup=False, soft_wrap=True
            )
            code = ExitCode.PASS if made.gate_passed else ExitCode.FAIL
    if as_json:
        print_json(answer)
    return code


def _expanded(run: Path) -> list[RunEvidence]:
    """The run in a folder, or the runs in the folders below it (an update)."""
    if run.suffix == ".jsonl" or (run / FILE_NAME).is_file() or not run.is_dir():
        return read_run(run)
    below = sorted(folder for folder in run.iterdir() if (folder / FILE_NAME).is_file())
    if not below:
        return read_run(run)
    return [part for folder in below for part in read_run(folder)]


def _read(path: Path) -> Verdict:
    try:
        return Verdict.model_validate_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"The verdict cannot be read: {error.strerror}."
        raise ConfigError.single(str(path), "", message, "Name the verdict.json that the gate wrote.") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigError.single(str(path), key, f"This is no verdict: {first['msg']}.") from None


def _pages(verdict: Verdict, folder: Path, evidence: list[RunEvidence], *, pdf: bool) -> list[Path]:
    """The pages alone: verdict.json may have been signed as it is."""
    phases = {reference.run: reference.phase for reference in verdict.provenance.runs}
    before, after = ([run for run in evidence if phases.get(run.name) == phase] for phase in ("before", "after"))
    pages = [write_verdict_page(verdict, folder, language, before=before, after=after) for language in LANGUAGES]
    if pdf:
        try:
            pages += [print_pdf(page, browser_path()) for page in pages]
        except PdfError as error:
            click.echo(str(error), err=True)
    return pages
