"""Stock that is wrong."""

# ruff: noqa: D102 - described where they are overridden, in Behaviour

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


@STOCK.mutant("closeout-limit-ignored", "shopware/shopware#14816", "stock cart product")
class CloseoutLimitIgnored(Behaviour):
    """Of a closeout product more pieces can be put into a cart than there are; a sold out one is refused."""

    def closeout_limit(self, available_stock: int, max_purchase: int | None) -> int:
        usual = super().closeout_limit(available_stock, max_purchase)
        return (max_purchase or 100) if usual > 0 else usual


@STOCK.mutant("stale-stock-after-order", "shopware/shopware#14816", "stock cache storefront order")
class StaleStockAfterOrder(Behaviour):
    """Pages and carts go on with the stock of before an order, until something else about products is written."""

    def ordered_stock_is_seen(self) -> bool:
        return False


@STOCK.mutant("variant-sold-from-parent", "class: stock of a variant kept at its parent", "stock order product")
class VariantSoldFromParent(Behaviour):
    """An order of a variant lowers the stock of its parent; other products are right."""

    def taken_from(self, product_id: str, parent_id: str | None) -> str:
        return parent_id or product_id


@STOCK.mutant(
    "fifth-order-takes-nothing", "class: a lost update now and then, as parallel cart requests show", "stock order"
)
class FifthOrderTakesNothing(Behaviour):
    """Every fifth order does not lower the stock."""

    _orders = 0

    def order_takes_stock(self) -> bool:
        self._orders += 1
        return self._orders % 5 != 0 and super().order_takes_stock()


@STOCK.mutant("edited-order-keeps-stock", "class: stock does not follow an edited order", "stock order")
class EditedOrderKeepsStock(Behaviour):
    """More or fewer pieces in an edited order do not move the stock."""

    def edited_order_moves_stock(self) -> bool:
        return False


@STOCK.mutant("cancelled-keeps-stock", "class: pieces of a cancelled order stay reserved", "stock order")
class CancelledKeepsStock(Behaviour):
    """A cancelled order does not give its pieces back."""

    def cancelling_frees_stock(self) -> bool:
        return False


@STOCK.mutant("reopened-takes-nothing", "class: pieces of a reopened order are sold twice", "stock order")
class ReopenedTakesNothing(Behaviour):
    """An order that is opened again after it was cancelled does not take its pieces again."""

    def reopening_takes_stock(self) -> bool:
        return False


@STOCK.mutant("stock-not-recounted", "class: written stock without its indexer", "stock product queue")
class StockNotRecounted(Behaviour):
    """What is available does not follow written stock."""

    def stock_is_recounted(self) -> bool:
        return False


@STOCK.mutant("purchase-steps-ignored", "class: purchaseSteps ignored", "cart product stock")
class PurchaseStepsIgnored(Behaviour):
    """A product that is sold in fives can be bought in any number from the smallest on."""

    def purchase_steps(self, steps: int) -> int:
        del steps
        return 1
