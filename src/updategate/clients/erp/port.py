"""What a suite needs of an ERP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from updategate.domain.erp import (
    Address,
    Article,
    CreditNote,
    Customer,
    LeftBehind,
    Paper,
    SalesOrder,
    Shipment,
    StockLevel,
    TierPrice,
)

# what an adapter may be able to do; the processes name what they need as the capability ``erp_<ability>``
ABILITIES = frozenset(
    {
        "articles", "attributes", "prices", "pictures", "stock", "orders", "shipments", "cancellations",
        "credit_notes", "customers", "papers",
    }
)  # fmt: skip


class Erp(Protocol):
    """An ERP with one set of credentials.

    Every method raises an ``ErpError`` where the ERP cannot be reached, refuses the credentials or refuses the task.
    """

    @property
    def abilities(self) -> frozenset[str]:
        """Which of ``ABILITIES`` this adapter has."""

    def check(self) -> None:
        """Sign in and do nothing else."""

    def save_articles(self, articles: Sequence[Article]) -> None:
        """Create articles, or change those whose numbers exist."""

    def save_prices(self, price_list: str, prices: Mapping[str, Sequence[TierPrice]]) -> None:
        """Replace the tier prices of articles (by number) in a price list, which is created if need be."""

    def set_picture(self, article: str, name: str, content: bytes) -> None:
        """Give an article its picture; another one replaces it."""

    def attributes_of(self, article: str) -> Mapping[str, str | int | bool]:
        """Return the attributes of an article."""

    def count_stock(self, pieces: Mapping[str, int]) -> None:
        """Enter the result of a stocktaking: pieces in the warehouse by article number."""

    def stock_of(self, article: str) -> StockLevel:
        """Return the stock of an article."""

    def orders(self, reference: str) -> list[SalesOrder]:
        """Return every sales order with this reference, the shop's order number."""

    def ship(self, order: SalesOrder, pieces: Mapping[str, int], tracking: str) -> Shipment:
        """Send some or all pieces of an order, by article number."""

    def cancel(self, order: SalesOrder) -> None:
        """Cancel an order that has not been shipped."""

    def credit(self, order: SalesOrder, pieces: Mapping[str, int]) -> CreditNote:
        """Give the money for pieces of a shipped order back, by article number."""

    def customers(self, email: str) -> list[Customer]:
        """Return every customer with this e-mail address."""

    def move_customer(self, customer: Customer, address: Address) -> None:
        """Change the address of a customer."""

    def papers(self, order: SalesOrder) -> list[Paper]:
        """Return the documents filed with an order."""

    def retire(self, articles: Sequence[str], price_lists: Sequence[str] = ()) -> None:
        """Take articles and price lists out of use, so that a sync leaves them alone; unknown ones are no error."""

    def left_behind(self, number_mark: str, name_mark: str) -> LeftBehind:
        """Find what is in use and carries a mark: articles whose number begins so, price lists whose name does."""

    def close(self) -> None:
        """End all connections."""
