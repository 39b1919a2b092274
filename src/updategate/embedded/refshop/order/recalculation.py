"""Edits orders: recalculates a draft, adds products, custom items, credits and promotions to it.

Like Shopware, all of this works on a draft (a version) of the order only; merging it makes it count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from updategate.embedded.refshop.cart.items import (
    CREDIT,
    CUSTOM,
    IS_PHYSICAL,
    PRODUCT,
    PROMOTION,
    Cart,
    Delivery,
    DeliveryDate,
    DeliveryInformation,
    DeliveryPosition,
    LineItem,
)
from updategate.embedded.refshop.cart.money import ZERO, Rounding, decimal
from updategate.embedded.refshop.cart.prices import (
    AbsolutePriceDefinition,
    CalculatedPrice,
    PercentagePriceDefinition,
    QuantityPriceDefinition,
    TaxState,
)
from updategate.embedded.refshop.cart.process import (
    EDIT_ORDER,
    SKIP_AUTOMATIC_PROMOTIONS,
    SKIP_PROMOTION,
    CartCalculation,
)
from updategate.embedded.refshop.cart.promotion import placeholder
from updategate.embedded.refshop.cart.stored import moment_of
from updategate.embedded.refshop.dal.problems import problem
from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.shop import Shop
from updategate.embedded.refshop.store_api.cart_store import features_of
from updategate.embedded.refshop.store_api.session import Session, assembled, catalogue_of

from .placing import store_delivery, store_lines, totals_doc
from .prices import definition_of, price_of
from .rows import OrderRows

_FINISHED = frozenset({"paid", "cancelled", "failed"})


@dataclass(frozen=True, slots=True)
class ManualLine:
    """A line that an administrator writes: ``definition`` is the price as the API takes it."""

    identifier: str
    label: str
    quantity: int
    definition: Mapping[str, Any]
    description: str | None = None
    removable: bool = True
    stackable: bool = True
    payload: Mapping[str, Any] | None = None


def recalculate(shop: Shop, order_id: str, version_id: str) -> None:
    """Calculate the draft anew, after its lines were changed; lines that fell out of it are deleted."""
    _Draft(shop, order_id, version_id).calculate().store(deliveries=True, delete_missing=True)


def add_product(shop: Shop, order_id: str, version_id: str, product_id: str, quantity: int) -> None:
    """Add a product at its price for the order's customer."""
    draft = _Draft(shop, order_id, version_id)
    if shop.store.get("product", product_id) is None:
        raise problem(
            404,
            "CHECKOUT__CART_PRODUCT_NOT_FOUND",
            f"Product for id {product_id} not found.",
            {"productId": product_id},
        )
    existing = draft.cart.items.get(product_id)
    if existing is None:
        draft.cart.items[product_id] = LineItem(
            product_id, PRODUCT, product_id, quantity, removable=True, stackable=True
        )
    else:
        existing.quantity += quantity
    draft.calculate()
    draft.deliver(product_id)
    draft.store(deliveries=True)


def add_custom_item(shop: Shop, order_id: str, version_id: str, line: ManualLine) -> None:
    """Add a line with a price for a number of pieces."""
    definition = definition_of({**line.definition, "type": "quantity"})
    _add_manual(shop, order_id, version_id, CUSTOM, line, definition)


def add_credit(shop: Shop, order_id: str, version_id: str, line: ManualLine) -> None:
    """Add a credit: an amount, usually negative, spread over the taxes of the order."""
    definition = AbsolutePriceDefinition(decimal(line.definition.get("price")))
    _add_manual(shop, order_id, version_id, CREDIT, line, definition)


def add_promotion(shop: Shop, order_id: str, version_id: str, code: str) -> tuple[Cart, Session]:
    """Add the promotion of a code; the cart's errors tell if it could not be used."""
    draft = _Draft(shop, order_id, version_id, EDIT_ORDER - {SKIP_PROMOTION} | {SKIP_AUTOMATIC_PROMOTIONS})
    item = placeholder(code)
    draft.cart.items[item.id] = item
    draft.calculate().store(deliveries=False)
    return draft.cart, draft.session


def toggle_automatic_promotions(
    shop: Shop, order_id: str, version_id: str, *, skip: bool = True
) -> tuple[Cart, Session]:
    """Calculate with or without the promotions that need no code."""
    permissions = EDIT_ORDER - {SKIP_PROMOTION} | ({SKIP_AUTOMATIC_PROMOTIONS} if skip else frozenset())
    draft = _Draft(shop, order_id, version_id, permissions)
    draft.calculate().store(deliveries=not skip)
    return draft.cart, draft.session


