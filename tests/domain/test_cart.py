"""Carts calculated on paper: prices by rule, tier, currency and country; quantities; tax states."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.domain import shop
from tests.domain.shop import AUSTRIA, BOOK, FLAT, GROSS, NET, REDUCED, SCREW, STANDARD, cart, product, rule, tax
from updategate.domain.cart import CartLine, expected_cart, max_purchase
from updategate.domain.catalogue import (
    AdvancedPrice,
    Country,
    CountryRounding,
    Currency,
    CustomerGroup,
    Price,
    Tax,
    TaxFreedom,
    TaxRule,
    TaxRuleType,
)
from updategate.domain.context import PricingContext
from updategate.domain.money import Money, eur
from updategate.domain.product_price import product_price
from updategate.domain.rounding import CashRounding
from updategate.domain.rules import Always, CartAmount, InCustomerGroup
from updategate.domain.views import CartErrorView, ShippingView, TaxState, TaxView

USD = Currency("USD", Decimal("1.17085"))


def test_a_gross_cart_with_two_rates() -> None:
    totals = cart((SCREW, 2), (BOOK, 1), shipping=FLAT)
    assert [str(line.total) for line in totals.lines] == ["23.80 EUR", "10.70 EUR"]
    assert totals.line("SCREW").taxes == (TaxView(Decimal(19), eur("3.80"), eur("23.80")),)
    assert totals.line("BOOK").unit_price == eur("10.70")
    # 5.95 in the shares 23.80 : 10.70
    assert totals.shipping == (
        ShippingView(
            eur("5.95"),
            (TaxView(Decimal(19), eur("0.66"), eur("4.10")), TaxView(Decimal(7), eur("0.12"), eur("1.85"))),
            "Flat",
        ),
    )
    assert (totals.position_total, totals.total, totals.raw_total) == (eur("34.50"), eur("40.45"), eur("40.45"))
    assert (tax(totals, "19"), tax(totals, "7"), totals.net_total) == ("4.46", "0.82", eur("35.17"))
    assert totals.tax_state is TaxState.GROSS


def test_a_net_cart_pays_tax_on_top() -> None:
    totals = cart((SCREW, 2), (BOOK, 1), shipping=FLAT, context=NET)
    assert (totals.net_total, totals.total, totals.tax_state) == (eur("35.00"), eur("40.25"), TaxState.NET)
    assert (tax(totals, "19"), tax(totals, "7")) == ("4.43", "0.82")


def test_an_empty_cart_costs_nothing() -> None:
    totals = cart(shipping=FLAT, promotions=[shop.percentage("10")])
    assert (totals.total, totals.lines, totals.shipping, totals.errors) == (eur("0"), (), (), ())


def test_a_line_is_found_by_its_number_and_a_miss_says_what_there_is() -> None:
    totals = cart((SCREW, 1), (BOOK, 1))
    assert totals.line("BOOK").quantity == 1
    with pytest.raises(KeyError, match="no line 'NUT' in the cart, which has SCREW, BOOK"):
        totals.line("NUT")
    with pytest.raises(KeyError, match="which has no line at all"):
        cart().line("NUT")


class TestPrices:
    def test_the_own_price_of_a_currency_wins_over_the_factor(self) -> None:
        dollars = replace(SCREW, prices=(*SCREW.prices, Price.of("13.00", "10.92", "USD")))
        assert cart((dollars, 1), context=PricingContext(currency=USD)).total == Money.of("13.00", "USD")

    def test_without_one_the_default_price_is_multiplied_and_rounded(self) -> None:
        assert cart((SCREW, 3), context=PricingContext(currency=USD)).line("SCREW").unit_price == Money.of(
            "13.93", "USD"
        )

    def test_a_price_in_neither_currency_is_an_error(self) -> None:
        pounds = replace(SCREW, prices=(Price.of("10", "8.40", "GBP"),))
        with pytest.raises(ValueError, match=r"no price in USD, nor in the default currency EUR, only in \['GBP'\]"):
            cart((pounds, 1), context=PricingContext(currency=USD))

    def test_the_default_currency_need_not_be_the_euro(self) -> None:
        pounds = replace(SCREW, prices=(Price.of("10", "8.40", "GBP"),))
        context = PricingContext(currency=Currency("USD", Decimal(2)), default_currency="GBP")
        assert cart((pounds, 1), context=context).total == Money.of("20.00", "USD")

    def test_linked_prices_follow_from_the_rate(self) -> None:
        assert Price.linked("11.90", "19") == Price.of("11.90", "10.00")
        assert Price.linked("9.99", "7", "USD") == Price.of("9.99", "9.34", "USD")


class TestTiers:
    ALL = rule("all", Always(), 1)
    B2B = rule("b2b", InCustomerGroup(frozenset({"B2B"})), 10)
    TIERS = (
        AdvancedPrice(ALL, (Price.of("8", "6.72"),), 50),
        AdvancedPrice(ALL, (Price.of("10", "8.40"),), 1, 9),
        AdvancedPrice(ALL, (Price.of("9", "7.56"),), 10, 49),
        AdvancedPrice(B2B, (Price.of("6", "5.04"),), 1),
    )
    BOX = replace(product("BOX", "12"), advanced_prices=TIERS)

    @pytest.mark.parametrize(
        ("quantity", "unit"),
        [(1, "10"), (9, "10"), (10, "9"), (11, "9"), (49, "9"), (50, "8"), (51, "8"), (99, "8")],
    )
    def test_the_tier_of_the_quantity_counts(self, quantity: int, unit: str) -> None:
        assert cart((self.BOX, quantity)).line("BOX").unit_price == eur(f"{unit}.00")

    def test_of_overlapping_rules_the_highest_priority_wins_with_all_its_tiers(self) -> None:
        assert cart((self.BOX, 50), context=NET).line("BOX").unit_price == eur("5.04")

    def test_equal_priorities_go_by_id(self) -> None:
        cheap = AdvancedPrice(rule("a", Always(), 5), (Price.of("1", "1"),))
        dear = AdvancedPrice(rule("b", Always(), 5), (Price.of("2", "2"),))
        for tiers in ((cheap, dear), (dear, cheap)):
            assert cart((replace(self.BOX, advanced_prices=tiers), 1)).total == eur("1.00")

    def test_without_a_matching_rule_the_plain_price_counts(self) -> None:
        only_b2b = replace(self.BOX, advanced_prices=self.TIERS[3:])
        assert cart((only_b2b, 1)).total == eur("12.00")
        assert cart((only_b2b, 1), context=NET).position_total == eur("5.04")

    def test_beyond_the_last_tier_its_price_stays(self) -> None:
        closed = replace(self.BOX, advanced_prices=self.TIERS[1:3])
        assert cart((closed, 60)).line("BOX").unit_price == eur("9.00")

    def test_a_rule_on_the_cart_amount_is_asked_until_cart_and_rules_agree(self) -> None:
        bulk = AdvancedPrice(rule("bulk", CartAmount(">=", Decimal(100))), (Price.of("11", "9.24"),))
        box = replace(self.BOX, advanced_prices=(bulk,))
        assert cart((box, 8)).total == eur("96.00")
        assert cart((box, 10)).total == eur("110.00")

    def test_a_rule_that_destroys_its_own_condition_does_not_loop(self) -> None:
        # 12 × 9 = 108 matches; then 5 × 9 = 45 does not: Shopware gives up after seven rounds
        bulk = AdvancedPrice(rule("bulk", CartAmount(">=", Decimal(100))), (Price.of("5", "4.20"),))
        assert cart((replace(self.BOX, advanced_prices=(bulk,)), 9)).total in (eur("45.00"), eur("108.00"))

    def test_a_unit_price_can_be_asked_for_alone(self) -> None:
        assert product_price(self.BOX, 10, GROSS, [self.ALL]) == eur("9.00")
        assert product_price(self.BOX, 10, NET, [self.B2B, self.ALL]) == eur("5.04")
        assert product_price(self.BOX, 10, GROSS) == eur("12.00")


class TestCountries:
    def test_the_rate_is_that_of_the_country_of_delivery(self) -> None:
        totals = cart((SCREW, 1), (BOOK, 1), context=PricingContext(country=AUSTRIA))
        assert totals.total == eur("22.60")
        assert (tax(totals, "20"), tax(totals, "10")) == ("1.98", "0.97")

    def test_the_most_special_tax_rule_wins(self) -> None:
        special = Tax(
            Decimal(19),
            (
                TaxRule("DE", Decimal(18)),
                TaxRule("DE", Decimal(17), TaxRuleType.INDIVIDUAL_STATES, states=frozenset({"DE-BY"})),
                TaxRule("DE", Decimal(16), TaxRuleType.ZIP_CODE_RANGE, zip_from="80000", zip_to="81000"),
                TaxRule("DE", Decimal(15), TaxRuleType.ZIP_CODE, zip_from="80331"),
            ),
        )
        assert special.rate_for("AT") == 19
        assert special.rate_for("DE") == 18
        assert special.rate_for("DE", "DE-BE") == 18
        assert special.rate_for("DE", "DE-BY", "90000") == 17
        assert special.rate_for("DE", "DE-BY", "80000") == 16
        assert special.rate_for("DE", "DE-BY", "81000") == 16
        assert special.rate_for("DE", "DE-BY", "81001") == 17
        assert special.rate_for("DE", "DE-BY", "80331") == 15

    def test_rules_without_their_data_do_not_match(self) -> None:
        assert not TaxRule("DE", Decimal(1), TaxRuleType.ZIP_CODE).applies_to("DE", None, "1")
        assert not TaxRule("DE", Decimal(1), TaxRuleType.ZIP_CODE, zip_from="1").applies_to("DE", None, None)
        assert not TaxRule("DE", Decimal(1), TaxRuleType.ZIP_CODE_RANGE, zip_from="1").applies_to("DE", None, "1")
        assert not TaxRule("DE", Decimal(1), TaxRuleType.INDIVIDUAL_STATES).applies_to("DE", None, None)

    def test_state_and_zip_code_of_the_context_count(self) -> None:
        bavaria = Tax(Decimal(19), (TaxRule("DE", Decimal(5), TaxRuleType.INDIVIDUAL_STATES, frozenset({"DE-BY"})),))
        zip_code = Tax(Decimal(19), (TaxRule("DE", Decimal(6), TaxRuleType.ZIP_CODE, zip_from="80331"),))
        context = PricingContext(state="DE-BY", zipcode="80331")
        assert (context.tax_rate(bavaria), context.tax_rate(zip_code)) == (5, 6)

    def test_a_country_can_round_otherwise(self) -> None:
        francs = Currency(
            "CHF",
            country_roundings=(
                CountryRounding("CH", CashRounding(2, Decimal("0.10")), CashRounding(2, Decimal("0.05"))),
            ),
        )
        chf = replace(SCREW, prices=(Price.of("11.94", "10.03", "CHF"),))
        assert cart((chf, 1), context=PricingContext(currency=francs)).total == Money.of("11.94", "CHF")
        swiss = cart((chf, 1), context=PricingContext(currency=francs, country=Country("CH")))
        assert swiss.line("SCREW").unit_price == Money.of("11.90", "CHF")
        assert tax(swiss, "8.1") == "0.89"

    def test_cash_rounding_to_five_cents(self) -> None:
        coin = Currency(total_rounding=CashRounding(2, Decimal("0.05"), round_for_net=False))
        totals = cart((SCREW, 1), (product("NUT", "0.12"), 1), context=PricingContext(currency=coin))
        assert (totals.raw_total, totals.total) == (eur("12.02"), eur("12.00"))


class TestTaxFreedom:
    FREE = TaxFreedom(enabled=True)
    SWITZERLAND = Country("CH", customer_tax_free=FREE)
    COMPANY = shop.customer(company="Muster GmbH", vat_ids=("ATU12345678",))

    def company_in(self, **fields: object) -> PricingContext:
        country = Country("AT", company_tax_free=self.FREE, vat_id_pattern=r"ATU\d{8}", **fields)  # type: ignore[arg-type]
        return PricingContext(country=country, customer=self.COMPANY)

    def test_a_tax_free_country_pays_net_prices(self) -> None:
        totals = cart((SCREW, 3), shipping=FLAT, context=PricingContext(country=self.SWITZERLAND))
        assert (totals.tax_state, totals.total, totals.taxes) == (TaxState.TAX_FREE, eur("35.00"), ())
        assert totals.shipping == (ShippingView(eur("5.00"), (), "Flat"),)

    @pytest.mark.parametrize(
        ("quantity", "state"), [(9, TaxState.GROSS), (10, TaxState.TAX_FREE), (11, TaxState.TAX_FREE)]
    )
    def test_from_an_amount_upwards(self, quantity: int, state: TaxState) -> None:
        country = Country("CH", customer_tax_free=TaxFreedom(enabled=True, amount=Decimal(100)))
        totals = cart((SCREW, quantity), context=PricingContext(country=country))
        assert totals.tax_state is state
        assert totals.total == (eur("107.10") if state is TaxState.GROSS else eur(f"{quantity}0.00"))

    def test_the_amount_is_converted_from_its_currency(self) -> None:
        limit = TaxFreedom(enabled=True, amount=Decimal(50), currency_factor=Decimal("0.5"))
        for quantity, state in ((9, TaxState.NET), (10, TaxState.TAX_FREE)):
            context = PricingContext(
                Currency("USD", Decimal(2)),
                Country("CH", customer_tax_free=limit),
                CustomerGroup("n", display_gross=False),
            )
            assert cart((SCREW, quantity), context=context).tax_state is state

    @pytest.mark.parametrize(("group", "gross"), [("gross", True), ("net", False)])
    def test_a_limit_of_the_currency_is_reached_by_the_net_of_the_lines(self, group: str, gross: bool) -> None:
        limited = Currency(tax_free_from=Decimal(100))
        context = PricingContext(currency=limited, customer_group=CustomerGroup(group, display_gross=gross))
        below, reached = (cart((SCREW, n), context=context, shipping=FLAT) for n in (9, 10))
        assert below.tax_state is (TaxState.GROSS if gross else TaxState.NET)
        assert (reached.tax_state, reached.total) == (TaxState.TAX_FREE, eur("105.00"))

    def test_a_limit_of_the_currency_switches_those_of_the_country_off(self) -> None:
        context = PricingContext(currency=Currency(tax_free_from=Decimal(1000)), country=self.SWITZERLAND)
        assert cart((SCREW, 1), context=context).tax_state is TaxState.GROSS

    def test_companies_with_a_vat_id_are_free(self) -> None:
        assert cart((SCREW, 1), context=self.company_in()).tax_state is TaxState.TAX_FREE
        assert cart((SCREW, 1), context=self.company_in(checks_vat_id_pattern=True)).tax_state is TaxState.TAX_FREE

    @pytest.mark.parametrize(
        "customer",
        [
            None,
            shop.customer(vat_ids=("ATU12345678",)),
            shop.customer(company="Muster GmbH"),
            shop.customer(company="Muster GmbH", vat_ids=("",)),
        ],
    )
    def test_others_are_not(self, customer: object) -> None:
        context = replace(self.company_in(), customer=customer)
        assert cart((SCREW, 1), context=context).tax_state is TaxState.GROSS

    @pytest.mark.parametrize(
        ("vat_ids", "checked", "state"),
        [
            (("DE123456789",), True, TaxState.GROSS),
            (("DE123456789",), False, TaxState.TAX_FREE),
            (("ATU12345678", "DE123456789"), True, TaxState.GROSS),
            (("atu12345678",), True, TaxState.TAX_FREE),
            (("ATU123456789",), True, TaxState.GROSS),
            (("XATU12345678",), True, TaxState.GROSS),
        ],
    )
    def test_every_vat_id_has_to_fit_where_it_is_checked(
        self, vat_ids: tuple[str, ...], checked: bool, state: TaxState
    ) -> None:
        context = self.company_in(checks_vat_id_pattern=checked)
        context = replace(context, customer=shop.customer(company="Muster GmbH", vat_ids=vat_ids))
        assert cart((SCREW, 1), context=context).tax_state is state

    def test_a_limit_of_the_country_is_for_companies_too(self) -> None:
        country = Country("AT", company_tax_free=TaxFreedom(enabled=True, amount=Decimal(100)))
        context = PricingContext(country=country, customer=self.COMPANY)
        assert cart((SCREW, 9), context=context).tax_state is TaxState.GROSS
        assert cart((SCREW, 10), context=context).tax_state is TaxState.TAX_FREE

    def test_a_pattern_is_not_asked_for_where_there_is_none(self) -> None:
        country = Country("AT", company_tax_free=self.FREE, checks_vat_id_pattern=True)
        context = PricingContext(country=country, customer=self.COMPANY)
        assert cart((SCREW, 1), context=context).tax_state is TaxState.TAX_FREE


class TestQuantities:
    PENS = product("PENS", "1.50", min_purchase=5, purchase_steps=5, max_purchase=50)
    LAST = product("LAST", "30", closeout=True, stock=3)

    @pytest.mark.parametrize(
        ("wanted", "bought", "key"),
        [
            (5, 5, None),
            (10, 10, None),
            (1, 5, "min-order-quantity"),
            (12, 10, "purchase-steps-quantity"),
            (50, 50, None),
            (51, 50, "product-stock-reached"),
            (99, 50, "product-stock-reached"),
        ],
    )
    def test_minimum_steps_and_maximum(self, wanted: int, bought: int, key: str | None) -> None:
        totals = cart((self.PENS, wanted))
        assert totals.line("PENS").quantity == bought
        assert [error.key for error in totals.errors] == ([key] if key else [])

    def test_closeout_sells_what_is_there(self) -> None:
        totals = cart((self.LAST, 4))
        assert totals.line("LAST").quantity == 3
        assert totals.errors == (CartErrorView("product-stock-reached", 10, "LAST", blocks_order=True),)

    def test_the_last_piece_is_sold(self) -> None:
        totals = cart((replace(self.LAST, stock=1), 1))
        assert (totals.line("LAST").quantity, totals.errors) == (1, ())

    @pytest.mark.parametrize(("wanted", "key"), [(1, "min-order-quantity"), (12, "purchase-steps-quantity")])
    def test_a_correction_is_a_warning_that_keeps_from_ordering(self, wanted: int, key: str) -> None:
        assert cart((self.PENS, wanted)).errors == (CartErrorView(key, 10, "PENS", blocks_order=True),)

    def test_corrections_are_told_beside_refused_codes(self) -> None:
        never = shop.percentage("10", cart_rules=(rule("never", CartAmount(">", Decimal(1000))),))
        keys = [error.key for error in cart((self.PENS, 1), promotions=[never], codes=["CODE", "NOPE"]).errors]
        assert keys == ["min-order-quantity", "promotion-not-found", "promotion-not-eligible"]

    @pytest.mark.parametrize("stock", [0, -2])
    def test_sold_out_leaves_the_cart(self, stock: int) -> None:
        totals = cart((replace(self.LAST, stock=stock, label="Last one"), 1), (SCREW, 1))
        assert [line.number for line in totals.lines] == ["SCREW"]
        assert totals.errors == (CartErrorView("product-out-of-stock", 20, "Last one", blocks_order=True),)

    def test_without_closeout_the_stock_does_not_matter(self) -> None:
        assert cart((product("BACK", "1", stock=0), 7)).line("BACK").quantity == 7

    def test_the_shops_limit_counts_where_the_product_has_none(self) -> None:
        assert cart((SCREW, 101)).line("SCREW").quantity == 100
        assert cart((SCREW, 101), context=PricingContext(max_quantity=500)).line("SCREW").quantity == 101

    def test_the_maximum_is_a_step_from_the_minimum(self) -> None:
        assert max_purchase(product("P", "1", min_purchase=3, purchase_steps=4, max_purchase=12), GROSS) == 11
        assert max_purchase(replace(self.LAST, stock=-5), GROSS) == 0

    def test_less_than_one_piece_is_no_wish(self) -> None:
        with pytest.raises(ValueError, match="a cart has at least one piece of SCREW, not 0"):
            cart((SCREW, 0))


def test_labels_default_to_the_number() -> None:
    assert cart((SCREW, 1)).lines[0].label == "SCREW"
    assert cart((replace(SCREW, label="Screw M4"), 1)).lines[0].label == "Screw M4"


def test_versions_are_compared_by_number() -> None:
    assert PricingContext(shopware="6.5.8.14").since("6.5.8.9")
    assert not PricingContext(shopware="6.6.6.1").since("6.6.7.0")
    assert PricingContext(shopware="6.6.7.0-rc1").since("6.6.7.0")
    with pytest.raises(ValueError, match=r"a Shopware version has four numbers, such as 6\.6\.7\.1, not '6\.6'"):
        PricingContext(shopware="6.6").since("6.6.7.0")


def test_the_time_plays_no_part_where_nothing_depends_on_it() -> None:
    assert cart((SCREW, 1)) == cart((SCREW, 1), context=PricingContext(now=datetime(2026, 1, 1, tzinfo=UTC)))


def test_wishes_may_come_from_any_iterable() -> None:
    assert expected_cart(CartLine(item) for item in (SCREW, BOOK)) == cart((SCREW, 1), (BOOK, 1))


def test_a_rate_of_a_fraction_of_a_percent() -> None:
    fraction = product("F", "10.55", "10.00", Tax.of("5.5"))
    assert tax(cart((fraction, 3)), "5.5") == "1.65"


def test_a_zero_rate_is_shown_as_a_rate() -> None:
    totals = cart((product("Z", "10", "10", Tax.of("0")), 1))
    assert totals.taxes == (TaxView(Decimal(0), eur("0.00"), eur("10.00")),)
    assert (REDUCED.rate, STANDARD.rate) == (7, 19)


def test_taxes_are_built_from_literals() -> None:
    built = Tax.of("19", AT="20", FR="5.5")
    assert (built.rate_for("DE"), built.rate_for("AT"), built.rate_for("FR")) == (19, 20, Decimal("5.5"))


def test_wishes_for_one_product_are_put_together_where_the_first_stood() -> None:
    totals = cart((SCREW, 2), (BOOK, 1), (SCREW, 3))
    assert [(line.number, line.quantity) for line in totals.lines] == [("SCREW", 5), ("BOOK", 1)]


def test_taxes_of_a_sales_channel_can_be_vertical() -> None:
    nails = [product(f"NAIL-{number}", "0.33", "0.28") for number in range(3)]
    wishes = [(nail, 1) for nail in nails]
    assert tax(cart(*wishes), "19") == "0.15"
    assert tax(cart(*wishes, context=PricingContext(vertical_taxes=True)), "19") == "0.16"


def test_money_of_a_cart_is_in_its_currency() -> None:
    totals = cart((SCREW, 1), shipping=FLAT, context=PricingContext(currency=USD))
    amounts = [totals.net_total, totals.position_total, totals.total, totals.raw_total, totals.shipping_total]
    amounts += [totals.lines[0].total, totals.lines[0].unit_price, *(entry.tax for entry in totals.taxes or ())]
    assert {amount.currency for amount in amounts if amount} == {"USD"}
