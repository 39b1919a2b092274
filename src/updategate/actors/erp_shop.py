"""What the shop makes of what the ERP sends, as the back office and a visitor see it."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from updategate.actors.erp_office import NotOnceError
from updategate.actors.purchase import Placed
from updategate.actors.recorder import Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.actors.test_data.products import Offer
from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.cart_reading import main_delivery
from updategate.clients.connector.waiting import wait_for
from updategate.clients.erp import Address, Article
from updategate.clients.errors import ApiError
from updategate.clients.json_text import Json, JsonObject
from updategate.clients.message_queue import waiting_messages
from updategate.clients.transport import Call
from updategate.domain.money import Money

SYSTEM_CURRENCY = "b7d2554b0ce847cd82f3ac9bd1c0dfca"


@dataclass(frozen=True, slots=True)
class ShopTier:
    """A tier price of the shop."""

    from_quantity: int
    to_quantity: int | None
    net: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class ShopProduct:
    """An article of the ERP as a product of the shop."""

    id: str
    number: str
    name: str
    net: Decimal
    gross: Decimal
    tax_rate: Decimal
    stock: int
    available: int
    sellable: bool
    channels: int
    custom_fields: Mapping[str, Json]
    tiers: tuple[ShopTier, ...]
    pictures: tuple[str, ...]

    @property
    def offer(self) -> Offer:
        """The product for builders of test data."""
        return Offer(self.id, self.number, self.name, Money(self.net, "EUR"), Money(self.gross, "EUR"), self.tax_rate)

    def __str__(self) -> str:
        return self.number


@dataclass(frozen=True, slots=True)
class DeliverySeen:
    """The delivery of an order: its state and the tracking codes, oldest first."""

    state: str
    tracking: tuple[str, ...]


class ErpShop:
    """Somebody who looks at the shop's end."""

    def __init__(self, access: ShopAccess, recorder: Recorder, custom_field: str = "{name}") -> None:
        self._access = access
        self._recorder = recorder
        self._custom_field = custom_field

    @property
    def _admin(self) -> AdminApi:
        return self._access.back_office

    # -- products

    def finds(self, article: Article) -> list[ShopProduct]:
        """Find all products of an article, by number and by name: a connector that doubles them numbers them anew."""
        with self._recorder.step(f"looks for products of {article}"):
            by_number = self._products(Criteria().starts_with("productNumber", article.number))
            by_name = self._products(Criteria().equals("name", article.name))
            return list({product.id: product for product in (*by_number, *by_name)}.values())

    def sees(self, article: Article) -> ShopProduct:
        """Open the product of an article; ``NotOnceError`` unless there is exactly one."""
        with self._recorder.step(f"opens the product {article}"):
            found = self._products(Criteria().equals("productNumber", article.number))
            if len(found) != 1:
                msg = f"product {article.number}"
                raise NotOnceError(msg, 1, len(found))
            return found[0]

    def sees_custom_fields(self, article: Article) -> Mapping[str, Json]:
        """Look at the custom fields of an article's product; those that the connector writes under the ERP's names."""
        before, _, after = self._custom_field.partition("{name}")
        named = re.compile(f"{re.escape(before)}(.+){re.escape(after)}")
        fields = self.sees(article).custom_fields
        return {(found[1] if (found := named.fullmatch(name)) else name): value for name, value in fields.items()}

    def counts_complete(self, articles: Sequence[Article], gross: str) -> tuple[int, list[str]]:
        """Count the products that are there with price and sales channel, and name those that are only half there."""
        with self._recorder.step(f"counts the products of {len(articles)} articles"):
            complete, half = 0, []
            numbers = [article.number for article in articles]
            for begin in range(0, len(numbers), 100):
                for product in self._products(Criteria().any_of("productNumber", numbers[begin : begin + 100])):
                    if product.channels == 1 and product.gross == Decimal(gross) and product.name:
                        complete += 1
                    else:
                        half.append(product.number)
            return complete, half

    def sees_picture(self, product: ShopProduct) -> bytes:
        """Download the picture of a product that has one."""
        with self._recorder.step(f"looks at the picture of {product}"):
            if len(product.pictures) != 1:
                msg = f"picture of {product.number}"
                raise NotOnceError(msg, 1, len(product.pictures))
            media = self._admin.get("media", product.pictures[0])
            path = "/" + str(media["url"]).split("/", 3)[3]
            answer = self._access.transport.send(Call("GET", path, headers={"Accept": "image/*"}))
            if not answer.ok:
                raise ApiError.of(answer)
            return answer.body

    def notes(self, product: ShopProduct, custom_fields: Mapping[str, Json]) -> None:
        """Write custom fields of a product, as the merchant's people do."""
        with self._recorder.step(f"writes custom fields of {product}"):
            self._access.require("admin_write", "Writing custom fields")
            self._admin.patch("product", product.id, {"customFields": dict(custom_fields)})

    def notes_on_order(self, order: Placed, custom_fields: Mapping[str, Json]) -> None:
        """Write custom fields of an order."""
        with self._recorder.step(f"writes custom fields of {order}"):
            self._access.require("admin_write", "Writing custom fields")
            self._admin.patch("order", order.id, {"customFields": dict(custom_fields)})

    # -- what a visitor sees

    def shows_stock(self, product: ShopProduct, pieces: int, within: float) -> float | None:
        """Wait until Store API and page agree on ``pieces``; seconds it took, ``None`` if they never did in time.

        ``pieces`` 0 of a closeout product: the page offers no button to buy.
        """
        with self._recorder.step(f"waits until visitors see {pieces} pieces of {product}", within=within):
            begun = time.monotonic()

            def look() -> float | None:
                agree = self._stock_in_store_api(product.id) == pieces
                return time.monotonic() - begun if agree and self._buyable(product.id) == (pieces > 0) else None

            return wait_for(look, within)

    def _stock_in_store_api(self, product_id: str) -> int | None:
        answer = self._access.session().raw_product(product_id)
        if not answer.ok:
            # a closeout product without stock can be hidden
            return 0
        product = answer.json()["product"]
        return int(product.get("availableStock") or 0) if product.get("available") else 0

    def _buyable(self, product_id: str) -> bool:
        call = Call("GET", f"/detail/{product_id}", headers={"Accept": "text/html"}, follow_redirects=True)
        answer = self._access.transport.send(call)
        return answer.status == 200 and b"btn-buy" in answer.body

    # -- orders and customers

    def sees_delivery(self, order: Placed) -> DeliverySeen:
        """Look at the delivery of an order."""
        with self._recorder.step(f"looks at the delivery of {order}"):
            body = self._admin.get("order", order.id, "deliveries.stateMachineState")
            delivery = main_delivery(body["deliveries"])
            return DeliverySeen(
                str(delivery["stateMachineState"]["technicalName"]), tuple(delivery.get("trackingCodes") or ())
            )

    def sees_address(self, email: str) -> Address:
        """Look at the billing address of a customer."""
        with self._recorder.step(f"looks at the address of {email}"):
            criteria = Criteria().equals("email", email).associate("defaultBillingAddress.country")
            found = self._admin.search("customer", criteria).first()
            if found is None:
                message = f"the shop has no customer {email}"
                raise LookupError(message)
            address = found["defaultBillingAddress"]
            return Address(
                str(address["street"]), str(address["zipcode"]), str(address["city"]), str(address["country"]["iso"])
            )

    def moves_customer(self, email: str, address: Address) -> None:
        """Change the billing address of a customer, as the back office does."""
        with self._recorder.step(f"changes the address of {email} to {address.city}"):
            self._access.require("admin_write", "Changing an address")
            found = self._admin.search("customer", Criteria().equals("email", email)).first()
            if found is None:
                message = f"the shop has no customer {email}"
                raise LookupError(message)
            changes: JsonObject = {"street": address.street, "zipcode": address.zipcode, "city": address.city}
            self._admin.patch("customer_address", str(found["defaultBillingAddressId"]), changes)

    def writes_invoice(self, order: Placed) -> bytes:
        """Create the invoice of an order, and return its file."""
        with self._recorder.step(f"writes the invoice of {order}"):
            created = self._admin.create_document(order.id, "invoice")
            return self._admin.download_document(str(created["documentId"]), str(created["documentDeepLink"]))

    # -- the queue

    def queue_drained(self, within: float) -> float | None:
        """Wait until the shop's message queue is empty; seconds it took, ``None`` if it never was in time."""
        with self._recorder.step("waits until the message queue is empty", within=within):
            begun = time.monotonic()

            def look() -> float | None:
                waiting = waiting_messages(self._admin)
                if waiting is None:
                    message = "the shop does not count the messages of its queue"
                    raise LookupError(message)
                return time.monotonic() - begun if waiting <= 0 else None

            return wait_for(look, within, pause=0.5)

    def _products(self, criteria: Criteria) -> list[ShopProduct]:
        wanted = criteria.associate("tax", "visibilities", "prices", "media").limit(100)
        return [_read(row) for row in self._admin.search("product", wanted).data]


