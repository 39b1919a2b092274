"""Answers that other programs, an ERP above all, do not expect."""

# ruff: noqa: D102 - described and signed where they are overridden, in Behaviour

from __future__ import annotations

from updategate.embedded.refshop.behaviour import Behaviour

from .registry import Group

API = Group("api")


@API.mutant("sync-half-written", "class: a sync that is not all or nothing (UPGRADE-6.5.md)", "api product price")
class SyncHalfWritten(Behaviour):
    """A sync keeps what stands before a faulty operation."""

    def sync_is_atomic(self) -> bool:
        return False
