"""Who buys, where, in which currency and language: what a cart is calculated for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from updategate.embedded.refshop.behaviour import Behaviour

from .calculation import Calculator
from .money import EPSILON, ZERO, Rounding
from .prices import TaxRule, TaxState


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency; ``factor`` units of it are worth one unit of the system's currency."""

    id: str
    iso_code: str
    factor: Decimal
    is_default: bool
    tax_free_from: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class TaxFree:
    """From which net amount on (in which currency) a country's customers or companies pay no tax."""

    enabled: bool = False
    amount: Decimal = ZERO
    currency_id: str | None = None


@dataclass(frozen=True, slots=True)
class Country:
    """Where to."""

    id: str
    name: str
    iso: str
    active: bool = True
    shipping_available: bool = True
    force_state: bool = False
    customer_tax: TaxFree = TaxFree()
    company_tax: TaxFree = TaxFree()
    vat_id_pattern: str | None = None
    check_vat_id_pattern: bool = False


@dataclass(frozen=True, slots=True)
class Address:
    """One of a customer's addresses."""

    id: str
    country: Country
    state_id: str | None
    zipcode: str | None
    city: str | None
    street: str | None
    salutation_id: str | None
    first_name: str
    last_name: str

    @property
    def label(self) -> str:
        """The line by which a message names the address."""
        return f"{self.first_name} {self.last_name}, {self.zipcode or ''} {self.city or ''}"


@dataclass(frozen=True, slots=True)
class Customer:
    """Who is logged in. ``facts`` is the stored document, for the rarer rule conditions."""

    id: str
    number: str
    group_id: str
    guest: bool
    company: str | None
    vat_ids: tuple[str, ...]
    billing: Address
    shipping: Address
    tag_ids: tuple[str, ...]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Method:
    """A payment or shipping method as the validators see it."""

    id: str
    name: str
    active: bool
    availability_rule_id: str | None


@dataclass(slots=True)
class CheckoutContext:
    """Everything that a calculation depends on besides the cart and the catalogue.

    ``languages`` is the chain in which a translation is looked up; ``rule_ids`` are the rules that hold, most
    important first; they and ``tax_state`` change while the cart is calculated.
    """

    token: str
    sales_channel_id: str
    currency: Currency
    customer_group_id: str
    display_gross: bool
    customer: Customer | None
    payment_method: Method
    shipping_method: Method
    country: Country
    state_id: str | None
    zipcode: str | None
    item_rounding: Rounding
    total_rounding: Rounding
    languages: tuple[str, ...]
    tax_rates: Mapping[str, Decimal]
    shippable_countries: frozenset[str]
    payment_method_ids: frozenset[str]
    vertical_tax: bool
    now: datetime
    tax_state: TaxState = TaxState.GROSS
    rule_ids: tuple[str, ...] = ()
    permissions: frozenset[str] = field(default_factory=frozenset)
    rounds_tax_base: bool = True

    def tax_rules(self, tax_id: str) -> tuple[TaxRule, ...]:
        """Return the rate that this tax has for this customer and place."""
        return (TaxRule(self.tax_rates[tax_id]),)

    def calculator(self, behaviour: Behaviour) -> Calculator:
        """Return the calculator for this currency and tax state."""
        return Calculator(
            behaviour,
            self.item_rounding,
            self.total_rounding,
            self.tax_state,
            self.vertical_tax,
            self.rounds_tax_base,
        )

    def company_is_tax_free(self, behaviour: Behaviour) -> bool:
        """Tell whether a company with (valid) VAT ids buys from a country that frees such companies of tax."""
        customer = self.customer
        if not self.country.company_tax.enabled or customer is None or not customer.company:
            return False
        vat_ids = [vat_id for vat_id in customer.vat_ids if vat_id]
        if not behaviour.vat_ids_suffice(len(vat_ids)):
            return False
        if self.country.vat_id_pattern and self.country.check_vat_id_pattern:
            pattern = re.compile(self.country.vat_id_pattern, re.IGNORECASE)
            return all(pattern.fullmatch(vat_id) for vat_id in vat_ids)
        return True

    def first_tax_state(self, behaviour: Behaviour) -> TaxState:
        """Return the tax state before the amount of the cart is known: thresholds count as reached."""
        if self.country.customer_tax.enabled or self.company_is_tax_free(behaviour):
            return TaxState.FREE
        return self._state_by_group()

    def tax_state_for(self, net: Decimal, factors: Mapping[str, Decimal], behaviour: Behaviour) -> TaxState:
        """Return the tax state of a cart whose items cost ``net`` in its currency.

        ``factors`` are the factors of all currencies by id: a country's threshold has a currency of its own.
        """
        limit = self.currency.tax_free_from
        if limit > 0 and behaviour.tax_free_reached(net, limit):
            return TaxState.FREE
        for tax_free, entitled in (
            (self.country.customer_tax, True),
            (self.country.company_tax, self.company_is_tax_free(behaviour)),
        ):
            if not (tax_free.enabled and entitled) or limit != 0:
                continue
            factor = factors.get(tax_free.currency_id or "", Decimal(1))
            if behaviour.tax_free_reached(net / self.currency.factor + EPSILON, tax_free.amount / factor):
                return TaxState.FREE
        return self._state_by_group()

    def _state_by_group(self) -> TaxState:
        return TaxState.GROSS if self.display_gross else TaxState.NET
