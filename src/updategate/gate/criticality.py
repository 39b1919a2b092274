"""What makes a process critical for one update: the registry, or a plugin that touches its area."""

from __future__ import annotations

from collections.abc import Mapping

from updategate.evidence.records import ProcessEntry
from updategate.gate.soundness import doubt
from updategate.gate.verdict import Reason

Touched = Mapping[str, tuple[str, ...]]
"""Area → names of the plugins that touch it."""


def why_critical(entry: ProcessEntry, touched: Touched) -> str:
    """For a process that was not carried out: which plugin calls for it, and how to have it in the run; or nothing."""
    reasons = [f"{', '.join(touched[area])} touches {area}" for area in entry.areas if area in touched]
    if not reasons:
        return ""
    return (
        f" ({'; '.join(reasons)}, so it is critical for this update: give the compat evidence to the runs by --compat)"
    )


def areas_unknown(run: str) -> Reason:
    """A compat run that does not say what its plugins touch."""
    return doubt("areas_unknown", f"The compat run {run} does not say which areas its plugins touch.", run=run)
