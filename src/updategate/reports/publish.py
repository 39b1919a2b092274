"""All files of a verdict, written together: for people, for pipelines, and for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from updategate.evidence.reader import RunEvidence
from updategate.gate.verdict import Verdict
from updategate.reports.html import page_name, write_verdict_page
from updategate.reports.junit import verdict_junit
from updategate.reports.pipelines import github_annotations, gitlab_code_quality, markdown
from updategate.reports.words import LANGUAGES

JSON_NAME = "verdict.json"
JUNIT_NAME = "verdict.junit.xml"
CODE_QUALITY_NAME = "verdict.gitlab.json"


@dataclass(frozen=True, slots=True)
class Published:
    """Where the files are: the pages by language, and the others."""

    pages: tuple[Path, ...]
    files: tuple[Path, ...]


def publish(
    verdict: Verdict, folder: Path, *, before: Sequence[RunEvidence] = (), after: Sequence[RunEvidence] = ()
) -> Published:
    """Write ``verdict.json``, the pages, a summary in Markdown, JUnit XML and GitLab's report into ``folder``.

    The JSON comes last: where it stands, everything stands.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = tuple(write_verdict_page(verdict, folder, language, before=before, after=after) for language in LANGUAGES)
    texts = {
        JUNIT_NAME: verdict_junit(verdict),
        CODE_QUALITY_NAME: gitlab_code_quality(verdict),
        **{
            Path(page_name(language)).with_suffix(".md").name: markdown(verdict, language, page_name(language))
            for language in LANGUAGES
        },
        JSON_NAME: verdict.to_json(),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Published(pages, tuple(folder / name for name in texts))


def tell_github(verdict: Verdict, summary: Path | None) -> str:
    """Append to the job summary and return the annotations to print; for a step of a GitHub workflow."""
    if summary is not None:
        with summary.open("a", encoding="utf-8") as file:
            file.write(markdown(verdict) + "\n")
    return github_annotations(verdict)
