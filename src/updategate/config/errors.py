"""Mistakes in files and settings, said so that a person can mend them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it stands, what is wrong, what to do.

    ``key`` is a path into the file such as ``objectives[0].level``; empty for the whole file.
    """

    key: str
    message: str
    cure: str = ""

    def lines(self) -> list[str]:
        """The problem as indented lines below its file and key."""
        return [f"  {line}" for text in (self.message, self.cure) if text for line in text.splitlines()]


class ConfigError(Exception):
    """A file or setting that cannot be used; never a traceback for its user, always exit code 2."""

    def __init__(self, source: str, problems: Iterable[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        super().__init__(self.render())

    @classmethod
    def single(cls, source: str, key: str, message: str, cure: str = "") -> ConfigError:
        """An error of one problem."""
        return cls(source, [Problem(key, message, cure)])

    def render(self) -> str:
        """File and key, then the problem and its cure, for every problem."""
        blocks = []
        for problem in self.problems:
            head = f"{self.source}: {problem.key}" if problem.key else self.source
            blocks.append("\n".join([head, *problem.lines()]))
        return "\n".join(blocks)


def did_you_mean(name: str, valid: Iterable[str]) -> str:
    """A sentence that offers the nearest valid name, or nothing when none is near."""
    near = difflib.get_close_matches(name, list(valid), n=1, cutoff=0.5)
    return f" Did you mean '{near[0]}'?" if near else ""


def unknown_name(kind: str, name: str, valid: Iterable[str]) -> tuple[str, str]:
    """Message and cure for a name that is not among the valid ones."""
    names = sorted(valid)
    return (
        f"Unknown {kind} '{name}'.{did_you_mean(name, names)}",
        f"Valid {_plural(kind)}: {', '.join(names)}." if names else f"There is no {kind} to choose from.",
    )


def _plural(kind: str) -> str:
    if kind.endswith("y") and kind[-2:-1] not in "aeiou":
        return f"{kind[:-1]}ies"
    return f"{kind}es" if kind.endswith("s") else f"{kind}s"
