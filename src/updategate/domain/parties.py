"""Who buys and where to: plain data of addresses and customers, and the business key of a price."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address in Shopware's fields. ``country`` is the ISO 3166 alpha-2 code, ``state`` e.g. ``DE-BW``."""

    first_name: str
    last_name: str
    street: str
    zipcode: str
    city: str
    country: str
    company: str | None = None
    state: str | None = None
    phone_number: str | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as a person knows them; ``group`` is the customer group's name, ``None`` the default one."""

    email: str
    first_name: str
    last_name: str
    billing_address: Address
    shipping_address: Address | None = None
    number: str | None = None
    group: str | None = None
    company: str | None = None
    vat_ids: tuple[str, ...] = ()
    guest: bool = False

    @property
    def delivery_address(self) -> Address:
        """Where goods are sent: the shipping address or, for want of one, the billing address."""
        return self.shipping_address or self.billing_address

    @property
    def commercial(self) -> bool:
        """Whether Shopware takes the customer for a company: the customer itself carries a company name."""
        return bool(self.company)


@dataclass(frozen=True, slots=True, order=True)
class PriceKey:
    """What a charged price depends on, in business keys that survive an update (ids do not).

    ``customer_group`` is the group's name, ``customer`` the customer number (empty for a guest), ``currency`` the
    ISO 4217 code, ``country`` the ISO 3166 alpha-2 code of the delivery address.
    """

    product_number: str
    customer_group: str
    quantity: int
    currency: str
    country: str
    customer: str = ""
