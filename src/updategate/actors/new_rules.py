"""Ordering with a shipping or payment method whose rule was created a moment ago."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from updategate.actors.identity import NAME_MARK
from updategate.clients.errors import ApiError

Answer = TypeVar("Answer")
_TRIES = 20
_PAUSE_SECONDS = 0.5


def with_new_rules(order: Callable[[], Answer]) -> Answer:
    """Place an order, and again while the shop refuses it for a test method that it takes for blocked.

    Shopware keeps all rules in one cache entry. Where several processes create rules at once, an entry can be written
    that lacks the newest: for a moment that method counts as blocked. A refused order leaves nothing behind.
    What lasts longer is raised as it is.
    """
    for _ in range(_TRIES - 1):
        try:
            return order()
        except ApiError as fault:
            if fault.code != "CHECKOUT__CART_INVALID" or f"method-blocked-{NAME_MARK}" not in fault.detail:
                raise
        time.sleep(_PAUSE_SECONDS)
    return order()
