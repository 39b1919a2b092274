"""Looking at an assortment in which other processes create products with taxes of their own."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from updategate.clients.errors import ApiError

Answer = TypeVar("Answer")
_TRIES = 20
_PAUSE_SECONDS = 0.3


def with_new_taxes(ask: Callable[[], Answer]) -> Answer:
    """Ask for products, and again while one among them has a tax that the shop's sessions do not know yet.

    Shopware keeps all taxes with the cached context: for a moment after a tax was created, a listing or search that
    holds a product of that tax is answered with SYSTEM__TAX_NOT_FOUND. What lasts longer is raised as it is.
    """
    for _ in range(_TRIES - 1):
        try:
            return ask()
        except ApiError as fault:
            if fault.code != "SYSTEM__TAX_NOT_FOUND":
                raise
        time.sleep(_PAUSE_SECONDS)
    return ask()
