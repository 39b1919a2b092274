"""What an ERP does all day beside the shoppers: writes stock in batches, and fetches orders."""

from __future__ import annotations

from collections.abc import Sequence

from updategate.actors.recorder import Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.clients.admin_api import Criteria


class ErpTraffic:
    """The ERP's regular traffic. It writes the stock only of products that were made for it."""

    def __init__(self, access: ShopAccess, recorder: Recorder) -> None:
        self._access = access
        self._recorder = recorder

    def writes_stock(self, stock_by_product_id: Sequence[tuple[str, int]]) -> int:
        """Write the stock of products in one batch; returns how many were sent."""
        with self._recorder.step(f"writes the stock of {len(stock_by_product_id)} products"):
            self._access.require("admin_write", "Writing stock")
            payload = [{"id": product_id, "stock": stock} for product_id, stock in stock_by_product_id]
            self._access.back_office.upsert(("product", payload))
            return len(payload)

    def fetches_orders(self, page: int, size: int = 25) -> int:
        """Fetch a page of orders with their lines, as an export does; returns how many came."""
        with self._recorder.step(f"fetches page {page} of the orders"):
            criteria = (
                Criteria()
                .associate("lineItems", "deliveries", "transactions", "orderCustomer", "currency")
                .sort("createdAt")
                .limit(size, page)
            )
            return len(self._access.back_office.search("order", criteria).data)
