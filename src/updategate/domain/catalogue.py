"""What a shop sells and to whom: the data that a price is calculated from. Figures are in whole currency units."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum
from typing import TYPE_CHECKING

from updategate.domain.rounding import CENTS, CashRounding

if TYPE_CHECKING:
    from updategate.domain.rules import Rule


@dataclass(frozen=True, slots=True)
class Price:
    """A price in one currency: what it is net, and what gross. Shopware stores both and derives neither.

    ``list_price`` is what it is said to be reduced from, ``regulation_price`` the lowest of the last 30 days.
    """

    net: Decimal
    gross: Decimal
    currency: str = "EUR"
    list_price: Price | None = None
    regulation_price: Price | None = None

    @classmethod
    def of(cls, gross: str, net: str, currency: str = "EUR") -> Price:
        """Build from literals: ``Price.of(gross="11.90", net="10.00")``."""
        return cls(Decimal(net), Decimal(gross), currency)

    @classmethod
    def linked(cls, gross: str, rate: str, currency: str = "EUR", decimals: int = 2) -> Price:
        """Build as the administration does where net and gross are linked: net follows from the tax rate."""
        amount = Decimal(gross)
        net = amount / (1 + Decimal(rate) / 100)
        return cls(CashRounding(decimals).to_decimals(net), amount, currency)

    def converted(self, currency: Currency) -> Price:
        """Give the price in another currency, by its factor and unrounded."""
        return Price(
            self.net * currency.factor,
            self.gross * currency.factor,
            currency.iso,
            self.list_price.converted(currency) if self.list_price else None,
            self.regulation_price.converted(currency) if self.regulation_price else None,
        )


@dataclass(frozen=True, slots=True)
class CountryRounding:
    """How a currency rounds for deliveries to one country: Shopware's ``currency_country_rounding``."""

    country: str
    item_rounding: CashRounding
    total_rounding: CashRounding


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency. ``factor`` converts from the shop's default currency.

    ``tax_free_from`` is the net amount, in this currency, from which a cart is tax-free; 0 never.
    """

    iso: str = "EUR"
    factor: Decimal = Decimal(1)
    item_rounding: CashRounding = CENTS
    total_rounding: CashRounding = CENTS
    tax_free_from: Decimal = Decimal(0)
    country_roundings: tuple[CountryRounding, ...] = ()

    def rounding_for(self, country: str) -> tuple[CashRounding, CashRounding]:
        """Item and total rounding for a delivery: ``SalesChannelContextFactory::getCashRounding``."""
        for override in self.country_roundings:
            if override.country == country:
                return override.item_rounding, override.total_rounding
        return self.item_rounding, self.total_rounding


class TaxRuleType(Enum):
    """What part of a country a tax rule is for; the value is Shopware's order, the lowest wins."""

    ZIP_CODE = 0
    ZIP_CODE_RANGE = 1
    INDIVIDUAL_STATES = 2
    ENTIRE_COUNTRY = 3


