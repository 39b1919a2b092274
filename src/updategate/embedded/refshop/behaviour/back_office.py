"""Decisions about what the merchant's people work with, and about what works for them unseen."""

from __future__ import annotations

from datetime import datetime


class BackOfficeDecisions:
    """See ``Behaviour``."""

    def administration_is_built(self) -> bool:
        """Tell whether the script of the administration is there."""
        return True

    def user_password_matches(self, matches: bool) -> bool:  # noqa: FBT001 - called by position everywhere
        """Tell whether a user of the administration may log in, given whether the password is right."""
        return matches

    def runs_task(self, name: str) -> bool:
        """Tell whether the worker runs a scheduled task when it is due."""
        del name
        return True

    def next_execution(self, name: str, planned: datetime) -> datetime:
        """Return when a scheduled task is due, given when it was planned."""
        del name
        return planned
