"""Tryton as the ERP: articles, prices and customers. Orders stand in ``tryton_sales``."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from updategate.clients.erp.errors import ErpRefusedError
from updategate.clients.erp.port import ABILITIES
from updategate.clients.erp.tryton_rpc import TrytonRpc
from updategate.clients.erp.tryton_sales import TrytonSales
from updategate.config.erp import ErpSettings
from updategate.domain.erp import (
    Address,
    Article,
    Attribute,
    CreditNote,
    Customer,
    LeftBehind,
    Paper,
    SalesOrder,
    Shipment,
    StockLevel,
    TierPrice,
)

CURRENCY = "EUR"
PICTURE = "picture of the article"
# Tryton puts what is created together into one query, whose depth SQLite limits
BATCH = 25
_TOGETHER = 100


class Tryton:
    """Tryton 7 or 8 with the modules sale, sale_price_list, account_invoice_stock and product_attribute."""

    abilities = ABILITIES

    def __init__(self, settings: ErpSettings) -> None:
        given = {"url": settings.url, "database": settings.database, "username": settings.username}
        for key, value in given.items():
            if not value:
                message = f"the key 'erp.{key}' is missing in the environment file"
                raise ErpRefusedError("sign in", message)
        password = settings.password.get_secret_value() if settings.password else ""
        self._rpc = TrytonRpc(
            str(settings.url), str(settings.database), str(settings.username), password, settings.timeout
        )
        self._sales = TrytonSales(self._rpc, CURRENCY)
        self._known: dict[str, int] = {}

    def check(self) -> None:
        """Sign in."""
        self._rpc.sign_in()

    def close(self) -> None:
        """End all connections."""
        self._rpc.close()

    # -- articles

    def save_articles(self, articles: Sequence[Article]) -> None:
        """Create articles, or change those whose numbers exist."""
        existing = self._products([article.number for article in articles])
        self._have_attributes({name: value for article in articles for name, value in article.attributes.items()})
        created = [self._template(article) for article in articles if article.number not in existing]
        for begin in range(0, len(created), BATCH):
            self._rpc.call("product.template", "create", created[begin : begin + BATCH], what="create articles")
        for article in articles:
            row = existing.get(article.number)
            if row is None:
                continue
            if not row["template.active"]:
                # what a run before has retired cannot be changed until it is in use again
                self._rpc.call("product.template", "write", [row["template"]], {"active": True}, what=f"use {article}")
            changes = {
                "name": article.name,
                "list_price": article.net.amount,
                "account_category": self._category(article.tax_rate),
            }
            self._rpc.call("product.template", "write", [row["template"]], changes, what=f"change {article}")
            own = {"attributes": dict(article.attributes) or None, "description": article.origin}
            self._rpc.call("product.product", "write", [row["id"]], own, what=f"change {article}")

    def attributes_of(self, article: str) -> Mapping[str, Attribute]:
        """Return the attributes of an article."""
        row = self._product(article, ["attributes"])
        return dict(row["attributes"] or {})

    def save_prices(self, price_list: str, prices: Mapping[str, Sequence[TierPrice]]) -> None:
        """Replace the tier prices of articles in a price list."""
        found = self._rpc.search("product.price_list", [["name", "=", price_list]], ["lines"])
        products = self._products(list(prices))
        lines = [
            {"product": products[number]["id"], "quantity": tier.from_quantity, "formula": f"{tier.net.amount:f}"}
            for number, tiers in prices.items()
            # the first line that matches counts
            for tier in sorted(tiers, key=lambda entry: -entry.from_quantity)
        ]
        for position, line in enumerate(lines):
            line["sequence"] = position
        if not found:
            entry = {"name": price_list, "unit": "product_default", "lines": [["create", lines]]}
            self._rpc.call("product.price_list", "create", [entry], what="create a price list")
            return
        replaced = {"lines": [["delete", found[0]["lines"]], ["create", lines]]}
        self._rpc.call("product.price_list", "write", [found[0]["id"]], replaced, what="change a price list")

    def set_picture(self, article: str, name: str, content: bytes) -> None:
        """Attach a picture to an article; the one before goes."""
        resource = f"product.product,{self._product(article, [])['id']}"
        found = [["resource", "=", resource], ["description", "=", PICTURE]]
        old = [row["id"] for row in self._rpc.search("ir.attachment", found, ["id"])]
        if old:
            self._rpc.call("ir.attachment", "delete", old, what="remove a picture")
        entry = {"resource": resource, "name": name, "type": "data", "data": content, "description": PICTURE}
        self._rpc.call("ir.attachment", "create", [entry], what="attach a picture")

    def retire(self, articles: Sequence[str], price_lists: Sequence[str] = ()) -> None:
        """Deactivate articles and price lists, and delete pictures; goods still in stock are no reason to keep them."""
        products = self._products(list(articles))
        templates = [row["template"] for row in products.values()]
        lists = self._rpc.search("product.price_list", [["name", "in", list(price_lists)]], ["id"])
        what = "take something out of use"
        self._sales.cancel_open(list(articles))
        self._remove_pictures([int(row["id"]) for row in products.values()])
        for model, found in (("product.template", templates), ("product.price_list", [row["id"] for row in lists])):
            if found:
                self._rpc.although_warned(model, "write", found, {"active": False}, what=what)

    def _remove_pictures(self, product_ids: list[int]) -> None:
        for begin in range(0, len(product_ids), _TOGETHER):
            resources = [f"product.product,{number}" for number in product_ids[begin : begin + _TOGETHER]]
            wanted = [["resource", "in", resources], ["description", "=", PICTURE]]
            if found := self._rpc.call("ir.attachment", "search", wanted, what="find pictures"):
                self._rpc.call("ir.attachment", "delete", found, what="remove pictures")

    def left_behind(self, number_mark: str, name_mark: str) -> LeftBehind:
        """Find active articles and price lists by what their number or name begins with."""
        products = self._rpc.search("product.product", [["code", "like", f"{number_mark}%"]], ["code"])
        lists = self._rpc.search("product.price_list", [["name", "like", f"{name_mark}%"]], ["name"])
        return LeftBehind(tuple(str(row["code"]) for row in products), tuple(str(row["name"]) for row in lists))

    # -- stock

    def count_stock(self, pieces: Mapping[str, int]) -> None:
        """Confirm an inventory of the storage zone."""
        products = self._products(list(pieces))
        location = self._id("stock.location", "code", "STO")
        lines = [{"product": products[number]["id"], "quantity": quantity} for number, quantity in pieces.items()]
        entry = {"location": location, "lines": [["create", lines]]}
        created = self._rpc.call("stock.inventory", "create", [entry], what="count the stock")
        self._rpc.call("stock.inventory", "confirm", created, what="count the stock")

    def stock_of(self, article: str) -> StockLevel:
        """Return what lies in the warehouse, and what open orders have promised."""
        product_id = self._product(article, [])["id"]
        return StockLevel(self._pieces([product_id])[product_id], self._sales.promised(product_id))

    def _pieces(self, product_ids: list[int]) -> dict[int, int]:
        """What lies in the warehouse, by product."""
        if not product_ids:
            return {}
        warehouse = self._rpc.search("stock.location", [["type", "=", "warehouse"]], ["id"])[0]["id"]
        rows = self._rpc.call(
            "product.product", "read", product_ids, ["quantity"], what="read the stock",
            locations=[warehouse], stock_date_end=dt.datetime.now(dt.UTC).date(),
        )  # fmt: skip
        return {int(row["id"]): int(row["quantity"] or 0) for row in rows}

    # -- orders

    def orders(self, reference: str) -> list[SalesOrder]:
        """Return every sales order with this reference."""
        return self._sales.orders(reference)

    def ship(self, order: SalesOrder, pieces: Mapping[str, int], tracking: str) -> Shipment:
        """Pick, pack and send pieces."""
        return self._sales.ship(order, pieces, tracking)

    def cancel(self, order: SalesOrder) -> None:
        """Take an order back to a draft and cancel it."""
        self._sales.cancel(order)

    def credit(self, order: SalesOrder, pieces: Mapping[str, int]) -> CreditNote:
        """Return pieces and post the credit note."""
        return self._sales.credit(order, pieces)

    def papers(self, order: SalesOrder) -> list[Paper]:
        """Return the attachments of a sales order."""
        found = self._rpc.search("ir.attachment", [["resource", "=", f"sale.sale,{order.key}"]], ["name", "data"])
        return [Paper(str(row["name"]), row["data"] or b"") for row in found]

    # -- customers

    def customers(self, email: str) -> list[Customer]:
        """Return every party with this e-mail address."""
        wanted = [["contact_mechanisms", "where", [["type", "=", "email"], ["value", "=", email]]]]
        customers = []
        for row in self._rpc.search("party.party", wanted, ["name", "code"]):
            rows = self._rpc.search("party.address", [["party", "=", row["id"]]], _ADDRESS)
            addresses = tuple(_address(entry) for entry in rows)
            customers.append(Customer(str(row["code"]), str(row["name"]), email, addresses))
        return customers

    def move_customer(self, customer: Customer, address: Address) -> None:
        """Change the address of a party."""
        wanted = [["contact_mechanisms", "where", [["type", "=", "email"], ["value", "=", customer.email]]]]
        party = self._rpc.call("party.party", "search", wanted, what="find a customer")
        ids = self._rpc.call("party.address", "search", [["party", "in", party]], what="find an address")
        changes = {
            "street_unstructured": address.street,
            "postal_code": address.zipcode,
            "city": address.city,
            "country": self._id("country.country", "code", address.country),
        }
        self._rpc.call("party.address", "write", ids, changes, what="change an address")

    # -- reading

    def _products(self, numbers: list[str]) -> dict[str, dict[str, Any]]:
        rows = self._rpc.search(
            "product.product",
            [["code", "in", numbers], ["active", "in", [True, False]]],
            ["code", "template", "template.active"],
        )
        return {
            str(row["code"]): {**row, "template.active": (row.get("template.") or {}).get("active")} for row in rows
        }

    def _product(self, number: str, names: list[str]) -> dict[str, Any]:
        rows = self._rpc.search("product.product", [["code", "=", number]], ["code", *names])
        if len(rows) != 1:
            raise ErpRefusedError(f"find the article {number}", f"there are {len(rows)} of it")
        return rows[0]

    def _template(self, article: Article) -> dict[str, Any]:
        unit = self._id("product.uom", "name", "Unit")
        product = {
            "suffix_code": article.number,
            "attributes": dict(article.attributes) or None,
            "description": article.origin,
        }
        return {
            "name": article.name,
            "type": "goods",
            "default_uom": unit,
            "sale_uom": unit,
            "salable": True,
            "list_price": article.net.amount,
            "account_category": self._category(article.tax_rate),
            "attribute_set": self._id("product.attribute.set", "name", "Shop"),
            "products": [["create", [product]]],
        }

    def _have_attributes(self, examples: Mapping[str, Attribute]) -> None:
        wanted = [["name", "in", list(examples)]]
        known = {row["name"] for row in self._rpc.search("product.attribute", wanted, ["name"])} if examples else set()
        if missing := sorted(examples.keys() - known):
            shop = self._id("product.attribute.set", "name", "Shop")
            entries = [
                {"name": name, "string": name, "type_": _TYPES[type(examples[name])], "sets": [["add", [shop]]]}
                for name in missing
            ]
            self._rpc.call("product.attribute", "create", entries, what="create attributes")

    def _category(self, rate: Decimal) -> int:
        return self._id("product.category", "name", f"VAT {rate.normalize():f} %")

    def _id(self, model: str, name: str, value: str) -> int:
        key = hashlib.sha256(f"{model} {name} {value}".encode()).hexdigest()
        if key not in self._known:
            found = self._rpc.call(model, "search", [[name, "=", value]], what=f"find {value}")
            if not found:
                raise ErpRefusedError(f"find {value}", f"it has no {model} with this {name}")
            self._known[key] = int(found[0])
        return self._known[key]


_TYPES: Mapping[type, str] = {str: "char", int: "integer", bool: "boolean"}
_ADDRESS = ["street", "postal_code", "city", "country.code"]


def _address(row: Mapping[str, Any]) -> Address:
    country = row.get("country.") or {}
    return Address(
        street=str(row["street"] or "").strip(),
        zipcode=str(row["postal_code"] or ""),
        city=str(row["city"] or ""),
        country=str(country.get("code") or ""),
    )
