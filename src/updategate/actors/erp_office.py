"""The people who work with the ERP: they list articles, count stock, send parcels and give money back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from updategate.actors.erp_goods import ErpGoods
from updategate.actors.purchase import Placed
from updategate.actors.recorder import Recorder
from updategate.clients.erp import (
    Address,
    Article,
    CreditNote,
    Customer,
    Erp,
    Paper,
    SalesOrder,
    Shipment,
    StockLevel,
    TierPrice,
)
from updategate.domain.erp import Attribute
from updategate.domain.money import Money


class NotOnceError(AssertionError):
    """Something is in the ERP never, or several times. ``expected`` and ``actual`` are for the evidence."""

    def __init__(self, what: str, expected: int, actual: int) -> None:
        self.expected = f"{what}: {expected}"
        self.actual = f"{what}: {actual}"
        super().__init__(f"the ERP has {what} {actual} times, expected {expected}")


class ErpOffice:
    """Somebody with an account in the ERP."""

    def __init__(self, erp: Erp, goods: ErpGoods, recorder: Recorder) -> None:
        self._erp = erp
        self._goods = goods
        self._recorder = recorder

    # -- articles

    def lists(
        self,
        key: str,
        *,
        net: Money,
        name: str | None = None,
        tax_rate: int | str = 19,
        attributes: Mapping[str, Attribute] | None = None,
    ) -> Article:
        """Create an article with a list price without tax."""
        article = self._goods.article(key, net=net, name=name, tax_rate=Decimal(tax_rate), attributes=attributes or {})
        with self._recorder.step(f"lists the article {article} at {net} net"):
            self._erp.save_articles([article])
        return article

    def lists_many(self, key: str, count: int, *, net: Money) -> list[Article]:
        """Create many articles at once."""
        articles = [self._goods.article(f"{key}{at:04d}", net=net) for at in range(1, count + 1)]
        with self._recorder.step(f"lists {count} articles"):
            self._erp.save_articles(articles)
        return articles

    def changes(
        self,
        article: Article,
        *,
        name: str | None = None,
        net: Money | None = None,
        attributes: Mapping[str, Attribute] | None = None,
    ) -> Article:
        """Change an article; returns it as it is then."""
        changed = Article(
            number=article.number,
            name=article.name if name is None else name,
            net=net or article.net,
            tax_rate=article.tax_rate,
            attributes=article.attributes if attributes is None else attributes,
            origin=article.origin,
        )
        with self._recorder.step(f"changes the article {article}"):
            self._erp.save_articles([changed])
        return changed

    def sets_tiers(self, article: Article, tiers: Mapping[int, Money]) -> None:
        """Set the prices without tax from quantities on, in the price list of this test."""
        price_list = self._goods.price_list()
        with self._recorder.step(f"sets {len(tiers)} tier prices of {article}"):
            prices = [TierPrice(quantity, net) for quantity, net in tiers.items()]
            self._erp.save_prices(price_list, {article.number: prices})

    def gives_picture(self, article: Article, content: bytes) -> None:
        """Give an article a picture (PNG); it replaces the one before."""
        with self._recorder.step(f"gives {article} a picture of {len(content)} bytes"):
            self._goods.expects_picture(article)
            self._erp.set_picture(article.number, "picture.png", content)

    # -- stock

    def counts(self, article: Article, pieces: int) -> None:
        """Count what lies in the warehouse."""
        with self._recorder.step(f"counts {pieces} pieces of {article}"):
            self._erp.count_stock({article.number: pieces})

    def counts_all(self, articles: Sequence[Article], pieces: int) -> None:
        """Count as many pieces of each article."""
        with self._recorder.step(f"counts {pieces} pieces of each of {len(articles)} articles"):
            self._erp.count_stock({article.number: pieces for article in articles})

    def sees_stock(self, article: Article) -> StockLevel:
        """Look at the stock of an article."""
        with self._recorder.step(f"looks at the stock of {article}"):
            return self._erp.stock_of(article.number)

    # -- orders

    def has_orders(self, order: Placed) -> int:
        """Count the sales orders for an order of the shop."""
        with self._recorder.step(f"counts the sales orders for {order}"):
            return len(self._erp.orders(order.number))

    def finds(self, order: Placed) -> SalesOrder:
        """Open the sales order for an order of the shop; ``NotOnceError`` unless there is exactly one."""
        with self._recorder.step(f"opens the sales order for {order}"):
            found = self._erp.orders(order.number)
            if len(found) != 1:
                msg = f"order {order.number}"
                raise NotOnceError(msg, 1, len(found))
            return found[0]

    def ships(self, order: SalesOrder, pieces: Mapping[Article, int], tracking: str) -> Shipment:
        """Send pieces of an order."""
        wanted = {article.number: count for article, count in pieces.items()}
        with self._recorder.step(f"sends {sum(wanted.values())} pieces of order {order.reference}", tracking=tracking):
            return self._erp.ship(order, wanted, tracking)

    def cancels(self, order: SalesOrder) -> None:
        """Cancel an order."""
        with self._recorder.step(f"cancels order {order.reference}"):
            self._erp.cancel(order)

    def credits(self, order: SalesOrder, pieces: Mapping[Article, int]) -> CreditNote:
        """Give the money for pieces back."""
        wanted = {article.number: count for article, count in pieces.items()}
        with self._recorder.step(f"credits {sum(wanted.values())} pieces of order {order.reference}"):
            return self._erp.credit(order, wanted)

    def reads_papers(self, order: SalesOrder) -> list[Paper]:
        """Read what is filed with an order."""
        with self._recorder.step(f"reads the papers of order {order.reference}"):
            return self._erp.papers(order)

    # -- customers

    def knows(self, email: str) -> Customer:
        """Open a customer; ``NotOnceError`` unless there is exactly one."""
        with self._recorder.step(f"opens the customer {email}"):
            found = self._erp.customers(email)
            if len(found) != 1:
                msg = f"customer {email}"
                raise NotOnceError(msg, 1, len(found))
            return found[0]

    def moves(self, customer: Customer, address: Address) -> None:
        """Change the address of a customer."""
        with self._recorder.step(f"changes the address of {customer.email} to {address.city}"):
            self._erp.move_customer(customer, address)
