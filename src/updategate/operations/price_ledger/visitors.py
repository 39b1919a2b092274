"""Who asks for prices: guests, the merchant's own test customers, and temporary customers of a group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from updategate.actors.test_data.customers import GERMANY, Customers, Login
from updategate.clients.errors import ApiError
from updategate.clients.json_text import JsonObject
from updategate.clients.store_api import StoreApi
from updategate.config.ledger import LedgerCustomer
from updategate.domain.price_cells import Buyer
from updategate.operations.price_ledger.market import Market


class VisitorRefusedError(Exception):
    """A customer of the settings cannot be used; the message says why and what to do."""


class OpensSessions(Protocol):
    """Begins an anonymous session in the sales channel."""

    def __call__(self) -> StoreApi:
        """A new session, which may be used in one thread."""


@dataclass(frozen=True, slots=True)
class Account:
    """How to come in as a buyer; without an e-mail address as a guest.

    ``currency_id`` is what the customer's session was set to, and is set to again when the ledger leaves.
    """

    email: str = ""
    password: str = ""
    currency_id: str = ""


Chair = tuple[str, str | None, str]
"""Customer group, customer number, country."""


class Visitors:
    """The buyers of a ledger and the way in for each of them."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._accounts: dict[Chair, Account] = {}
        self._countries: dict[tuple[str, str | None], list[str]] = {}

    @property
    def buyers(self) -> list[Buyer]:
        """Everybody who can ask, with the countries they can be in."""
        return [Buyer(group, customer, tuple(countries)) for (group, customer), countries in self._countries.items()]

    def admits_guests(self) -> None:
        """Guests belong to the sales channel's own group, and may be in any country."""
        if self._market.group in self._market.groups:
            for country in self._market.countries:
                self._admit((self._market.group, None, country), Account())

    def admits_customers(self, known: Iterable[LedgerCustomer], sessions: OpensSessions) -> None:
        """Existing customers ask in their own country, if their carts are empty: a cart is never disturbed."""
        for customer in known:
            api = sessions()
            try:
                api.login(customer.email, customer.password.get_secret_value())
            except ApiError as error:
                message = f"ledger.customers: {customer.email} cannot log in: {error.detail}"
                raise VisitorRefusedError(message) from None
            if api.cart().lines:
                message = (
                    f"ledger.customers: the cart of {customer.email} is not empty. It is left as it is: empty it, or "
                    "name a customer whom nobody else uses."
                )
                raise VisitorRefusedError(message)
            context = api.ask("GET", "/context")
            chair = _chair(context, self._market)
            account = Account(customer.email, customer.password.get_secret_value(), str(context["currency"]["id"]))
            self._admit(chair, account)

    def admits_members(self, customers: Customers, chairs: Iterable[tuple[str, str]] | None = None) -> None:
        """Create a temporary customer for each group and country that nobody else can stand for.

        ``chairs`` are (group, country) pairs; without it, all groups but that of guests in all countries.
        """
        wanted = chairs
        if wanted is None:
            others = [group for group in self._market.groups if group != self._market.group]
            wanted = [(group, country) for group in others for country in self._market.countries]
        for group, country in wanted:
            if (group, None, country) not in self._accounts:
                login = self._member(customers, group, country)
                self._admit((group, None, country), Account(login.email, login.password))

    def _member(self, customers: Customers, group: str, country: str) -> Login:
        return customers.registered(
            f"{group} in {country}",
            group_id=self._market.groups[group],
            address=replace(GERMANY, country=country),
            country_id=self._market.countries[country],
        )

    def _admit(self, chair: Chair, account: Account) -> None:
        group, customer, country = chair
        self._accounts[chair] = account
        self._countries.setdefault((group, customer), []).append(country)

    def knows(self, chair: Chair) -> bool:
        """Whether somebody can ask as this buyer from this country."""
        return chair in self._accounts

    def are_guests(self, chair: Chair) -> bool:
        """Whether each who asks as this buyer has a cart of their own."""
        return not self._accounts[chair].email

    def enters(self, chair: Chair, sessions: OpensSessions) -> StoreApi:
        """Begin a session of this buyer."""
        api, account = sessions(), self._accounts[chair]
        if account.email:
            api.login(account.email, account.password)
        return api

    def settings(self, chair: Chair, currency: str) -> dict[str, str]:
        """What the session is to be switched to; the country of a customer follows from the address."""
        changes = {"currencyId": self._market.currencies[currency]}
        if not self._accounts[chair].email:
            changes["countryId"] = self._market.countries[chair[2]]
        return changes

    def leaves(self, chair: Chair, api: StoreApi) -> None:
        """Leave an empty cart, and an existing customer's session as it was."""
        api.delete_cart()
        if self._accounts[chair].currency_id:
            api.switch(currencyId=self._accounts[chair].currency_id)


def _chair(context: JsonObject, market: Market) -> Chair:
    customer = context.get("customer") or {}
    group_id = str(context["currentCustomerGroup"]["id"])
    group = next((name for name, key in market.groups.items() if key == group_id), "")
    location = ((context.get("shippingLocation") or {}).get("country") or {}).get("iso")
    if not group:
        shown = context["currentCustomerGroup"].get("translated") or context["currentCustomerGroup"]
        group = str(shown.get("name") or group_id)
    return group, str(customer.get("customerNumber") or ""), str(location or market.country)


def labels(buyers: Sequence[Buyer]) -> tuple[str, ...]:
    """The buyers in words."""
    return tuple(f"{buyer.group}, customer {buyer.customer}" if buyer.customer else buyer.group for buyer in buyers)


def missing(chairs: Iterable[Chair], visitors: Visitors, market: Market) -> Mapping[Chair, str]:
    """Why buyers of an earlier ledger cannot ask any more, for those who cannot."""
    found: dict[Chair, str] = {}
    for chair in chairs:
        group, customer, country = chair
        if visitors.knows(chair):
            continue
        if group not in market.groups:
            found[chair] = f"the shop has no customer group {group}"
        elif country not in market.countries:
            found[chair] = f"the sales channel does not deliver to {country}"
        elif customer:
            found[chair] = f"customer {customer} is not among ledger.customers"
        else:
            found[chair] = f"nobody can ask for the group {group}: it needs the permits admin_write and customers"
    return found
