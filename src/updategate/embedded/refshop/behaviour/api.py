"""Decisions about what other programs are answered."""

from __future__ import annotations


class ApiDecisions:
    """See ``Behaviour``."""

    def sync_is_atomic(self) -> bool:
        """Tell whether the operations of a sync are kept together or not at all."""
        return True
