"""The Store API of one customer's session.

``raw_x`` returns the answer whatever its status, ``x`` returns what it holds or raises an ``ApiError``.
Differences between Shopware versions end here: since 6.6 the new context token of a login stands only in the
header.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from updategate.clients.cart_reading import read_cart, read_order
from updategate.clients.errors import ApiError
from updategate.clients.json_text import Json, JsonObject
from updategate.clients.transport import Answer, Call, Transport
from updategate.domain.parties import Address
from updategate.domain.views import CartView, OrderView

# the most that the Store API delivers at once, unless the shop is configured otherwise
_PAGE = 100

ORDER_ASSOCIATIONS: JsonObject = {
    "currency": {},
    "lineItems": {},
    "addresses": {},
    "orderCustomer": {},
    "stateMachineState": {},
    "transactions": {"associations": {"paymentMethod": {}, "stateMachineState": {}}},
    "deliveries": {"associations": {"shippingMethod": {}, "stateMachineState": {}}},
}


@dataclass(frozen=True, slots=True)
class ContextView:
    """What a session is set to. ``customer_id`` is empty where nobody is logged in."""

    token: str
    currency: str
    currency_id: str
    language_id: str
    sales_channel_id: str
    country_id: str
    payment_method_id: str
    shipping_method_id: str
    customer_group_id: str
    customer_id: str
    tax_state: str

    @classmethod
    def of(cls, body: JsonObject) -> ContextView:
        """Read the answer of ``/store-api/context``."""
        channel = body["salesChannel"]
        location = (body.get("shippingLocation") or {}).get("country") or {}
        return cls(
            token=str(body.get("token") or ""),
            currency=str(body["currency"]["isoCode"]),
            currency_id=str(body["currency"]["id"]),
            language_id=str((body.get("context") or {}).get("languageIdChain", [channel["languageId"]])[0]),
            sales_channel_id=str(channel["id"]),
            country_id=str(location.get("id") or channel["countryId"]),
            payment_method_id=str(body["paymentMethod"]["id"]),
            shipping_method_id=str(body["shippingMethod"]["id"]),
            customer_group_id=str(body["currentCustomerGroup"]["id"]),
            customer_id=str((body.get("customer") or {}).get("id") or ""),
            tax_state=str((body.get("context") or {}).get("taxState") or ""),
        )


@dataclass(frozen=True, slots=True)
class Registration:
    """What a person fills in to register. Without a password they buy as a guest."""

    email: str
    address: Address
    storefront_url: str
    password: str | None = None
    company: str | None = None
    vat_ids: Sequence[str] = ()
    shipping_address: Address | None = None

    def to_json(self, country_ids: Mapping[str, str], salutation_id: str | None) -> JsonObject:
        """Build the request's body; ``country_ids`` maps ISO codes to the ids of this shop."""
        body: JsonObject = {
            "salutationId": salutation_id,
            "firstName": self.address.first_name,
            "lastName": self.address.last_name,
            "email": self.email,
            "acceptedDataProtection": True,
            "storefrontUrl": self.storefront_url,
            "billingAddress": address_json(self.address, country_ids, salutation_id),
            "guest": self.password is None,
        }
        if self.password is not None:
            body["password"] = self.password
        if self.shipping_address is not None:
            body["shippingAddress"] = address_json(self.shipping_address, country_ids, salutation_id)
        if self.company:
            body |= {"accountType": "business", "company": self.company, "vatIds": list(self.vat_ids)}
            body["billingAddress"]["company"] = self.company
        return body


def address_json(address: Address, country_ids: Mapping[str, str], salutation_id: str | None) -> JsonObject:
    """Return an address in the Store API's fields; ``KeyError`` names a country that the shop does not offer."""
    if address.country not in country_ids:
        offered = ", ".join(sorted(country_ids))
        message = f"the sales channel does not offer the country {address.country}; it offers {offered}"
        raise KeyError(message)
    fields: JsonObject = {
        "salutationId": salutation_id,
        "firstName": address.first_name,
        "lastName": address.last_name,
        "street": address.street,
        "zipcode": address.zipcode,
        "city": address.city,
        "countryId": country_ids[address.country],
    }
    if address.company:
        fields["company"] = address.company
    if address.phone_number:
        fields["phoneNumber"] = address.phone_number
    return fields


class StoreApi:
    """One session: it begins anonymous and keeps the context token that the shop answers with."""

    def __init__(self, transport: Transport, access_key: str, *, language_id: str | None = None) -> None:
        self.transport = transport
        self._access_key = access_key
        self.language_id = language_id
        self.token: str | None = None
        self._currency: str | None = None

    # -- the request itself

    def raw(
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        name: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request to ``/store-api`` + ``path`` in this session."""
        sent = {"sw-access-key": self._access_key, **(headers or {})}
        if self.token:
            sent.setdefault("sw-context-token", self.token)
        if self.language_id:
            sent.setdefault("sw-language-id", self.language_id)
        full = f"/store-api{path}"
        payload = {} if body is None and method in {"POST", "PATCH"} else body
        answer = self.transport.send(
            Call(method, full, headers=sent, json=payload, name=f"/store-api{name}" if name else full)
        )
        token = answer.header("sw-context-token")
        if token and answer.ok:
            self.token = token.split(",")[0].strip()
        return answer

    def ask(self, method: str, path: str, body: Json = None, *, name: str = "") -> Json:
        """Send one request and return the parsed body; an error status raises ``ApiError``."""
        answer = self.raw(method, path, body, name=name)
        if not answer.ok:
            raise ApiError.of(answer)
        return answer.json() if answer.body else None

    # -- context

    def context(self) -> ContextView:
        """Read what the session is set to."""
        context = ContextView.of(self.ask("GET", "/context"))
        self._currency = context.currency
        if context.token:
            self.token = context.token
        return context

    @property
    def currency(self) -> str:
        """The ISO code of the session's currency."""
        if self._currency is None:
            self.context()
        return self._currency or ""

    def raw_switch(self, **changes: str) -> Answer:
        """Change the context, for example its ``currencyId``, ``paymentMethodId`` or ``shippingMethodId``."""
        self._currency = None
        return self.raw("PATCH", "/context", dict(changes))

    def switch(self, **changes: str) -> None:
        """Change the context; see ``raw_switch``."""
        answer = self.raw_switch(**changes)
        if not answer.ok:
            raise ApiError.of(answer)

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

    @staticmethod
    def _object(answer: Answer) -> JsonObject:
        if not answer.ok:
            raise ApiError.of(answer)
        body = answer.json() if answer.body else {}
        return body if isinstance(body, dict) else {"value": body}

    def _pages(self, path: str) -> Iterator[JsonObject]:
        page = 1
        while True:
            found = self._elements(self.ask("POST", path, {"limit": _PAGE, "page": page}))
            yield from found
            if len(found) < _PAGE:
                return
            page += 1

    @staticmethod
    def _elements(body: Json) -> list[JsonObject]:
        elements = body["elements"] if isinstance(body, dict) else body
        return list(elements)
