"""Products that a shop lists without a price."""

from __future__ import annotations

from typing import Any

import pytest

from tests.actors.fakes import SpyRecorder
from updategate.actors.onlooker import Category, Onlooker, UnpricedError
from updategate.actors.shop_access import ShopAccess
from updategate.clients.transport import Answer

PRICED = {"id": "a", "productNumber": "A-1", "name": "Vase", "calculatedPrice": {"unitPrice": 30}}
UNPRICED = {"id": "b", "productNumber": "B-1", "name": "Lamp"}


class Session:
    currency = "EUR"

    def __init__(self, status: int) -> None:
        self._status = status

    def listing(self, category_id: str, **_: object) -> dict[str, Any]:
        assert category_id == "shelf"
        return {"elements": [PRICED, UNPRICED, {**UNPRICED, "productNumber": "UG-TST001-MUG-AF13"}]}

    def raw_product(self, product_id: str) -> Answer:
        assert product_id == "b"
        return Answer("POST", self._status, {}, b"{}", 0.0)


class Access(ShopAccess):
    shop: Session

    def session(self) -> Any:
        return self.shop


def onlooker(status: int) -> Onlooker:
    access = Access(transport=None, access_key="", storefront_url="")  # type: ignore[arg-type]
    access.shop = Session(status)
    return Onlooker(access, SpyRecorder())


def test_a_product_for_sale_without_a_price_is_named() -> None:
    with pytest.raises(UnpricedError, match="shows the product B-1 without a price"):
        onlooker(200).sees_listing(Category("shelf", "Shelf"))


def test_a_product_that_is_gone_by_now_is_left_out() -> None:
    assert [product.number for product in onlooker(404).sees_listing(Category("shelf", "Shelf"))] == ["A-1"]
