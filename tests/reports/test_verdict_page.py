"""The verdict page: what a stakeholder reads, in both languages, and nothing of the shop's read as HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from tests.gate.conftest import OLD, PASSED, Judged, RunOf, failed, judged
from updategate.evidence.records import ProcessFinished
from updategate.gate.verdict import Verdict
from updategate.reports.html import verdict_page
from updategate.reports.words import CHANGES, GERMAN_REASONS, LANGUAGES, TEXTS, headline

__all__ = ["judged"]


@pytest.fixture
def verdicts(judged: Judged, tmp_path: object) -> dict[str, Verdict]:
    import shutil
    from pathlib import Path

    folder = Path(str(tmp_path))
    found = {}
    for name, after in {
        "pass": RunOf(PASSED),
        "fail": RunOf({**PASSED, "CHK-001": failed("CHK-001")}),
        "inconclusive": RunOf({**PASSED, "CHK-001": "broken"}),
    }.items():
        found[name] = judged(RunOf(PASSED, build=OLD), after)
        for part in ("before", "after"):
            shutil.rmtree(folder / part)
    return found


class Balance(HTMLParser):
    """Fails on a tag that is closed without having been opened."""

    VOID = frozenset({"meta", "br", "link", "img", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["pass", "fail", "inconclusive"])
def test_page_says_the_verdict_first_and_asks_nothing_of_the_network(
    verdicts: dict[str, Verdict], name: str, language: str
) -> None:
    page = verdict_page(verdicts[name], language)
    assert f'<html lang="{language}">' in page
    assert f"<strong>{TEXTS[language][name]}</strong>" in page
    assert headline(verdicts[name], language) in page
    assert re.findall(r'(?:src|href)="(?!#|verdict)', page) == []
    assert "url(" not in page
    balance = Balance()
    balance.feed(page)
    assert balance.open == []


def test_page_shows_expected_and_actual(verdicts: dict[str, Verdict]) -> None:
    page = verdict_page(verdicts["fail"], "de")
    assert "CHK-001 A guest orders funktioniert nicht mehr" in page
    assert re.search(r"Erwartet</dt><dd>11\.90 EUR</dd><dt>Tatsächlich</dt><dd>11\.89 EUR", page)


def test_headline_says_that_performance_was_not_compared(verdicts: dict[str, Verdict]) -> None:
    assert "Performance was not compared" in headline(verdicts["pass"], "en")
    assert "Die Geschwindigkeit wurde nicht verglichen" in headline(verdicts["pass"], "de")


def test_nothing_of_the_shop_is_read_as_html(judged: Judged) -> None:
    attack = "<script>alert(1)</script>"
    result = ProcessFinished(
        process="CHK-001", status="failed", seconds=1, message=attack, expected=attack, actual=f'"{attack}'
    )
    page = verdict_page(judged(None, RunOf({**PASSED, "CHK-001": result})), "en")
    assert attack not in page
    assert page.count("&lt;script&gt;") >= 3


def test_both_languages_have_the_same_words() -> None:
    assert TEXTS["de"].keys() == TEXTS["en"].keys()
    assert CHANGES["de"].keys() == CHANGES["en"].keys()
    assert all("{" not in re.sub(r"\{(subject|message)\}", "", text) for text in GERMAN_REASONS.values())
