"""What the merchant's people work with, broken."""

# ruff: noqa: D102, FBT001 - described and signed where they are overridden, in Behaviour

from __future__ import annotations

from datetime import datetime, timedelta

from updategate.embedded.refshop.behaviour import Behaviour

from .registry import Group

BACK_OFFICE = Group("back_office")


@BACK_OFFICE.mutant("administration-not-built", "class: bundle not built by the update", "administration", silent=False)
class AdministrationNotBuilt(Behaviour):
    """The page of the administration comes without its script."""

    def administration_is_built(self) -> bool:
        return False


@BACK_OFFICE.mutant("any-password-for-users", "class: check of the password lost", "administration api")
class AnyPasswordForUsers(Behaviour):
    """A user of the administration gets in with any password."""

    def user_password_matches(self, matches: bool) -> bool:
        del matches
        return True


@BACK_OFFICE.mutant("one-task-stands-still", "FriendsOfShopware/FroshTools#345", "scheduled_task")
class OneTaskStandsStill(Behaviour):
    """One scheduled task has not run for a day; all others do."""

    def next_execution(self, name: str, planned: datetime) -> datetime:
        return planned - timedelta(days=2) if self._stands_still(name) else planned

    def runs_task(self, name: str) -> bool:
        return not self._stands_still(name)

    def _stands_still(self, name: str) -> bool:
        return name == "log_entry.cleanup"
