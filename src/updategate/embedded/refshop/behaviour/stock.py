"""Decisions about what may be bought, and what an order does to it."""

from __future__ import annotations


class StockDecisions:
    """See ``Behaviour``."""

    def closeout_available(self, available_stock: int, min_purchase: int) -> bool:
        """Tell whether a closeout product can still be bought."""
        return available_stock >= min_purchase

    def closeout_limit(self, available_stock: int, max_purchase: int | None) -> int:
        """Return how many pieces of a closeout product one line may hold."""
        return available_stock if max_purchase is None else min(available_stock, max_purchase)

    def order_takes_stock(self) -> bool:
        """Tell whether an order lowers the stock of what it holds."""
        return True

    def cancelling_frees_stock(self) -> bool:
        """Tell whether a cancelled order gives its pieces back."""
        return True

    def stock_is_recounted(self) -> bool:
        """Tell whether written stock is counted anew: what is available follows from it."""
        return True