def _read(row: JsonObject) -> ShopProduct:
    net, gross = _amounts(row.get("price"))
    tiers = sorted(
        (
            ShopTier(int(entry["quantityStart"]), entry.get("quantityEnd"), *_amounts(entry.get("price")))
            for entry in row.get("prices") or []
        ),
        key=lambda tier: tier.from_quantity,
    )
    return ShopProduct(
        id=str(row["id"]),
        number=str(row["productNumber"]),
        name=str(row.get("name") or ""),
        net=net,
        gross=gross,
        tax_rate=Decimal(str((row.get("tax") or {}).get("taxRate") or 0)),
        stock=int(row["stock"]),
        available=int(row.get("availableStock") or 0),
        sellable=bool(row.get("available")),
        channels=len(row.get("visibilities") or []),
        custom_fields=dict(row.get("customFields") or {}),
        tiers=tuple(tiers),
        pictures=tuple(str(entry["mediaId"]) for entry in row.get("media") or []),
    )


def _amounts(prices: Json) -> tuple[Decimal, Decimal]:
    entries = prices.values() if isinstance(prices, dict) else prices or ()
    for entry in entries:
        if entry["currencyId"] == SYSTEM_CURRENCY:
            return Decimal(str(entry["net"])), Decimal(str(entry["gross"]))
    return Decimal(0), Decimal(0)
