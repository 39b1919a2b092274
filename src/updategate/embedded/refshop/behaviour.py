"""The points where a mutant may make the shop wrong.

Each field of ``Behaviour`` is one small function that the shop calls for one decision. The defaults are right; a
mutant (see ``mutants``) replaces exactly one. Amounts are ``Decimal``, rates are percentages (``Decimal("19")``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


def round_money(amount: Decimal, decimals: int, interval: Decimal) -> Decimal:
    """Round half away from zero to ``decimals``, then to the nearest ``interval`` (0.05 in Switzerland)."""
    rounded = amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    if interval <= Decimal("0.01"):
        return rounded
    steps = (rounded / interval).quantize(Decimal(1), ROUND_HALF_UP)
    return (steps * interval).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def tax_in_gross(amount: Decimal, rate: Decimal) -> Decimal:
    """Return the unrounded tax contained in a gross amount."""
    return amount / (100 + rate) * rate


def tax_on_net(amount: Decimal, rate: Decimal) -> Decimal:
    """Return the unrounded tax to be added to a net amount."""
    return amount * rate / 100


def round_tax(tax: Decimal, decimals: int, interval: Decimal) -> Decimal:
    """Round the tax of one line and rate."""
    return round_money(tax, decimals, interval)


def percentage_discount(price: Decimal, net: Decimal, percentage: Decimal) -> Decimal:
    """Return the positive discount on a line: ``price`` is what the customer sees, ``net`` the same without tax."""
    del net
    return price * percentage / 100


def shipping_price_applies(value: Decimal, start: Decimal, end: Decimal | None) -> bool:
    """Tell whether a row of the shipping price matrix covers the value (both ends included)."""
    return start <= value and (end is None or value <= end)


def tier_applies(quantity: int, start: int, end: int | None) -> bool:
    """Tell whether an advanced price covers the quantity (both ends included)."""
    return start <= quantity and (end is None or quantity <= end)


def closeout_available(available_stock: int, min_purchase: int) -> bool:
    """Tell whether a closeout product can still be bought."""
    return available_stock >= min_purchase


def closeout_limit(available_stock: int, max_purchase: int | None) -> int:
    """Return how many pieces of a closeout product one line may hold."""
    return available_stock if max_purchase is None else min(available_stock, max_purchase)


def cart_is_emptied_by_order() -> bool:
    """Tell whether the cart is gone once its order is placed."""
    return True


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Every decision that a mutant may replace; see the functions of this module for what they take."""

    round_money: Callable[[Decimal, int, Decimal], Decimal] = round_money
    tax_in_gross: Callable[[Decimal, Decimal], Decimal] = tax_in_gross
    tax_on_net: Callable[[Decimal, Decimal], Decimal] = tax_on_net
    round_tax: Callable[[Decimal, int, Decimal], Decimal] = round_tax
    percentage_discount: Callable[[Decimal, Decimal, Decimal], Decimal] = percentage_discount
    shipping_price_applies: Callable[[Decimal, Decimal, Decimal | None], bool] = shipping_price_applies
    tier_applies: Callable[[int, int, int | None], bool] = tier_applies
    closeout_available: Callable[[int, int], bool] = closeout_available
    closeout_limit: Callable[[int, int | None], int] = closeout_limit
    cart_is_emptied_by_order: Callable[[], bool] = cart_is_emptied_by_order
