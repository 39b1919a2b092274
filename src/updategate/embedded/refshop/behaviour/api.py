"""Decisions about what other programs are answered."""

# ruff: noqa: FBT001 - decisions are asked for with positional facts

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

_T = TypeVar("_T")


class ApiDecisions:
    """See ``Behaviour``."""

    # -- reading ----------------------------------------------------------------------------------------------------

    def language_header(self, language_id: str | None) -> str | None:
        """Return the language of a request to the Admin API, given what its header says."""
        return language_id

    def search_offset(self, offset: int) -> int:
        """Return how many rows a page of the Admin API passes over."""
        return offset

    def told_total(self, total: int, on_page: int) -> int:
        """Return the total that a search tells."""
        del on_page
        return total

    def loaded(self, entity: str, rows: Sequence[_T]) -> Sequence[_T]:
        """Return the rows of an association that the Admin API shows."""
        del entity
        return rows

    def admin_entity(self, entity: str, shown: dict[str, Any]) -> dict[str, Any]:
        """Return an entity as the Admin API shows it."""
        del entity
        return shown

    def tells_context_token(self, changed: bool) -> bool:
        """Tell whether an answer of the Store API has the context token in its header."""
        del changed
        return True

    def loads_unasked(self, association: str, usual: bool) -> bool:
        """Tell whether the Admin API loads an association nobody asked for, ``usual`` in the version that this is."""
        del association
        return usual

    def removed_fields(self, entity: str) -> frozenset[str]:
        """Return the fields that an entity has no more in the Admin API: not shown, and passed over when written."""
        del entity
        return frozenset()

    # -- writing ----------------------------------------------------------------------------------------------------

    def accepts_empty_rows(self) -> bool:
        """Tell whether a row is created from a request without any field."""
        return False

    def required_fields(self, entity: str) -> frozenset[str]:
        """Return the fields that a new row must have beside those that the definition names."""
        del entity
        return frozenset()

    def reads_fail_on_error(self) -> bool:
        """Tell whether a sync goes on after an error where its header ``fail-on-error`` says so."""
        return False

    def sync_is_atomic(self) -> bool:
        """Tell whether the operations of a sync are kept together or not at all."""
        return True

    def sync_breaks(self) -> bool:
        """Tell whether a sync ends in an exception of the database."""
        return False

    def tells_unknown_deletes(self) -> bool:
        """Tell whether a sync lists the ids to be deleted that were not there."""
        return True

    def told_row(self, position: int) -> int:
        """Return the number of the row that an error points to."""
        return position

    def written(self, entity: str, changes: dict[str, Any]) -> dict[str, Any]:
        """Return what is kept of the written fields of a row."""
        del entity
        return changes

    def keeps_other_custom_fields(self) -> bool:
        """Tell whether custom fields stay that a write does not name."""
        return True

    def really_deletes(self, entity: str) -> bool:
        """Tell whether a deleted row is gone."""
        del entity
        return True

    def merge_breaks(self) -> bool:
        """Tell whether merging a version ends in an exception."""
        return False
