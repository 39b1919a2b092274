"""The points where a mutant may make the shop wrong.

Each field of ``Behaviour`` is one small function that the shop calls for one decision. The defaults are right; a
mutant (see ``mutants``) replaces exactly one. Amounts are ``Decimal``, rates are percentages (``Decimal("19")``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
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


def tax_share(taxed: Decimal, total: Decimal) -> Decimal:
    """Return how many per cent of an amount are taxed with a rate: what a discount or the shipping is split by."""
    return taxed / total * 100 if total > 0 else Decimal(0)


def tax_rate(standard: Decimal, special: Decimal | None) -> Decimal:
    """Return the rate of a tax: its standard one, or the special one for the place of delivery."""
    return standard if special is None else special


def tax_free_reached(net: Decimal, limit: Decimal) -> bool:
    """Tell whether a net amount is high enough to be free of tax."""
    return net >= limit


def in_currency(amount: Decimal, factor: Decimal) -> Decimal:
    """Convert an amount of the system's currency."""
    return amount * factor


def price_rule_order(rule_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return the rules that hold in the order in which advanced prices are looked for (most important first)."""
    return rule_ids


def condition_holds(condition_type: str, result: bool) -> bool:  # noqa: FBT001 - called by position everywhere
    """Return whether a condition of a rule holds, given what its comparison says."""
    del condition_type
    return result


def threshold_reached(value: Decimal, operator: str, expected: Decimal) -> bool:
    """Compare numbers in rules; amounts closer than 0.00000001 are equal."""
    difference = value - expected
    near = Decimal("0.00000001")
    results = {
        "=": abs(difference) < near,
        "!=": abs(difference) >= near,
        ">=": difference > -near,
        "<=": difference < near,
        ">": difference >= near,
        "<": difference <= -near,
    }
    return results.get(operator, False)


def ships_free(only_free_items: bool) -> bool:  # noqa: FBT001 - called by position everywhere
    """Tell whether a delivery costs nothing: everything in it is marked free of shipping costs."""
    return only_free_items


def discount_limit(discount: Decimal, limit: Decimal) -> Decimal:
    """Return how much of a discount is allowed: never more than the cart costs."""
    return min(discount, limit)


def promotion_runs(now: datetime, start: datetime | None, end: datetime | None) -> bool:
    """Tell whether a promotion runs: from its start (included) to its end (excluded)."""
    return (start is None or start <= now) and (end is None or now < end)


def usages_left(used: int, allowed: int | None) -> bool:
    """Tell whether a promotion may be used once more."""
    return allowed is None or used < allowed


def order_takes_stock() -> bool:
    """Tell whether an order lowers the stock of what it holds."""
    return True


def order_number(number: str) -> str:
    """Return the number of an order, given what the number range says."""
    return number


def transaction_amount(total: Decimal) -> Decimal:
    """Return what the payment of an order is made over."""
    return total


def orders_of_cart(token: str) -> int:
    """Return how many orders one call makes of a cart."""
    del token
    return 1


def transition_is_possible(known: bool) -> bool:  # noqa: FBT001 - called by position everywhere
    """Tell whether a state may be left by an action, given whether the state machine knows that way."""
    return known


def cancelling_frees_stock() -> bool:
    """Tell whether a cancelled order gives its pieces back."""
    return True


def stock_is_recounted() -> bool:
    """Tell whether written stock is counted anew: what is available follows from it."""
    return True


def sync_is_atomic() -> bool:
    """Tell whether the operations of a sync are kept together or not at all."""
    return True


def document_tax(tax: Decimal) -> Decimal:
    """Return the tax that a document shows for a rate."""
    return tax


def mails_for(event: str) -> int:
    """Return how often a mail is sent that a flow wants for an event."""
    del event
    return 1


def extra_cpu(kind: str, usual: float, recent: int) -> float:
    """Return seconds of CPU that a request costs beyond its own (``usual``); ``recent`` came in the last second."""
    del kind, usual, recent
    return 0.0


def extra_reads(kind: str) -> int:
    """Return how many reads of the store a request of this kind makes without need."""
    del kind
    return 0


def page_is_kept(kind: str) -> bool:
    """Tell whether pages stay in the HTTP cache."""
    del kind
    return True


def bytes_left_behind(kind: str) -> int:
    """Return how much memory a request keeps for good."""
    del kind
    return 0


def padding_bytes(kind: str) -> int:
    """Return how much larger a page is than it has to be."""
    del kind
    return 0


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
    tax_share: Callable[[Decimal, Decimal], Decimal] = tax_share
    tax_rate: Callable[[Decimal, Decimal | None], Decimal] = tax_rate
    tax_free_reached: Callable[[Decimal, Decimal], bool] = tax_free_reached
    in_currency: Callable[[Decimal, Decimal], Decimal] = in_currency
    price_rule_order: Callable[[tuple[str, ...]], tuple[str, ...]] = price_rule_order
    condition_holds: Callable[[str, bool], bool] = condition_holds
    threshold_reached: Callable[[Decimal, str, Decimal], bool] = threshold_reached
    ships_free: Callable[[bool], bool] = ships_free
    discount_limit: Callable[[Decimal, Decimal], Decimal] = discount_limit
    promotion_runs: Callable[[datetime, datetime | None, datetime | None], bool] = promotion_runs
    usages_left: Callable[[int, int | None], bool] = usages_left
    order_takes_stock: Callable[[], bool] = order_takes_stock
    order_number: Callable[[str], str] = order_number
    transaction_amount: Callable[[Decimal], Decimal] = transaction_amount
    orders_of_cart: Callable[[str], int] = orders_of_cart
    transition_is_possible: Callable[[bool], bool] = transition_is_possible
    cancelling_frees_stock: Callable[[], bool] = cancelling_frees_stock
    stock_is_recounted: Callable[[], bool] = stock_is_recounted
    sync_is_atomic: Callable[[], bool] = sync_is_atomic
    document_tax: Callable[[Decimal], Decimal] = document_tax
    mails_for: Callable[[str], int] = mails_for
    extra_cpu: Callable[[str, float, int], float] = extra_cpu
    extra_reads: Callable[[str], int] = extra_reads
    page_is_kept: Callable[[str], bool] = page_is_kept
    bytes_left_behind: Callable[[str], int] = bytes_left_behind
    padding_bytes: Callable[[str], int] = padding_bytes
