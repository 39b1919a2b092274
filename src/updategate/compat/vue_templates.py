"""Element tags of the administration's Vue templates, with their attributes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_COMMENT = re.compile(r"<!--.*?-->|\{#.*?#\}", re.DOTALL)
# possessive throughout: what was read once is never read again in another way, or a broken tag would take for ever
_TAG = re.compile(
    r"<([A-Za-z][\w-]*+)"
    r"((?:\s++(?:(?!\{%)[^\s=>\"'/]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]++))?+)?+|\{%.*?%\})*+)/?>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\s=>\"'/]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'))?")


@dataclass(slots=True)
class VueTag:
    """One opening tag of a component (`sw-`, `mt-`): attribute -> (value, 1-based line)."""

    name: str
    line: int
    attributes: dict[str, tuple[str, int]] = field(default_factory=dict)


def read_vue_tags(source: str) -> list[VueTag]:
    """Tags of Shopware's components in a template; comments do not count."""
    plain = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), source)
    tags = []
    line, counted = 1, 0
    for match in _TAG.finditer(plain):
        name = match[1]
        if not name.startswith(("sw-", "mt-")):
            continue
        line += plain.count("\n", counted, match.start())
        counted = match.start()
        tag = VueTag(name, line)
        for attribute in _ATTRIBUTE.finditer(match[2]):
            offset = plain.count("\n", match.start(), match.start(2) + attribute.start())
            value = attribute[2] if attribute[2] is not None else attribute[3] or ""
            tag.attributes[attribute[1]] = (value, line + offset)
        tags.append(tag)
    return tags
