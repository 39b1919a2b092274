"""What promotions take off, calculated on paper."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.domain import shop
from tests.domain.shop import BOOK, FLAT, NET, SCREW, absolute, cart, percentage, product, promotion, rule
from updategate.domain.cart import CartTotals
from updategate.domain.catalogue import Currency, Product
from updategate.domain.context import PricingContext
from updategate.domain.money import eur
from updategate.domain.promotions import (
    Discount,
    DiscountScope,
    DiscountType,
    Packager,
    Picker,
    Promotion,
    SetGroup,
    Sorter,
)
from updategate.domain.rounding import CashRounding
from updategate.domain.rules import (
    CartAmount,
    GoodsPrice,
    InCustomerGroup,
    LineItemNumber,
    LineItemTotalPrice,
    LineItemUnitPrice,
)

D = Decimal
CHEAP = product("CHEAP", "10")
MIDDLE = product("MIDDLE", "20")
DEAR = product("DEAR", "30")


def off(totals: CartTotals) -> list[str]:
    return [str(line.total.amount) for line in totals.lines if line.type == "promotion"]


def keys(totals: CartTotals) -> list[str]:
    return [error.key for error in totals.errors]


def discount(kind: DiscountType, value: str, **fields: Any) -> Promotion:
    return promotion(Discount(kind, D(value), **fields))


class TestKinds:
    def test_a_percentage_is_spread_over_the_rates_of_the_goods(self) -> None:
        totals = cart((SCREW, 2), (BOOK, 1), promotions=[percentage("10")])
        line = totals.lines[-1]
        assert (line.total, line.unit_price, line.quantity) == (eur("-3.45"), eur("-3.45"), 1)
        assert [(t.rate, t.tax.amount, t.price) for t in line.taxes or ()] == [
            (19, D("-0.38"), eur("-2.38")),
            (7, D("-0.07"), eur("-1.07")),
        ]

    def test_in_net_carts_it_is_taken_from_net_prices(self) -> None:
        assert off(cart((SCREW, 2), (BOOK, 1), promotions=[percentage("10")], context=NET)) == ["-3.00"]

    def test_an_amount_never_more_than_the_goods(self) -> None:
        assert off(cart((BOOK, 1), promotions=[absolute("5")])) == ["-5.00"]
        assert off(cart((BOOK, 1), promotions=[absolute("50")])) == ["-10.70"]

    def test_shipping_is_no_part_of_it(self) -> None:
        assert off(cart((BOOK, 1), promotions=[percentage("10")], shipping=FLAT)) == ["-1.07"]

    @pytest.mark.parametrize(("most", "taken"), [("2", "-2.00"), ("3.45", "-3.45"), ("9", "-3.45"), ("0", None)])
    def test_a_maximum(self, most: str, taken: str | None) -> None:
        limited = discount(DiscountType.PERCENTAGE, "10", max_value=D(most))
        assert off(cart((SCREW, 2), (BOOK, 1), promotions=[limited])) == ([taken] if taken else [])

    def test_a_maximum_is_for_percentages_only(self) -> None:
        assert off(cart((SCREW, 1), promotions=[discount(DiscountType.ABSOLUTE, "5", max_value=D(1))])) == ["-5.00"]

    def test_a_fixed_price_for_the_whole_cart(self) -> None:
        assert off(cart((CHEAP, 1), (DEAR, 1), promotions=[discount(DiscountType.FIXED, "25")])) == ["-15.00"]

    def test_a_fixed_price_above_the_goods_is_a_discount_all_the_same(self) -> None:
        """A law book would see a surcharge or nothing; ``DiscountFixedPriceCalculator`` takes off the difference."""
        assert off(cart((CHEAP, 1), promotions=[discount(DiscountType.FIXED, "13")])) == ["-3.00"]
        assert off(cart((CHEAP, 1), promotions=[discount(DiscountType.FIXED, "99")])) == ["-10.00"]

    def test_a_fixed_price_that_is_the_price_is_not_shown(self) -> None:
        assert off(cart((CHEAP, 1), promotions=[discount(DiscountType.FIXED, "10")])) == []

    def test_a_fixed_price_of_each_piece(self) -> None:
        each = discount(DiscountType.FIXED_UNIT, "15")
        assert off(cart((CHEAP, 2), (MIDDLE, 3), (DEAR, 1), promotions=[each])) == ["-30.00"]

    def test_a_hundred_percent(self) -> None:
        totals = cart((SCREW, 3), (BOOK, 2), promotions=[percentage("100")])
        assert (totals.total, totals.position_total) == (eur("0"), eur("0"))

    def test_amounts_are_converted_but_percentages_are_not(self) -> None:
        dollars = PricingContext(currency=Currency("USD", D(2)))
        assert off(cart((BOOK, 1), promotions=[absolute("5")], context=dollars)) == ["-10.00"]
        assert off(cart((BOOK, 1), promotions=[percentage("10")], context=dollars)) == ["-2.14"]
        own = discount(DiscountType.ABSOLUTE, "5", currency_values=(("USD", D(7)), ("GBP", D(1))))
        assert off(cart((BOOK, 1), promotions=[own], context=dollars)) == ["-7.00"]
        most = discount(DiscountType.PERCENTAGE, "50", max_value=D(2))
        assert off(cart((BOOK, 1), promotions=[most], context=dollars)) == ["-4.00"]
        most_own = discount(DiscountType.PERCENTAGE, "50", max_value=D(2), currency_values=(("USD", D(3)),))
        assert off(cart((BOOK, 1), promotions=[most_own], context=dollars)) == ["-3.00"]

    def test_an_amount_in_the_default_currency_is_not_converted(self) -> None:
        context = PricingContext(currency=Currency("EUR", D(3)), default_currency="EUR")
        assert off(cart((BOOK, 1), promotions=[absolute("5")], context=context)) == ["-5.00"]

    def test_a_discount_is_brought_to_the_coin_but_the_limit_is_the_rounded_total(self) -> None:
        coin = Currency(total_rounding=CashRounding(2, D("0.50")))
        totals = cart((product("P", "10.20"), 1), promotions=[percentage("100")], context=PricingContext(currency=coin))
        # the cart costs 10.00 after rounding, so no more than 10.00 may be taken off
        assert (off(totals), totals.raw_total, totals.total) == (["-10.00"], eur("0.20"), eur("0.00"))

    def test_in_net_carts_the_limit_is_without_tax(self) -> None:
        assert off(cart((SCREW, 1), promotions=[discount(DiscountType.FIXED, "99")], context=NET)) == ["-10.00"]


class TestOrder:
    def test_each_discount_is_taken_from_the_goods_not_from_what_is_left(self) -> None:
        assert off(cart((DEAR, 1), promotions=[percentage("10", "A"), percentage("10", "B")])) == ["-3.00", "-3.00"]

    def test_together_they_take_no_more_than_there_is(self) -> None:
        assert off(cart((DEAR, 1), promotions=[percentage("80", "A"), percentage("80", "B")])) == ["-24.00", "-6.00"]

    def test_the_highest_priority_comes_first(self) -> None:
        both = [absolute("25", "LOW", priority=1), percentage("50", "HIGH", priority=2)]
        totals = cart((DEAR, 1), promotions=both)
        assert [line.number for line in totals.lines[1:]] == ["HIGH", "LOW"]
        assert off(totals) == ["-15.00", "-15.00"]

    def test_before_6_6_0_0_codes_came_in_the_order_entered_after_automatic_ones(self) -> None:
        all_of_them = [
            absolute("1", "FIRST", priority=1),
            absolute("2", "SECOND", priority=9),
            absolute("3", None, priority=1, id="low"),
            absolute("4", None, priority=5, id="high"),
        ]
        old = PricingContext(shopware="6.5.8.14")
        assert off(cart((DEAR, 1), promotions=all_of_them, context=old)) == ["-4.00", "-3.00", "-1.00", "-2.00"]
        assert off(cart((DEAR, 1), promotions=all_of_them)) == ["-2.00", "-4.00", "-3.00", "-1.00"]

    def test_codes_count_as_they_were_entered(self) -> None:
        two = [absolute("1", "A"), absolute("2", "B")]
        assert off(cart((DEAR, 1), promotions=two, codes=["B", "A", "B"])) == ["-2.00", "-1.00"]
        assert off(cart((DEAR, 1), promotions=two, codes=[])) == []

    def test_several_discounts_of_one_promotion(self) -> None:
        two = promotion(Discount(DiscountType.ABSOLUTE, D(1)), Discount(DiscountType.PERCENTAGE, D(10)))
        assert off(cart((DEAR, 1), promotions=[two])) == ["-1.00", "-3.00"]


class TestCodes:
    def test_an_unknown_code_is_reported(self) -> None:
        totals = cart((DEAR, 1), promotions=[percentage("10")], codes=["NOPE"])
        assert [(error.key, error.level, error.message) for error in totals.errors] == [
            ("promotion-not-found", 20, "NOPE")
        ]

    def test_case_does_not_matter(self) -> None:
        assert off(cart((DEAR, 1), promotions=[percentage("10")], codes=["code"])) == ["-3.00"]

    def test_individual_codes(self) -> None:
        individual = percentage("10", None, individual_codes=frozenset({"ONE", "TWO"}))
        assert off(cart((DEAR, 1), promotions=[individual], codes=["TWO"])) == ["-3.00"]
        assert off(cart((DEAR, 1), promotions=[individual], codes=[])) == []
        assert off(cart((DEAR, 1), promotions=[individual, percentage("20", "TWO")], codes=["TWO"])) == ["-6.00"]

    def test_automatic_promotions_need_none(self) -> None:
        totals = cart((DEAR, 1), promotions=[percentage("10", None)])
        assert off(totals) == ["-3.00"]
        assert (totals.lines[-1].number, totals.lines[-1].key) == ("", "Automatic")

    @pytest.mark.parametrize(
        "fields",
        [
            {"active": False},
            {"valid_from": datetime(2026, 12, 1, tzinfo=UTC)},
            {"valid_until": datetime(2026, 11, 24, tzinfo=UTC)},
            {"max_redemptions": 3, "redemptions": 3},
            {"max_redemptions_per_customer": 1, "redemptions_by_customer": (("10001", 1),)},
        ],
    )
    def test_what_is_off_or_over_or_used_up_is_as_good_as_unknown(self, fields: dict[str, Any]) -> None:
        buyer = PricingContext(now=datetime(2026, 11, 24, tzinfo=UTC), customer=shop.customer(number="10001"))
        totals = cart((DEAR, 1), promotions=[percentage("10", **fields)], context=buyer)
        assert (off(totals), keys(totals)) == ([], ["promotion-not-found"])

    @pytest.mark.parametrize(
        "fields",
        [
            {"valid_from": datetime(2026, 11, 24, tzinfo=UTC)},
            {"valid_until": datetime(2026, 11, 25, tzinfo=UTC)},
            {"max_redemptions": 3, "redemptions": 2},
            {"max_redemptions": 0, "redemptions": 2},
            {"max_redemptions_per_customer": 1, "redemptions_by_customer": (("10002", 1),)},
            {"max_redemptions_per_customer": 0, "redemptions_by_customer": (("10001", 1),)},
        ],
    )
    def test_what_is_on_counts(self, fields: dict[str, Any]) -> None:
        buyer = PricingContext(now=datetime(2026, 11, 24, tzinfo=UTC), customer=shop.customer(number="10001"))
        assert off(cart((DEAR, 1), promotions=[percentage("10", **fields)], context=buyer)) == ["-3.00"]

    def test_guests_are_not_counted_per_customer(self) -> None:
        limited = percentage("10", max_redemptions_per_customer=1, redemptions_by_customer=(("10001", 1),))
        assert off(cart((DEAR, 1), promotions=[limited])) == ["-3.00"]
        unnumbered = PricingContext(customer=shop.customer())
        assert off(cart((DEAR, 1), promotions=[limited], context=unnumbered)) == ["-3.00"]

    def test_a_limited_time_needs_a_now(self) -> None:
        with pytest.raises(ValueError, match="promotion 'CODE' is limited in time: give the pricing context a now"):
            cart((DEAR, 1), promotions=[percentage("10", valid_until=datetime(2026, 1, 1, tzinfo=UTC))])

    def test_a_promotion_without_discounts_is_as_good_as_unknown(self) -> None:
        assert keys(cart((DEAR, 1), promotions=[promotion()])) == ["promotion-not-found"]


class TestConditions:
    BIG = rule("big", CartAmount(">=", D(50)))

    def test_a_cart_rule(self) -> None:
        offer = percentage("10", cart_rules=(self.BIG,))
        assert off(cart((DEAR, 2), promotions=[offer])) == ["-6.00"]
        refused = cart((DEAR, 1), promotions=[offer], shipping=FLAT)
        assert (off(refused), keys(refused)) == ([], ["promotion-not-eligible"])

    def test_shipping_does_not_help_to_reach_an_amount(self) -> None:
        almost = product("ALMOST", "49.99")
        assert off(cart((almost, 1), promotions=[percentage("10", cart_rules=(self.BIG,))], shipping=FLAT)) == []

    def test_an_earlier_discount_counts_against_a_cart_rule(self) -> None:
        first = absolute("15", "A", priority=2)
        second = percentage("10", "B", cart_rules=(self.BIG,))
        totals = cart((DEAR, 2), promotions=[first, second])
        assert (off(totals), keys(totals)) == (["-15.00"], ["promotion-not-eligible"])

    def test_goods_do_not_become_cheaper_by_a_discount(self) -> None:
        goods = rule("goods", GoodsPrice(">=", D(50)))
        both = [absolute("15", "A", priority=2), percentage("10", "B", cart_rules=(goods,))]
        assert off(cart((DEAR, 2), promotions=both)) == ["-15.00", "-6.00"]

    def test_any_rule_of_a_kind_and_every_kind(self) -> None:
        b2b = rule("b2b", InCustomerGroup(frozenset({"B2B"})))
        b2c = rule("b2c", InCustomerGroup(frozenset({"Standard customer group"})))
        assert off(cart((DEAR, 2), promotions=[percentage("10", customer_rules=(b2b, b2c))])) == ["-6.00"]
        for fields in (
            {"customer_rules": (b2b,)},
            {"order_rules": (b2b,)},
            {"cart_rules": (b2b,), "order_rules": (b2c,)},
        ):
            assert off(cart((DEAR, 2), promotions=[percentage("10", **fields)])) == []

    @pytest.mark.parametrize(("number", "taken"), [("b-1", ["-3.00"]), ("B-2", []), (None, [])])
    def test_certain_customers(self, number: str | None, taken: list[str]) -> None:
        only = percentage("10", customer_restriction=True, customers=frozenset({"B-1"}))
        context = PricingContext(customer=shop.customer(number=number))
        assert off(cart((DEAR, 1), promotions=[only], context=context)) == taken
        assert off(cart((DEAR, 1), promotions=[only])) == []

    def test_customers_without_the_restriction_do_not_matter(self) -> None:
        assert off(cart((DEAR, 1), promotions=[percentage("10", customers=frozenset({"B-1"}))])) == ["-3.00"]

    def test_the_restriction_replaces_customer_rules_only(self) -> None:
        b2b = rule("b2b", InCustomerGroup(frozenset({"B2B"})))
        context = PricingContext(customer=shop.customer(number="B-1"))
        fields: dict[str, Any] = {"customer_restriction": True, "customers": frozenset({"B-1"})}
        assert off(
            cart((DEAR, 1), promotions=[percentage("10", customer_rules=(b2b,), **fields)], context=context)
        ) == ["-3.00"]
        assert off(cart((DEAR, 1), promotions=[percentage("10", cart_rules=(b2b,), **fields)], context=context)) == []

    def test_automatic_ones_are_refused_silently(self) -> None:
        totals = cart((DEAR, 1), promotions=[percentage("10", None, cart_rules=(self.BIG,))])
        assert (off(totals), totals.errors) == ([], ())


class TestExclusion:
    def test_a_promotion_shuts_out_those_it_names(self) -> None:
        first = percentage("10", "A", priority=2, excludes=frozenset({"B"}))
        totals = cart((DEAR, 1), promotions=[first, percentage("20", "B"), percentage("5", "C")])
        assert ([line.number for line in totals.lines[1:]], keys(totals)) == (["A", "C"], ["promotion-excluded"])

    def test_or_all_others(self) -> None:
        alone = percentage("10", "A", priority=2, prevents_combination=True)
        totals = cart((DEAR, 1), promotions=[alone, percentage("20", "B"), percentage("5", None)])
        assert ([line.number for line in totals.lines[1:]], keys(totals)) == (["A"], ["promotion-excluded"])

    def test_every_excluded_code_is_told(self) -> None:
        alone = percentage("10", "A", priority=2, prevents_combination=True)
        totals = cart((DEAR, 1), promotions=[alone, percentage("20", "B"), percentage("5", "C")])
        assert [(error.key, error.message) for error in totals.errors] == [
            ("promotion-excluded", "B"),
            ("promotion-excluded", "C"),
        ]

    def test_of_two_that_exclude_each_other_the_first_stands(self) -> None:
        one = percentage("10", "A", excludes=frozenset({"B"}))
        two = percentage("20", "B", priority=2, excludes=frozenset({"A"}))
        assert [line.number for line in cart((DEAR, 1), promotions=[one, two]).lines[1:]] == ["B"]

    def test_who_is_not_eligible_shuts_out_nobody(self) -> None:
        never = rule("never", CartAmount(">", D(1000)))
        first = percentage("10", "A", priority=2, prevents_combination=True, cart_rules=(never,))
        totals = cart((DEAR, 1), promotions=[first, percentage("20", "B")])
        assert ([line.number for line in totals.lines[1:]], keys(totals)) == (["B"], ["promotion-not-eligible"])

    def test_an_excluded_promotion_does_not_keep_later_ones_from_excluding(self) -> None:
        first = percentage("10", "A", priority=9, excludes=frozenset({"B"}))
        third = percentage("5", "C", priority=7, excludes=frozenset({"D"}))
        offers = [first, percentage("20", "B", priority=8), third, percentage("1", "D")]
        assert [line.number for line in cart((DEAR, 1), promotions=offers).lines[1:]] == ["A", "C"]

    def test_a_discount_on_delivery_does_not_keep_later_ones_from_counting(self) -> None:
        both = promotion(
            Discount(DiscountType.PERCENTAGE, D(50), DiscountScope.DELIVERY), Discount(DiscountType.PERCENTAGE, D(10))
        )
        totals = cart((DEAR, 1), promotions=[both], shipping=FLAT)
        assert (off(totals), totals.shipping_total) == (["-3.00", "0.00"], eur("2.97"))


class TestZero:
    FREE = product("FREE", "0", "0")

    def test_since_6_6_3_0_a_cart_of_nothing_takes_no_promotion(self) -> None:
        totals = cart((self.FREE, 1), promotions=[percentage("10"), absolute("5", "B")])
        assert (off(totals), keys(totals)) == ([], ["promotions-on-cart-price-zero-error"])
        assert (totals.errors[0].message, totals.errors[0].level) == ("CODE, B", 0)
        assert (
            keys(cart((self.FREE, 1), promotions=[percentage("10")], context=PricingContext(shopware="6.6.2.0"))) == []
        )

    def test_without_promotions_there_is_nothing_to_tell(self) -> None:
        assert keys(cart((self.FREE, 1))) == []


class TestFilters:
    def filtered(self, kind: DiscountType, value: str, *goods: tuple[Product, int], **fields: Any) -> list[str]:
        return off(cart(*goods, promotions=[discount(kind, value, advanced_rules=True, **fields)]))

    GOODS = ((CHEAP, 2), (DEAR, 2), (MIDDLE, 1))

    def test_rules_choose_the_goods(self) -> None:
        dear = rule("dear", LineItemNumber(frozenset({"DEAR"})))
        assert self.filtered(DiscountType.PERCENTAGE, "10", *self.GOODS, rules=(dear,)) == ["-6.00"]
        over = rule("over", LineItemUnitPrice(">", D(15)))
        assert self.filtered(DiscountType.PERCENTAGE, "10", *self.GOODS, rules=(dear, over)) == ["-8.00"]
        none = rule("none", LineItemNumber(frozenset({"NONE"})))
        assert self.filtered(DiscountType.PERCENTAGE, "10", *self.GOODS, rules=(none,)) == []

    def test_rules_count_only_with_advanced_rules(self) -> None:
        dear = rule("dear", LineItemNumber(frozenset({"DEAR"})))
        assert off(cart(*self.GOODS, promotions=[discount(DiscountType.PERCENTAGE, "10", rules=(dear,))])) == ["-10.00"]

    @pytest.mark.parametrize(
        ("sorter", "applier", "usage", "taken"),
        [
            (Sorter.PRICE_ASC, "ALL", "ALL", "-50.00"),
            (Sorter.PRICE_ASC, "ALL", "1", "-5.00"),
            (Sorter.PRICE_DESC, "ALL", "2", "-30.00"),
            (Sorter.PRICE_ASC, "1", "ALL", "-5.00"),
            (Sorter.PRICE_DESC, "1", "ALL", "-15.00"),
            (Sorter.PRICE_ASC, "3", "ALL", "-10.00"),
            (Sorter.PRICE_ASC, "2", "2", "-15.00"),
            (Sorter.PRICE_ASC, "ALL", "99", "-50.00"),
        ],
    )
    def test_so_many_of_the_cheapest_or_dearest(self, sorter: Sorter, applier: str, usage: str, taken: str) -> None:
        found = self.filtered(DiscountType.PERCENTAGE, "50", *self.GOODS, sorter=sorter, applier=applier, usage=usage)
        assert found == [taken]

    @pytest.mark.parametrize("missing", ["sorter", "applier", "usage"])
    def test_an_incomplete_filter_filters_nothing(self, missing: str) -> None:
        fields: dict[str, Any] = {"sorter": Sorter.PRICE_ASC, "applier": "1", "usage": "1", missing: None}
        assert self.filtered(DiscountType.PERCENTAGE, "50", *self.GOODS, **fields) == ["-50.00"]

    def test_filters_count_only_with_advanced_rules(self) -> None:
        plain = discount(DiscountType.PERCENTAGE, "50", sorter=Sorter.PRICE_ASC, applier="1", usage="1")
        assert off(cart(*self.GOODS, promotions=[plain])) == ["-50.00"]


class TestSets:
    PAIR = SetGroup("pair", D(2))

    def on(self, kind: DiscountType, value: str, *groups: SetGroup, **fields: Any) -> Promotion:
        scoped = Discount(kind, D(value), fields.pop("scope", DiscountScope.SET), **fields)
        return promotion(scoped, use_set_groups=True, set_groups=groups)

    def test_complete_sets_are_discounted(self) -> None:
        pairs = self.on(DiscountType.FIXED, "15", self.PAIR)
        assert off(cart((CHEAP, 5), promotions=[pairs])) == ["-10.00"]
        alone = cart((CHEAP, 1), promotions=[pairs])
        assert (off(alone), keys(alone)) == ([], ["promotion-not-eligible"])

    @pytest.mark.parametrize(("sorter", "taken"), [(Sorter.PRICE_ASC, "-3.00"), (Sorter.PRICE_DESC, "-5.00")])
    def test_the_sorter_says_which_go_first(self, sorter: Sorter, taken: str) -> None:
        pair = replace(self.PAIR, sorter=sorter)
        totals = cart((CHEAP, 1), (DEAR, 1), (MIDDLE, 1), promotions=[self.on(DiscountType.PERCENTAGE, "10", pair)])
        assert off(totals) == [taken]

    def test_a_set_needs_every_group(self) -> None:
        cheap = SetGroup("cheap", D(1), rules=(rule("c", LineItemNumber(frozenset({"CHEAP"}))),))
        dear = SetGroup("dear", D(1), rules=(rule("d", LineItemNumber(frozenset({"DEAR"}))),))
        together = self.on(DiscountType.FIXED, "35", cheap, dear)
        assert off(cart((CHEAP, 3), (DEAR, 2), promotions=[together])) == ["-10.00"]
        assert off(cart((CHEAP, 3), promotions=[together])) == []

    def test_what_one_group_took_the_next_cannot_have(self) -> None:
        two_groups = self.on(DiscountType.FIXED, "25", self.PAIR, SetGroup("another", D(1)))
        assert off(cart((CHEAP, 2), promotions=[two_groups])) == []
        assert off(cart((CHEAP, 3), promotions=[two_groups])) == ["-5.00"]
        three = self.on(DiscountType.FIXED, "25", SetGroup("first", D(3)), SetGroup("second", D(1)))
        assert off(cart((CHEAP, 4), promotions=[three])) == ["-15.00"]

    def test_one_group_of_the_set(self) -> None:
        """Bought three, the cheapest of the second group is free."""
        groups = (SetGroup("two", D(2), sorter=Sorter.PRICE_DESC), SetGroup("one", D(1), sorter=Sorter.PRICE_ASC))
        free = self.on(DiscountType.PERCENTAGE, "100", *groups, scope=DiscountScope.SET_GROUP, group=2)
        assert off(cart((CHEAP, 1), (MIDDLE, 1), (DEAR, 1), promotions=[free])) == ["-10.00"]
        # of two each, the first group takes three pairs, and nothing is left for the second
        assert off(cart((CHEAP, 2), (MIDDLE, 2), (DEAR, 2), promotions=[free])) == []

    @pytest.mark.parametrize("group", [None, 0, 3])
    def test_a_group_that_the_set_does_not_have_is_an_error(self, group: int | None) -> None:
        wrong = self.on(
            DiscountType.PERCENTAGE, "100", self.PAIR, SetGroup("x", D(1)), scope=DiscountScope.SET_GROUP, group=group
        )
        with pytest.raises(
            ValueError, match=rf"promotion 'CODE' discounts group {group} of its set, which has groups 1 to 2"
        ):
            cart((CHEAP, 5), promotions=[wrong])

    @pytest.mark.parametrize(
        ("packager", "value", "taken"),
        [
            (Packager.UNIT_PRICE_GROSS, "30", "-6.00"),
            (Packager.UNIT_PRICE_GROSS, "31", "-4.00"),
            (Packager.UNIT_PRICE_NET, "25", "-6.00"),
            (Packager.UNIT_PRICE_NET, "26", "-4.00"),
        ],
    )
    def test_groups_by_value(self, packager: Packager, value: str, taken: str) -> None:
        by_value = SetGroup("value", D(value), packager)
        totals = cart((CHEAP, 7), promotions=[self.on(DiscountType.PERCENTAGE, "10", by_value)])
        assert off(totals) == [taken]

    def test_a_group_of_no_value_is_no_group(self) -> None:
        nothing = SetGroup("value", D(0), Packager.UNIT_PRICE_GROSS)
        assert off(cart((CHEAP, 2), promotions=[self.on(DiscountType.PERCENTAGE, "10", nothing)])) == []

    def test_rules_of_a_discount_cut_the_set_down(self) -> None:
        cheap = rule("c", LineItemNumber(frozenset({"CHEAP"})))
        cut = self.on(DiscountType.PERCENTAGE, "10", self.PAIR, advanced_rules=True, rules=(cheap,))
        assert off(cart((CHEAP, 1), (DEAR, 1), promotions=[cut])) == ["-1.00"]

    @pytest.mark.parametrize(
        ("picker", "applier", "usage", "taken"),
        [
            # two sets of 10 + 20 + 30 each; the cheapest of each, or the two cheapest of all
            (Picker.VERTICAL, "1", "ALL", "-20.00"),
            (Picker.VERTICAL, "3", "ALL", "-60.00"),
            (Picker.VERTICAL, "1", "1", "-10.00"),
            (Picker.HORIZONTAL, "1", "ALL", "-20.00"),
            (Picker.HORIZONTAL, "2", "ALL", "-40.00"),
            (Picker.HORIZONTAL, "1", "1", "-10.00"),
            (Picker.HORIZONTAL, "ALL", "ALL", "-120.00"),
            (Picker.HORIZONTAL, "ALL", "9", "-20.00"),
            (None, "2", "ALL", "-40.00"),
        ],
    )
    def test_pieces_are_picked_within_or_across_sets(
        self, picker: Picker | None, applier: str, usage: str, taken: str
    ) -> None:
        groups = tuple(
            SetGroup(item.number, D(1), rules=(rule(item.number, LineItemNumber(frozenset({item.number}))),))
            for item in (CHEAP, MIDDLE, DEAR)
        )
        free = self.on(
            DiscountType.PERCENTAGE,
            "100",
            *groups,
            advanced_rules=True,
            sorter=Sorter.PRICE_ASC,
            applier=applier,
            usage=usage,
            picker=picker,
        )
        assert off(cart((CHEAP, 2), (MIDDLE, 2), (DEAR, 2), promotions=[free])) == [taken]

    def test_all_pieces_with_a_limit_on_several_sets_finds_nothing(self) -> None:
        """``Applier`` looks for the place -1 then; in the administration the combination can be chosen all the same."""
        limited = self.on(
            DiscountType.PERCENTAGE,
            "100",
            self.PAIR,
            advanced_rules=True,
            sorter=Sorter.PRICE_ASC,
            applier="ALL",
            usage="1",
        )
        assert off(cart((CHEAP, 4), promotions=[limited])) == []

    def test_set_groups_are_no_condition_unless_used(self) -> None:
        unused = promotion(Discount(DiscountType.PERCENTAGE, D(10)), set_groups=(SetGroup("many", D(99)),))
        assert off(cart((CHEAP, 1), promotions=[unused])) == ["-1.00"]


def test_messages_name_the_promotion_and_block_nothing() -> None:
    never = rule("never", CartAmount(">", D(1000)))
    [error] = cart((DEAR, 1), promotions=[percentage("10", name="Autumn", cart_rules=(never,))]).errors
    assert (error.key, error.level, error.message, error.blocks_order) == ("promotion-not-eligible", 0, "Autumn", False)


def test_a_set_of_no_groups_is_no_set() -> None:
    empty = promotion(Discount(DiscountType.PERCENTAGE, D(10), DiscountScope.SET), use_set_groups=True)
    assert off(cart((DEAR, 1), promotions=[empty])) == []


def test_before_6_6_6_0_pieces_lose_their_price_when_their_like_went_into_a_group() -> None:
    by_value = promotion(
        Discount(DiscountType.PERCENTAGE, D(10), DiscountScope.SET),
        use_set_groups=True,
        set_groups=(SetGroup("value", D(20), Packager.UNIT_PRICE_GROSS),),
    )
    now, then = (PricingContext(shopware=version) for version in ("6.6.6.0", "6.6.5.1"))
    assert off(cart((CHEAP, 6), promotions=[by_value], context=now)) == ["-6.00"]
    # after the first two pieces of CHEAP the other four count for nothing, and MIDDLE makes the second group
    assert off(cart((CHEAP, 6), (MIDDLE, 1), promotions=[by_value], context=then)) == ["-4.00"]
    assert off(cart((CHEAP, 6), (MIDDLE, 1), promotions=[by_value], context=now)) == ["-8.00"]


class TestGroupsInDetail:
    def test_a_rule_of_a_group_looks_at_a_piece(self) -> None:
        dear = SetGroup("dear", D(1), rules=(rule("dear", LineItemUnitPrice(">=", D(30))),))
        low = SetGroup("low", D(1), rules=(rule("low", LineItemTotalPrice("<=", D(20))),))
        for group, taken in ((dear, "-6.00"), (low, "-7.00")):
            offer = promotion(
                Discount(DiscountType.PERCENTAGE, D(10), DiscountScope.SET), use_set_groups=True, set_groups=(group,)
            )
            assert off(cart((CHEAP, 3), (MIDDLE, 2), (DEAR, 2), promotions=[offer])) == [taken]

    def test_the_first_group_of_a_set(self) -> None:
        groups = (SetGroup("two", D(2), sorter=Sorter.PRICE_DESC), SetGroup("one", D(1)))
        scoped = Discount(DiscountType.FIXED, D(40), DiscountScope.SET_GROUP, group=1)
        offer = promotion(scoped, use_set_groups=True, set_groups=groups)
        assert off(cart((CHEAP, 1), (MIDDLE, 1), (DEAR, 1), promotions=[offer])) == ["-10.00"]

    @pytest.mark.parametrize(("usage", "taken"), [("1", "-10.00"), ("2", "-20.00"), ("3", "-30.00"), ("4", "-30.00")])
    def test_usages_are_counted_over_all_sets(self, usage: str, taken: str) -> None:
        scoped = Discount(
            DiscountType.PERCENTAGE,
            D(100),
            DiscountScope.SET,
            advanced_rules=True,
            sorter=Sorter.PRICE_ASC,
            applier="1",
            usage=usage,
            picker=Picker.VERTICAL,
        )
        offer = promotion(scoped, use_set_groups=True, set_groups=(SetGroup("two", D(2)),))
        assert off(cart((CHEAP, 6), promotions=[offer])) == [taken]

    def test_before_6_6_6_0_a_discount_still_knows_the_price_of_every_piece(self) -> None:
        scoped = Discount(
            DiscountType.PERCENTAGE,
            D(100),
            DiscountScope.SET,
            advanced_rules=True,
            sorter=Sorter.PRICE_ASC,
            applier="1",
            usage="1",
            picker=Picker.HORIZONTAL,
        )
        pairs = SetGroup("pairs", D(2), sorter=Sorter.PRICE_DESC)
        offer = promotion(scoped, use_set_groups=True, set_groups=(pairs,))
        old = PricingContext(shopware="6.5.8.14")
        assert off(cart((DEAR, 4), (CHEAP, 2), promotions=[offer], context=old)) == ["-10.00"]
