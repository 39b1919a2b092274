"""Who pays tax: groups, countries, companies, currencies with limits."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.refshop.cart.paper import DOLLAR, EURO, PaperShop, context, customer, product, row, shipping
from updategate.embedded.refshop.cart.context import Country, Currency, TaxFree
from updategate.embedded.refshop.cart.items import Cart
from updategate.embedded.refshop.cart.prices import TaxState

LAMP = product("lamp", "11.90", "10")
SWITZERLAND = Country(
    "ch", "Switzerland", "CH", customer_tax=TaxFree(enabled=True, amount=Decimal(30), currency_id=EURO)
)
COMPANIES_FREE = Country("ch", "Switzerland", "CH", company_tax=TaxFree(enabled=True, currency_id=EURO))
COMPANY = customer(company="Acme", vat_ids=("CHE123",))


def _cart(quantity: int, **where: Any) -> Cart:
    return PaperShop([LAMP], method=shipping(row("5.95", "5"))).cart({"lamp": quantity}, where=context(**where))


@pytest.mark.parametrize(("quantity", "state"), [(2, TaxState.GROSS), (3, TaxState.FREE), (4, TaxState.FREE)])
def test_country_frees_of_tax_from_an_amount_on(quantity: int, state: TaxState) -> None:
    cart = _cart(quantity, country=SWITZERLAND)
    assert cart.price.tax_state is state
    net = 10 * quantity + 5
    assert cart.price.total == (net if state is TaxState.FREE else Decimal("11.90") * quantity + Decimal("5.95"))


def test_limit_of_a_country_is_in_its_currency() -> None:
    abroad = replace(SWITZERLAND, customer_tax=TaxFree(enabled=True, amount=Decimal(33), currency_id=DOLLAR))
    assert _cart(2, country=abroad).price.tax_state is TaxState.GROSS
    assert _cart(3, country=abroad).price.tax_state is TaxState.FREE


@pytest.mark.parametrize(
    ("buyer", "country", "free"),
    [
        (COMPANY, COMPANIES_FREE, True),
        (customer(), COMPANIES_FREE, False),
        (customer(company="Acme"), COMPANIES_FREE, False),
        (None, COMPANIES_FREE, False),
        (COMPANY, replace(COMPANIES_FREE, vat_id_pattern="DE[0-9]{9}", check_vat_id_pattern=True), False),
        (COMPANY, replace(COMPANIES_FREE, vat_id_pattern="CHE[0-9]{3}", check_vat_id_pattern=True), True),
        (COMPANY, replace(COMPANIES_FREE, vat_id_pattern="DE[0-9]{9}"), True),
    ],
)
def test_companies_with_vat_ids(buyer: Any, country: Country, free: bool) -> None:
    assert (_cart(1, customer=buyer, country=country).price.tax_state is TaxState.FREE) is free


@pytest.mark.parametrize(("quantity", "free"), [(7, False), (8, True)])
def test_currency_frees_of_tax(quantity: int, free: bool) -> None:
    pounds = Currency("pound", "GBP", Decimal(1), False, tax_free_from=Decimal(80))
    assert (_cart(quantity, currency=pounds).price.tax_state is TaxState.FREE) is free


def test_special_rates_of_a_place_count() -> None:
    cart = _cart(1, tax_rates={"standard": Decimal(20), "reduced": Decimal(10)})
    assert [tax.rate for tax in cart.price.taxes] == [Decimal(20)]
    assert cart.price.total == Decimal("17.85")
