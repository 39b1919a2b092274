"""Decisions about rounding, taxes, currencies and shipping costs."""

# ruff: noqa: FBT001 - decisions are asked for with positional facts

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

_T = TypeVar("_T")


class MoneyDecisions:
    """See ``Behaviour``."""

    # -- rounding ---------------------------------------------------------------------------------------------------

    def round_money(self, amount: Decimal, decimals: int, interval: Decimal) -> Decimal:
        """Round half away from zero to ``decimals``, then to the nearest ``interval`` (0.05 in Switzerland)."""
        rounded = amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        if interval <= Decimal("0.01"):
            return rounded
        steps = (rounded / interval).quantize(Decimal(1), ROUND_HALF_UP)
        return (steps * interval).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)

    def roundings(self, item: _T, total: _T) -> tuple[_T, _T]:
        """Return how a currency rounds items and totals."""
        return item, total

    # -- taxes ------------------------------------------------------------------------------------------------------

    def tax_in_gross(self, amount: Decimal, rate: Decimal) -> Decimal:
        """Return the unrounded tax contained in a gross amount."""
        return amount / (100 + rate) * rate

    def tax_on_net(self, amount: Decimal, rate: Decimal) -> Decimal:
        """Return the unrounded tax to be added to a net amount."""
        return amount * rate / 100

    def line_tax(self, tax_of_piece: Decimal, count: Decimal) -> Decimal:
        """Return the unrounded tax of a line, given that of one piece."""
        return tax_of_piece * count

    def round_tax(self, tax: Decimal, decimals: int, interval: Decimal) -> Decimal:
        """Round the tax of one line and rate."""
        return self.round_money(tax, decimals, interval)

    def tax_is_vertical(self, vertical: bool) -> bool:
        """Tell whether taxes come from the sums by rate instead of from the lines; ``vertical`` is the setting."""
        return vertical

    def tax_share(self, taxed: Decimal, total: Decimal) -> Decimal:
        """Return how many per cent of an amount are taxed with a rate: what a discount or the shipping is split by."""
        return taxed / total * 100 if total > 0 else Decimal(0)

    def tax_rate(self, standard: Decimal, special: Decimal | None) -> Decimal:
        """Return the rate of a tax: its standard one, or the special one for the place of delivery."""
        return standard if special is None else special

    def taxed_country(self, delivery: str, billing: str | None) -> str:
        """Return the id of the country whose taxes count, given those delivered to and billed to."""
        del billing
        return delivery

    def vat_ids_suffice(self, count: int) -> bool:
        """Tell whether a company with this many VAT ids may buy without tax."""
        return count > 0

    def tax_free_reached(self, net: Decimal, limit: Decimal) -> bool:
        """Tell whether a net amount is high enough to be free of tax."""
        return net >= limit

    def cart_net(self, total: Decimal, tax: Decimal, lines: int) -> Decimal:
        """Return the unrounded net total of a cart of ``lines`` lines with gross prices."""
        del lines
        return total - tax

    # -- currencies -------------------------------------------------------------------------------------------------

    def in_currency(self, amount: Decimal, factor: Decimal) -> Decimal:
        """Convert an amount of the system's currency."""
        return amount * factor

    def entered_price_counts(self, iso: str) -> bool:
        """Tell whether a price that was entered for a currency goes before the converted one."""
        del iso
        return True

    # -- prices that are shown beside the price -----------------------------------------------------------------------

    def reference_price(self, unit: Decimal, content: Decimal, reference: Decimal) -> Decimal:
        """Return the unrounded price of ``reference`` units of a measure, if ``content`` units cost ``unit``."""
        return unit / content * reference

    def saved_percentage(self, price: Decimal, before: Decimal) -> Decimal:
        """Return by how many per cent a price is lower than the former one."""
        return 100 - price / before * 100

    # -- shipping ---------------------------------------------------------------------------------------------------

    def shipping_price_applies(self, value: Decimal, start: Decimal, end: Decimal | None) -> bool:
        """Tell whether a row of the shipping price matrix covers the value (both ends included)."""
        return start <= value and (end is None or value <= end)

    def shipping_value(self, total: Decimal, tax: Decimal) -> Decimal:
        """Return the value of the goods that shipping prices go by; ``tax`` is the tax in it."""
        del tax
        return total

    def shipping_weight(self, weight: Decimal, quantity: int) -> Decimal:
        """Return the weight of a line that shipping prices go by."""
        return weight * quantity

    def shipping_amount(self, gross: Decimal, net: Decimal, shown: Decimal) -> Decimal:
        """Return a shipping price, given both amounts and that of the customer's tax state."""
        del gross, net
        return shown

    def shipping_tax_type(self, tax_type: str) -> str:
        """Return how shipping costs are taxed: ``auto`` as the goods are, ``highest``, ``fixed``."""
        return tax_type

    def shipping_is_taxed(self, tax_state: str) -> bool:
        """Tell whether the taxes of a cart contain those of its shipping (``gross``, ``net``)."""
        del tax_state
        return True

    def ships_free(self, free: list[bool]) -> bool:
        """Tell whether a delivery costs nothing, given which of its items are free of shipping costs."""
        return all(free)
