"""The mutants by name.

Add one: write the wrong function, and a ``Mutant`` that replaces one field of ``Behaviour`` with it.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from updategate.embedded.refshop import behaviour
from updategate.embedded.refshop.behaviour import Behaviour


class UnknownMutantError(ValueError):
    """No mutant has this name."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One seeded defect.

    ``replaces`` names the field of ``Behaviour``, ``by`` is the wrong function; ``process`` is the id (or the
    suite) of the business process that should fail because of it.
    """

    name: str
    title: str
    process: str
    replaces: str
    by: Callable[..., Any]


def _tax_one_cent_more(tax: Decimal, decimals: int, interval: Decimal) -> Decimal:
    rounded = behaviour.round_tax(tax, decimals, interval)
    return rounded + Decimal(1).scaleb(-decimals) if rounded > 0 else rounded


def _percentage_of_net(price: Decimal, net: Decimal, percentage: Decimal) -> Decimal:
    del price
    return net * percentage / 100


def _threshold_inverted(value: Decimal, start: Decimal, end: Decimal | None) -> bool:
    return value <= start or (end is not None and value > end)


def _tier_off_by_one(quantity: int, start: int, end: int | None) -> bool:
    if start <= 1:
        return end is None or quantity <= end + 1
    return start < quantity and (end is None or quantity <= end + 1)


def _always_available(available_stock: int, min_purchase: int) -> bool:
    del available_stock, min_purchase
    return True


def _never_emptied() -> bool:
    return False


def _always(*_: object) -> bool:
    return True


def _never(*_: object) -> bool:
    return False


def _one_cent_more(tax: Decimal) -> Decimal:
    return tax + Decimal("0.01")


def _confirmed_twice(event: str) -> int:
    return 2 if event == "checkout.order.placed" else 1


def _silent_about_states(event: str) -> int:
    return 0 if event.startswith("state_enter.") else 1


MUTANTS: Mapping[str, Mutant] = {
    mutant.name: mutant
    for mutant in (
        Mutant("tax-one-cent", "Tax of a line is one cent too high", "CHK-004", "round_tax", _tax_one_cent_more),
        Mutant(
            "promotion-percentage-of-net",
            "A percentage promotion is taken from the net amount",
            "CHK-009",
            "percentage_discount",
            _percentage_of_net,
        ),
        Mutant(
            "shipping-threshold-inverted",
            "The shipping threshold compares with the wrong sign",
            "CHK-015",
            "shipping_price_applies",
            _threshold_inverted,
        ),
        Mutant(
            "closeout-oversell",
            "A closeout product is sold below a stock of zero",
            "CHK-027",
            "closeout_available",
            _always_available,
        ),
        Mutant(
            "tier-off-by-one",
            "A tier price starts one piece too late",
            "b2b_pricing",
            "tier_applies",
            _tier_off_by_one,
        ),
        Mutant(
            "double-order",
            "Submitting an order twice makes two orders",
            "CHK-021",
            "cart_is_emptied_by_order",
            _never_emptied,
        ),
        Mutant(
            "illegal-transition", "Any action is allowed in any state", "ORD-001", "transition_is_possible", _always
        ),
        Mutant(
            "cancelled-keeps-stock",
            "A cancelled order does not give its pieces back",
            "ORD-003",
            "cancelling_frees_stock",
            _never,
        ),
        Mutant(
            "stock-not-recounted",
            "What is available does not follow written stock",
            "ERP-003",
            "stock_is_recounted",
            _never,
        ),
        Mutant(
            "sync-half-written",
            "A sync keeps what stands before a faulty operation",
            "ERP-005",
            "sync_is_atomic",
            _never,
        ),
        Mutant(
            "invoice-tax-one-cent", "An invoice shows one cent too much tax", "ORD-006", "document_tax", _one_cent_more
        ),
        Mutant("confirmation-twice", "An order is confirmed twice", "ORD-010", "mails_for", _confirmed_twice),
        Mutant("state-mail-missing", "Changes of state are not told", "ORD-011", "mails_for", _silent_about_states),
    )
}


def mutated(names: Iterable[str], base: Behaviour | None = None) -> Behaviour:
    """Return the behaviour with these mutants applied, or raise UnknownMutantError naming the nearest one."""
    result = base or Behaviour()
    for name in names:
        if name not in MUTANTS:
            nearest = difflib.get_close_matches(name, MUTANTS, n=1, cutoff=0.3)
            hint = f" Did you mean {nearest[0]}?" if nearest else ""
            raise UnknownMutantError(f"There is no mutant {name!r}; there are {', '.join(MUTANTS)}.{hint}")
        mutant = MUTANTS[name]
        result = dataclasses.replace(result, **{mutant.replaces: mutant.by})
    return result
