"""What entities show in the Store API that is not stored as it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from updategate.embedded.refshop.dal.ids import SYSTEM_CURRENCY
from updategate.embedded.refshop.dal.store import Doc

Extra = Callable[[Doc, dict[str, Any], Any], None]


def _currency(doc: Doc, shown: dict[str, Any], tree: Any) -> None:
    del tree
    shown["isSystemDefault"] = doc["id"] == SYSTEM_CURRENCY


def extras() -> Mapping[str, Extra]:
    """Return the additions by entity."""
    return {"currency": _currency}
