"""From pytest's reports to the status of a process."""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter

import pytest

from updategate.clients.errors import ApiError, CounterpartError, RequestFaultError, ShopError, ShopUnreachableError
from updategate.evidence.records import Case, ProcessFinished, Status, worst
from updategate.evidence.writer import EvidenceLostError

MESSAGE_LENGTH = 2000


@dataclass
class CaseOutcome:
    """What is known of one test while it runs."""

    case: str
    begun: float = field(default_factory=perf_counter)
    status: Status = "passed"
    message: str = ""
    expected: str | None = None
    actual: str | None = None
    attempts: int = 0

    def worsen(self, status: Status, message: str) -> None:
        """Take over a result of a phase if it weighs more than what is known."""
        if worst((self.status, status)) == status and status != self.status:
            self.status = status
            self.message = message[:MESSAGE_LENGTH]


def take(outcome: CaseOutcome, report: pytest.TestReport, error: BaseException | None) -> None:
    """Fold the report of one phase (set-up, call, teardown) into the outcome of its test."""
    if report.when == "call":
        outcome.attempts += 1
    if report.skipped:
        outcome.worsen("skipped", skip_reason(report))
    elif report.failed:
        status: Status = "failed" if report.when == "call" and not is_connection_fault(error) else "broken"
        outcome.worsen(status, failure_text(report, error))
        if status == "failed":
            expected, actual = sides_of(error)
            outcome.expected = text_of(getattr(error, "expected", None)) or outcome.expected or expected
            outcome.actual = text_of(getattr(error, "actual", None)) or outcome.actual or actual


def sides_of(error: BaseException | None) -> tuple[str | None, str | None]:
    """Expected and actual of a failure that is no comparison: a claim that does not hold, a request with an error."""
    if isinstance(error, ApiError | RequestFaultError):
        return f"{error.request} succeeds", str(error)
    if isinstance(error, ShopError):
        return "no error", str(error)
    if not isinstance(error, AssertionError):
        return None, None
    claim = _claim_of(error)
    return (claim, _first_line(error)) if claim else (None, None)


def _claim_of(error: AssertionError) -> str:
    """What an ``assert`` without comparison claims, as it stands in the suite; empty where it was raised otherwise."""
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    if where is None:
        return ""
    line = linecache.getline(where.tb_frame.f_code.co_filename, where.tb_lineno).strip()
    return line.removeprefix("assert ").rstrip("( ") if line.startswith("assert ") else ""


def _first_line(error: BaseException) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else "it does not hold"


def is_connection_fault(error: BaseException | None) -> bool:
    """Whether the shop (probed twice) or a counterpart could not be reached, or the evidence could not be kept."""
    known = ShopUnreachableError | CounterpartError | EvidenceLostError
    return any(isinstance(cause, known) for cause in chain(error))


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what caused it."""
    while error is not None:
        yield error
        error = error.__cause__


def skip_reason(report: pytest.TestReport) -> str:
    """The reason of a skip or an expected failure."""
    if hasattr(report, "wasxfail"):
        return f"expected to fail: {report.wasxfail or 'no reason given'}"
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return str(report.longrepr or "skipped")


def failure_text(report: pytest.TestReport, error: BaseException | None) -> str:
    """One readable line for a failure: the assertion's own text, or the error's."""
    if isinstance(error, AssertionError):
        return _first_line(error) if str(error).strip() else "the assertion does not hold"
    if isinstance(error, ShopError | CounterpartError):
        return str(error)
    if error is not None:
        return f"{type(error).__name__}: {error}"
    return str(report.longrepr or "failed")


def text_of(value: object) -> str | None:
    """What is shown as expected or actual."""
    return None if value is None else str(value)


def finished(process: str, outcomes: list[CaseOutcome]) -> ProcessFinished:
    """The record of a process whose cases have all ended."""
    status = worst(tuple(outcome.status for outcome in outcomes))
    first = next(outcome for outcome in outcomes if outcome.status == status)
    named = f"[{first.case}] {first.message}" if len(outcomes) > 1 and first.message else first.message
    now = perf_counter()
    return ProcessFinished(
        process=process,
        status=status,
        seconds=round(now - min(outcome.begun for outcome in outcomes), 3),
        message=named,
        expected=first.expected,
        actual=first.actual,
        attempts=max(max(outcome.attempts for outcome in outcomes), 1),
        cases=tuple(
            Case(
                case=outcome.case,
                status=outcome.status,
                seconds=round(now - outcome.begun, 3),
                message=outcome.message,
            )
            for outcome in outcomes
        )
        if len(outcomes) > 1
        else (),
    )
