"""Decisions about what a request costs."""

from __future__ import annotations


class PerformanceDecisions:
    """See ``Behaviour``."""

    def extra_cpu(self, kind: str, usual: float, recent: int) -> float:
        """Return seconds of CPU that a request costs beyond its own (``usual``); ``recent`` came in the last second."""
        del kind, usual, recent
        return 0.0

    def extra_reads(self, kind: str) -> int:
        """Return how many reads of the store a request of this kind makes without need."""
        del kind
        return 0

    def page_is_kept(self, kind: str) -> bool:
        """Tell whether pages stay in the HTTP cache."""
        del kind
        return True

    def bytes_left_behind(self, kind: str) -> int:
        """Return how much memory a request keeps for good."""
        del kind
        return 0

    def padding_bytes(self, kind: str) -> int:
        """Return how much larger a page is than it has to be."""
        del kind
        return 0
