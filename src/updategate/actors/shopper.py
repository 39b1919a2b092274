"""The shopper: what a customer does in the shop, in the words of the business, over the Store API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from updategate.actors.account import Account
from updategate.actors.identity import Identity
from updategate.actors.new_rules import with_new_rules
from updategate.actors.purchase import (
    Buyable,
    Choosable,
    PlacedOrder,
    PriceDetails,
    RefusedError,
    Traces,
    without_foreign_promotions,
)
from updategate.actors.recorder import Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.actors.test_data.customers import GERMANY, Login
from updategate.clients.cart_reading import read_order
from updategate.clients.errors import ApiError
from updategate.clients.store_api import Registration, StoreApi
from updategate.clients.transport import Answer
from updategate.domain.money import Money
from updategate.domain.parties import Address
from updategate.domain.views import CartView, OrderView

NOT_FOUND = 404
# 6.5 has no code of its own for why somebody cannot log in, but says it in these words
_WHY_NOT_IN = {
    "CHECKOUT__CUSTOMER_AUTH_BAD_CREDENTIALS": "wrong password",
    "CHECKOUT__CUSTOMER_NOT_FOUND": "unknown customer",
    "Invalid username and/or password.": "wrong password",
    "No matching customer for the email": "unknown customer",
}


class Shopper:
    """One person with one session. A new shopper is anonymous and has an empty cart.

    ``number`` tells several shoppers of one process apart.
    """

    def __init__(
        self, access: ShopAccess, identity: Identity, recorder: Recorder, traces: Traces, *, number: int = 1
    ) -> None:
        self._number = number
        self._access = access
        self._identity = identity
        self._recorder = recorder
        self._traces = traces
        self._guests = 0
        self._has_cart = False
        self._api: StoreApi | None = None
        self.email = ""

    @property
    def api(self) -> StoreApi:
        """The session; it begins with the first task."""
        if self._api is None:
            self._api = self._access.session()
        return self._api

    @property
    def account(self) -> Account:
        """What this person does in their account."""
        return Account(self.api, self._access, self._recorder)

    def sees_price(self, product: Buyable) -> Money:
        """Look what one piece of a product costs this person."""
        with self._recorder.step(f"looks at the price of {product.number}"):
            return self.sees_tiers(product)[0][1]

    def is_shown(self, product: Buyable) -> bool:
        """Whether the shop has the product for this person."""
        with self._recorder.step(f"looks whether there is {product.number}"):
            answer = self.api.raw_product(product.id)
            if not answer.ok and answer.status != NOT_FOUND:
                raise ApiError.of(answer)
            return answer.ok

    def sees_price_details(self, product: Buyable) -> PriceDetails:
        """Look what is shown beside a product's price."""
        with self._recorder.step(f"looks what stands beside the price of {product.number}"):
            price = self.api.product(product.id)["product"]["calculatedPrice"]
            currency = self.api.currency
            listed, regulation = price.get("listPrice"), price.get("regulationPrice")
            reference = price.get("referencePrice")
            return PriceDetails(
                unit=Money.from_json_number(price["unitPrice"], currency),
                list_price=Money.from_json_number(listed["price"], currency) if listed else None,
                discount=Decimal(str(listed["percentage"])) if listed else None,
                regulation_price=Money.from_json_number(regulation["price"], currency) if regulation else None,
                reference_price=Money.from_json_number(reference["price"], currency) if reference else None,
                reference_unit=reference["unitName"] if reference else None,
            )

    def orders_by_number(self, wishes: Mapping[str, int]) -> tuple[CartView, list[str]]:
        """Put products into the cart by their numbers; returns the cart and the numbers that the shop does not know."""
        with self._recorder.step(f"orders {len(wishes)} products by number"):
            self._access.require("carts", "Filling a cart")
            self._has_cart = True
            ids = self.api.product_ids(list(wishes))
            items = [
                {"id": ids[number], "referencedId": ids[number], "type": "product", "quantity": quantity}
                for number, quantity in wishes.items()
                if number in ids
            ]
            return self.api.add_items(items), [number for number in wishes if number not in ids]

    def sees_tiers(self, product: Buyable) -> list[tuple[int, Money]]:
        """Look at a product's prices by quantity; a product without tiers has one, from one piece on.

        Shopware gives each tier the quantity up to which it goes; the last one, from which it begins.
        """
        with self._recorder.step(f"looks at the prices of {product.number}"):
            body = self.api.product(product.id)["product"]
            prices = body.get("calculatedPrices") or [body["calculatedPrice"]]
            return [
                (int(price["quantity"]), Money.from_json_number(price["unitPrice"], self.api.currency))
                for price in prices
            ]

    # -- cart

    def puts_in_cart(self, product: Buyable, quantity: int = 1) -> CartView:
        """Put a product into the cart and look at the cart."""
        with self._recorder.step(f"puts {quantity} × {product.number} into the cart", quantity=quantity):
            self._access.require("carts", "Filling a cart")
            self._has_cart = True
            return self.api.add_product(product.id, quantity)

    def puts_all_in_cart(self, products: Sequence[Buyable]) -> CartView:
        """Put one of each product into the cart at once, as an order form does, and look at the cart."""
        with self._recorder.step(f"puts {len(products)} products into the cart"):
            self._access.require("carts", "Filling a cart")
            self._has_cart = True
            return self.api.add_products([product.id for product in products])

    def changes_quantity(self, product: Buyable, quantity: int) -> CartView:
        """Change the quantity of a product in the cart."""
        with self._recorder.step(f"changes the quantity of {product.number} to {quantity}", quantity=quantity):
            return self.api.change_quantity(product.id, quantity)

    def takes_out(self, product: Buyable) -> CartView:
        """Take a product out of the cart."""
        with self._recorder.step(f"takes {product.number} out of the cart"):
            return self.api.remove(product.id)

    def enters_code(self, code: str) -> CartView:
        """Enter a promotion code; whether it was accepted stands in the cart's errors."""
        with self._recorder.step(f"enters the code {code}"):
            return self.api.add_code(code)

    def sees_cart(self) -> CartView:
        """Look at the cart."""
        with self._recorder.step("looks at the cart"):
            return self.api.cart()

    # -- person

    def goes_on_as_guest(self, address: Address = GERMANY, *, country_id: str | None = None) -> str:
        """Enter an address without opening an account; returns the e-mail address used."""
        self._guests += 1
        email = self._identity.email(f"guest{self._number}.{self._guests}")
        with self._recorder.step("goes on as a guest", email=email, city=address.city):
            self._register(Registration(email, address, self._access.storefront_url), country_id)
        return email

    def registers(
        self,
        address: Address = GERMANY,
        *,
        company: str | None = None,
        vat_ids: tuple[str, ...] = (),
        country_id: str | None = None,
        asks_for_group: str | None = None,
    ) -> Login:
        """Open an account; ``asks_for_group`` is the id of the customer group that the person wants to belong to."""
        email = self._identity.email(f"registered{self._number}")
        password = self._identity.password(f"registered{self._number}")
        with self._recorder.step("opens an account", email=email, company=company or ""):
            registration = Registration(
                email,
                address,
                self._access.storefront_url,
                password,
                company=company,
                vat_ids=vat_ids,
                requested_group_id=asks_for_group,
            )
            body = self._register(registration, country_id).json()
        return Login(
            id=str(body.get("id") or ""),
            number=str(body.get("customerNumber") or ""),
            email=email,
            password=password,
            address=replace(address, company=company),
            company=company,
        )

    def logs_in(self, login: Login) -> None:
        """Log in to an existing account."""
        with self._recorder.step(f"logs in as {login.email}"):
            self.api.login(login.email, login.password)
            self.email = login.email

    def cannot_log_in(self, login: Login) -> str:
        """Try to log in and be refused; returns why: ``wrong password``, ``unknown customer``, or Shopware's code."""
        with self._recorder.step(f"tries to log in as {login.email}"):
            answer = self.api.raw_login(login.email, login.password)
            if answer.ok:
                message = f"the shop let {login.email} in"
                raise RefusedError(message)
            told = f"{ApiError.of(answer).code} {ApiError.of(answer).detail}"
            return next((reason for words, reason in _WHY_NOT_IN.items() if words in told), told)

    def logs_out(self) -> None:
        """Log out."""
        with self._recorder.step("logs out"):
            self.api.logout()
            self.email = ""
            self._has_cart = False

    # -- checkout

    def chooses(self, *, shipping: Choosable | None = None, payment: Choosable | None = None) -> CartView:
        """Choose how to get and how to pay the goods, and look at the cart."""
        chosen = {"shippingMethodId": shipping, "paymentMethodId": payment}
        changes = {name: method.id for name, method in chosen.items() if method is not None}
        names = ", ".join(method.name for method in chosen.values() if method is not None)
        with self._recorder.step(f"chooses {names}"):
            self.api.switch(**changes)
            return without_foreign_promotions(self.api.cart())

    def is_offered_shipping(self, shipping: Choosable) -> bool:
        """Whether the session is offered a shipping method."""
        with self._recorder.step(f"looks whether {shipping.name} is offered"):
            return any(entry["id"] == shipping.id for entry in self.api.shipping_methods())

    def is_offered_payment(self, payment: Choosable) -> bool:
        """Whether the session is offered a payment method."""
        with self._recorder.step(f"looks whether {payment.name} is offered"):
            return any(entry["id"] == payment.id for entry in self.api.payment_methods())

    def sees_other_currencies(self) -> dict[str, str]:
        """Look which currencies of the merchant's own the shop offers besides this session's; ids by ISO code."""
        with self._recorder.step("looks at the currencies"):
            offered, own = self._access.currencies(), self.api.currency
            return {iso: currency for iso, currency in offered.items() if iso != own and not iso.startswith("XU")}

    def switches_currency(self, currency_id: str) -> CartView:
        """Shop in another currency and look at the cart."""
        with self._recorder.step("switches the currency"):
            self.api.switch(currencyId=currency_id)
            return self.api.cart()

    def places_order(self) -> PlacedOrder:
        """Place the order for the cart, with a comment that says what it is."""
        with self._recorder.step("places the order"):
            self._access.require("orders", "Placing an order")
            if not self.email:
                self.email = str(self.api.customer()["email"])
            self._traces.announces_order(self.email)
            body = with_new_rules(lambda: self.api.order(comment=self._identity.tag, campaign="updategate"))
            return PlacedOrder.of(body, self.api.currency, self.email)

    def cannot_order(self) -> str:
        """Try to place the order and be refused; returns Shopware's error code."""
        with self._recorder.step("tries to place the order"):
            self._access.require("orders", "Placing an order")
            self._traces.announces_order(self.email)
            answer = self.api.raw_order(comment=self._identity.tag, campaign="updategate")
            if answer.ok:
                message = f"the shop accepted the order {answer.json().get('orderNumber')}"
                raise RefusedError(message)
            return ApiError.of(answer).code

    def checks_out_as_guest(
        self, *, shipping: Choosable, payment: Choosable, address: Address = GERMANY
    ) -> PlacedOrder:
        """Enter an address, choose shipping and payment, and place the order."""
        self.goes_on_as_guest(address)
        self.chooses(shipping=shipping, payment=payment)
        return self.places_order()

    # -- orders

    def sees_order(self, order: PlacedOrder) -> OrderView:
        """Look at an order in the account."""
        with self._recorder.step(f"looks at {order} in the account"):
            return self.api.order_view(order.id)

    def sees_orders(self) -> list[OrderView]:
        """Look at the order history, newest first."""
        with self._recorder.step("looks at the order history"):
            return [read_order(body) for body in self.api.orders()]

    def repeats(self, order: PlacedOrder) -> CartView:
        """Put everything that an order held into the cart again, as the button in the account does."""
        with self._recorder.step(f"repeats {order}"):
            self._access.require("carts", "Filling a cart")
            self._has_cart = True
            criteria = {"filter": [{"type": "equals", "field": "id", "value": order.id}]}
            (body,) = self.api.orders(**criteria)
            items = [
                {
                    "id": item["productId"],
                    "referencedId": item["productId"],
                    "type": "product",
                    "quantity": item["quantity"],
                }
                for item in body["lineItems"]
                if item["type"] == "product"
            ]
            return self.api.add_items(items)

    def changes_payment(self, order: PlacedOrder, payment: Choosable) -> None:
        """Pay a placed order in another way."""
        with self._recorder.step(f"pays {order} with {payment.name} instead"):
            self.api.change_payment(order.id, payment.id)

    def cancels(self, order: PlacedOrder) -> str:
        """Cancel an order; returns the state it is in then."""
        with self._recorder.step(f"cancels {order}"):
            return self.api.cancel_order(order.id)

    def bookmarks(self) -> str:
        """Return what the session can be taken up with later: its token."""
        with self._recorder.step("goes away for a while"):
            return self.api.token or self.api.context().token

    def comes_back(self, session: str) -> None:
        """Take up a session that was left earlier; ``LookupError`` where the shop begins another one instead."""
        with self._recorder.step("comes back"):
            self._has_cart = True
            self.api.token = session
            found = self.api.context().token
            if found and found != session:
                message = "the shop does not know the session any more: it began another one"
                raise LookupError(message)

    def leaves(self) -> None:
        """Leave the shop without a cart behind; does nothing where there never was one."""
        if self._api is not None and self._has_cart:
            self._api.delete_cart()
            self._has_cart = False

    def _register(self, registration: Registration, country_id: str | None) -> Answer:
        self._access.require("customers", "Registering a customer")
        self._traces.announces_customer(registration.email)
        countries = dict(self._access.countries())
        if country_id is not None:
            countries[registration.address.country] = country_id
        answer = self.api.raw_register(registration.to_json(countries, self._access.salutation()))
        if not answer.ok:
            raise ApiError.of(answer)
        self.email = registration.email
        return answer
