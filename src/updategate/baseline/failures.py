"""Failed and dropped requests: a shop that fails fast is not fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scipy.stats import fisher_exact

from updategate.baseline.quantiles import GroupSummary

MOST_FAILURES = 0.05
"""With more failures than this in an arm, its p95 over right answers says nothing about its visitors."""


@dataclass(frozen=True)
class FailureFinding:
    """What failures mean for one group.

    ``worse``: more than before, beyond chance. ``doubtful``: too many for p95 to mean anything.
    """

    group: str
    worse: bool
    doubtful: bool
    message: str


def compare_failures(
    before: Mapping[str, GroupSummary], after: Mapping[str, GroupSummary], *, alpha: float = 0.01
) -> tuple[FailureFinding, ...]:
    """Findings for groups whose failures rose or are too many.

    Rose: by Fisher's exact test, one-sided, Bonferroni over the groups. A group that is missing in one arm is
    doubtful. ``alpha`` is the error over all groups of one comparison.
    """
    names = list(dict.fromkeys([*before, *after]))
    found = []
    for name in names:
        old, new = before.get(name), after.get(name)
        if old is None or new is None or not old.due or not new.due:
            found.append(FailureFinding(name, worse=False, doubtful=True, message=f"{name}: no requests in one arm"))
            continue
        old_bad, new_bad = old.due - old.answered, new.due - new.answered
        chance = float(fisher_exact([[new_bad, new.answered], [old_bad, old.answered]], alternative="greater").pvalue)
        worse = chance <= alpha / len(names)
        doubtful = max(old.error_ratio, new.error_ratio) > MOST_FAILURES
        if worse or doubtful:
            what = "more failures than before" if worse else "too many failures to judge speed"
            message = (
                f"{name}: {what}: {old.error_ratio:.1%} before ({old_bad} of {old.due}), "
                f"{new.error_ratio:.1%} after ({new_bad} of {new.due})"
            )
            found.append(FailureFinding(name, worse, doubtful, message))
    return tuple(found)
