"""Editing orders: everything happens in a draft, at the prices and roundings of the order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.refshop.store_api.visitor import Visitor, default_shop
from updategate.embedded.refshop.dal.context import ReadContext
from updategate.embedded.refshop.dal.ids import LIVE_VERSION
from updategate.embedded.refshop.dal.problems import ApiProblem
from updategate.embedded.refshop.dal.store import versioned
from updategate.embedded.refshop.order import recalculation
from updategate.embedded.refshop.order.recalculation import ManualLine

DRAFT = "d" * 32
_PARTS = (
    ("order_customer", "orderId"),
    ("order_address", "orderId"),
    ("order_line_item", "orderId"),
    ("order_delivery", "orderId"),
    ("order_transaction", "orderId"),
)


class Editor:
    """An order of two products and a promotion, and a draft of it."""

    def __init__(self, folder: Path) -> None:
        self.visitor = Visitor(default_shop(folder))
        self.visitor.login()
        self.shop = self.visitor.shop
        self.visitor.add("WS-1001", 4)
        self.visitor.redeem("SAVE10")
        self.order_id = str(self.visitor.post("/checkout/order").body["id"])
        self._copy("order", self.order_id)
        for entity, key in _PARTS:
            for row in self.shop.store.where(entity, **{key: self.order_id}):
                self._copy(entity, row["id"])
        for delivery in self.shop.store.where("order_delivery", orderId=self.order_id):
            for row in self.shop.store.where("order_delivery_position", orderDeliveryId=delivery["id"]):
                self._copy("order_delivery_position", row["id"])

    def _copy(self, entity: str, id_: str) -> None:
        doc = self.shop.store.get(entity, id_)
        assert doc is not None
        self.shop.store.upsert(versioned(entity, DRAFT), {**doc, "versionId": DRAFT})

    def order(self, version: str = DRAFT) -> dict[str, Any]:
        """Return the order as the version has it."""
        return dict(ReadContext(self.shop.store, version_id=version).get("order", self.order_id) or {})

    def lines(self) -> dict[str, float]:
        """Return the totals of the draft's lines by label."""
        rows = ReadContext(self.shop.store, version_id=DRAFT).where("order_line_item", orderId=self.order_id)
        return {row["label"]: row["totalPrice"] for row in rows}


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    return Editor(tmp_path)


def test_recalculated_order_costs_the_same(editor: Editor) -> None:
    before = editor.order()
    recalculation.recalculate(editor.shop, editor.order_id, DRAFT)
    after = editor.order()
    assert after["price"] == before["price"]
    assert editor.lines() == {"Claw hammer 500 g": 99.6, "10 percent off": -9.96}


def test_prices_of_the_order_are_kept_when_products_get_dearer(editor: Editor) -> None:
    hammer = editor.visitor.product("WS-1001")
    dearer = [{**price, "gross": 99.0, "net": 83.19} for price in hammer["price"]]
    editor.shop.store.upsert("product", {"id": hammer["id"], "price": dearer})
    recalculation.recalculate(editor.shop, editor.order_id, DRAFT)
    assert editor.order()["amountTotal"] == 95.54


def test_changed_quantity_counts_after_recalculation(editor: Editor) -> None:
    entity = versioned("order_line_item", DRAFT)
    row = next(row for row in editor.shop.store.all(entity) if row["type"] == "product")
    definition = {**row["priceDefinition"], "quantity": 2}
    editor.shop.store.upsert(entity, {"id": row["id"], "quantity": 2, "priceDefinition": definition})
    recalculation.recalculate(editor.shop, editor.order_id, DRAFT)
    assert editor.lines()["Claw hammer 500 g"] == 49.8
    # the discount is a line of the order and stays as it is; so do the shipping costs
    assert editor.order()["amountTotal"] == round(49.8 - 9.96 + 5.9, 2)


def test_added_product_has_its_price_of_today(editor: Editor) -> None:
    product = editor.visitor.product("WS-1002")["id"]
    recalculation.add_product(editor.shop, editor.order_id, DRAFT, product, 2)
    assert editor.lines()["Locksmith's hammer 300 g"] == 29
    assert editor.order()["amountTotal"] == round(95.54 + 29, 2)
    assert editor.order(LIVE_VERSION)["amountTotal"] == 95.54


def test_custom_item_and_credit(editor: Editor) -> None:
    price = {"price": 3.5, "taxRules": [{"taxRate": 19, "percentage": 100}]}
    recalculation.add_custom_item(editor.shop, editor.order_id, DRAFT, ManualLine("a" * 32, "Wrapping", 2, price))
    assert editor.order()["amountTotal"] == round(95.54 + 7, 2)
    recalculation.add_credit(editor.shop, editor.order_id, DRAFT, ManualLine("b" * 32, "Sorry", 1, {"price": -5}))
    order = editor.order()
    assert order["amountTotal"] == round(95.54 + 7 - 5, 2)
    assert order["price"]["netPrice"] == round(order["amountTotal"] - order["price"]["calculatedTaxes"][0]["tax"], 2)


def test_promotion_of_a_code(editor: Editor) -> None:
    cart, _ = recalculation.add_promotion(editor.shop, editor.order_id, DRAFT, "MINUS20")
    assert [error.message_key for error in cart.errors.values()] == ["promotion-discount-added"]
    assert editor.lines()["20 euro off"] == -20
    cart, _ = recalculation.add_promotion(editor.shop, editor.order_id, DRAFT, "NONSENSE")
    assert [error.message_key for error in cart.errors.values()] == ["promotion-not-found"]


def test_live_order_cannot_be_edited(editor: Editor) -> None:
    with pytest.raises(ApiProblem) as refusal:
        recalculation.recalculate(editor.shop, editor.order_id, LIVE_VERSION)
    assert refusal.value.errors[0]["code"] == "CHECKOUT__ORDER_CAN_NOT_RECALCULATE_LIVE_VERSION"


def test_unknown_order(editor: Editor) -> None:
    with pytest.raises(ApiProblem) as refusal:
        recalculation.recalculate(editor.shop, "0" * 32, DRAFT)
    assert refusal.value.errors[0]["code"] == "CHECKOUT__CART_ORDER_CONVERT_NOT_FOUND"