@dataclass(frozen=True, slots=True)
class TaxRule:
    """The rate of a tax in a country, or in some of its states or zip codes (text compared, inclusive)."""

    country: str
    rate: Decimal
    type: TaxRuleType = TaxRuleType.ENTIRE_COUNTRY
    states: frozenset[str] = frozenset()
    zip_from: str | None = None
    zip_to: str | None = None

    def applies_to(self, country: str, state: str | None, zipcode: str | None) -> bool:
        r"""Whether a delivery goes there: ``Shopware\Core\System\Tax\TaxRuleType``."""
        if country != self.country:
            return False
        if self.type is TaxRuleType.ENTIRE_COUNTRY:
            return True
        if self.type is TaxRuleType.INDIVIDUAL_STATES:
            return state in self.states
        if zipcode is None or self.zip_from is None:
            return False
        if self.type is TaxRuleType.ZIP_CODE:
            return zipcode == self.zip_from
        return self.zip_to is not None and self.zip_from <= zipcode <= self.zip_to


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax of the shop, e.g. the standard rate: ``rate`` in percent, and what it is in other countries."""

    rate: Decimal
    rules: tuple[TaxRule, ...] = ()

    @classmethod
    def of(cls, rate: str, **countries: str) -> Tax:
        """Build from literals: ``Tax.of("19", AT="20", FR="20")``."""
        return cls(Decimal(rate), tuple(TaxRule(iso, Decimal(other)) for iso, other in countries.items()))

    def rate_for(self, country: str, state: str | None = None, zipcode: str | None = None) -> Decimal:
        """Find the rate for a delivery: ``SalesChannelContextFactory::getTaxRules``, the most special rule first."""
        fitting = [rule for rule in self.rules if rule.applies_to(country, state, zipcode)]
        return min(fitting, key=lambda rule: rule.type.value).rate if fitting else self.rate


@dataclass(frozen=True, slots=True)
class TaxFreedom:
    """A country's freedom from tax for customers or companies, from a net amount upwards.

    ``amount`` is in the currency that ``currency_factor`` converts to from the default currency.
    """

    enabled: bool = False
    amount: Decimal = Decimal(0)
    currency_factor: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Country:
    """Where a cart is delivered to; ``iso`` is the ISO 3166 alpha-2 code."""

    iso: str = "DE"
    customer_tax_free: TaxFreedom = TaxFreedom()
    company_tax_free: TaxFreedom = TaxFreedom()
    vat_id_pattern: str = ""
    checks_vat_id_pattern: bool = False


@dataclass(frozen=True, slots=True)
class CustomerGroup:
    """A customer group; ``display_gross`` decides whether its carts are gross or net."""

    name: str = "Standard customer group"
    display_gross: bool = True


@dataclass(frozen=True, slots=True)
class AdvancedPrice:
    """A tier of a product's prices for those whom ``rule`` matches; ``to_quantity`` is ``None`` for the last tier."""

    rule: Rule
    prices: tuple[Price, ...]
    from_quantity: int = 1
    to_quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A product, or a variant with what it inherits filled in.

    ``weight`` is in kg, the measures in mm. ``stock`` is the available stock, and counts only with ``closeout``.
    ``parent`` is the product number of the product that this is a variant of. ``purchase_unit`` is what a piece holds,
    ``reference_unit`` what its price is compared by (0.75 and 1 for a bottle), both in ``unit`` (litre).
    """

    number: str
    tax: Tax
    prices: tuple[Price, ...]
    label: str = ""
    advanced_prices: tuple[AdvancedPrice, ...] = ()
    min_purchase: int = 1
    purchase_steps: int = 1
    max_purchase: int | None = None
    closeout: bool = False
    stock: int = 0
    shipping_free: bool = False
    download: bool = False
    weight: Decimal = Decimal(0)
    length: Decimal = Decimal(0)
    width: Decimal = Decimal(0)
    height: Decimal = Decimal(0)
    categories: frozenset[str] = frozenset()
    parent: str = ""
    purchase_unit: Decimal | None = None
    reference_unit: Decimal | None = None
    unit: str = ""

    @property
    def volume(self) -> Decimal:
        """Cubic millimetres, 0 where a measure is missing."""
        measures = (self.length, self.width, self.height)
        return self.length * self.width * self.height if all(measure > 0 for measure in measures) else Decimal(0)


class ShippingTaxType(StrEnum):
    """How shipping costs are taxed: in the shares of the goods, at their highest rate, or at a fixed one."""

    AUTO = "auto"
    HIGHEST = "highest"
    FIXED = "fixed"


class ShippingCalculation(Enum):
    """What a row of the price matrix counts: the constants of Shopware's ``DeliveryCalculator``."""

    LINE_ITEM_COUNT = 1
    PRICE = 2
    WEIGHT = 3
    VOLUME = 4


@dataclass(frozen=True, slots=True)
class ShippingPrice:
    """A row of a shipping method's price matrix; ``start`` and ``end`` are both inclusive.

    ``rule`` is the rule of the whole matrix, ``calculation_rule`` the one that replaces ``start`` and ``end``.
    """

    prices: tuple[Price, ...]
    calculation: ShippingCalculation = ShippingCalculation.PRICE
    start: Decimal | None = None
    end: Decimal | None = None
    rule: Rule | None = None
    calculation_rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class ShippingMethod:
    """A shipping method. ``tax`` is used with the tax type ``fixed`` only."""

    name: str
    prices: tuple[ShippingPrice, ...]
    tax_type: ShippingTaxType = ShippingTaxType.AUTO
    tax: Tax | None = None


def price_in(prices: tuple[Price, ...], currency: Currency, default_currency: str = "EUR") -> Price:
    r"""Find the price in a currency: its own, or the default currency's times the factor.

    ``Shopware\Core\Framework\DataAbstractionLayer\Pricing\PriceCollection::getCurrencyPrice``. Raises
    ``ValueError`` where neither is there: Shopware does not save such prices.
    """
    found = {price.currency: price for price in prices}
    if currency.iso in found:
        return found[currency.iso]
    if default_currency in found:
        return found[default_currency].converted(currency)
    message = f"no price in {currency.iso}, nor in the default currency {default_currency}, only in {sorted(found)}"
    raise ValueError(message)
