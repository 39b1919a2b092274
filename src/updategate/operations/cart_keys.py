"""What the keys of a planned shop are called in a real one."""

from __future__ import annotations

from dataclasses import dataclass

from updategate.actors.identity import Identity
from updategate.actors.test_data.workbench import SYSTEM_CURRENCY


@dataclass(frozen=True, slots=True)
class CartShop:
    """A planned shop as it stands in a real one: what its keys are called there."""

    identity: Identity
    channels: tuple[str, ...]

    def id(self, entity: str, key: str) -> str:
        """Tell the id of an entity; the default currency has one that every Shopware shares."""
        if (entity, key) == ("currency", "EUR"):
            return SYSTEM_CURRENCY
        return self.identity.id(f"{entity} {key}")

    def access_key(self, channel: str) -> str:
        """Tell the access key of a sales channel."""
        return "SWSC" + self.id("access key", channel)[:22].upper()

    def email(self, customer: str) -> str:
        """Tell a customer's e-mail address."""
        return self.identity.email(customer)

    def password(self, customer: str) -> str:
        """Tell a customer's password."""
        return self.identity.password(customer)

    def code(self, key: str) -> str:
        """Tell the code of a promotion as it is entered."""
        return self.identity.code(key)

    def number(self, product: str) -> str:
        """Tell the number of a product."""
        return self.identity.number(product)
