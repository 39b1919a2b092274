"""Ordering with a shipping or payment method whose rule was created a moment ago."""

from __future__ import annotations

from collections.abc import Callable

from updategate.actors.asking_again import Answer, ask_again_while
from updategate.actors.identity import NAME_MARK
from updategate.clients.errors import ApiError

_PAUSE_SECONDS = 0.5


def with_new_rules(order: Callable[[], Answer]) -> Answer:
    """Place an order, and again while the shop refuses it for a test method that it takes for blocked.

    Shopware keeps all rules in one cache entry. Where several processes create rules at once, an entry can be written
    that lacks the newest: for a moment that method counts as blocked. A refused order leaves nothing behind.
    What lasts longer is raised as it is.
    """
    return ask_again_while(_rule_is_unknown, order, pause=_PAUSE_SECONDS)


def _rule_is_unknown(fault: ApiError) -> bool:
    return fault.code == "CHECKOUT__CART_INVALID" and f"method-blocked-{NAME_MARK}" in fault.detail
