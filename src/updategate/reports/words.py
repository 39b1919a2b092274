"""The words of the reports for stakeholders, in English and German."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal, cast

import yaml

from updategate.gate.verdict import ProcessResult, Reason, Verdict

Language = Literal["en", "de"]
LANGUAGES: tuple[Language, ...] = ("en", "de")


@cache
def _file(name: str) -> dict[str, Any]:
    text = (resources.files("updategate.reports") / "words" / f"{name}.yaml").read_text(encoding="utf-8")
    return cast("dict[str, Any]", yaml.load(text, Loader=yaml.CSafeLoader))


@cache
def words(language: Language) -> Mapping[str, str]:
    """The words of the pages by key; a key that does not exist is a KeyError."""
    return {key: entry[language] for key, entry in _file("page").items()}


@cache
def states(kind: Literal["status", "change", "tile", "pace", "price"], language: Language) -> Mapping[str, str]:
    """Words for statuses of a process, what became of it, tiles, results of a comparison, and figures of a price."""
    return {key: entry[language] for key, entry in _file("states")[kind].items()}


def reason_codes(language: Language) -> frozenset[str]:
    """Codes of reasons that have a sentence of their own in a language."""
    return frozenset(_file("reasons").get(language, ()))


def reason_text(reason: Reason, language: Language) -> str:
    """A reason as a sentence in the reader's language; a code without one in it is told as the gate wrote it."""
    sentences = _file("reasons").get(language, {}).get(reason.code)
    if sentences is None:
        return reason.message
    title = reason.facts.get(f"title_{language}") or reason.title or ""
    facts = {"subject": f"{reason.process or ''} {title}".strip(), **reason.facts}
    full, _, short = sentences.partition("|")
    try:
        return str(full.format(**facts))
    except KeyError:
        return str(short.format(**facts))


def title_of(result: ProcessResult, language: Language) -> str:
    """What a process is called in a language: in English, where it has no other title."""
    return (result.title_de if language == "de" else "") or result.title


def headline(verdict: Verdict, language: Language) -> str:
    """The verdict in one sentence; it says when performance was left out."""
    text = words(language)
    against = sum(1 for reason in verdict.reasons if reason.weight == "fail")
    carried_out = [result for result in verdict.comparison.processes if result.after in ("passed", "failed")]
    passed = sum(1 for result in carried_out if result.after == "passed")
    if passed == len(carried_out):
        carried = text["carried_one" if passed == 1 else "carried_many"].format(count=passed)
    else:
        carried = text["carried_but"].format(count=passed, all=len(carried_out))
    told = text[f"headline_{verdict.verdict}"].format(
        carried=carried, against=text["against_one" if against == 1 else "against_many"].format(count=against)
    )
    return f"{told} {text['performance_not_compared']}" if verdict.performance == "not_tested" else told


def prices_told(verdict: Verdict, language: Language) -> str:
    """What the price ledgers say together; empty where there are none."""
    text, summary = words(language), verdict.ledger_summary
    if summary is None or not summary.compared:
        return ""
    key = "prices_differ" if summary.differing else "prices_alike"
    return text[key].format(count=summary.compared, differing=summary.differing)


def parted(verdict: Verdict) -> tuple[list[ProcessResult], list[str]]:
    """What changed or was not tested, and the ids of what this shop has not got: nobody needs a row for each."""
    changed = [result for result in verdict.comparison.processes if result.change != "unchanged"]
    absent = [result for result in changed if {result.before, result.after} == {"not_applicable"}]
    return [result for result in changed if result not in absent], [result.process for result in absent]


MOST_PLUGINS = 3


def step_of(verdict: Verdict, language: Language) -> str:
    """Which step the update takes: that of the core, or, where the core stays, those of plugins."""
    unknown, before, after = words(language)["unknown"], verdict.build.before, verdict.build.after
    old, new = (build.core if build else unknown for build in (before, after))
    if old != new or before is None or after is None:
        return f"Shopware {old} → {new}" if before else f"Shopware {new}"
    was = {plugin.name: plugin.version for plugin in before.plugins}
    steps = [
        f"{one.name} {was[one.name]} → {one.version}"
        for one in after.plugins
        if was.get(one.name, one.version) != one.version
    ]
    more = ["…"] if len(steps) > MOST_PLUGINS else []
    return ", ".join([f"Shopware {new}", *steps[:MOST_PLUGINS], *more])
