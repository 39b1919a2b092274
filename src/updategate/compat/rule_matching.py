"""Rules of a major step that look at the text of a file: regular expressions with conditions, as data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class TextRule:
    """A pattern over files of some names. `requires` and `unless` look at the whole file."""

    id: str
    files: str  # regular expression over the path
    pattern: str
    requires: str = ""
    unless: str = ""


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A rule matched at a line; `text` is what matched, shortened."""

    rule: str
    line: int
    text: str


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE | re.DOTALL)


def match_text_rules(rules: tuple[TextRule, ...], path: str, source: str) -> list[RuleHit]:
    """Every hit of every rule in one file."""
    hits: list[RuleHit] = []
    for rule in rules:
        if not _compiled(rule.files).search(path):
            continue
        if rule.requires and not _compiled(rule.requires).search(source):
            continue
        if rule.unless and _compiled(rule.unless).search(source):
            continue
        for match in _compiled(rule.pattern).finditer(source):
            line = source.count("\n", 0, match.start()) + 1
            hits.append(RuleHit(rule.id, line, " ".join(match[0].split())[:80]))
    return hits
