"""Composer's versions: parsing, normalising to four numbers and a stability, and order.

Written from Composer's documented rules (getcomposer.org/doc/articles/versions.md): `v` prefixes and build metadata
are dropped, missing numbers are 0, `dev < alpha < beta < RC < stable < patch`. Branches (`dev-main`, `6.6.x-dev`) are
below every number of their line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering

_STABILITIES = {"dev": 0, "alpha": 1, "beta": 2, "rc": 3, "stable": 4, "patch": 5}
_SHORT = {"a": "alpha", "b": "beta", "p": "patch", "pl": "patch", "c": "rc"}
_VERSION = re.compile(
    r"v?(?P<numbers>\d+(?:\.\d+){0,3})"
    r"(?:[._-]?(?P<stability>stable|beta|b|rc|c|alpha|a|patch|pl|p)(?:[.-]?(?P<count>\d+(?:[.-]\d+)*))?)?"
    r"(?P<dev>[.-]?dev)?",
    re.IGNORECASE,
)
_MOVING = re.compile(r"v?(\d+(?:\.\d+)*)\.[xX*]-dev|dev-(.+)")


class VersionError(ValueError):
    """The text is no version that Composer knows."""


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A version in Composer's order. `branch` is set for `dev-<name>`, which compares only with itself."""

    numbers: tuple[int, int, int, int]
    stability: int = _STABILITIES["stable"]
    count: tuple[int, ...] = ()
    branch: str = ""

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read a version.

        Raises:
            VersionError: no version.

        """
        cleaned = re.sub(r"\s+as\s+\S+$|\+[^\s]*$|#[0-9a-fA-F]+$|@\w+$", "", text.strip())
        moving = _MOVING.fullmatch(cleaned)
        if moving and moving[2]:
            return cls((0, 0, 0, 0), _STABILITIES["dev"], (), moving[2])
        if moving:
            numbers = [int(part) for part in moving[1].split(".")][:4]
            numbers += [9999999] * (4 - len(numbers))
            return cls((numbers[0], numbers[1], numbers[2], numbers[3]), _STABILITIES["dev"])
        match = _VERSION.fullmatch(cleaned)
        if match is None:
            raise VersionError(f"'{text}' is no Composer version")
        parts = [int(part) for part in match["numbers"].split(".")]
        parts += [0] * (4 - len(parts))
        stability = _STABILITIES["stable"]
        if match["stability"]:
            name = match["stability"].lower()
            stability = _STABILITIES[_SHORT.get(name, name)]
        if match["dev"]:
            stability = _STABILITIES["dev"]
        count = tuple(int(part) for part in re.split(r"[.-]", match["count"])) if match["count"] else ()
        return cls((parts[0], parts[1], parts[2], parts[3]), stability, count)

    def lowest(self) -> Version:
        """The same numbers at `-dev`: the lower end of a range, as Composer writes it."""
        return Version(self.numbers, _STABILITIES["dev"])

    def bump(self, position: int) -> Version:
        """The next version when the number at `position` (0 to 3) rises, later numbers 0, at `-dev`."""
        numbers = [*self.numbers[: position + 1], 0, 0, 0][:4]
        numbers[position] += 1
        return Version((numbers[0], numbers[1], numbers[2], numbers[3]), _STABILITIES["dev"])

    @property
    def major(self) -> tuple[int, int]:
        """Shopware's major line: 6.6 of 6.6.7.1."""
        return self.numbers[0], self.numbers[1]

    def __lt__(self, other: Version) -> bool:
        return self._key < other._key

    @property
    def _key(self) -> tuple[tuple[int, int, int, int], int, tuple[int, ...], str]:
        return self.numbers, self.stability, self.count, self.branch

    def __str__(self) -> str:
        if self.branch:
            return f"dev-{self.branch}"
        text = ".".join(str(number) for number in self.numbers)
        if self.stability != _STABILITIES["stable"]:
            name = next(name for name, rank in _STABILITIES.items() if rank == self.stability)
            text += f"-{'RC' if name == 'rc' else name}{'.'.join(str(part) for part in self.count)}"
        return text
