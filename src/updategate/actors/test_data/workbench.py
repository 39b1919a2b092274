"""Where test data is made: every entity is journaled, created, and removed in an order that the shop accepts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from updategate.actors.identity import Identity
from updategate.actors.recorder import Journal
from updategate.actors.removal import REMOVAL_ORDER, USERS, WITH_ADDRESSES, remove_addresses_of, remove_entity
from updategate.actors.shop_access import ShopAccess
from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.errors import ApiError
from updategate.clients.json_text import JsonObject
from updategate.domain.money import Money

# every Shopware installation uses these ids (Shopware\Core\Defaults)
SYSTEM_CURRENCY = "b7d2554b0ce847cd82f3ac9bd1c0dfca"
SYSTEM_LANGUAGE = "2fbb5fe2e29a4d70aa5854ce7ce3e20b"
STOREFRONT_TYPE = "8a243080f92e4c719546314b577cf82b"

# what a sales channel of the test's own takes over from the one under test
CHANNEL_SETTINGS = (
    "languageId",
    "currencyId",
    "paymentMethodId",
    "shippingMethodId",
    "countryId",
    "customerGroupId",
    "navigationCategoryId",
)


@dataclass(frozen=True, slots=True)
class Place:
    """What the test data is made for: the sales channel and its settings. ``currency`` is an ISO code."""

    sales_channel_id: str
    currency: str
    currency_id: str
    language_id: str
    country_id: str
    customer_group_id: str
    payment_method_id: str
    navigation_category_id: str

    def price_json(self, net: Money, gross: Money) -> list[JsonObject]:
        """Return a price for the API: in the session's currency, and at the same figure in the system's."""
        amounts = {"net": net.amount, "gross": gross.amount, "linked": False}
        return [
            {"currencyId": currency_id, **amounts} for currency_id in dict.fromkeys((SYSTEM_CURRENCY, self.currency_id))
        ]


class Workbench:
    """Creates entities for one case of a process and removes them again."""

    def __init__(self, access: ShopAccess, identity: Identity, journal: Journal) -> None:
        self.access = access
        self.identity = identity
        self.journal = journal
        self._created: dict[str, list[str]] = {}
        self._emails: dict[str, list[str]] = {}
        self._undo: list[Callable[[], object]] = []

    @property
    def admin(self) -> AdminApi:
        """The Admin API, if the environment permits to write with it."""
        self.access.require("admin_write", "Creating test data")
        return self.access.back_office

    @property
    def place(self) -> Place:
        """The sales channel that the test data is made for."""
        return self.access.once("place", self._look_around)

    def _look_around(self) -> Place:
        context = self.access.session().context()
        channel = self.admin.get("sales_channel", context.sales_channel_id)
        return Place(
            sales_channel_id=context.sales_channel_id,
            currency=context.currency,
            currency_id=context.currency_id,
            language_id=context.language_id,
            country_id=context.country_id,
            customer_group_id=context.customer_group_id,
            payment_method_id=context.payment_method_id,
            navigation_category_id=str(channel["navigationCategoryId"]),
        )

    def create(self, *entries: tuple[str, JsonObject, str]) -> None:
        """Create entities ``(entity, payload with its id, mark)`` in one transaction, in the order given.

        What a killed run has left under the same ids is written over.
        """
        for entity, payload, mark in entries:
            self.journal.created(entity, str(payload["id"]), mark)
            self._created.setdefault(entity, []).append(str(payload["id"]))
        together: list[tuple[str, list[JsonObject]]] = []
        for entity, payload, _ in entries:
            if together and together[-1][0] == entity:
                together[-1][1].append(payload)
            else:
                together.append((entity, [payload]))
        self.admin.upsert(*together)

    def change(self, entity: str, entity_id: str, changes: JsonObject) -> None:
        """Change fields of something that was created here."""
        if entity_id not in self._created.get(entity, []):
            message = f"{entity} {entity_id} is not ours to change"
            raise PermissionError(message)
        self.admin.patch(entity, entity_id, changes)

    def announces_customer(self, email: str) -> None:
        """Journal a customer whom the shop is about to create under an id of its own."""
        if email not in self._emails:
            self._emails[email] = []
            self.journal.created("customer", f"email:{email}", self.identity.tag)

    def announces_order(self, email: str) -> None:
        """Journal an order that the shop is about to create under an id of its own."""
        orders = self._emails.setdefault(email, [])
        key = f"email:{email}#{len(orders) + 1}"
        orders.append(key)
        self.journal.created("order", key, self.identity.tag)

    def afterwards(self, undo: Callable[[], object]) -> None:
        """Register something to be undone at the end, last first."""
        self._undo.append(undo)

    def clear(self) -> None:
        """Remove everything. What cannot be removed stays in the journal and is told at the end."""
        faults: list[str] = []
        for undo in reversed(self._undo):
            try:
                undo()
            except (ApiError, LookupError) as fault:
                faults.append(str(fault))
        self._undo.clear()
        if self._emails:
            faults += self._remove_customers_and_orders()
        faults += self._remove_entities()
        if faults:
            message = "not all test data could be removed: " + "; ".join(faults)
            raise RuntimeError(message)

    def _remove_customers_and_orders(self) -> list[str]:
        emails = list(self._emails)
        by_email = Criteria().any_of("orderCustomer.email", emails).limit(100)
        faults = self._remove("order", self.admin.ids("order", by_email))
        if not faults:
            for keys in self._emails.values():
                for key in keys:
                    self.journal.removed("order", key)
        found = self.admin.ids("customer", Criteria().any_of("email", emails).limit(100))
        faults_here = self._remove("customer", found)
        if not faults_here:
            for email in emails:
                self.journal.removed("customer", f"email:{email}")
            self._emails.clear()
        return faults + faults_here

    def _remove_entities(self) -> list[str]:
        unknown = [entity for entity in self._created if entity not in REMOVAL_ORDER]
        order = [*REMOVAL_ORDER, *unknown]
        plan = [(entity, list(self._created[entity])) for entity in order if self._created.get(entity)]
        # a sync looks what still refers to an entity before it deletes anything, so there are two
        users = [entry for entry in plan if entry[0] in USERS]
        used = [entry for entry in plan if entry[0] not in USERS]
        return self._remove_together(users) + self._remove_together(used)

    def _remove_together(self, plan: list[tuple[str, list[str]]]) -> list[str]:
        if not plan:  # somebody who only looked around needs no rights to leave
            return []
        try:
            self.admin.remove(*((entity, [{"id": entry} for entry in ids]) for entity, ids in plan))
        except ApiError:
            # one that cannot go keeps all from going: they are tried one by one, so that the fault is named
            return [fault for entity, ids in plan for fault in self._remove(entity, ids)]
        for entity, ids in plan:
            for entry in ids:
                self._is_gone(entity, entry)
            if entity in WITH_ADDRESSES:
                remove_addresses_of(self.admin, ids)
        return []

    def _is_gone(self, entity: str, entry: str) -> None:
        if entry in self._created.get(entity, []):
            self._created[entity].remove(entry)
            self.journal.removed(entity, entry)

    def _remove(self, entity: str, ids: list[str]) -> list[str]:
        faults = []
        for entry in ids:
            try:
                remove_entity(self.admin, entity, entry)
            except ApiError as fault:
                faults.append(f"{entity} {entry}: {fault}")
            else:
                self._is_gone(entity, entry)
        return faults
