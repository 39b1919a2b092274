"""What a person fills in to register, in the Store API's fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from updategate.clients.json_text import JsonObject
from updategate.domain.parties import Address


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
    requested_group_id: str | None = None

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
        if self.requested_group_id is not None:
            body["requestedGroupId"] = self.requested_group_id
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
