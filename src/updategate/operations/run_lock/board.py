"""The markers in the shop's own data: tags, because a tag is the smallest thing that a shop creates under a given id.

Creating a tag whose id exists is refused by the shop, whoever was first: that makes taking the lock atomic.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.errors import ApiError
from updategate.operations.run_lock.holder import PREFIX, Holder, Marker

FORBIDDEN = (401, 403)


class BoardForbiddenError(Exception):
    """The credentials may not write markers into the shop."""


class Board(Protocol):
    """Where markers stand."""

    def read(self) -> tuple[datetime, list[Marker]]:
        """The shop's time, and every marker."""

    def put(self, holder: Holder) -> str | None:
        """Put a marker up under the id of its generation; its id, or None where that generation is taken."""

    def renew(self, marker_id: str, holder: Holder) -> None:
        """Give a sign of life."""

    def remove(self, marker_id: str) -> None:
        """Take a marker down; it may be gone already."""


class TagBoard:
    """Markers as tags of a shop."""

    def __init__(self, admin: AdminApi) -> None:
        self._admin = admin

    def read(self) -> tuple[datetime, list[Marker]]:
        """The shop's time, and every marker."""
        answer = self._admin.raw_search("tag", Criteria().starts_with("name", PREFIX).limit(100))
        if answer.status in FORBIDDEN:
            raise BoardForbiddenError
        if not answer.ok:
            raise ApiError.of(answer)
        date = answer.header("date")
        now = parsedate_to_datetime(date) if date else datetime.now(UTC)
        found = []
        for row in answer.json()["data"]:
            holder = Holder.read(str(row["name"]))
            if holder is not None:
                renewed = datetime.fromisoformat(str(row.get("updatedAt") or row["createdAt"]))
                found.append(Marker(str(row["id"]), holder, renewed if renewed.tzinfo else renewed.replace(tzinfo=UTC)))
        return now, found

    def put(self, holder: Holder) -> str | None:
        """Put a marker up under the id of its generation."""
        marker_id = hashlib.sha256(f"{PREFIX} {holder.generation}".encode()).hexdigest()[:32]
        answer = self._admin.raw("POST", "/tag", {"id": marker_id, "name": holder.name()})
        if answer.ok:
            return marker_id
        if answer.status in FORBIDDEN:
            raise BoardForbiddenError
        # the shop refuses an id that exists with 400, or with 500 where two arrive at the same moment
        if self._admin.ids("tag", Criteria().ids(marker_id)):
            return None
        raise ApiError.of(answer)

    def renew(self, marker_id: str, holder: Holder) -> None:
        """Give a sign of life."""
        self._admin.patch("tag", marker_id, {"name": holder.name()})

    def remove(self, marker_id: str) -> None:
        """Take a marker down."""
        self._admin.delete("tag", marker_id)
