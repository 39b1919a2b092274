"""The canary: one order after a roll-out, in a live shop, that is cancelled and leaves nothing but its number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from updategate.actors.identity import Identity
from updategate.actors.purchase import PlacedOrder
from updategate.actors.recorder import Journal, Recorder
from updategate.actors.removal import remove_entity
from updategate.actors.shop_access import ShopAccess
from updategate.actors.test_data.customers import GERMANY
from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.errors import ApiError
from updategate.clients.store_api import Registration, StoreApi
from updategate.domain.money import Money


@dataclass(frozen=True, slots=True)
class Wish:
    """What the canary buys, in the merchant's words: one piece of a product, and what it costs with shipping.

    ``payment`` and ``shipping`` are names of methods; None means the sales channel's own.
    """

    product: str
    total: Decimal
    country: str
    payment: str | None = None
    shipping: str | None = None


@dataclass(frozen=True, slots=True)
class Stock:
    """The stock of the product, and what is not promised of it."""

    stock: int
    available: int


class Canary:
    """A guest who orders once, and the merchant's person who cancels and removes the order."""

    def __init__(
        self, access: ShopAccess, identity: Identity, recorder: Recorder, journal: Journal, wish: Wish
    ) -> None:
        self._access = access
        self._recorder = recorder
        self._journal = journal
        self._wish = wish
        self._tag = identity.tag
        self._email = identity.email("canary")
        self._began = False
        self._api: StoreApi | None = None

    @property
    def expected_total(self) -> Money:
        """What the order costs, as the environment file says it."""
        return Money(self._wish.total, self._session().currency)

    def sees_stock(self) -> Stock:
        """Look how many pieces there are."""
        with self._recorder.step(f"looks at the stock of {self._wish.product}"):
            found = self._admin.search("product", Criteria().equals("productNumber", self._wish.product)).first()
            if found is None:
                message = f"the shop has no product {self._wish.product}, which the canary order buys"
                raise LookupError(message)
            return Stock(int(found["stock"]), int(found["availableStock"] or 0))

    def orders(self) -> PlacedOrder:
        """Buy one piece as a guest."""
        self._access.require("canary", "A canary order")
        self._began = True
        product = self._product_id()
        with self._recorder.step("goes on as a guest", email=self._email):
            self._journal.created("customer", f"email:{self._email}", self._tag)
            address = replace(GERMANY, country=self._wish.country)
            registration = Registration(self._email, address, self._access.storefront_url)
            answer = self._session().raw_register(
                registration.to_json(self._access.countries(), self._access.salutation())
            )
            if not answer.ok:
                raise ApiError.of(answer)
        self._chooses()
        with self._recorder.step(f"puts 1 × {self._wish.product} into the cart"):
            self._session().add_product(product, 1)
        with self._recorder.step("places the order"):
            self._journal.created("order", f"email:{self._email}#1", self._tag)
            body = self._session().order(comment=self._tag, campaign="updategate")
            return PlacedOrder.of(body, self._session().currency, self._email)

    def is_cancelled(self, order: PlacedOrder) -> str:
        """Cancel the order; returns the state it is in then."""
        with self._recorder.step(f"cancels {order}"):
            return self._admin.transition("order", order.id, "cancel")

    def leaves(self) -> None:
        """Remove order and guest, and the cart that an order which failed has left."""
        if not self._began:
            return
        with self._recorder.step("removes the order and the guest"):
            if self._api is not None:
                self._api.delete_cart()
            for entity, key, field in (
                ("order", f"email:{self._email}#1", "orderCustomer.email"),
                ("customer", f"email:{self._email}", "email"),
            ):
                for entry in self._admin.ids(entity, Criteria().equals(field, self._email).limit(100)):
                    remove_entity(self._admin, entity, entry)
                self._journal.removed(entity, key)
        self._began = False

    def sees_traces(self, order: PlacedOrder) -> list[str]:
        """Look for anything that is left of the order; its number alone stays used."""
        with self._recorder.step(f"looks for traces of {order}"):
            looks = {
                "order": Criteria().equals("orderNumber", order.number),
                "order_customer": Criteria().equals("email", self._email),
                "customer": Criteria().equals("email", self._email),
                "state_machine_history": Criteria().equals("referencedId", order.id),
            }
            return [entity for entity, criteria in looks.items() if self._admin.count(entity, criteria)]

    @property
    def _admin(self) -> AdminApi:
        self._access.require("canary", "A canary order")
        return self._access.back_office

    def _session(self) -> StoreApi:
        if self._api is None:
            self._api = self._access.session()
        return self._api

    def _product_id(self) -> str:
        with self._recorder.step(f"looks for {self._wish.product}"):
            found = self._session().product_ids([self._wish.product])
            if self._wish.product not in found:
                message = f"the sales channel does not sell {self._wish.product}, which the canary order buys"
                raise LookupError(message)
            return found[self._wish.product]

    def _chooses(self) -> None:
        wishes = (
            ("paymentMethodId", self._wish.payment, self._session().payment_methods),
            ("shippingMethodId", self._wish.shipping, self._session().shipping_methods),
        )
        for field, name, offered in wishes:
            if name is None:
                continue
            methods = {str((entry.get("translated") or entry)["name"]): str(entry["id"]) for entry in offered()}
            if name not in methods:
                message = f"the guest is not offered {name}; offered are {', '.join(sorted(methods)) or 'none'}"
                raise LookupError(message)
            with self._recorder.step(f"chooses {name}"):
                self._session().switch(**{field: methods[name]})
