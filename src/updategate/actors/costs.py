"""What something costs, as one comparable value: the sum of an order in the five figures that a business checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from updategate.domain.invariants import Violation, check_invariants
from updategate.domain.money import Money
from updategate.domain.rounding import CENTS, CashRounding
from updategate.domain.views import CartView, OrderView, TaxView


class CostsDifferError(AssertionError):
    """A source shows other amounts than expected. ``expected`` and ``actual`` are both as text, for the evidence."""

    def __init__(self, source: str, expected: str, actual: str, differences: list[str]) -> None:
        self.source = source
        self.expected = expected
        self.actual = actual
        super().__init__(f"{source}: {'; '.join(differences)}")


@dataclass(frozen=True, slots=True)
class Costs:
    """The amounts at the foot of a cart or an order.

    ``positions`` is the sum of all lines, ``shipping`` the sum of all deliveries, ``total`` what the customer pays,
    ``net`` the total without taxes, ``taxes`` the tax of each rate in percent, lowest rate first. Figures that a
    source does not show are ``None``; they never equal an expected amount. The roundings are those of the currency.
    ``vertical_taxes`` says that the sales channel taxes the sum instead of each line.
    """

    positions: Money | None
    shipping: Money | None
    total: Money
    net: Money | None
    taxes: tuple[tuple[Decimal, Money], ...] | None
    item_rounding: CashRounding = CENTS
    total_rounding: CashRounding = CENTS
    vertical_taxes: bool = False

    @classmethod
    def of(
        cls,
        *,
        positions: str,
        total: str,
        net: str,
        tax: Mapping[str, str],
        shipping: str = "0.00",
        currency: str = "EUR",
        item_rounding: CashRounding = CENTS,
        total_rounding: CashRounding = CENTS,
        vertical_taxes: bool = False,
    ) -> Costs:
        """Write expected costs as literals, e.g. ``positions="23.80"`` and ``tax={"19": "3.80"}``."""
        return cls(
            positions=Money.of(positions, currency),
            shipping=Money.of(shipping, currency),
            total=Money.of(total, currency),
            net=Money.of(net, currency),
            taxes=tuple(sorted((Decimal(rate), Money.of(amount, currency)) for rate, amount in tax.items())),
            item_rounding=item_rounding,
            total_rounding=total_rounding,
            vertical_taxes=vertical_taxes,
        )

    @classmethod
    def of_cart(cls, cart: CartView) -> Costs:
        """Take the figures that a cart shows."""
        return cls(cart.position_total, cart.shipping_total, cart.total, cart.net_total, _by_rate(cart.taxes))

    @classmethod
    def of_order(cls, order: OrderView) -> Costs:
        """Take the figures that an order shows."""
        return cls(order.position_total, order.shipping, order.total, order.net_total, _by_rate(order.taxes))

    def must_be_shown_by(self, **sources: CartView | OrderView) -> None:
        """Compare with every source and name the first that disagrees (``CostsDifferError``).

        A cart or an order shows all five figures, and its lines, taxes and sums must fit each other. A source without
        lines (a transaction) shows the total, and what else it shows must agree.
        """
        for name, view in sources.items():
            shown = Costs.of_cart(view) if isinstance(view, CartView) else Costs.of_order(view)
            partial = isinstance(view, OrderView) and view.lines is None
            label = name.replace("_", " ")
            differences = self.differences(shown, only_shown=partial)
            if differences:
                raise CostsDifferError(label, str(self), str(shown), differences)
            violations = [] if partial else self._violations(view)
            if violations:
                expected = "; ".join(f"{entry.where}: {entry.expected}" for entry in violations)
                actual = "; ".join(f"{entry.where}: {entry.actual}" for entry in violations)
                raise CostsDifferError(label, expected, actual, [str(entry) for entry in violations])

    def differences(self, shown: Costs, *, only_shown: bool = False) -> list[str]:
        """Name each figure in which ``shown`` differs, with both amounts."""
        found = []
        for figure in _FIGURES:
            expected, actual = getattr(self, figure), getattr(shown, figure)
            if actual is None and only_shown:
                continue
            if expected != actual:
                found.append(f"{figure} is {_text(actual)}, expected {_text(expected)}")
        return found

    def _violations(self, view: CartView | OrderView) -> list[Violation]:
        return check_invariants(
            view,
            item_rounding=self.item_rounding,
            total_rounding=self.total_rounding,
            vertical_taxes=self.vertical_taxes,
        )

    def __str__(self) -> str:
        return ", ".join(f"{figure} {_text(getattr(self, figure))}" for figure in _FIGURES)


_FIGURES = ("positions", "shipping", "total", "net", "taxes")


def _by_rate(taxes: tuple[TaxView, ...] | None) -> tuple[tuple[Decimal, Money], ...] | None:
    return None if taxes is None else tuple(sorted((tax.rate, tax.tax) for tax in taxes))


def _text(value: object) -> str:
    if value is None:
        return "not shown"
    if isinstance(value, tuple):
        return " + ".join(f"{tax} at {rate:f} %" for rate, tax in value) or "none"
    return str(value)