def _add_manual(
    shop: Shop,
    order_id: str,
    version_id: str,
    type_: str,
    line: ManualLine,
    definition: QuantityPriceDefinition | AbsolutePriceDefinition | PercentagePriceDefinition,
) -> None:
    draft = _Draft(shop, order_id, version_id)
    draft.cart.items[line.identifier] = LineItem(
        line.identifier,
        type_,
        None,
        line.quantity,
        label=line.label,
        description=line.description,
        removable=line.removable,
        stackable=line.stackable,
        payload=dict(line.payload or {}),
        definition=definition,
    )
    draft.calculate().store(deliveries=False)


class _Draft:
    """An order as a cart again, with the context that it was ordered in."""

    def __init__(self, shop: Shop, order_id: str, version_id: str, permissions: frozenset[str] = EDIT_ORDER) -> None:
        self._shop = shop
        self._rows = OrderRows(shop.store, version_id)
        order = self._rows.get("order", order_id)
        if order is None:
            raise problem(
                404,
                "CHECKOUT__CART_ORDER_CONVERT_NOT_FOUND",
                f"Order {order_id} could not be found.",
                {"orderId": order_id},
            )
        if self._rows.live:
            raise problem(
                400,
                "CHECKOUT__ORDER_CAN_NOT_RECALCULATE_LIVE_VERSION",
                f"Order with id {order_id} can not be recalculated because it is in the live version."
                " Please create a new version",
                {"orderId": order_id},
            )
        self._order = order
        self._line_rows = self._rows.where("order_line_item", orderId=order_id)
        self._delivery_rows = self._rows.where("order_delivery", orderId=order_id)
        self._known = {str(row.get("identifier")): str(row["id"]) for row in self._line_rows}
        self.session = self._session(permissions)
        self.cart = self._as_cart()

    def calculate(self) -> _Draft:
        """Calculate the cart in the context of the order."""
        calculation = CartCalculation(
            self.session.context, catalogue_of(self._shop), self._shop.behaviour, features_of(self._shop)
        )
        self.cart = calculation.calculate(self.cart)
        return self

    def deliver(self, item_id: str) -> None:
        """Put a new line into the first delivery."""
        item = self.cart.items.get(item_id)
        if item is None or item.price is None or not self.cart.deliveries:
            return
        delivery = self.cart.deliveries[0]
        if all(position.item.id != item_id for position in delivery.positions):
            delivery.positions.append(DeliveryPosition(item, item.price, delivery.date))

    def store(self, *, deliveries: bool, delete_missing: bool = False) -> None:
        """Write the calculated cart back to the draft."""
        order_id, rows = self._order["id"], self._rows
        with self._shop.store.transaction():
            rows.upsert("order", {"id": order_id, **totals_doc(self.cart), "ruleIds": list(self.cart.rule_ids)})
            ids = store_lines(self._shop, rows, self.cart, order_id, self._known)
            if delete_missing:
                for row in self._line_rows:
                    if row["id"] not in ids.values():
                        rows.delete("order_line_item", row["id"])
            if not deliveries:
                return
            for delivery, row in zip(self.cart.deliveries, self._ordered_deliveries(), strict=False):
                address = str(row.get("shippingOrderAddressId") or "")
                store_delivery(self._shop, rows, delivery, order_id, address, ids, row["id"])

    def _ordered_deliveries(self) -> list[Doc]:
        """Return the deliveries, real ones before discounts on them."""
        return sorted(self._delivery_rows, key=lambda row: _total(row) < 0)

    # -- context ----------------------------------------------------------------------------------------------------

    def _session(self, permissions: frozenset[str]) -> Session:
        order, store = self._order, self._shop.store
        customers = self._rows.where("order_customer", orderId=order["id"])
        billing = self._rows.get("order_address", order.get("billingAddressId")) or {}
        deliveries = self._ordered_deliveries()
        chosen = {
            "currencyId": order.get("currencyId"),
            "languageId": order.get("languageId"),
            "customerId": customers[0].get("customerId") if customers else None,
            "countryStateId": billing.get("countryStateId"),
            "countryId": billing.get("countryId"),
            "shippingMethodId": deliveries[0].get("shippingMethodId") if deliveries else None,
            "paymentMethodId": self._payment_method(),
            "permissions": dict.fromkeys(permissions, True),
        }
        channel = store.get("sales_channel", order["salesChannelId"])
        if channel is None:
            raise problem(404, "SYSTEM__SALES_CHANNEL_NOT_FOUND", "The sales channel of the order is gone.")
        session = assembled(
            self._shop,
            channel,
            self._shop.ids.token(),
            {key: value for key, value in chosen.items() if value is not None},
        )
        context = session.context
        context.tax_state = TaxState(str(order.get("taxStatus") or context.tax_state.value))
        context.currency = replace(context.currency, factor=decimal(order.get("currencyFactor"), Decimal(1)))
        if order.get("itemRounding"):
            context.item_rounding = Rounding.of(order["itemRounding"])
        if order.get("totalRounding"):
            context.total_rounding = Rounding.of(order["totalRounding"])
        context.rule_ids = tuple(order.get("ruleIds") or ())
        return session

    def _payment_method(self) -> str | None:
        found: str | None = None
        for row in self._rows.where("order_transaction", orderId=self._order["id"]):
            found = row.get("paymentMethodId")
            state = self._shop.store.get("state_machine_state", row.get("stateId") or "") or {}
            if state.get("technicalName") not in _FINISHED:
                break
        return found

    # -- cart -------------------------------------------------------------------------------------------------------

    def _as_cart(self) -> Cart:
        order = self._order
        items = {item.id: item for item in self._items(None)}
        cart = Cart(
            self.session.token,
            items,
            rule_ids=tuple(order.get("ruleIds") or ()),
            customer_comment=order.get("customerComment"),
            affiliate_code=order.get("affiliateCode"),
            campaign_code=order.get("campaignCode"),
            source=order.get("source"),
            new=False,
            order_id=order["id"],
        )
        lines = {self._known[item.id]: item for item in cart.flat()}
        cart.deliveries = [self._delivery(row, lines) for row in self._ordered_deliveries()]
        shipping = next((each.costs for each in cart.deliveries if each.costs.total >= 0), None)
        cart.manual_shipping = shipping
        return cart

    def _items(self, parent_id: str | None) -> Iterable[LineItem]:
        rows = [row for row in self._line_rows if row.get("parentId") == parent_id]
        for row in sorted(rows, key=lambda row: int(row.get("position") or 0)):
            item = _item_of(row)
            item.children = list(self._items(row["id"]))
            yield item

    def _delivery(self, row: Doc, lines: Mapping[str, LineItem]) -> Delivery:
        now = self._shop.clock.now()
        date = DeliveryDate(
            moment_of(row.get("shippingDateEarliest")) or now, moment_of(row.get("shippingDateLatest")) or now
        )
        positions = []
        for position in self._rows.where("order_delivery_position", orderDeliveryId=row["id"]):
            item = lines.get(str(position.get("orderLineItemId")))
            if item is not None:
                price = price_of(position.get("price")) or item.price or CalculatedPrice(ZERO, ZERO)
                positions.append(DeliveryPosition(item, price, date))
        costs = price_of(row.get("shippingCosts")) or CalculatedPrice(ZERO, ZERO)
        return Delivery(positions, date, str(row.get("shippingMethodId") or ""), costs)


def _total(row: Doc) -> Decimal:
    return decimal((row.get("shippingCosts") or {}).get("totalPrice"))


def _item_of(row: Doc) -> LineItem:
    quantity = int(row.get("quantity") or 1)
    definition = definition_of(row["priceDefinition"]) if row.get("priceDefinition") else None
    payload = row.get("payload")
    item = LineItem(
        str(row.get("identifier") or row["id"]),
        str(row.get("type") or CUSTOM),
        row.get("referencedId"),
        quantity,
        label=row.get("label"),
        description=row.get("description"),
        payload=dict(payload) if isinstance(payload, dict) else {},
        definition=definition,
        price=price_of(row.get("price")),
        good=bool(row.get("good", True)),
        removable=bool(row.get("removable", True)),
        stackable=bool(row.get("stackable", True)),
        cover_id=row.get("coverId"),
        states=tuple(row.get("states") or ()),
    )
    if item.type not in (PROMOTION, CREDIT):
        item.delivery = DeliveryInformation(quantity, ZERO, free_delivery=False, restock_time=None, delivery_time=None)
        item.states = item.states or (IS_PHYSICAL,)
    return item
