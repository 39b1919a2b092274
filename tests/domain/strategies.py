"""Carts of every kind, for property tests."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from updategate.domain.cart import CartLine
from updategate.domain.catalogue import (
    Country,
    Currency,
    CustomerGroup,
    Price,
    Product,
    ShippingCalculation,
    ShippingMethod,
    ShippingPrice,
    ShippingTaxType,
    Tax,
    TaxFreedom,
)
from updategate.domain.context import PricingContext
from updategate.domain.promotions import Discount, DiscountScope, DiscountType, Promotion
from updategate.domain.rounding import CashRounding

RATES = ("0", "5.5", "7", "10", "19", "20", "8.1", "25")

cents = st.decimals(min_value="0.01", max_value="2000", places=2)
factors = st.sampled_from([Decimal(text) for text in ("1", "1.17085", "0.89157", "26.735", "0.5")])
roundings = st.builds(
    CashRounding,
    decimals=st.sampled_from([1, 2, 2, 2, 3]),
    interval=st.sampled_from([Decimal("0.01"), Decimal("0.05"), Decimal("0.1"), Decimal("0.5")]),
    round_for_net=st.booleans(),
)
taxes = st.sampled_from([Tax.of(rate, AT="20") for rate in RATES])


@st.composite
def products(draw: Any, number: str) -> Product:
    gross = draw(cents)
    tax = draw(taxes)
    return Product(
        number=number,
        tax=tax,
        prices=(Price.linked(str(gross), str(tax.rate)),),
        shipping_free=draw(st.booleans()) and draw(st.booleans()),
        weight=draw(st.decimals(min_value="0", max_value="30", places=3)),
    )


@st.composite
def lines(draw: Any, most: int = 6) -> list[CartLine]:
    count = draw(st.integers(1, most))
    return [CartLine(draw(products(f"P-{index}")), draw(st.integers(1, 40))) for index in range(count)]


@st.composite
def contexts(draw: Any, tax_free: bool | None = None) -> PricingContext:
    free = draw(st.booleans()) if tax_free is None else tax_free
    return PricingContext(
        currency=Currency("EUR", Decimal(1), draw(roundings), draw(roundings)),
        country=Country(draw(st.sampled_from(["DE", "AT"])), customer_tax_free=TaxFreedom(enabled=free)),
        customer_group=CustomerGroup("group", display_gross=draw(st.booleans())),
        vertical_taxes=draw(st.booleans()),
        shopware=draw(st.sampled_from(["6.5.8.14", "6.6.6.1", "6.6.7.1"])),
    )


@st.composite
def shipping_methods(draw: Any) -> ShippingMethod:
    rows = []
    for start in sorted(draw(st.sets(st.integers(0, 500), min_size=1, max_size=3)) | {0}):
        gross = draw(cents)
        price = Price.linked(str(gross), "19")
        rows.append(ShippingPrice((price,), draw(st.sampled_from(list(ShippingCalculation))), Decimal(start)))
    return ShippingMethod(
        "Standard", tuple(rows), draw(st.sampled_from(list(ShippingTaxType))), draw(st.none() | taxes)
    )


@st.composite
def discounts(draw: Any, scopes: tuple[DiscountScope, ...] = (DiscountScope.CART, DiscountScope.DELIVERY)) -> Discount:
    kind = draw(st.sampled_from([DiscountType.PERCENTAGE, DiscountType.ABSOLUTE, DiscountType.FIXED_UNIT]))
    percentage = kind is DiscountType.PERCENTAGE
    return Discount(
        type=kind,
        value=draw(st.decimals("0.5", "100", places=1)) if percentage else draw(cents),
        scope=draw(st.sampled_from(scopes)),
        max_value=draw(st.none() | cents) if percentage else None,
    )


@st.composite
def promotions(draw: Any, most: int = 3) -> list[Promotion]:
    count = draw(st.integers(0, most))
    return [
        Promotion(
            id=f"promotion-{index}",
            name=f"Promotion {index}",
            code=f"CODE{index}",
            discounts=tuple(draw(st.lists(discounts(), min_size=1, max_size=2))),
            priority=draw(st.integers(1, 3)),
        )
        for index in range(count)
    ]
