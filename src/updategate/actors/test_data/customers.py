"""Customers, customer groups, countries and currencies that belong to a test alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from updategate.actors.removal import remove_addresses_of
from updategate.actors.test_data.workbench import SYSTEM_CURRENCY, Workbench
from updategate.clients.json_text import JsonObject
from updategate.domain.parties import Address
from updategate.domain.rounding import CENTS, CashRounding

GERMANY = Address(
    first_name="Ada", last_name="Lovelace", street="Prüfweg 12", zipcode="10115", city="Berlin", country="DE"
)


@dataclass(frozen=True, slots=True)
class Login:
    """A customer who can log in."""

    id: str
    number: str
    email: str
    password: str
    address: Address
    company: str | None = None

    def __repr__(self) -> str:
        return f"Login({self.number}, {self.email})"


class Customers:
    """Creates customers as the back office does, with an id of the test."""

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench

    def registered(
        self,
        key: str,
        *,
        group_id: str | None = None,
        address: Address = GERMANY,
        company: str | None = None,
        vat_ids: Sequence[str] = (),
        country_id: str | None = None,
        ships_to_country: str | None = None,
        active: bool = True,
    ) -> Login:
        """Create a customer of the sales channel; ``country_id`` overrides the country of the address.

        Goods go to the same address, or to the same place in another country, ``ships_to_country`` (its id).
        """
        identity, place, access = self._workbench.identity, self._workbench.place, self._workbench.access
        customer_id, address_id = identity.id(f"customer {key}"), identity.id(f"address {key}")
        login = Login(
            id=customer_id,
            number=identity.number(f"customer {key}"),
            email=identity.email(key),
            password=identity.password(key),
            address=replace(address, company=company),
            company=company,
        )
        salutation = access.salutation()
        payload: JsonObject = {
            "id": customer_id,
            "customerNumber": login.number,
            "salesChannelId": place.sales_channel_id,
            "languageId": place.language_id,
            "groupId": group_id or place.customer_group_id,
            "salutationId": salutation,
            "firstName": address.first_name,
            "lastName": address.last_name,
            "email": login.email,
            "password": login.password,
            "active": active,
            "guest": False,
            "accountType": "business" if company else "private",
            "company": company,
            "vatIds": list(vat_ids) or None,
            "defaultBillingAddressId": address_id,
            "defaultShippingAddressId": address_id,
            "addresses": [
                {
                    "id": address_id,
                    "customerId": customer_id,
                    "countryId": country_id or access.countries()[address.country],
                    "salutationId": salutation,
                    "firstName": address.first_name,
                    "lastName": address.last_name,
                    "company": company,
                    "street": address.street,
                    "zipcode": address.zipcode,
                    "city": address.city,
                }
            ],
        }
        if ships_to_country is not None:
            goods = {**payload["addresses"][0], "id": identity.id(f"goods {key}"), "countryId": ships_to_country}
            payload["addresses"].append(goods)
            payload["defaultShippingAddressId"] = goods["id"]
        if not access.version or tuple(map(int, access.version.split(".")[:2])) < (6, 7):
            payload["defaultPaymentMethodId"] = place.payment_method_id
        self._workbench.create(("customer", payload, login.email))
        return login

    def group(self, key: str, *, gross: bool, applicants: bool = False) -> str:
        """Create a customer group whose customers see gross or net prices; returns its id.

        ``applicants`` opens it to registrations, which the merchant approves.
        """
        identity = self._workbench.identity
        payload: JsonObject = {
            "id": identity.id(f"group {key}"),
            "name": identity.name(f"group {key}"),
            "displayGross": gross,
        }
        if applicants:
            channel = {"id": self._workbench.place.sales_channel_id}
            payload |= {
                "registrationActive": True,
                "registrationTitle": payload["name"],
                "registrationSalesChannels": [channel],
            }
            # the form has a readable address, which Shopware keeps when its group is gone
            self._workbench.afterwards(lambda: remove_addresses_of(self._workbench.admin, [str(payload["id"])]))
        self._workbench.create(("customer_group", payload, str(payload["name"])))
        return str(payload["id"])

    def country(
        self,
        key: str,
        *,
        iso: str,
        tax_free_for_private: bool = False,
        tax_free_for_companies: bool = False,
        checks_vat_id: bool = False,
        vat_pattern: str | None = None,
    ) -> str:
        """Create a country that the sales channel delivers to; returns its id.

        A country of its own keeps the merchant's tax settings untouched. Tax exemption begins at any amount.
        """
        identity, place = self._workbench.identity, self._workbench.place
        payload: JsonObject = {
            "id": identity.id(f"country {key}"),
            "name": identity.name(f"country {key}"),
            "iso": iso,
            "position": 999,
            "active": True,
            "shippingAvailable": True,
            "checkVatIdPattern": checks_vat_id,
            "vatIdPattern": vat_pattern,
            "customerTax": {"enabled": tax_free_for_private, "currencyId": SYSTEM_CURRENCY, "amount": 0},
            "companyTax": {"enabled": tax_free_for_companies, "currencyId": SYSTEM_CURRENCY, "amount": 0},
            "salesChannels": [{"id": place.sales_channel_id}],
        }
        self._workbench.create(("country", payload, str(payload["name"])))
        return str(payload["id"])

    def currency(
        self,
        key: str,
        *,
        iso: str,
        factor: str,
        item_rounding: CashRounding = CENTS,
        total_rounding: CashRounding = CENTS,
    ) -> str:
        """Create a currency of the sales channel; returns its id. ``factor`` converts from the shop's currency."""
        identity, place = self._workbench.identity, self._workbench.place
        payload: JsonObject = {
            "id": identity.id(f"currency {key}"),
            "name": identity.name(f"currency {key}"),
            "isoCode": iso,
            "shortName": iso,
            "symbol": iso,
            "factor": Decimal(factor),
            "position": 999,
            "itemRounding": rounding_json(item_rounding),
            "totalRounding": rounding_json(total_rounding),
            "salesChannels": [{"id": place.sales_channel_id}],
        }
        self._workbench.create(("currency", payload, str(payload["name"])))
        return str(payload["id"])


def rounding_json(rounding: CashRounding) -> JsonObject:
    """Return a rounding in the API's fields."""
    return {
        "decimals": rounding.decimals,
        "interval": rounding.interval,
        "roundForNet": rounding.round_for_net,
    }
