"""The Store API of one customer's session.

Differences between Shopware versions end here: since 6.6 the new context token of a login stands only in the header.
"""

from __future__ import annotations

from collections.abc import Sequence

from updategate.clients.cart_reading import read_cart, read_order
from updategate.clients.errors import ApiError
from updategate.clients.json_text import Json, JsonObject
from updategate.clients.store_api.session import StoreSession
from updategate.clients.transport import Answer
from updategate.domain.views import CartView, OrderView

ORDER_ASSOCIATIONS: JsonObject = {
    "currency": {},
    "lineItems": {},
    "addresses": {},
    "orderCustomer": {},
    "stateMachineState": {},
    "transactions": {"associations": {"paymentMethod": {}, "stateMachineState": {}}},
    "deliveries": {"associations": {"shippingMethod": {}, "stateMachineState": {}}},
}


class StoreApi(StoreSession):
    """What a customer can ask of the shop."""

    # -- account

    def raw_register(self, body: JsonObject) -> Answer:
        """Register a customer or a guest."""
        return self.raw("POST", "/account/register", body)

    def register(self, body: JsonObject) -> JsonObject:
        """Register a customer or a guest, who is logged in afterwards."""
        return self._object(self.raw_register(body))

    def raw_login(self, email: str, password: str) -> Answer:
        """Log in."""
        return self.raw("POST", "/account/login", {"username": email, "password": password})

    def login(self, email: str, password: str) -> None:
        """Log in; the session continues under the customer's own token."""
        answer = self.raw_login(email, password)
        body = self._object(answer)
        in_body = body.get("contextToken")  # 6.5
        if isinstance(in_body, str) and not answer.header("sw-context-token"):
            self.token = in_body

    def logout(self) -> None:
        """Log out; the session continues anonymous."""
        self._object(self.raw("POST", "/account/logout"))

    def raw_customer(self) -> Answer:
        """Ask who is logged in."""
        return self.raw("POST", "/account/customer")

    def customer(self) -> JsonObject:
        """Return the customer who is logged in."""
        return self._object(self.raw_customer())

    def recover_password(self, email: str, storefront_url: str) -> None:
        """Ask for a mail with a link to a new password."""
        self.ask("POST", "/account/recovery-password", {"email": email, "storefrontUrl": storefront_url})

    def raw_confirm_recovery(self, recovery_hash: str, password: str) -> Answer:
        """Set a new password with the hash that the mail carried."""
        body = {"hash": recovery_hash, "newPassword": password, "newPasswordConfirm": password}
        return self.raw("POST", "/account/recovery-password-confirm", body)

    def addresses(self) -> list[JsonObject]:
        """Return the addresses of the customer who is logged in."""
        return self._elements(self.ask("POST", "/account/list-address"))

    def create_address(self, body: JsonObject) -> JsonObject:
        """Add an address to the customer who is logged in."""
        return self._object(self.raw("POST", "/account/address", body))

    def change_address(self, address_id: str, body: JsonObject) -> JsonObject:
        """Change one address of the customer who is logged in."""
        answer = self.raw("PATCH", f"/account/address/{address_id}", body, name="/account/address/{id}")
        return self._object(answer)

    def default_address(self, kind: str, address_id: str) -> None:
        """Make an address the default one of ``kind`` ``billing`` or ``shipping``."""
        path = f"/account/address/default-{kind}/{address_id}"
        self.ask("PATCH", path, name=f"/account/address/default-{kind}/{{id}}")

    # -- cart

    def raw_cart(self) -> Answer:
        """Ask for the cart."""
        return self.raw("GET", "/checkout/cart")

    def cart(self) -> CartView:
        """Read the cart."""
        return self._cart(self.raw_cart())

    def raw_add(self, *items: JsonObject) -> Answer:
        """Put line items into the cart."""
        return self.raw("POST", "/checkout/cart/line-item", {"items": list(items)})

    def add_product(self, product_id: str, quantity: int = 1) -> CartView:
        """Put a product into the cart."""
        item = {"id": product_id, "referencedId": product_id, "type": "product", "quantity": quantity}
        return self._cart(self.raw_add(item))

    def add_products(self, product_ids: Sequence[str]) -> CartView:
        """Put one of each product into the cart, in one request."""
        items = [{"id": entry, "referencedId": entry, "type": "product", "quantity": 1} for entry in product_ids]
        return self._cart(self.raw_add(*items))

    def add_items(self, items: Sequence[JsonObject]) -> CartView:
        """Put several line items into the cart, in one request."""
        return self._cart(self.raw_add(*items))

    def add_code(self, code: str) -> CartView:
        """Enter a promotion code."""
        return self._cart(self.raw_add({"type": "promotion", "referencedId": code}))

    def change_quantity(self, line_item_id: str, quantity: int) -> CartView:
        """Change the quantity of a line item."""
        body = {"items": [{"id": line_item_id, "quantity": quantity}]}
        return self._cart(self.raw("PATCH", "/checkout/cart/line-item", body))

    def remove(self, line_item_id: str) -> CartView:
        """Take a line item out of the cart."""
        return self._cart(self.raw("DELETE", "/checkout/cart/line-item", {"ids": [line_item_id]}))

    def delete_cart(self) -> None:
        """Throw the whole cart away."""
        answer = self.raw("DELETE", "/checkout/cart")
        if not answer.ok:
            raise ApiError.of(answer)

    # -- order

    def raw_order(self, comment: str | None = None, campaign: str | None = None) -> Answer:
        """Place the order for the cart."""
        body: JsonObject = {}
        if comment:
            body["customerComment"] = comment
        if campaign:
            body["campaignCode"] = campaign
        return self.raw("POST", "/checkout/order", body)

    def order(self, comment: str | None = None, campaign: str | None = None) -> JsonObject:
        """Place the order and return it as delivered; read it with ``read_order``."""
        return self._object(self.raw_order(comment, campaign))

    def orders(self, **criteria: Json) -> list[JsonObject]:
        """Return the orders of the customer who is logged in, newest first."""
        body: JsonObject = {
            "associations": ORDER_ASSOCIATIONS,
            "sort": [{"field": "createdAt", "order": "DESC"}],
            "checkPromotion": False,
            **criteria,
        }
        answer = self.ask("POST", "/order", body)
        return self._elements(answer["orders"])

    def order_view(self, order_id: str) -> OrderView:
        """Read one order of the customer who is logged in."""
        found = self.orders(filter=[{"type": "equals", "field": "id", "value": order_id}])
        if not found:
            message = f"the customer's order list does not hold the order {order_id}"
            raise LookupError(message)
        return read_order(found[0])

    def handle_payment(self, order_id: str, finish_url: str, error_url: str) -> JsonObject:
        """Begin the payment of an order."""
        body = {"orderId": order_id, "finishUrl": finish_url, "errorUrl": error_url}
        return self._object(self.raw("POST", "/handle-payment", body))

    def change_payment(self, order_id: str, payment_method_id: str) -> None:
        """Pay a placed order in another way."""
        self.ask("POST", "/order/payment", {"orderId": order_id, "paymentMethodId": payment_method_id})

    def cancel_order(self, order_id: str) -> str:
        """Cancel an order as its customer and return the state it is in then."""
        state = self.ask("POST", "/order/state/cancel", {"orderId": order_id})
        return str(state["technicalName"])

    # -- catalogue and settings

    def payment_methods(self, *, only_available: bool = True) -> list[JsonObject]:
        """Return the payment methods that the session is offered."""
        return self._elements(self.ask("POST", "/payment-method", {"onlyAvailable": only_available}))

    def shipping_methods(self, *, only_available: bool = True) -> list[JsonObject]:
        """Return the shipping methods that the session is offered."""
        path = "/shipping-method" + ("?onlyAvailable=1" if only_available else "")
        return self._elements(self.ask("POST", path))

    def countries(self) -> dict[str, str]:
        """Return the ids of the offered countries by ISO code."""
        return {str(entry["iso"]): str(entry["id"]) for entry in self._pages("/country")}

    def salutations(self) -> dict[str, str]:
        """Return the ids of the salutations by key (``mr``, ``not_specified``)."""
        found = self._elements(self.ask("POST", "/salutation"))
        return {str(entry["salutationKey"]): str(entry["id"]) for entry in found}

    def named_currencies(self) -> list[tuple[str, str]]:
        """Return ISO code and name of the offered currencies."""
        answer = self.ask("POST", "/currency")
        found = answer if isinstance(answer, list) else self._elements(answer)
        return [(str(entry["isoCode"]), str((entry.get("translated") or entry)["name"])) for entry in found]

    def named_languages(self) -> list[tuple[str, str, str]]:
        """Return id, locale and name of the offered languages."""
        found = self._elements(self.ask("POST", "/language", {"associations": {"translationCode": {}}}))
        return [
            (str(entry["id"]), str((entry.get("translationCode") or {}).get("code")), str(entry["name"]))
            for entry in found
        ]

    def currencies(self) -> dict[str, str]:
        """Return the ids of the offered currencies by ISO code."""
        answer = self.ask("POST", "/currency")
        found = answer if isinstance(answer, list) else self._elements(answer)
        return {str(entry["isoCode"]): str(entry["id"]) for entry in found}

    def languages(self) -> dict[str, str]:
        """Return the ids of the offered languages by locale (``de-DE``)."""
        found = self._elements(self.ask("POST", "/language", {"associations": {"translationCode": {}}}))
        return {str((entry.get("translationCode") or {}).get("code")): str(entry["id"]) for entry in found}

    def raw_product(self, product_id: str, body: JsonObject | None = None) -> Answer:
        """Ask for a product's detail page."""
        return self.raw("POST", f"/product/{product_id}", body or {}, name="/product/{id}")

    def product(self, product_id: str, body: JsonObject | None = None) -> JsonObject:
        """Return a product's detail page: ``product`` and ``configurator``."""
        return self._object(self.raw_product(product_id, body))

    def product_ids(self, numbers: Sequence[str]) -> dict[str, str]:
        """Return the ids of the products on offer that have one of the numbers (at most a hundred)."""
        body = {
            "filter": [{"type": "equalsAny", "field": "productNumber", "value": list(numbers)}],
            "includes": {"product": ["id", "productNumber"]},
            "limit": 100,
        }
        return {
            str(entry["productNumber"]): str(entry["id"])
            for entry in self._elements(self.ask("POST", "/product", body))
        }

    def listing(self, category_id: str, **criteria: Json) -> JsonObject:
        """Return a category's product listing."""
        path = f"/product-listing/{category_id}"
        return self._object(self.raw("POST", path, criteria, name="/product-listing/{id}"))

    def search(self, term: str, **criteria: Json) -> JsonObject:
        """Return the products found for a term."""
        return self._object(self.raw("POST", "/search", {"search": term, **criteria}))

    def navigation(self, root: str = "main-navigation", depth: int = 2) -> list[JsonObject]:
        """Return the category tree."""
        body = {"depth": depth, "buildTree": True}
        answer = self.ask("POST", f"/navigation/{root}/{root}", body, name="/navigation/{id}")
        return list(answer)

    # -- reading

    def _cart(self, answer: Answer) -> CartView:
        body = self._object(answer)
        return read_cart(body, self.currency)
