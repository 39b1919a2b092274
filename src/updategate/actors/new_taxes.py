"""Looking at an assortment in which other processes create products with taxes of their own."""

from __future__ import annotations

from collections.abc import Callable

from updategate.actors.asking_again import Answer, ask_again_while
from updategate.clients.errors import ApiError

_PAUSE_SECONDS = 0.3


def with_new_taxes(ask: Callable[[], Answer]) -> Answer:
    """Ask for products, and again while one among them has a tax that the shop's sessions do not know yet.

    Shopware keeps all taxes with the cached context: for a moment after a tax was created, a listing or search that
    holds a product of that tax is answered with SYSTEM__TAX_NOT_FOUND. What lasts longer is raised as it is.
    """
    return ask_again_while(_tax_is_unknown, ask, pause=_PAUSE_SECONDS)


def _tax_is_unknown(fault: ApiError) -> bool:
    return fault.code == "SYSTEM__TAX_NOT_FOUND"
