"""Who buys in which currency and where to: the part of Shopware's sales channel context that prices depend on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from updategate.domain.catalogue import Country, Currency, CustomerGroup, Tax, TaxFreedom
from updategate.domain.parties import Customer
from updategate.domain.prices import Terms
from updategate.domain.rounding import at_least
from updategate.domain.views import TaxState

EURO = Currency()
GERMANY = Country()
STANDARD_GROUP = CustomerGroup()

_PARTS = 4


@dataclass(frozen=True, slots=True)
class PricingContext:
    """Everything but the cart.

    ``country``, ``state`` (its ISO code) and ``zipcode`` are where the goods go; ``default_currency`` is the shop's.
    ``vertical_taxes`` is the sales channel's tax calculation type, ``max_quantity`` the shop's limit a line.
    ``now`` is needed only where a promotion or a rule depends on the time. ``shopware`` is the version whose prices are
    expected: what changed between versions stands with the functions below.
    """

    currency: Currency = EURO
    country: Country = GERMANY
    customer_group: CustomerGroup = STANDARD_GROUP
    customer: Customer | None = None
    state: str | None = None
    zipcode: str | None = None
    default_currency: str = "EUR"
    vertical_taxes: bool = False
    max_quantity: int = 100
    now: datetime | None = None
    shopware: str = "6.6.7.1"

    def since(self, version: str) -> bool:
        """Whether the expected Shopware is of this version or newer."""
        return _version(self.shopware) >= _version(version)

    @property
    def sorts_promotions(self) -> bool:
        """Since 6.6.0.0 ``PromotionCalculator`` applies promotions by priority; before, automatic ones came first."""
        return self.since("6.6.0.0")

    @property
    def refuses_promotions_on_zero(self) -> bool:
        """Since 6.6.3.0 ``PromotionProcessor`` adds no promotion to a cart that costs nothing."""
        return self.since("6.6.3.0")

    @property
    def keeps_prices_of_rest(self) -> bool:
        """Since 6.6.6.0 ``LineItemGroupBuilder`` keeps the price of pieces whose like went into a group.

        Before, such a piece had none, so that groups by value could not count it.
        """
        return self.since("6.6.6.0")

    @property
    def ships_promotions(self) -> bool:
        """Since 6.6.7.0 ``DeliveryBuilder`` counts promotions among the positions of a delivery.

        So discounts shift the shares by which shipping costs are taxed.
        """
        return self.since("6.6.7.0")

    def tax_rate(self, tax: Tax) -> Decimal:
        """Find the rate of a tax for this delivery, in percent."""
        return tax.rate_for(self.country.iso, self.state, self.zipcode)

    def terms(self, tax_state: TaxState | None = None) -> Terms:
        """Give the arithmetic what it has to know, by default in the tax state before any threshold is looked at."""
        item_rounding, total_rounding = self.currency.rounding_for(self.country.iso)
        return Terms(
            tax_state=tax_state or self.tax_state(),
            item_rounding=item_rounding,
            total_rounding=total_rounding,
            vertical=self.vertical_taxes,
            rounds_tax_base=self.since("6.6.7.0"),
        )

    def tax_state(self) -> TaxState:
        r"""Tell the tax state that a context starts with: ``Shopware\Core\Checkout\Cart\Tax\TaxDetector``.

        A country that is tax-free only from some amount upwards counts as tax-free here; see ``tax_state_of``.
        """
        if self.country.customer_tax_free.enabled or self.company_tax_free():
            return TaxState.TAX_FREE
        return self._displayed()

    def tax_state_of(self, net_positions: Decimal) -> TaxState:
        """Tell the tax state of a cart by its net amount: ``CartRuleLoader::detectTaxType``.

        A limit of the currency switches the limits of the country off.
        """
        currency_limit = self.currency.tax_free_from
        if currency_limit > 0:
            return TaxState.TAX_FREE if net_positions >= currency_limit else self._displayed()
        freedoms = [self.country.customer_tax_free]
        if self.company_tax_free():
            freedoms.append(self.country.company_tax_free)
        if any(self._reached(freedom, net_positions) for freedom in freedoms):
            return TaxState.TAX_FREE
        return self._displayed()

    def company_tax_free(self) -> bool:
        """Whether the buyer is a company that the country frees from tax: ``TaxDetector::isCompanyTaxFree``.

        It needs a company name and at least one VAT id; every one must fit the country's pattern where it is checked.
        Shopware asks neither whether the VAT id is valid nor whether it is of another country than the shop's.
        """
        customer = self.customer
        if not self.country.company_tax_free.enabled or customer is None or not customer.company:
            return False
        vat_ids = [vat_id for vat_id in customer.vat_ids if vat_id]
        if not vat_ids:
            return False
        if not self.country.vat_id_pattern or not self.country.checks_vat_id_pattern:
            return True
        pattern = re.compile(rf"^{self.country.vat_id_pattern}$", re.IGNORECASE)
        return all(pattern.match(vat_id) for vat_id in vat_ids)

    def _displayed(self) -> TaxState:
        return TaxState.GROSS if self.customer_group.display_gross else TaxState.NET

    def _reached(self, freedom: TaxFreedom, net_positions: Decimal) -> bool:
        if not freedom.enabled:
            return False
        limit = freedom.amount / freedom.currency_factor
        return at_least(net_positions / self.currency.factor, limit)


def _version(text: str) -> tuple[int, ...]:
    parts = text.split("-", maxsplit=1)[0].split(".")
    if len(parts) != _PARTS or not all(part.isdigit() for part in parts):
        message = f"a Shopware version has four numbers, such as 6.6.7.1, not {text!r}"
        raise ValueError(message)
    return tuple(int(part) for part in parts)
