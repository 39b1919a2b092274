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

    def purchase_steps(self, steps: int) -> int:
        """Return in which steps a product is sold."""
        return steps

    def order_takes_stock(self) -> bool:
        """Tell whether an order lowers the stock of what it holds."""
        return True

    def taken_from(self, product_id: str, parent_id: str | None) -> str:
        """Return the id of the product whose stock an order lowers: that of the variant, not of its parent."""
        del parent_id
        return product_id

    def ordered_stock_is_seen(self) -> bool:
        """Tell whether pages and carts see at once what an order has taken."""
        return True

    def edited_order_moves_stock(self) -> bool:
        """Tell whether the stock follows an order whose lines are changed."""
        return True

    def cancelling_frees_stock(self) -> bool:
        """Tell whether a cancelled order gives its pieces back."""
        return True

    def reopening_takes_stock(self) -> bool:
        """Tell whether an order that was cancelled takes its pieces again when it is opened again."""
        return True

    def stock_is_recounted(self) -> bool:
        """Tell whether written stock is counted anew: what is available follows from it."""
        return True
