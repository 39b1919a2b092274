"""The calculator against carts of many kinds, read from real shops by ``updategate.operations.read_carts``."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.domain.figures import figures_of
from tests.domain.plan_loader import PlannedShop
from updategate.domain.cart import CartTotals
from updategate.domain.invariants import check_invariants

DATA = Path(__file__).resolve().parents[1] / "data"
FILES = sorted(DATA.glob("carts-*.json"))


@cache
def document(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def shop(path: Path) -> PlannedShop:
    read = document(path)
    return PlannedShop(read["shopware"], read["shop"])


@cache
def calculated(path: Path, number: int) -> CartTotals:
    return shop(path).calculate(document(path)["carts"][number])


CASES = [
    pytest.param(path, number, id=f"{path.stem}-{number}")
    for path in FILES
    for number in range(len(document(path)["carts"]))
]


def test_there_are_enough_carts_of_enough_kinds() -> None:
    carts = [cart for path in FILES for cart in document(path)["carts"]]
    assert len(carts) >= 60
    assert {cart["figures"]["cart"]["taxStatus"] for cart in carts} == {"gross", "net", "tax-free"}
    kinds = {cart["kind"] for cart in carts}
    assert kinds >= {"tax-free country", "fixed price", "sets", "net rounding", "other countries", "delivery discounts"}


@pytest.mark.parametrize(("path", "number"), CASES)
def test_the_calculator_says_what_the_real_shop_charged(path: Path, number: int) -> None:
    figures = document(path)["carts"][number]["figures"]
    kept = {name: figures[name] for name in ("lines", "shipping", "cart")}
    assert as_kept(figures_of(calculated(path, number))) == as_kept(kept)


@pytest.mark.parametrize(("path", "number"), CASES)
def test_nothing_is_wrong_with_what_the_real_shop_charged(path: Path, number: int) -> None:
    """The invariants raise no false alarm on carts that a shop got right."""
    context = shop(path).context(document(path)["carts"][number])
    item, total = context.currency.rounding_for(context.country.iso)
    found = check_invariants(
        calculated(path, number), item_rounding=item, total_rounding=total, vertical_taxes=context.vertical_taxes
    )
    assert [str(violation) for violation in found] == []


def as_kept(figures: Any) -> Any:
    """Bring both to one form: amounts as decimals, taxes in the order of their rates."""
    if isinstance(figures, dict):
        return {
            name: sorted(as_kept(value), key=lambda tax: tax["rate"]) if name == "taxes" else as_kept(value)
            for name, value in figures.items()
        }
    if isinstance(figures, list):
        return [as_kept(figure) for figure in figures]
    return amount(figures)


def amount(text: Any) -> Any:
    # PHP's floats leave a residue, such as a position price of 2.27E-13, or a wrong fifteenth digit
    try:
        return round(Decimal(text), 6)
    except (ArithmeticError, TypeError, ValueError):
        return text
