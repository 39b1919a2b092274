"""What waits in the shop's message queue, as the shop counts it."""

from __future__ import annotations

from collections.abc import Iterable

from updategate.clients.admin_api import AdminApi
from updategate.clients.errors import ApiError
from updategate.clients.json_text import Json

# Shopware keeps these for a quarter of an hour on purpose: old theme files, while cached pages still name them
DELAYED_BY_DESIGN = ("DeleteThemeFilesMessage",)


def messages_in(rows: Iterable[Json]) -> int:
    """The messages in the rows of ``_info/queue.json``, without those that wait by design."""
    return sum(int(row.get("size") or 0) for row in rows if not str(row.get("name")).endswith(DELAYED_BY_DESIGN))


def waiting_messages(admin: AdminApi) -> int | None:
    """Count the messages that wait, without those that wait by design; ``None`` where the shop does not count them.

    A shop whose ``admin_worker.enable_queue_stats_worker`` is off answers with an empty list, whatever waits.
    """
    rows = admin.ask("GET", "/_info/queue.json")
    if not isinstance(rows, list):
        raise ApiError("GET /_info/queue.json", 200, (), str(rows)[:200])
    if not rows:
        return None
    return messages_in(rows)
