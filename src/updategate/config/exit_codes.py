"""The exit codes of every verb; only 0 releases."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a verb's end means. Python's own 1 of an uncaught exception is mapped to INCONCLUSIVE."""

    PASS = 0
    FAIL = 1
    USAGE = 2
    INCONCLUSIVE = 3


def of_verdict(verdict: str) -> ExitCode:
    """The exit code of a verdict."""
    return {"pass": ExitCode.PASS, "fail": ExitCode.FAIL}.get(verdict, ExitCode.INCONCLUSIVE)
