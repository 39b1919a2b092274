"""Decisions about rounding, taxes, currencies, shipping costs."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


class MoneyDecisions:
    """See ``Behaviour``."""

    def round_money(self, amount: Decimal, decimals: int, interval: Decimal) -> Decimal:
        """Round half away from zero to ``decimals``, then to the nearest ``interval`` (0.05 in Switzerland)."""
        rounded = amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        if interval <= Decimal("0.01"):
            return rounded
        steps = (rounded / interval).quantize(Decimal(1), ROUND_HALF_UP)
        return (steps * interval).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)

    def tax_in_gross(self, amount: Decimal, rate: Decimal) -> Decimal:
        """Return the unrounded tax contained in a gross amount."""
        return amount / (100 + rate) * rate

    def tax_on_net(self, amount: Decimal, rate: Decimal) -> Decimal:
        """Return the unrounded tax to be added to a net amount."""
        return amount * rate / 100

    def round_tax(self, tax: Decimal, decimals: int, interval: Decimal) -> Decimal:
        """Round the tax of one line and rate."""
        return self.round_money(tax, decimals, interval)

    def tax_share(self, taxed: Decimal, total: Decimal) -> Decimal:
        """Return how many per cent of an amount are taxed with a rate: what a discount or the shipping is split by."""
        return taxed / total * 100 if total > 0 else Decimal(0)

    def tax_rate(self, standard: Decimal, special: Decimal | None) -> Decimal:
        """Return the rate of a tax: its standard one, or the special one for the place of delivery."""
        return standard if special is None else special

    def tax_free_reached(self, net: Decimal, limit: Decimal) -> bool:
        """Tell whether a net amount is high enough to be free of tax."""
        return net >= limit

    def in_currency(self, amount: Decimal, factor: Decimal) -> Decimal:
        """Convert an amount of the system's currency."""
        return amount * factor

    def shipping_price_applies(self, value: Decimal, start: Decimal, end: Decimal | None) -> bool:
        """Tell whether a row of the shipping price matrix covers the value (both ends included)."""
        return start <= value and (end is None or value <= end)

    def ships_free(self, only_free_items: bool) -> bool:  # noqa: FBT001 - called by position everywhere
        """Tell whether a delivery costs nothing: everything in it is marked free of shipping costs."""
        return only_free_items
