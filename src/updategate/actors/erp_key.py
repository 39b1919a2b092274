"""The connector's key to the shop: an integration, and what it may do with it."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from updategate.actors.purchase import Buyable, Placed
from updategate.actors.recorder import Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.admin_api.sign_in import Credentials
from updategate.clients.cart_reading import main_delivery
from updategate.clients.errors import ApiError
from updategate.clients.json_text import Json, JsonObject
from updategate.clients.transport import Answer

# what a connector reads in the shop
READ = (
    "product", "product_price", "product_media", "media", "tax", "rule", "sales_channel", "country", "currency",
    "order", "order_line_item", "order_delivery", "order_transaction", "customer", "customer_address", "document",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Try:
    """Something that a connector writes, and the right that it needs, should the shop not name it."""

    right: str
    method: str
    path: str
    body: JsonObject


class ErpKey:
    """Somebody who tries the connector's key. ``lacks`` are the rights that it has never had, on purpose."""

    def __init__(
        self, access: ShopAccess, credentials: Credentials, recorder: Recorder, lacks: Collection[str] = ()
    ) -> None:
        self._admin = AdminApi(access.transport, credentials)
        self._access = access
        self._recorder = recorder
        self._lacks = frozenset(lacks)

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
        """Which rights to read what a connector reads are missing, in Shopware's words (``order:read``)."""
        with self._recorder.step(f"reads {len(READ)} kinds of data with the connector's key"):
            answers = [(f"{entity}:read", self._admin.raw_search(entity, Criteria().limit(1))) for entity in READ]
            return self._missing(answers)

    def may_not_write(self, product: Buyable, order: Placed) -> list[str]:
        """Which rights to write what a connector writes are missing, in Shopware's words (``order:update``).

        Only what the test has made is written: the product, and an open and unpaid order, which is paid and sent then.
        Something that does not exist would tell nothing: the shop looks at it before it looks at the rights.
        """
        with self._recorder.step("writes with the connector's key"):
            self._access.require("admin_write", "Trying the connector's key")
            tries = self._tries(product, order)
            return self._missing(
                [(entry.right, self._admin.raw(entry.method, entry.path, entry.body)) for entry in tries]
            )

    def _tries(self, product: Buyable, order: Placed) -> list[_Try]:
        admin = self._access.back_office
        body = admin.get("order", order.id, "deliveries", "transactions", "orderCustomer.customer")
        delivery, transaction = main_delivery(body["deliveries"])["id"], body["transactions"][0]["id"]
        address = body["orderCustomer"]["customer"]["defaultBillingAddressId"]
        return [
            _Try("product:update", "PATCH", f"/product/{product.id}", {"stock": 7}),
            _Try("customer_address:update", "PATCH", f"/customer-address/{address}", {"street": "Prüfweg 13"}),
            _Try("order:update", "PATCH", f"/order/{order.id}", {"customFields": {"updategate_key": "tried"}}),
            _Try("order_delivery:update", "PATCH", f"/order-delivery/{delivery}", {"trackingCodes": ["JD0146000099"]}),
            _Try("order_transaction:update", "POST", f"/_action/order_transaction/{transaction}/state/paid", {}),
            _Try("order_delivery:update", "POST", f"/_action/order_delivery/{delivery}/state/ship", {}),
            _Try("order:update", "POST", f"/_action/order/{order.id}/state/process", {}),
        ]

    def _missing(self, answers: list[tuple[str, Answer]]) -> list[str]:
        missing: dict[str, None] = {}
        for right, answer in answers:
            if answer.status in (401, 403):
                missing.update(dict.fromkeys(_named(answer) or [right]))
            elif not answer.ok:
                raise ApiError.of(answer)
        return [right for right in missing if right not in self._lacks]


def _named(answer: Answer) -> list[str]:
    """The rights that a refusal names: Shopware writes them as JSON into the detail of its error."""
    for violation in ApiError.of(answer).violations:
        try:
            told: Json = json.loads(violation.detail)
        except ValueError:
            continue
        rights = told.get("missingPrivileges") if isinstance(told, dict) else None
        if isinstance(rights, list):
            return [str(right) for right in rights]
    return []
