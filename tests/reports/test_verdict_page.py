"""The verdict page: what a stakeholder reads, in both languages, and nothing of the shop's read as HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from time import perf_counter

import pytest
import yaml

from tests.gate.conftest import OLD, PASSED, Judged, RunOf, failed, judged
from tests.reports.stories import HOSTILE, Kind, Story, tell
from updategate.gate.verdict import Verdict
from updategate.reports.html import verdict_page, write_verdict_page
from updategate.reports.words import LANGUAGES, Language, headline, reason_codes, reason_text, states, words

__all__ = ["judged"]
ROOT = Path(__file__).parents[2]
KINDS: tuple[Kind, ...] = ("pass", "fail", "inconclusive")


def page_of(story: Story, language: Language, folder: Path | None = None) -> str:
    return verdict_page(story.verdict, language, before=story.before, after=story.after, folder=folder)


class Reader(HTMLParser):
    """Collects ids, links and text; fails on a tag that is closed without having been opened."""

    VOID = frozenset({"meta", "br", "link", "img", "input"})
    INSIDE_SVG = frozenset({"line", "circle", "rect", "polyline"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.own_words: list[str] = []  # without what is marked as a quotation in English
        self.quoting: list[bool] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in self.VOID:
            self.open.append(tag)
            self.quoting.append(("lang", "en") in attrs and tag != "html")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        assert tag in self.VOID | self.INSIDE_SVG

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.quoting.pop()

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)
            if not any(self.quoting):
                self.own_words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_the_stories_end_as_their_names_say(stories: dict[Kind, Story]) -> None:
    assert {kind: story.verdict.verdict for kind, story in stories.items()} == {kind: kind for kind in KINDS}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_page_says_the_verdict_first_and_asks_nothing_of_the_network(
    stories: dict[Kind, Story], kind: Kind, language: Language
) -> None:
    page = page_of(stories[kind], language)
    assert f'<html lang="{language}">' in page
    assert page.index(words(language)[kind] + "</strong>") < page.index(words(language)["processes"] + "</h2>")
    assert headline(stories[kind].verdict, language) in page
    read = Reader(page)
    assert [link for link in read.links if not link.startswith(("#", "verdict"))] == []
    assert "url(" not in page
    assert "<script" not in page
    assert len(read.ids) == len(set(read.ids))


@pytest.mark.parametrize("kind", KINDS)
def test_every_link_within_the_page_leads_somewhere(stories: dict[Kind, Story], kind: Kind) -> None:
    read = Reader(page_of(stories[kind], "en"))
    inside = {link.removeprefix("#") for link in read.links if link.startswith("#")}
    assert inside - set(read.ids) == set()
    assert len(inside) > 30


def test_every_claim_leads_to_its_evidence(stories: dict[Kind, Story]) -> None:
    story = stories["fail"]
    page = page_of(story, "en")
    for result in story.verdict.comparison.processes:
        for reference in (result.evidence_before, result.evidence_after):
            assert reference is not None
            run, _, line = reference.rpartition(":")
            assert f"{run}, line {line}" in page, f"{result.process}: {reference} is not in the page"
    section = page[page.index('id="prices"') : page.index('id="speed"')]
    assert section.count('class="proof"') == 2 * len(story.verdict.ledger) > 0


def test_page_shows_what_differs_between_expected_and_actual(judged: Judged) -> None:
    verdict = judged(RunOf(PASSED, build=OLD), RunOf({**PASSED, "CHK-001": failed("CHK-001")}))
    page = verdict_page(verdict, "de")
    assert "CHK-001 A guest orders: funktioniert nicht mehr" in page
    assert "<dt>Erwartet</dt><dd><mark>11.90</mark> EUR</dd><dt>Tatsächlich</dt><dd><mark>11.89</mark> EUR" in page


def test_three_reasons_at_the_top_are_of_three_kinds(stories: dict[Kind, Story]) -> None:
    page = page_of(stories["fail"], "en")
    top = Reader(page[page.index('<ol class="reasons">') : page.index("</ol>")] + "</ol>").text
    assert "does not work any more; it did before the update" in top
    assert "prices changed" in top
    assert "must be adjusted before the update" in top or "is slower than before" in top
    assert "and 2 more of this kind" in top


def test_changed_processes_come_first_and_what_works_is_shown_apart(stories: dict[Kind, Story]) -> None:
    page = page_of(stories["fail"], "en")
    rows = re.findall(r'<tr id="p-([^"]+)">', page)
    regressed = stories["fail"].verdict.comparison.regressed
    assert tuple(rows[:3]) == regressed
    assert set(rows) == set(regressed) | set(stories["fail"].verdict.comparison.pre_existing)
    assert "20 processes work, before and after" in page


def test_speed_is_drawn_from_the_samples_themselves(stories: dict[Kind, Story]) -> None:
    page = page_of(stories["fail"], "en")
    assert page.count('<svg class="chart"') == 1 + 4  # intervals, and one distribution for each group of requests
    assert page.count('class="curve before"') == page.count('class="curve after"') == 4
    assert 'aria-label="Response times of order"' in page


def test_samples_that_were_changed_are_not_drawn(tmp_path: Path) -> None:
    story = tell(tmp_path, "pass", processes=10)
    samples = tmp_path / "load" / "samples" / "after" / "u0p0a0.npz"
    samples.write_bytes(samples.read_bytes() + b"x")
    page = page_of(story, "en")
    assert 'class="curve' not in page
    assert 'class="mark after"' in page
    assert "not the samples that were measured" in page


def test_headline_says_that_performance_was_not_compared(tmp_path: Path) -> None:
    verdict = tell(tmp_path, "pass", processes=10, performance=False).verdict
    assert "Performance was not compared" in headline(verdict, "en")
    assert "Die Geschwindigkeit wurde nicht verglichen" in headline(verdict, "de")


def test_headline_counts_what_works(stories: dict[Kind, Story]) -> None:
    assert "23 of 24 business processes carried out work" in headline(stories["pass"].verdict, "en")
    assert "findings speak against it" in headline(stories["fail"].verdict, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_the_shop_is_read_as_html(hostile: Story, language: Language) -> None:
    page = page_of(hostile, language)
    assert HOSTILE not in page
    read = Reader(page)
    assert "onerror" not in read.attributes
    assert "img" not in read.tags
    assert read.text.count("alert(1)") > 20
    assert "{{7*7}}" in read.text


@pytest.mark.parametrize("name", ["page", "states"])
def test_every_word_exists_in_both_languages(name: str) -> None:
    data = yaml.safe_load((ROOT / f"src/updategate/reports/words/{name}.yaml").read_text(encoding="utf-8"))
    entries = data if name == "page" else {f"{kind}.{key}": entry for kind in data for key, entry in data[kind].items()}
    for key, entry in entries.items():
        assert set(entry) == {"en", "de"}, key
        assert all(isinstance(text, str) and text.strip() for text in entry.values()), key
        english, german = (set(re.findall(r"\{\w+\}", entry[language])) for language in ("en", "de"))
        assert english == german, key


def test_every_reason_has_a_german_sentence() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/updategate/gate").glob("*.py"))
    codes = set(re.findall(r'(?:code=|doubt\(\s*|_reason\((?:entry, )?)"([a-z_]+)"', source))
    reader = (ROOT / "src/updategate/evidence/reader.py").read_text(encoding="utf-8")
    codes |= {f"evidence_{code}" for code in re.findall(r'Defect\(\s*"([a-z_]+)"', reader)}
    assert len(codes) > 30
    assert sorted(codes - reason_codes("de")) == []


def test_the_german_page_says_every_reason_in_german(stories: dict[Kind, Story]) -> None:
    for story in stories.values():
        for reason in story.verdict.reasons:
            assert reason_text(reason, "de") != reason.message
            assert "{" not in reason_text(reason, "de")


def test_statuses_are_said_in_the_readers_language(stories: dict[Kind, Story]) -> None:
    read = Reader(page_of(stories["inconclusive"], "de"))
    assert states("status", "de")["broken"] in read.text
    own = " ".join(read.own_words)
    for english in ("passed", "failed", "broken", "regressed", "inconclusive", "not tested", "evidence"):
        assert re.search(rf"\b{english}\b(?!:)", own) is None, english


def test_150_processes_are_written_quickly_and_are_small_enough_for_a_mail(tmp_path: Path) -> None:
    story = tell(tmp_path, "fail", processes=150)
    begun = perf_counter()
    pages = [
        write_verdict_page(story.verdict, tmp_path, language, before=story.before, after=story.after)
        for language in LANGUAGES
    ]
    assert perf_counter() - begun < 5
    assert all(page.stat().st_size < 2_000_000 for page in pages)


def test_old_verdicts_without_their_evidence_can_still_be_shown(stories: dict[Kind, Story]) -> None:
    old = Verdict.model_validate_json(stories["fail"].verdict.to_json())
    page = verdict_page(old, "en")
    assert "The evidence itself was not at hand" in page
    Reader(page)
