"""What a customer does in their account."""

from __future__ import annotations

from dataclasses import dataclass

from updategate.actors.recorder import Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.clients.errors import ApiError
from updategate.clients.json_text import JsonObject
from updategate.clients.store_api import StoreApi
from updategate.clients.store_api.registration import address_json
from updategate.domain.parties import Address


@dataclass(frozen=True, slots=True)
class Profile:
    """The personal data of an account."""

    email: str
    first_name: str
    last_name: str
    number: str
    company: str | None
    guest: bool

    @classmethod
    def of(cls, body: JsonObject) -> Profile:
        """Read a customer as either API delivers it."""
        return cls(
            email=str(body["email"]),
            first_name=str(body["firstName"]),
            last_name=str(body["lastName"]),
            number=str(body["customerNumber"]),
            company=body.get("company"),
            guest=bool(body.get("guest")),
        )


class Account:
    """The account of a shopper who is logged in."""

    def __init__(self, api: StoreApi, access: ShopAccess, recorder: Recorder) -> None:
        self._api = api
        self._access = access
        self._recorder = recorder

    def is_open(self) -> bool:
        """Whether the shop takes the visitor for somebody who is logged in."""
        with self._recorder.step("looks whether the account is open"):
            answer = self._api.raw_customer()
            if answer.status == 403:
                return False
            if not answer.ok:
                raise ApiError.of(answer)
            return True

    def sees_profile(self) -> Profile:
        """Look at the personal data."""
        with self._recorder.step("looks at the profile"):
            return Profile.of(self._api.customer())

    def adds_address(self, address: Address) -> str:
        """Add an address; returns its id."""
        with self._recorder.step("adds an address", city=address.city):
            return str(self._api.create_address(self._json(address))["id"])

    def changes_address(self, address_id: str, address: Address) -> None:
        """Change an address."""
        with self._recorder.step("changes an address", city=address.city):
            self._api.change_address(address_id, self._json(address))

    def first_address(self) -> str:
        """Return the id of the address that goods and invoices go to by default."""
        with self._recorder.step("looks up the default address"):
            return str(self._api.customer()["defaultShippingAddressId"])

    def cities(self) -> set[str]:
        """Return the cities of all addresses."""
        with self._recorder.step("looks at the addresses"):
            return {str(entry["city"]) for entry in self._api.addresses()}

    def ships_to(self, address_id: str) -> None:
        """Have goods sent to an address from now on."""
        with self._recorder.step("makes an address the one for goods"):
            self._api.default_address("shipping", address_id)

    def ships_this_cart_to(self, address_id: str) -> None:
        """Have the goods of this cart sent to an address."""
        with self._recorder.step("chooses an address in the checkout"):
            self._api.switch(shippingAddressId=address_id)

    def asks_for_a_new_password(self, email: str) -> None:
        """Ask for the mail with the link to a new password."""
        with self._recorder.step(f"asks for a new password for {email}"):
            self._api.recover_password(email, self._access.storefront_url)

    def sets_password(self, link_hash: str, password: str) -> None:
        """Set a new password with what the mail's link holds."""
        with self._recorder.step("sets a new password"):
            answer = self._api.raw_confirm_recovery(link_hash, password)
            if not answer.ok:
                raise ApiError.of(answer)

    def _json(self, address: Address) -> JsonObject:
        return address_json(address, self._access.countries(), self._access.salutation())
