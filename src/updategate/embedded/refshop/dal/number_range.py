"""Numbers of orders, customers, products and documents."""

from __future__ import annotations

import re

from .ids import Clock, SystemClock
from .store import Doc, EntityStore


class NoNumberRangeError(LookupError):
    """There is no number range of this type."""


def reserve(
    store: EntityStore,
    type_name: str,
    sales_channel_id: str | None = None,
    *,
    preview: bool = False,
    clock: Clock | None = None,
) -> str:
    """Return the next number of ``order``, ``customer``, ``product``, ``document_*``; a preview does not use it up."""
    with store.transaction():
        number_range = _range(store, type_name, sales_channel_id)
        state = next(iter(store.where("number_range_state", numberRangeId=number_range["id"])), None)
        last = int(state["lastValue"]) if state else None
        start = int(number_range.get("start") or 1)
        value = start if last is None else max(last + 1, start)
        if not preview:
            row: Doc = {"numberRangeId": number_range["id"], "lastValue": value}
            if state:
                row["id"] = state["id"]
            store.upsert("number_range_state", row)
    return _formatted(str(number_range.get("pattern") or "{n}"), value, clock or SystemClock())


def preview_pattern(pattern: str, start: int, clock: Clock | None = None) -> str:
    """Return what a number of this pattern would look like."""
    return _formatted(pattern, start, clock or SystemClock())


def _range(store: EntityStore, type_name: str, sales_channel_id: str | None) -> Doc:
    for type_ in store.where("number_range_type", technicalName=type_name):
        ranges = store.where("number_range", typeId=type_["id"])
        if sales_channel_id:
            for row in store.where("number_range_sales_channel", salesChannelId=sales_channel_id):
                own = store.get("number_range", row.get("numberRangeId") or "")
                if own and own.get("typeId") == type_["id"]:
                    return own
        for number_range in ranges:
            if number_range.get("global"):
                return number_range
        if ranges:
            return ranges[0]
    raise NoNumberRangeError(f"There is no number range of the type {type_name}.")


def _formatted(pattern: str, value: int, clock: Clock) -> str:
    now = clock.now()

    def date(match: re.Match[str]) -> str:
        form = (match.group(1) or "_ymd")[1:]
        table = {"y": "%y", "Y": "%Y", "m": "%m", "d": "%d"}
        return now.strftime("".join(table.get(char, char) for char in form))

    text = re.sub(r"\{date(_[^}]+)?\}", date, pattern)
    return text.replace("{n}", str(value))
