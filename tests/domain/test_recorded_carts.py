"""The calculator against what real shops charged: every line, tax, shipping cost and total, to the cent."""

from __future__ import annotations

import os
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.domain.catalogue_loader import Catalogue, exact
from tests.domain.figures import figures_of
from updategate.domain.cart import CartLine, expected_cart

REPOSITORY = Path(__file__).resolve().parents[2]
RECORDINGS = Path(os.environ.get("UPDATEGATE_RECORDINGS", REPOSITORY.parent / "shared" / "recordings"))
COUNTS = {"6.6.7.1": 230, "6.5.8.14": 60}
AMOUNTS = ("netPrice", "totalPrice", "positionPrice", "rawTotal")
CODES = {None: [], "both": ["BENCH10", "BENCH5EUR"]}

pytestmark = pytest.mark.recordings


@pytest.fixture(scope="module", autouse=True)
def recordings() -> None:
    if all((RECORDINGS / version / "carts.json").is_file() for version in COUNTS):
        return
    reason = f"no recordings of a real Shopware at {RECORDINGS}: set UPDATEGATE_RECORDINGS to the folder that has them"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@cache
def catalogue(version: str) -> Catalogue:
    return Catalogue(RECORDINGS / version / "catalogue")


@cache
def carts(version: str) -> list[dict[str, Any]]:
    return exact((RECORDINGS / version / "carts.json").read_text(encoding="utf-8"))["carts"]


@pytest.mark.parametrize("version", COUNTS)
def test_the_recordings_are_complete(version: str) -> None:
    assert len(carts(version)) == COUNTS[version]


@pytest.mark.parametrize(("version", "number"), [(v, n) for v, count in COUNTS.items() for n in range(count)])
def test_the_calculator_says_what_the_real_shop_charged(version: str, number: int) -> None:
    recorded = carts(version)[number]
    shop = catalogue(version)
    wanted = recorded["codes_requested"]
    calculated = expected_cart(
        [CartLine(shop.product(product), quantity) for product, quantity in recorded["lines_requested"]],
        context=shop.context(recorded, version),
        shipping=shop.shipping_method(recorded["shipping_method"]),
        promotions=shop.promotions(),
        codes=CODES.get(wanted, [wanted]),
    )
    assert figures_of(calculated) == {
        "lines": [{**line, "price": _price(line["price"])} for line in recorded["lines"]],
        "shipping": [_price(price) for price in recorded["shipping"]],
        "cart": {
            **{
                name: Decimal(recorded["cart"][name])
                for name in ("netPrice", "totalPrice", "positionPrice", "rawTotal")
            },
            "taxStatus": recorded["cart"]["taxStatus"],
            "taxes": _taxes(recorded["cart"]["taxes"]),
        },
    }


def _price(price: dict[str, Any]) -> dict[str, Any]:
    return {
        "unit": Decimal(price["unit"]),
        "quantity": price["quantity"],
        "total": Decimal(price["total"]),
        "taxes": _taxes(price["taxes"]),
    }


def _taxes(taxes: list[dict[str, Any]]) -> list[dict[str, Decimal]]:
    return [{name: Decimal(tax[name]) for name in ("rate", "tax", "price")} for tax in taxes]
