"""The connector's key to the shop: an integration, and what it may do with it."""

from __future__ import annotations

from updategate.actors.recorder import Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.admin_api.sign_in import Credentials
from updategate.clients.errors import ApiError

# what a connector reads in the shop
READ = (
    "product", "product_price", "product_media", "media", "tax", "rule", "sales_channel", "country", "currency",
    "order", "order_line_item", "order_delivery", "order_transaction", "customer", "customer_address", "document",
)  # fmt: skip
_NOBODY = "0" * 31 + "1"


class ErpKey:
    """Somebody who tries the connector's key."""

    def __init__(self, access: ShopAccess, credentials: Credentials, recorder: Recorder) -> None:
        self._admin = AdminApi(access.transport, credentials)
        self._recorder = recorder

    def opens(self) -> bool:
        """Whether the shop still takes the key."""
        with self._recorder.step("signs in with the connector's key"):
            answer = self._admin.sign_in.raw()
            if answer.status in (400, 401, 403):
                return False
            if not answer.ok:
                raise ApiError.of(answer)
            return True

    def may_not_read(self) -> list[str]:
        """What of the things that a connector reads is refused."""
        with self._recorder.step(f"reads {len(READ)} kinds of data with the connector's key"):
            return [entity for entity in READ if not self._may_read(entity)]

    def may_not_write(self, product_id: str) -> list[str]:
        """What of the things that a connector writes is refused; only a product of the test is changed.

        Rights are looked at before data: a transition of an order that does not exist is answered with 403 only where
        the right is missing.
        """
        with self._recorder.step("writes with the connector's key"):
            tries = {
                "product": ("PATCH", f"/product/{product_id}", {"stock": 7}),
                "order": ("POST", f"/_action/order/{_NOBODY}/state/process", {}),
                "order_delivery": ("POST", f"/_action/order_delivery/{_NOBODY}/state/ship", {}),
                "order_transaction": ("POST", f"/_action/order_transaction/{_NOBODY}/state/refund", {}),
            }
            return [
                name
                for name, (method, path, body) in tries.items()
                if self._admin.raw(method, path, body).status in (401, 403)
            ]

    def _may_read(self, entity: str) -> bool:
        answer = self._admin.raw_search(entity, Criteria().limit(1))
        if answer.status in (401, 403):
            return False
        if not answer.ok:
            raise ApiError.of(answer)
        return True
