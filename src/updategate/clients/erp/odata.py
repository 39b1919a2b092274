"""An ERP that speaks OData v4, by its mapping: Business Central, or SAP Business One's Service Layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from updategate.clients.erp.errors import ErpRefusedError
from updategate.clients.erp.lacking import Lacking
from updategate.clients.erp.mapping import Kind, Table, abilities_of, read_mapping
from updategate.clients.erp.odata_http import ODataHttp
from updategate.clients.json_text import Json, JsonObject
from updategate.config.erp import ErpSettings
from updategate.domain.erp import (
    Address,
    Article,
    CreditNote,
    Customer,
    LeftBehind,
    OrderLine,
    SalesOrder,
    Shipment,
    StockLevel,
    TierPrice,
)
from updategate.domain.money import Money


class OData(Lacking):
    """An OData v4 service whose entity sets and properties a mapping names."""

    adapter = "odata"

    def __init__(self, settings: ErpSettings) -> None:
        self._mapping = read_mapping(settings.mapping, "odata")
        if not settings.url:
            raise ErpRefusedError("be reached", "the key 'erp.url' is missing in the environment file")
        self._http = ODataHttp(settings, self._mapping.service)

    @classmethod
    def abilities_of(cls, settings: ErpSettings) -> frozenset[str]:
        """What the mapping has a table for."""
        return abilities_of(read_mapping(settings.mapping, "odata"))

    @property
    def abilities(self) -> frozenset[str]:
        """What the mapping has a table for."""
        return abilities_of(self._mapping)

    def check(self) -> None:
        """Read the service document."""
        self._http.check()

    def close(self) -> None:
        """End all connections."""
        self._http.close()

    # -- articles and stock

    def save_articles(self, articles: Sequence[Article]) -> None:
        """Create articles, or change those whose numbers exist."""
        table = self._mapping.table("articles")
        for article in articles:
            values: dict[str, Json] = {
                "number": article.number,
                "name": article.name,
                "net": article.net.amount,
                "tax_rate": article.tax_rate,
                "origin": article.origin,
            }
            found = next(self._find(table, number=article.number), None)
            if found is None:
                self._create(table, values)
            else:
                self._http.change(table.at, found, table.key, _named(table, values))

    def save_prices(self, price_list: str, prices: Mapping[str, Sequence[TierPrice]]) -> None:
        """Replace the tier prices of articles in a price list."""
        table = self._mapping.table("prices")
        for number, tiers in prices.items():
            same = {"number": number, "price_list": price_list}
            for row in list(self._find(table, **{name: v for name, v in same.items() if name in table.fields})):
                self._http.delete(table.at, row, table.key)
            for tier in tiers:
                self._create(table, {**same, "from_quantity": tier.from_quantity, "net": tier.net.amount})

    def count_stock(self, pieces: Mapping[str, int]) -> None:
        """Enter what was counted: as an entry of its own, or, where an entry for the article exists, in that."""
        table = self._mapping.table("stock")
        for number, count in pieces.items():
            found = next(self._find(table, number=number), None) if table.key else None
            if found is None:
                self._create(table, {"number": number, "pieces": count})
            else:
                self._http.change(table.at, found, table.key, _named(table, {"pieces": count}))

    def stock_of(self, article: str) -> StockLevel:
        """Return the stock of an article."""
        kind: Kind = "stock_levels" if "stock_levels" in self._mapping.tables else "stock"
        table = self._mapping.table(kind)
        row = next(self._find(table, number=article), None)
        if row is None:
            raise ErpRefusedError(f"tell the stock of {article}", f"{table.at} has no such article")
        promised = int(self._figure(table, row, "promised")) if "promised" in table.fields else 0
        return StockLevel(int(self._figure(table, row, "pieces")), promised)

    # -- orders

    def orders(self, reference: str) -> list[SalesOrder]:
        """Return every order with this number."""
        table = self._mapping.table("orders")
        expand = table.lines.at if table.lines else ""
        rows = self._http.rows(table.at, {table.fields["reference"]: reference}, expand)
        return [self._order(table, row) for row in rows]

    def ship(self, order: SalesOrder, pieces: Mapping[str, int], tracking: str) -> Shipment:
        """Enter a parcel, an entry an article."""
        table, number = self._mapping.table("shipments"), ""
        for article, count in pieces.items():
            values = {"order": order.key, "number": article, "pieces": count, "tracking": tracking}
            created = self._create(table, values)
            number = str(created.get(table.fields.get("shipment", ""), "")) or number
        return Shipment(number or tracking, tracking, dict(pieces))

    def cancel(self, order: SalesOrder) -> None:
        """Enter a cancellation."""
        self._create(self._mapping.table("cancellations"), {"order": order.key})

    def credit(self, order: SalesOrder, pieces: Mapping[str, int]) -> CreditNote:
        """Enter credit notes, one an article; the total is what the ERP answers."""
        table, number, total = self._mapping.table("credit_notes"), "", Decimal(0)
        for article, count in pieces.items():
            created = self._create(table, {"order": order.key, "number": article, "pieces": count})
            number = str(created.get(table.fields.get("credit_note", ""), "")) or number
            if "total" not in table.fields:
                raise ErpRefusedError("credit", "the mapping does not name where a credit note's total stands")
            total += self._figure(table, created, "total")
        return CreditNote(number, Money(total, self._mapping.currency))

    # -- customers

    def customers(self, email: str) -> list[Customer]:
        """Return every customer with this e-mail address."""
        table = self._mapping.table("customers")

        def text(row: JsonObject, name: str) -> str:
            return str(row.get(table.fields.get(name, ""), "") or "")

        return [
            Customer(
                text(row, "number"),
                text(row, "name"),
                email,
                (Address(text(row, "street"), text(row, "zipcode"), text(row, "city"), text(row, "country") or "DE"),),
            )
            for row in self._find(table, email=email)
        ]

    def move_customer(self, customer: Customer, address: Address) -> None:
        """Change the address of a customer."""
        table = self._mapping.table("customers")
        values = {
            "street": address.street,
            "zipcode": address.zipcode,
            "city": address.city,
            "country": address.country,
        }
        for row in list(self._find(table, email=customer.email)):
            self._http.change(table.at, row, table.key, _named(table, values))

    def retire(self, articles: Sequence[str], price_lists: Sequence[str] = ()) -> None:
        """Delete articles and their tier prices."""
        del price_lists
        kinds: tuple[Kind, ...] = ("prices", "stock", "articles")
        for kind in kinds:
            table = self._mapping.tables.get(kind)
            if table is None or (kind == "stock" and table.key is None):
                continue
            for number in articles:
                for row in list(self._find(table, number=number)):
                    self._http.delete(table.at, row, table.key)

    def left_behind(self, number_mark: str, name_mark: str) -> LeftBehind:
        """Find articles whose number begins with a mark; price lists go with the prices of their articles."""
        del name_mark
        table = self._mapping.tables.get("articles")
        if table is None:
            return LeftBehind()
        column = table.fields["number"]
        return LeftBehind(tuple(str(row[column]) for row in self._http.rows_beginning(table.at, column, number_mark)))

    # -- rows

    def _find(self, table: Table, **values: str) -> Iterator[JsonObject]:
        return self._http.rows(table.at, {table.fields[name]: value for name, value in values.items()})

    def _create(self, table: Table, values: Mapping[str, Json]) -> JsonObject:
        return self._http.create(table.at, {**table.constants, **_named(table, values)})

    def _figure(self, table: Table, row: JsonObject, name: str) -> Decimal:
        column = table.fields[name]
        value = row.get(column)
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            raise ErpRefusedError("tell a figure", f"{table.at}.{column} holds {value!r}")
        return Decimal(value)

    def _order(self, table: Table, row: JsonObject) -> SalesOrder:
        currency = self._mapping.currency
        total = Money(self._figure(table, row, "total"), currency)
        net = Money(self._figure(table, row, "net"), currency) if "net" in table.fields else total
        tax = Money(self._figure(table, row, "tax"), currency) if "tax" in table.fields else total - net
        lines = []
        for entry in row.get(table.lines.at) or [] if table.lines else []:
            fields = table.lines.fields if table.lines else {}
            price = entry.get(fields.get("net", ""), 0)
            article = str(entry.get(fields.get("article", ""), "") or "")
            lines.append(OrderLine(article, int(entry[fields["quantity"]]), Money(Decimal(price), currency)))

        def text(name: str) -> str:
            return str(row.get(table.fields.get(name, ""), "") or "")

        return SalesOrder(
            key=text("key") or text("reference"),
            reference=text("reference"),
            state=table.states.get(text("state"), "open"),
            lines=tuple(lines),
            net=net,
            tax=tax,
            total=total,
            customer=text("customer"),
            remark=text("remark"),
        )


def _named(table: Table, values: Mapping[str, Json]) -> JsonObject:
    """Our fields by the ERP's names; what the mapping does not name is left out."""
    return {table.fields[name]: value for name, value in values.items() if name in table.fields}
