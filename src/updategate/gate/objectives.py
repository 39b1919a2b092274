"""Indicators against the limits that the policy sets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from updategate.config.errors import ConfigError, unknown_name
from updategate.config.policy import Objective
from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import Indicator
from updategate.gate.verdict import IndicatorResult, Reason, Weight

CRITERION = re.compile(r"^(<=|>=|<|>|=)\s*([+-]?)(\d+(?:\.\d+)?)\s*(%|[a-zA-Z]*)$")
Result = Literal["met", "missed", "undecided", "informative"]


@dataclass(frozen=True, slots=True)
class Criterion:
    """``<=800`` (absolute), ``<=+10%`` or ``<=+20`` (against the value from before)."""

    text: str
    operator: str
    number: float
    relative: bool
    percent: bool

    @classmethod
    def parse(cls, text: str, source: str, key: str) -> Criterion:
        """Read one criterion; raises ConfigError naming ``source`` and ``key``."""
        match = CRITERION.match(text.strip())
        if match is None:
            raise ConfigError.single(
                source, key, f"'{text}' is no criterion.", "Write for example '<=800', '<=0.5%' or '<=+10%'."
            )
        operator, sign, number, unit = match.groups()
        value = float(number) * (-1 if sign == "-" else 1)
        relative = bool(sign)
        # "<=0.5%" without a sign is an absolute share, stored as a ratio
        if unit == "%" and not relative:
            value /= 100
        return cls(text, operator, value, relative, unit == "%" and relative)

    def limit(self, before: float | None) -> float | None:
        """The absolute limit, or None where it needs a value from before and there is none."""
        if not self.relative:
            return self.number
        if before is None:
            return None
        return before * (1 + self.number / 100) if self.percent else before + self.number

    def holds(self, value: float, limit: float) -> bool:
        """Whether ``value`` satisfies the criterion at this limit."""
        return {
            "<=": value <= limit,
            "<": value < limit,
            ">=": value >= limit,
            ">": value > limit,
            "=": value == limit,
        }[self.operator]


def values(runs: Sequence[RunEvidence]) -> dict[str, Indicator]:
    """The indicators of the given runs by name; the last record wins."""
    return {record.name: record for run in runs for record in run.of_type(Indicator)}


def check(
    objectives: Sequence[Objective],
    after: Sequence[RunEvidence],
    before: Sequence[RunEvidence],
    known: frozenset[str],
    source: str,
) -> tuple[list[IndicatorResult], list[Reason]]:
    """Judge every indicator; an objective on a name that is neither ``known`` nor measured is a ConfigError."""
    new, old = values(after), values(before)
    results: list[IndicatorResult] = []
    reasons: list[Reason] = []
    with_limit = set()
    for index, objective in enumerate(objectives):
        key = f"objectives[{index}]"
        names = known | new.keys() | old.keys()
        if objective.sli not in names:
            raise ConfigError.single(source, f"{key}.sli", *unknown_name("indicator", objective.sli, names))
        with_limit.add(objective.sli)
        criteria = [
            Criterion.parse(text, source, f"{key}.pass[{position}]") for position, text in enumerate(objective.pass_)
        ]
        for criterion in criteria:
            result, reason = _judge(objective, criterion, new.get(objective.sli), old.get(objective.sli))
            results.append(result)
            if reason is not None:
                reasons.append(reason)
    for name, indicator in sorted(new.items()):
        if name not in with_limit:
            earlier = old.get(name)
            results.append(
                IndicatorResult(
                    name=name,
                    before=earlier.value if earlier else None,
                    after=indicator.value,
                    unit=indicator.unit,
                    result="informative",
                    evidence=_where(indicator),
                )
            )
    return results, reasons


def _judge(
    objective: Objective, criterion: Criterion, new: Indicator | None, old: Indicator | None
) -> tuple[IndicatorResult, Reason | None]:
    limit = criterion.limit(old.value if old else None)
    blocking = objective.severity == "blocking"
    result: Result
    reason = None
    weight: Weight
    if new is None or limit is None:
        result = "undecided"
        weight = "inconclusive" if blocking and objective.must_have_data else "note"
        what = "was not measured" if new is None else "has no value from before the update to compare with"
        reason = Reason(
            code="indicator_no_data", weight=weight, message=f"{objective.sli} {what}.", facts={"name": objective.sli}
        )
    elif criterion.holds(new.value, limit):
        result = "met"
    else:
        result = "missed"
        weight = "fail" if blocking else "note"
        reason = Reason(
            code="indicator_missed",
            weight=weight,
            message=f"{objective.sli} misses its objective {criterion.text}.",
            expected=criterion.text,
            actual=f"{new.value:g} {new.unit}",
            evidence=_where(new),
            facts={"name": objective.sli, "limit": criterion.text},
        )
    return (
        IndicatorResult(
            name=objective.sli,
            before=old.value if old else None,
            after=new.value if new else None,
            unit=(new or old).unit if (new or old) else "",  # type: ignore[union-attr]
            limit=criterion.text,
            result=result,
            evidence=_where(new) if new else None,
        ),
        reason,
    )


def _where(record: Indicator) -> str:
    """Run and line where a value can be looked up."""
    return f"{record.run}:{record.seq + 1}"
