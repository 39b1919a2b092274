"""What a delivery costs, calculated on paper."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.domain import shop
from tests.domain.shop import (
    BOOK,
    BY_WEIGHT,
    FLAT,
    NET,
    REDUCED,
    SCREW,
    TIERED,
    cart,
    on_delivery,
    percentage,
    product,
    promotion,
    row,
    rule,
)
from updategate.domain.catalogue import Currency, Price, ShippingCalculation, ShippingMethod, ShippingTaxType
from updategate.domain.context import PricingContext
from updategate.domain.money import Money, eur
from updategate.domain.promotions import Discount, DiscountType, SetGroup
from updategate.domain.rules import Always, CartAmount, LineItemNumber, ShippingCountry
from updategate.domain.views import CartErrorView, CartView, ShippingView, TaxView

D = Decimal


def costs(totals: CartView) -> list[str]:
    return [str(part.total) for part in totals.shipping]


def taxes(totals: CartView) -> list[tuple[str, str]]:
    return [(str(tax.rate), str(tax.tax.amount)) for tax in totals.shipping[0].taxes or ()]


@pytest.mark.parametrize(
    ("gross", "cost"),
    [("99.98", "4.99"), ("99.99", "4.99"), ("100.00", "0.00"), ("100.01", "0.00"), ("0.01", "4.99")],
)
def test_the_price_of_the_goods_finds_the_row(gross: str, cost: str) -> None:
    assert costs(cart((product("P", gross), 1), shipping=TIERED)) == [f"{cost} EUR"]


def test_a_gap_between_rows_blocks_the_method() -> None:
    gap = replace(TIERED, prices=(row("4.99", "4.19", start="0", end="50"), row("0", "0", start="100")))
    totals = cart((product("P", "75"), 1), shipping=gap)
    assert costs(totals) == ["0.00 EUR"]
    assert totals.errors == (CartErrorView("shipping-method-blocked", 10, "Standard", blocks_order=True),)


@pytest.mark.parametrize(("quantity", "cost"), [(4, "5.95"), (5, "11.90")])
def test_weight(quantity: int, cost: str) -> None:
    assert costs(cart((SCREW, quantity), shipping=BY_WEIGHT)) == [f"{cost} EUR"]


def test_thirds_of_a_kilogram_make_a_kilogram() -> None:
    third = product("THIRD", "1", weight=D("0.666666667"))
    assert costs(cart((third, 3), shipping=BY_WEIGHT)) == ["5.95 EUR"]


@pytest.mark.parametrize(("quantity", "cost"), [(3, "3.00"), (4, "4.00")])
def test_count_of_pieces(quantity: int, cost: str) -> None:
    by_count = ShippingCalculation.LINE_ITEM_COUNT
    method = ShippingMethod(
        "Pieces",
        (
            row("3.00", "2.52", calculation=by_count, start="1", end="3"),
            row("4.00", "3.36", calculation=by_count, start="4"),
        ),
    )
    assert costs(cart((SCREW, quantity - 1), (BOOK, 1), shipping=method)) == [f"{cost} EUR"]


@pytest.mark.parametrize(("height", "quantity", "cost"), [("10", 1, "3.00"), ("10", 2, "4.00"), ("0", 2, "3.00")])
def test_volume(height: str, quantity: int, cost: str) -> None:
    by_volume = ShippingCalculation.VOLUME
    method = ShippingMethod(
        "Volume",
        (
            row("3.00", "2.52", calculation=by_volume, end="6000"),
            row("4.00", "3.36", calculation=by_volume, start="6001"),
        ),
    )
    box = product("BOX", "1", length=D(20), width=D(30), height=D(height))
    assert costs(cart((box, quantity), shipping=method)) == [f"{cost} EUR"]


def test_of_several_fitting_rows_the_cheapest_counts() -> None:
    method = ShippingMethod("Two", (row("9", "7.56", start="0"), row("5", "4.20", start="0")))
    assert costs(cart((SCREW, 1), shipping=method)) == ["5.00 EUR"]


def test_what_is_shipping_free_counts_neither_for_rows_nor_costs() -> None:
    free = product("FREE", "200", shipping_free=True)
    assert costs(cart((free, 1), (SCREW, 1), shipping=TIERED)) == ["4.99 EUR"]
    totals = cart((free, 1), shipping=FLAT)
    assert totals.shipping == (ShippingView(eur("0.00"), (TaxView(D(19), eur("0.00"), eur("0.00")),), "Flat"),)


def test_downloads_are_not_sent() -> None:
    ebook = product("EBOOK", "10", tax=REDUCED, download=True)
    assert cart((ebook, 1), shipping=FLAT).shipping == ()
    mixed = cart((ebook, 1), (SCREW, 1), shipping=FLAT)
    assert taxes(mixed) == [("19", "0.95")]


def test_without_a_shipping_method_nothing_is_sent() -> None:
    assert cart((SCREW, 1)).shipping == ()


class TestRules:
    AT = rule("at", ShippingCountry(frozenset({"AT"})), 10)
    ANY = rule("any", Always(), 1)
    METHOD = ShippingMethod("Rules", (row("5", "4.20"), row("9", "7.56", rule=AT), row("7", "5.88", rule=ANY)))

    def test_the_matrix_of_the_first_matching_rule_counts(self) -> None:
        assert costs(cart((SCREW, 1), shipping=self.METHOD)) == ["7.00 EUR"]
        austria = PricingContext(country=shop.AUSTRIA)
        assert costs(cart((SCREW, 1), shipping=self.METHOD, context=austria)) == ["9.00 EUR"]

    def test_a_matrix_without_a_fitting_row_leaves_it_to_the_next(self) -> None:
        low = row("1", "0.84", rule=self.ANY, end="5")
        method = ShippingMethod("Rules", (row("5", "4.20"), low))
        assert costs(cart((SCREW, 1), shipping=method)) == ["5.00 EUR"]

    def test_a_rule_can_stand_for_the_range(self) -> None:
        heavy = rule("heavy", LineItemNumber(frozenset({"SCREW"})))
        method = ShippingMethod(
            "Own", (row("5", "4.20", calculation_rule=heavy), row("8", "6.72", calculation_rule=self.ANY))
        )
        assert costs(cart((SCREW, 1), shipping=method)) == ["5.00 EUR"]
        assert costs(cart((BOOK, 1), shipping=method)) == ["8.00 EUR"]

    def test_a_rule_may_look_at_the_total_with_shipping(self) -> None:
        # 95 + 10 = 105 ≥ 100: the rule matches, and then shipping costs 2; 97 < 100, so that it does not
        big = rule("big", CartAmount(">=", D(100)))
        method = ShippingMethod("Amount", (row("10", "8.40"), row("2", "1.68", rule=big)))
        assert costs(cart((product("P", "99"), 1), shipping=method)) == ["2.00 EUR"]


class TestTax:
    def test_in_the_shares_of_the_goods(self) -> None:
        assert taxes(cart((SCREW, 1), (BOOK, 1), shipping=FLAT, context=NET)) == [("19", "0.48"), ("7", "0.18")]

    def test_at_the_highest_rate(self) -> None:
        method = replace(FLAT, tax_type=ShippingTaxType.HIGHEST)
        assert taxes(cart((BOOK, 9), (SCREW, 1), shipping=method)) == [("19", "0.95")]

    def test_at_a_fixed_rate_of_the_country(self) -> None:
        method = replace(FLAT, tax_type=ShippingTaxType.FIXED, tax=REDUCED)
        assert taxes(cart((SCREW, 1), shipping=method)) == [("7", "0.39")]
        assert taxes(cart((SCREW, 1), shipping=method, context=PricingContext(country=shop.AUSTRIA))) == [
            ("10", "0.54")
        ]

    def test_fixed_without_a_tax_is_in_shares(self) -> None:
        method = replace(FLAT, tax_type=ShippingTaxType.FIXED)
        assert taxes(cart((SCREW, 1), shipping=method)) == [("19", "0.95")]

    def test_since_6_6_7_0_a_discount_on_some_goods_shifts_the_shares(self) -> None:
        off = promotion(
            Discount(
                DiscountType.PERCENTAGE,
                D(50),
                advanced_rules=True,
                rules=(rule("b", LineItemNumber(frozenset({"BOOK"}))),),
            )
        )
        arguments = {"shipping": FLAT, "promotions": [off]}
        goods = ((SCREW, 1), (BOOK, 1))
        # 11.90 : 10.70 before, 11.90 : 5.35 since
        assert taxes(cart(*goods, **arguments, context=PricingContext(shopware="6.6.6.1"))) == [
            ("19", "0.50"),
            ("7", "0.18"),
        ]
        assert taxes(cart(*goods, **arguments, context=PricingContext(shopware="6.6.7.0"))) == [
            ("19", "0.66"),
            ("7", "0.12"),
        ]


def test_the_default_currency_need_not_be_the_euro() -> None:
    pounds = ShippingMethod("Flat", (replace(FLAT.prices[0], prices=(Price.of("3", "2.52", "GBP"),)),))
    screw = replace(SCREW, prices=(Price.of("10", "8.40", "GBP"),))
    context = PricingContext(currency=Currency("USD", D(2)), default_currency="GBP")
    assert costs(cart((screw, 1), shipping=pounds, context=context)) == ["6.00 USD"]


def test_costs_follow_currency_and_tax_state() -> None:
    dollars = Currency("USD", D("1.17085"))
    assert costs(cart((SCREW, 1), shipping=FLAT, context=PricingContext(currency=dollars))) == ["6.97 USD"]
    own = replace(FLAT, prices=(replace(FLAT.prices[0], prices=(Price.of("5.95", "5"), Price.of("8", "6.72", "USD"))),))
    assert costs(cart((SCREW, 1), shipping=own, context=PricingContext(currency=dollars))) == ["8.00 USD"]
    assert costs(cart((SCREW, 1), shipping=FLAT, context=NET)) == ["5.00 EUR"]


class TestDiscounts:
    def reduced(self, *discounts: Discount, **arguments: object) -> CartView:
        promotions = [promotion(discount, code=f"C{n}") for n, discount in enumerate(discounts)]
        return cart((SCREW, 1), (BOOK, 1), shipping=FLAT, promotions=promotions, **arguments)

    def test_a_percentage(self) -> None:
        totals = self.reduced(on_delivery(DiscountType.PERCENTAGE, "50"))
        assert costs(totals) == ["5.95 EUR", "-2.98 EUR"]
        assert (totals.shipping_total, totals.total) == (eur("2.97"), eur("25.57"))

    def test_its_taxes_have_the_shares_of_the_delivery(self) -> None:
        totals = self.reduced(on_delivery(DiscountType.PERCENTAGE, "100"))
        whole, off = totals.shipping
        assert [(t.rate, t.tax, t.price) for t in off.taxes or ()] == [
            (t.rate, -t.tax, -t.price) for t in whole.taxes or () if t.price is not None
        ]

    def test_it_is_shown_as_a_line_of_zero(self) -> None:
        line = self.reduced(on_delivery(DiscountType.PERCENTAGE, "50")).lines[-1]
        assert (line.type, line.number, line.label, line.total, line.taxes) == ("promotion", "C0", "C0", eur("0"), ())
        assert (line.quantity, line.unit_price) == (1, eur("0"))

    def test_a_percentage_up_to_a_maximum(self) -> None:
        assert costs(self.reduced(on_delivery(DiscountType.PERCENTAGE, "50", max_value=D(2)))) == [
            "5.95 EUR",
            "-2.00 EUR",
        ]
        assert costs(self.reduced(on_delivery(DiscountType.PERCENTAGE, "50", max_value=D(9)))) == [
            "5.95 EUR",
            "-2.98 EUR",
        ]

    def test_an_amount_never_more_than_the_costs(self) -> None:
        assert costs(self.reduced(on_delivery(DiscountType.ABSOLUTE, "2"))) == ["5.95 EUR", "-2.00 EUR"]
        assert costs(self.reduced(on_delivery(DiscountType.ABSOLUTE, "9"))) == ["5.95 EUR", "-5.95 EUR"]

    def test_a_fixed_price(self) -> None:
        assert costs(self.reduced(on_delivery(DiscountType.FIXED_UNIT, "2"))) == ["5.95 EUR", "-3.95 EUR"]

    @pytest.mark.parametrize("value", ["5.95", "7"])
    def test_a_fixed_price_that_saves_nothing_is_not_shown(self, value: str) -> None:
        totals = self.reduced(on_delivery(DiscountType.FIXED_UNIT, value))
        assert costs(totals) == ["5.95 EUR"]
        assert [line.type for line in totals.lines] == ["product", "product"]

    def test_the_lowest_fixed_price_beats_all_others(self) -> None:
        totals = self.reduced(
            on_delivery(DiscountType.PERCENTAGE, "100"),
            on_delivery(DiscountType.FIXED_UNIT, "4"),
            on_delivery(DiscountType.FIXED_UNIT, "3"),
        )
        assert costs(totals) == ["5.95 EUR", "-2.95 EUR"]
        assert [line.number for line in totals.lines if line.type == "promotion"] == ["C2"]

    def test_several_never_go_below_zero(self) -> None:
        totals = self.reduced(
            on_delivery(DiscountType.PERCENTAGE, "80"),
            on_delivery(DiscountType.PERCENTAGE, "80"),
            on_delivery(DiscountType.ABSOLUTE, "5"),
        )
        assert costs(totals) == ["5.95 EUR", "-4.76 EUR", "-1.19 EUR"]
        # the third takes nothing off any more, and Shopware shows it all the same
        assert [line.number for line in totals.lines if line.type == "promotion"] == ["C0", "C1", "C2"]

    def test_a_fixed_price_of_a_package_is_not_for_deliveries(self) -> None:
        totals = self.reduced(on_delivery(DiscountType.FIXED, "2"))
        assert (costs(totals), len(totals.lines)) == (["5.95 EUR"], 2)

    def test_nothing_is_taken_off_nothing(self) -> None:
        off = promotion(on_delivery(DiscountType.PERCENTAGE, "50"))
        totals = cart((product("P", "200"), 1), shipping=TIERED, promotions=[off])
        assert (costs(totals), len(totals.lines)) == (["0.00 EUR"], 1)

    def test_conditions_and_exclusions_count(self) -> None:
        delivery = on_delivery(DiscountType.PERCENTAGE, "50")
        never = rule("never", CartAmount(">", D(1000)))
        refused = cart((SCREW, 1), shipping=FLAT, promotions=[promotion(delivery, cart_rules=(never,))])
        assert (costs(refused), [error.key for error in refused.errors]) == (["5.95 EUR"], ["promotion-not-eligible"])
        silent = cart((SCREW, 1), shipping=FLAT, promotions=[promotion(delivery, code=None, cart_rules=(never,))])
        assert (costs(silent), silent.errors) == (["5.95 EUR"], ())
        first = percentage("10", code="FIRST", priority=2, excludes=frozenset({"SECOND"}))
        excluded = cart((SCREW, 1), shipping=FLAT, promotions=[first, promotion(delivery, code="SECOND")])
        assert (costs(excluded), [error.key for error in excluded.errors]) == (["5.95 EUR"], ["promotion-not-eligible"])

    def test_a_promotion_that_prevents_combination_shuts_out_one_on_delivery(self) -> None:
        alone = percentage("10", code="ALONE", priority=2, prevents_combination=True)
        other = promotion(on_delivery(DiscountType.PERCENTAGE, "50"), code="OTHER")
        totals = cart((SCREW, 1), shipping=FLAT, promotions=[alone, other])
        assert costs(totals) == ["5.95 EUR"]
        assert [line.number for line in totals.lines] == ["SCREW", "ALONE"]

    def test_of_two_that_prevent_combination_only_the_first_counts(self) -> None:
        first = percentage("10", code="A", priority=2, prevents_combination=True)
        second = promotion(on_delivery(DiscountType.PERCENTAGE, "50"), code="B", prevents_combination=True)
        totals = cart((SCREW, 1), shipping=FLAT, promotions=[second, first], codes=["B", "A"])
        assert costs(totals) == ["5.95 EUR"]
        assert [line.number for line in totals.lines] == ["SCREW", "A"]

    def test_shipping_of_less_than_one_is_discounted_too(self) -> None:
        cheap = ShippingMethod("Letter", (row("0.80", "0.67"),))
        off = promotion(on_delivery(DiscountType.PERCENTAGE, "50"))
        assert costs(cart((SCREW, 1), shipping=cheap, promotions=[off])) == ["0.80 EUR", "-0.40 EUR"]

    def test_sets_can_be_a_condition(self) -> None:
        off = promotion(
            on_delivery(DiscountType.PERCENTAGE, "100"), use_set_groups=True, set_groups=(SetGroup("three", D(3)),)
        )
        assert costs(cart((SCREW, 3), shipping=FLAT, promotions=[off])) == ["5.95 EUR", "-5.95 EUR"]
        refused = cart((SCREW, 2), shipping=FLAT, promotions=[off])
        assert (costs(refused), [error.key for error in refused.errors]) == (["5.95 EUR"], ["promotion-not-eligible"])

    def test_every_refused_code_is_told(self) -> None:
        never = rule("never", CartAmount(">", D(1000)))
        delivery = on_delivery(DiscountType.PERCENTAGE, "50")
        refused = [promotion(delivery, code=code, cart_rules=(never,)) for code in ("A", "B")]
        totals = cart((SCREW, 1), shipping=FLAT, promotions=refused)
        assert [(error.key, error.message) for error in totals.errors] == [
            ("promotion-not-eligible", "A"),
            ("promotion-not-eligible", "B"),
        ]

    def test_exclusions_add_up(self) -> None:
        delivery = on_delivery(DiscountType.ABSOLUTE, "1")
        one = promotion(delivery, code="ONE", priority=9, excludes=frozenset({"THREE"}))
        two = promotion(delivery, code="TWO", priority=8, excludes=frozenset({"FOUR"}))
        three = promotion(delivery, code="THREE", priority=7, excludes=frozenset({"FIVE"}))
        rest = [promotion(delivery, code=code) for code in ("FOUR", "FIVE")]
        totals = cart((SCREW, 1), shipping=FLAT, promotions=[one, two, three, *rest])
        # THREE is excluded itself, and so excludes nobody
        assert [line.number for line in totals.lines if line.type == "promotion"] == ["ONE", "TWO", "FIVE"]
        later = promotion(delivery, code="SIX", priority=1, excludes=frozenset({"SEVEN"}))
        last = promotion(delivery, code="SEVEN", priority=0)
        totals = cart((SCREW, 1), shipping=FLAT, promotions=[one, three, later, last])
        assert [line.number for line in totals.lines if line.type == "promotion"] == ["ONE", "SIX"]

    def test_a_value_of_the_currency_wins_over_the_factor(self) -> None:
        dollars = PricingContext(currency=Currency("USD", D(2)))
        own = on_delivery(DiscountType.ABSOLUTE, "2", currency_values=(("USD", D(3)),))
        assert costs(self.reduced(own, context=dollars)) == ["11.90 USD", "-3.00 USD"]
        by_factor = on_delivery(DiscountType.ABSOLUTE, "2")
        assert costs(self.reduced(by_factor, context=dollars)) == ["11.90 USD", "-4.00 USD"]
        assert self.reduced(by_factor, context=dollars).total.currency == Money.of("1", "USD").currency
