"""Tells the languages of a mail from its subject: those in which a mail template of the shop says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# an output, a statement or a comment of Twig
_TWIG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def languages_of_subject(subject: str, templates: Iterable[Mapping[str, str | None]]) -> frozenset[str]:
    """Return the locales in which the shop's mail templates have a subject; empty if it is none of theirs.

    ``templates`` are the subjects of each template by locale, with ``None`` where it has none of its own in a language:
    there Shopware takes the one of the language above, whichever it is. Of several templates that may have been meant
    those count whose fixed words make up most of the subject, so that ``{{ subject }}`` does not fit every mail.
    """
    said = _plain(subject)
    fitting: dict[int, set[str]] = {}
    for template in templates:
        for locale, text in template.items():
            if text and _pattern(text).fullmatch(said):
                fitting.setdefault(_fixed_length(text), set()).update(
                    {locale, *(other for other, own in template.items() if not own)}
                )
    return frozenset(fitting[max(fitting)]) if fitting else frozenset()


def _plain(text: str) -> str:
    return " ".join(text.split())


def _pattern(template: str) -> re.Pattern[str]:
    fixed = (re.escape(_plain(part)) for part in _TWIG.split(template))
    return re.compile(r"\s?.*\s?".join(fixed), re.DOTALL)


def _fixed_length(template: str) -> int:
    return sum(len(_plain(part)) for part in _TWIG.split(template))
