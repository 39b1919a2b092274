"""Which entry of the target's `UPGRADE-x.y.md` speaks of a symbol."""

from __future__ import annotations

import re
from functools import cached_property

from updategate.compat.sources import SourceTree
from updategate.compat.versions import Version

_IDENTIFIER = re.compile(r"[A-Za-z_][\w-]{5,}")
_COMMON = frozenset(["Shopware", "Storefront", "Administration", "Framework", "Resources", "Controller"])


class UpgradeNotes:
    """Headings by the identifiers in their sections, for every major between source and target."""

    def __init__(self, tree: SourceTree | None, source: Version | None, target: Version) -> None:
        self._tree = tree
        self._source = source
        self._target = target

    @cached_property
    def _index(self) -> dict[str, str]:
        index: dict[str, str] = {}
        if self._tree is None:
            return index
        for entry in self._tree.entries():
            match = re.fullmatch(r"UPGRADE-(\d+)\.(\d+)\.md", entry.path)
            if match is None or not self._within((int(match[1]), int(match[2]))):
                continue
            content = next(iter(self._tree.read_blobs([entry])))[1].decode("utf-8", "replace")
            _read(content, entry.path, index)
        return index

    def _within(self, major: tuple[int, int]) -> bool:
        if self._source is None or self._source.major == self._target.major:
            return major == self._target.major
        return self._source.major < major <= self._target.major

    def heading(self, symbol: str) -> str:
        """`UPGRADE-6.6.md: heading` of the entry that names the symbol; empty where none does."""
        owner, _, member = symbol.partition("::")
        for name in (member, owner.rpartition("\\")[2]):
            if len(name) > 5 and not name.startswith("__") and name not in _COMMON and name in self._index:
                return self._index[name]
        return ""


def _read(content: str, file: str, index: dict[str, str]) -> None:
    heading = ""
    in_code = False
    for line in content.splitlines():
        if line.startswith("```"):
            in_code = not in_code
        title = re.match(r"#{1,4}\s+(.+)", line) if not in_code else None
        if title:
            heading = title[1].strip()
        if heading:
            for word in _IDENTIFIER.findall(line):
                index.setdefault(word, f"{file}: {heading}")
