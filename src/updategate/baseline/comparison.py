"""A side-by-side comparison, from the slices of its evidence: the same result today and when it is judged again.

Reads the samples files that the evidence names, refuses those that are not what was measured, forms pairs and
units, and judges. Everything that makes the measurement doubtful makes it inconclusive; nothing of it ever
makes it good.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from updategate.baseline.decision import Judgement, Pace, Rule, judge
from updategate.baseline.failures import compare_failures
from updategate.baseline.pairing import ARMS, Arm, MeasuredPair, group_ratios
from updategate.baseline.quantiles import GroupSummary, Times, summarise
from updategate.evidence.records import Slice
from updategate.evidence.samples import Outcome, Samples, SamplesError, read_samples

MOST_INVALID = 0.25
"""With a greater share of pairs set aside, those that are left are no fair sample."""


@dataclass
class _Tally:
    """Everything of one group in one arm."""

    times: list[Times] = field(default_factory=list)
    failed: int = 0
    dropped: int = 0


@dataclass(frozen=True)
class Comparison:
    """What a comparison found. ``judgement`` is None where there was nothing to judge, and ``reasons`` say why.

    ``ratios`` holds the log ratios of p95 per group and unit that were judged.
    """

    pace: Pace
    judgement: Judgement | None
    before: Mapping[str, GroupSummary]
    after: Mapping[str, GroupSummary]
    ratios: Mapping[str, tuple[float, ...]]
    units: int
    set_aside: int
    reasons: tuple[str, ...]

    @property
    def decided(self) -> bool:
        """Whether more units would not change the result."""
        return self.pace is not Pace.INCONCLUSIVE


class SideBySide:
    """Collects slices, one after the other, and can be judged after every unit."""

    def __init__(self, rule: Rule, pairs_per_unit: int, *, restarts: bool = False) -> None:
        self.rule, self._pairs_per_unit, self._restarts = rule, pairs_per_unit, restarts
        self._open: dict[tuple[int, int, int], dict[Arm, tuple[Slice, Samples]]] = defaultdict(dict)
        self._units: dict[int, dict[int, MeasuredPair]] = defaultdict(dict)
        self._epochs: dict[int, int] = {}
        self._tallies: dict[Arm, dict[str, _Tally]] = {arm: defaultdict(_Tally) for arm in ARMS}
        self._seconds: dict[Arm, float] = dict.fromkeys(ARMS, 0.0)
        self._pairs = 0
        self._set_aside = 0
        self._troubles: dict[str, int] = defaultdict(int)

    def add(self, record: Slice, samples: Samples) -> bool | None:
        """Take a slice. True: its pair is complete and counts; False: to be repeated; None: not complete."""
        key = (record.unit, record.pair, record.attempt)
        self._open[key][record.arm] = (record, _counted(samples))
        if len(self._open[key]) < len(ARMS):
            return None
        pair = self._open.pop(key)
        self._pairs += 1
        troubles = [trouble for slice_record, _ in pair.values() for trouble in slice_record.troubles]
        if troubles:
            self._set_aside += 1
            for trouble in troubles:
                self._troubles[trouble.split(" (")[0]] += 1
            return False
        times: dict[Arm, Mapping[str, Times]] = {}
        for arm, (_, kept) in pair.items():
            times[arm] = kept.times()
            self._count(arm, kept, times[arm])
            self._seconds[arm] += sum(end - start for start, end in _windows(kept))
        self._units[record.unit][record.pair] = MeasuredPair(times["before"], times["after"])
        self._epochs[record.unit] = record.epoch
        return True

    @property
    def whole_units(self) -> list[int]:
        """Numbers of the units that are complete."""
        return sorted(unit for unit, pairs in self._units.items() if len(pairs) == self._pairs_per_unit)

    @property
    def due_look(self) -> bool:
        """Whether the rule looks now."""
        count = len(self.whole_units)
        if self._restarts:
            count = len({self._epochs[unit] for unit in self.whole_units})
        return count in self.rule.looks

    def compare(self) -> Comparison:
        """Judge what was measured so far, at the last look that is complete."""
        before, after = self._summaries("before"), self._summaries("after")
        numbers = self.whole_units
        looks = [look for look in self.rule.looks if look <= self._count_units(numbers)]
        reasons = self._doubts(before, after)
        if not looks:
            least = self.rule.looks[0]
            what = "deployments" if self._restarts else "units"
            reasons.append(
                f"only {self._count_units(numbers)} {what} were measured; the first look comes after {least}"
            )
            return self._result(Pace.INCONCLUSIVE, None, before, after, {}, numbers, reasons)
        numbers = self._first_units(numbers, looks[-1])
        units = [[self._units[unit][pair] for pair in sorted(self._units[unit])] for unit in numbers]
        found = [group_ratios(units, group) for group in before]
        reasons += [group.problem for group in found if group.problem]
        ratios = {group.group: group.log_ratios for group in found if group.log_ratios}
        failures = compare_failures(before, after)
        reasons += [finding.message for finding in failures]
        judgement = None
        pace = Pace.INCONCLUSIVE
        if ratios:
            epochs = [self._epochs[unit] for unit in numbers] if self._restarts else None
            arrays = {group: np.asarray(values) for group, values in ratios.items()}
            judgement = judge(arrays, self.rule, epochs=epochs)
            pace = judgement.pace
            reasons += judgement.reasons
        if pace is Pace.NOT_SLOWER and reasons:
            pace = Pace.INCONCLUSIVE
        if pace is Pace.SLOWER and self._client_doubt():
            pace = Pace.INCONCLUSIVE
        if any(finding.worse for finding in failures) and not self._client_doubt():
            pace = Pace.SLOWER
        return self._result(pace, judgement, before, after, ratios, numbers, reasons)

    def _result(
        self,
        pace: Pace,
        judgement: Judgement | None,
        before: Mapping[str, GroupSummary],
        after: Mapping[str, GroupSummary],
        ratios: Mapping[str, tuple[float, ...]],
        numbers: Sequence[int],
        reasons: Sequence[str],
    ) -> Comparison:
        return Comparison(
            pace, judgement, before, after, ratios, len(numbers), self._set_aside, tuple(dict.fromkeys(reasons))
        )

    def _count_units(self, numbers: Sequence[int]) -> int:
        return len({self._epochs[unit] for unit in numbers}) if self._restarts else len(numbers)

    def _first_units(self, numbers: Sequence[int], look: int) -> list[int]:
        if not self._restarts:
            return list(numbers)[:look]
        kept = list(dict.fromkeys(self._epochs[unit] for unit in numbers))[:look]
        return [unit for unit in numbers if self._epochs[unit] in kept]

    def _client_doubt(self) -> bool:
        return bool(self._pairs) and self._set_aside / self._pairs > MOST_INVALID

    def _doubts(self, before: Mapping[str, GroupSummary], after: Mapping[str, GroupSummary]) -> list[str]:
        reasons = []
        for arm, groups in (("before", before), ("after", after)):
            if not any(group.due for group in groups.values()):
                reasons.append(f"no request was made to the shop {arm} the update: nothing was measured")
            elif not any(group.answered for group in groups.values()):
                reasons.append(f"every request to the shop {arm} the update failed: fast failures are not fast")
        if self._client_doubt():
            often = sorted(self._troubles.items(), key=lambda entry: -entry[1])[:3]
            why = "; ".join(f"{trouble} ({count} times)" for trouble, count in often)
            reasons.append(f"{self._set_aside} of {self._pairs} pairs of slices are not valid: {why}")
        return reasons

    def _count(self, arm: Arm, kept: Samples, times: Mapping[str, Times]) -> None:
        dropped = kept.counts(Outcome.DROPPED)
        failed, lost = kept.counts(Outcome.FAILED), kept.counts(Outcome.UNREACHABLE)
        for group in kept.groups:
            if not (times[group].size or dropped[group] or failed[group] or lost[group]):
                continue
            tally = self._tallies[arm][group]
            tally.times.append(times[group])
            tally.dropped += dropped[group]
            tally.failed += failed[group] + lost[group]

    def _summaries(self, arm: Arm) -> dict[str, GroupSummary]:
        return {
            group: summarise(
                group,
                np.concatenate(tally.times) if tally.times else np.empty(0),
                failed=tally.failed,
                dropped=tally.dropped,
                seconds=self._seconds[arm],
            )
            for group, tally in sorted(self._tallies[arm].items())
        }


def _windows(samples: Samples) -> list[tuple[float, float]]:
    return [(float(start), float(end)) for start, end in samples.facts["windows"]]


def _counted(samples: Samples) -> Samples:
    """Only what was due within the windows that count."""
    mask = np.zeros(len(samples), dtype=bool)
    for start, end in _windows(samples):
        mask |= (samples.intended >= start) & (samples.intended < end)
    return samples.only(mask)


def compare_evidence(
    folder: Path, slices: Iterable[Slice], rule: Rule, pairs_per_unit: int, *, restarts: bool = False
) -> Comparison:
    """Judge a run again from its evidence. A samples file that is missing or altered makes it inconclusive."""
    side_by_side = SideBySide(rule, pairs_per_unit, restarts=restarts)
    problems = []
    for record in slices:
        try:
            side_by_side.add(record, read_samples(folder / record.path, record.sha256))
        except SamplesError as error:
            problems.append(str(error))
    found = side_by_side.compare()
    if not problems:
        return found
    return Comparison(
        Pace.INCONCLUSIVE,
        found.judgement,
        found.before,
        found.after,
        found.ratios,
        found.units,
        found.set_aside,
        (*problems, *found.reasons),
    )
