"""Stock that is wrong."""

# ruff: noqa: D102 - described and signed where they are overridden, in Behaviour

from __future__ import annotations

from updategate.embedded.refshop.behaviour import Behaviour

from .registry import Group

STOCK = Group("stock")


@STOCK.mutant("closeout-oversell", "shopware/shopware#14816", "stock cart checkout")
class CloseoutOversell(Behaviour):
    """A closeout product is sold below a stock of zero."""

    def closeout_available(self, available_stock: int, min_purchase: int) -> bool:
        del available_stock, min_purchase
        return True


@STOCK.mutant("cancelled-keeps-stock", "class: pieces of a cancelled order stay reserved", "stock order")
class CancelledKeepsStock(Behaviour):
    """A cancelled order does not give its pieces back."""

    def cancelling_frees_stock(self) -> bool:
        return False


@STOCK.mutant("stock-not-recounted", "class: written stock without its indexer", "stock product queue")
class StockNotRecounted(Behaviour):
    """What is available does not follow written stock."""

    def stock_is_recounted(self) -> bool:
        return False
