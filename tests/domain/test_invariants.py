"""Every invariant is violated at least once, and what is right violates none."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.domain.shop import BOOK, FLAT, NET, SCREW, cart, percentage
from updategate.domain.catalogue import Country, Currency, TaxFreedom
from updategate.domain.context import PricingContext
from updategate.domain.invariants import Invariant, Violation, check_invariants
from updategate.domain.money import Money, eur
from updategate.domain.rounding import CashRounding
from updategate.domain.views import CartView, LineItemView, OrderView, ShippingView, TaxView

CENT = eur("0.01")
GROSS_CART = cart((SCREW, 2), (BOOK, 1), shipping=FLAT, promotions=[percentage("10")])
NET_CART = cart((SCREW, 2), (BOOK, 1), shipping=FLAT, promotions=[percentage("10")], context=NET)
SWISS = PricingContext(country=Country("CH", customer_tax_free=TaxFreedom(enabled=True)))
FREE_CART = cart((SCREW, 2), (BOOK, 1), shipping=FLAT, context=SWISS)
CARTS = (GROSS_CART, NET_CART, FREE_CART)


def kinds(totals: CartView | OrderView, **settings: object) -> set[Invariant]:
    return {violation.invariant for violation in check_invariants(totals, **settings)}  # type: ignore[arg-type]


def with_line(totals: CartView, **changes: object) -> CartView:
    return replace(totals, lines=(replace(totals.lines[0], **changes), *totals.lines[1:]))


def more(money: Money | None, amount: str = "0.01") -> Money:
    assert money is not None
    return money + eur(amount)


@pytest.mark.parametrize("totals", CARTS)
def test_what_is_right_violates_nothing(totals: CartView) -> None:
    assert check_invariants(totals) == []
    assert check_invariants(OrderView.of_cart(totals)) == []


@pytest.mark.parametrize("totals", CARTS)
class TestEachFigure:
    def test_unit_by_quantity(self, totals: CartView) -> None:
        assert Invariant.UNIT in kinds(with_line(totals, quantity=3))
        assert Invariant.UNIT in kinds(with_line(totals, unit_price=more(totals.lines[0].unit_price)))

    def test_lines_are_the_positions(self, totals: CartView) -> None:
        assert kinds(replace(totals, position_total=more(totals.position_total))) == {Invariant.POSITIONS}

    def test_lines_and_shipping_are_the_total(self, totals: CartView) -> None:
        assert Invariant.TOTAL in kinds(replace(totals, shipping=()))
        dearer = replace(totals.shipping[0], total=more(totals.shipping[0].total))
        assert Invariant.TOTAL in kinds(replace(totals, shipping=(dearer,)))

    def test_a_lost_line_is_noticed(self, totals: CartView) -> None:
        assert {Invariant.POSITIONS, Invariant.TOTAL} <= kinds(replace(totals, lines=totals.lines[1:]))

    def test_net_and_taxes_are_the_total(self, totals: CartView) -> None:
        assert Invariant.NET in kinds(replace(totals, net_total=more(totals.net_total)))

    def test_the_total_is_the_rounded_raw_total(self, totals: CartView) -> None:
        assert kinds(replace(totals, total=more(totals.total))) == {Invariant.ROUNDING}

    def test_one_currency(self, totals: CartView) -> None:
        dollars = Money(totals.lines[0].total.amount, "USD")
        assert kinds(with_line(totals, total=dollars)) == {Invariant.CURRENCY}
        assert kinds(with_line(totals, unit_price=dollars)) == {Invariant.CURRENCY}
        assert kinds(replace(totals, net_total=dollars)) == {Invariant.CURRENCY}
        assert kinds(with_line(totals, taxes=(TaxView(Decimal(19), dollars),))) == {Invariant.CURRENCY}
        assert kinds(replace(totals, taxes=(TaxView(Decimal(19), dollars),))) == {Invariant.CURRENCY}


@pytest.mark.parametrize("totals", [GROSS_CART, NET_CART])
class TestTaxes:
    def test_the_tax_of_a_line_fits_its_rate(self, totals: CartView) -> None:
        [tax] = totals.lines[0].taxes or ()
        assert Invariant.TAX_RATE in kinds(with_line(totals, taxes=(replace(tax, tax=more(tax.tax, "0.02")),)))
        assert Invariant.TAX_RATE in kinds(with_line(totals, taxes=(replace(tax, rate=Decimal(7)),)))

    def test_rounding_each_piece_is_noticed(self, totals: CartView) -> None:
        gross = totals is GROSS_CART
        # a hundred pieces with 0.158… or 0.188… tax each
        rounded, right = (eur("16.00"), eur("15.81")) if gross else (eur("19.00"), eur("18.81"))
        line = LineItemView("P", "P", 100, eur("0.99"), eur("99.00"), (TaxView(Decimal(19), right, eur("99.00")),))
        bare = replace(totals, lines=(line,), shipping=(), position_total=None, taxes=None, net_total=None)
        total = eur("99.00") if gross else eur("117.81")
        bare = replace(bare, total=total, raw_total=total)
        assert check_invariants(bare) == []
        wrong = replace(line, taxes=(TaxView(Decimal(19), rounded, eur("99.00")),))
        assert kinds(replace(bare, lines=(wrong,))) == {Invariant.TAX_RATE}

    def test_the_tax_of_the_shipping_fits_its_rate(self, totals: CartView) -> None:
        part = totals.shipping[0]
        first, *others = part.taxes or ()
        wrong = replace(part, taxes=(replace(first, tax=more(first.tax, "0.05")), *others))
        assert Invariant.TAX_RATE in kinds(replace(totals, shipping=(wrong,)))

    def test_the_tax_of_the_cart_fits_its_rate(self, totals: CartView) -> None:
        assert totals.taxes is not None
        wrong = (replace(totals.taxes[0], tax=more(totals.taxes[0].tax, "1.00")), *totals.taxes[1:])
        assert {Invariant.TAX_RATE, Invariant.TAX_SUM, Invariant.NET} <= kinds(replace(totals, taxes=wrong))

    def test_taxes_of_lines_and_shipping_are_the_tax(self, totals: CartView) -> None:
        assert totals.taxes is not None
        wrong = (replace(totals.taxes[0], tax=more(totals.taxes[0].tax)), *totals.taxes[1:])
        assert Invariant.TAX_SUM in kinds(replace(totals, taxes=wrong))
        assert Invariant.TAX_SUM not in kinds(replace(totals, taxes=wrong), vertical_taxes=True)
        assert Invariant.TAX_SUM in kinds(replace(totals, taxes=totals.taxes[1:]))

    def test_taxed_parts_are_the_price(self, totals: CartView) -> None:
        [tax] = totals.lines[0].taxes or ()
        assert Invariant.TAX_BASE in kinds(with_line(totals, taxes=(replace(tax, price=eur("1.00"), tax=eur("0.17")),)))

    def test_where_a_line_shows_no_taxes_they_are_not_summed(self, totals: CartView) -> None:
        assert kinds(with_line(totals, taxes=None)) == set()
        assert kinds(replace(totals, shipping=(replace(totals.shipping[0], taxes=None),))) == set()


class TestSigns:
    def test_nothing_is_below_zero_but_discounts(self) -> None:
        below = replace(GROSS_CART, total=eur("-1"), raw_total=eur("-1"))
        assert Invariant.NEGATIVE in kinds(below)
        assert Invariant.NEGATIVE in kinds(with_line(GROSS_CART, total=eur("-23.80"), unit_price=eur("-11.90")))
        assert Invariant.NEGATIVE in kinds(replace(GROSS_CART, shipping=(ShippingView(eur("-1")),)))
        assert Invariant.NEGATIVE in kinds(replace(GROSS_CART, net_total=eur("-1")))

    def test_a_discount_is_no_surcharge(self) -> None:
        lines = (*GROSS_CART.lines[:-1], replace(GROSS_CART.lines[-1], total=eur("3.45"), unit_price=eur("3.45")))
        found = [v for v in check_invariants(replace(GROSS_CART, lines=lines)) if v.invariant is Invariant.NEGATIVE]
        assert found == [Violation(Invariant.NEGATIVE, "line CODE", "at most 0", "3.45 EUR")]

    def test_a_cent_that_rounding_left_is_no_fault_but_more_is(self) -> None:
        bare = OrderView("1", eur("0"), lines=GROSS_CART.lines, taxes=(TaxView(Decimal(19), eur("-0.04")),))
        assert Invariant.NEGATIVE not in kinds(bare)
        assert Invariant.NEGATIVE in kinds(replace(bare, taxes=(TaxView(Decimal(19), eur("-0.05")),)))


class TestRounding:
    def test_the_coin_is_that_of_the_currency(self) -> None:
        coin = CashRounding(2, Decimal("0.05"))
        context = PricingContext(currency=Currency(total_rounding=coin))
        totals = cart((SCREW, 1), (BOOK, 1), shipping=FLAT, context=context, promotions=[percentage("1")])
        assert (totals.raw_total, totals.total) == (eur("28.32"), eur("28.30"))
        assert kinds(totals, total_rounding=coin) == set()
        assert kinds(totals) == {Invariant.ROUNDING}

    def test_a_tax_free_total_stays_as_it_is(self) -> None:
        coin = CashRounding(2, Decimal("0.50"))
        odd = replace(FREE_CART, shipping=(replace(FREE_CART.shipping[0], total=eur("5.01")),))
        odd = replace(odd, total=eur("35.01"), raw_total=eur("35.01"), net_total=eur("35.01"))
        assert kinds(odd, total_rounding=coin) == set()
        assert kinds(replace(odd, total=eur("35.00")), total_rounding=coin) == {Invariant.ROUNDING}

    @pytest.mark.parametrize(("for_net", "violated"), [(True, {Invariant.UNIT}), (False, set())])
    def test_net_lines_are_brought_to_the_coin_only_if_so_set(self, for_net: bool, violated: set[Invariant]) -> None:
        line = LineItemView("P", "P", 1, eur("1.03"), eur("1.03"))
        bare = OrderView("1", eur("1.03"), (line,), tax_state=NET_CART.tax_state)
        assert kinds(bare, item_rounding=CashRounding(2, Decimal("0.05"), round_for_net=for_net)) == violated


def test_a_tax_free_cart_has_no_taxes() -> None:
    taxed = replace(FREE_CART, taxes=(TaxView(Decimal(19), CENT),))
    assert Invariant.TAX_FREE in kinds(taxed)
    tax = check_invariants(with_line(FREE_CART, taxes=(TaxView(Decimal(19), CENT),)))[0]
    assert str(tax) == "line SCREW: a tax-free cart has no taxes: expected no tax, found 0.01 EUR at 19 %"


def test_a_total_alone_is_not_checked_and_says_so() -> None:
    assert kinds(OrderView("1", eur("10"))) == {Invariant.UNCHECKED}
    assert kinds(OrderView("1", eur("10"), net_total=eur("8.40"))) == set()


def test_a_violation_reads_well() -> None:
    [violation] = check_invariants(replace(GROSS_CART, position_total=eur("1")))
    assert str(violation) == "cart: the lines add up to the position total: expected 31.05 EUR, found 1.00 EUR"


def test_a_document_without_net_total_is_checked_as_far_as_it_goes() -> None:
    document = OrderView(
        "1", GROSS_CART.total, GROSS_CART.lines, GROSS_CART.shipping_total, tax_state=GROSS_CART.tax_state
    )
    assert kinds(document) == set()
    assert kinds(replace(document, total=more(document.total))) == {Invariant.TOTAL}


class TestWords:
    """Each violation says where it is, what was expected and what was found."""

    def told(self, totals: CartView | OrderView) -> set[str]:
        return {str(violation) for violation in check_invariants(totals)}

    def test_of_a_line(self) -> None:
        told = self.told(with_line(GROSS_CART, unit_price=eur("12.00")))
        assert told == {
            "line SCREW: unit price by quantity is the total of the line: expected 24.00 EUR, found 23.80 EUR"
        }

    def test_of_a_tax(self) -> None:
        tax = TaxView(Decimal(19), eur("4.80"), eur("23.80"))
        assert "line SCREW at 19 %: the tax fits the rate: expected 3.80, found 4.80" in self.told(
            with_line(GROSS_CART, taxes=(tax,))
        )

    def test_of_the_shipping(self) -> None:
        shipping = ShippingView(eur("5.95"), (TaxView(Decimal(7), eur("1.39"), eur("5.95")),))
        told = self.told(replace(GROSS_CART, shipping=(shipping,)))
        assert "shipping at 7 %: the tax fits the rate: expected 0.39, found 1.39" in told

    def test_of_the_cart(self) -> None:
        assert GROSS_CART.taxes is not None
        tax = replace(GROSS_CART.taxes[0], tax=more(GROSS_CART.taxes[0].tax, "1.00"))
        told = self.told(replace(GROSS_CART, taxes=(tax, *GROSS_CART.taxes[1:])))
        words = "the taxes of lines and shipping add up to the tax of the cart"
        assert told == {
            "cart at 19 %: the tax fits the rate: expected 4.07, found 5.08",
            f"tax at 19 %: {words}: expected 4.08 EUR, found 5.08 EUR",
            "cart: net and taxes add up to the total before rounding: expected 38.00 EUR, found 37.00 EUR",
        }

    @pytest.mark.parametrize(
        ("totals", "expected", "found"), [(GROSS_CART, "31.05", "37.00"), (NET_CART, "27.00", "32.00")]
    )
    def test_of_the_sum(self, totals: CartView, expected: str, found: str) -> None:
        told = self.told(replace(totals, shipping=()))
        assert f"cart: lines and shipping add up to the raw total: expected {expected} EUR, found {found} EUR" in told

    def test_of_taxed_parts(self) -> None:
        tax = TaxView(Decimal(19), eur("3.19"), eur("20.00"))
        told = self.told(with_line(GROSS_CART, taxes=(tax,)))
        assert "line SCREW: the taxed parts add up to the price: expected 23.80, found 20.00" in told


class TestTolerance:
    """What rounding explains is no violation, and what it does not explain is one."""

    def line(self, *taxes: tuple[str, str, str]) -> OrderView:
        views = tuple(TaxView(Decimal(rate), eur(tax), eur(price)) for rate, tax, price in taxes)
        line = LineItemView("P", "P", 1, eur("10.00"), eur("10.00"), views)
        return OrderView("1", eur("10.00"), (line,), tax_state=GROSS_CART.tax_state)

    def test_of_a_tax(self) -> None:
        # 10.00 gross has 1.5966… tax at 19 %
        assert kinds(self.line(("19", "1.60", "10.00"))) == set()
        assert kinds(self.line(("19", "1.59", "10.00"))) == set()
        assert kinds(self.line(("19", "1.58", "10.00"))) == {Invariant.TAX_RATE}
        assert kinds(self.line(("25", "2.01", "10.00"))) == set()
        assert kinds(self.line(("25", "2.02", "10.00"))) == {Invariant.TAX_RATE}

    def test_of_the_taxed_part(self) -> None:
        assert kinds(self.line(("0", "0.00", "10.01"))) == set()
        assert kinds(self.line(("0", "0.00", "10.02"))) == {Invariant.TAX_BASE}
        assert kinds(self.line(("0", "0.00", "5.01"), ("19", "0.80", "5.01"))) == set()
        assert kinds(self.line(("0", "0.00", "5.01"), ("19", "0.80", "5.02"))) == {Invariant.TAX_BASE}

    def test_a_coin_explains_more(self) -> None:
        coin = CashRounding(2, Decimal("0.10"))
        assert kinds(self.line(("0", "0.00", "10.06")), item_rounding=coin) == set()
        assert kinds(self.line(("0", "0.00", "10.07")), item_rounding=coin) == {Invariant.TAX_BASE}

    def test_a_tax_without_its_base_is_not_held_to_a_rate(self) -> None:
        line = LineItemView("P", "P", 1, None, eur("10.00"), (TaxView(Decimal(19), eur("9.99")),))
        assert kinds(OrderView("1", eur("10.00"), (line,), tax_state=GROSS_CART.tax_state)) == set()

    def test_without_a_tax_state_no_tax_is_held_to_a_rate(self) -> None:
        assert kinds(replace(self.line(("19", "9.99", "10.00")), tax_state=None)) == set()


class TestWordsOfSigns:
    def told(self, totals: CartView | OrderView) -> set[str]:
        found = check_invariants(totals)
        return {str(violation) for violation in found if violation.invariant is Invariant.NEGATIVE}

    def test_of_each_amount(self) -> None:
        words = "nothing is below zero but discounts: expected at least 0, found"
        below = replace(GROSS_CART, total=eur("-0.01"), net_total=eur("-0.06"))
        assert self.told(below) == {f"total: {words} -0.01 EUR", f"net total: {words} -0.06 EUR"}
        assert self.told(replace(GROSS_CART, shipping=(ShippingView(eur("-0.01")),))) == {
            f"shipping: {words} -0.01 EUR"
        }
        assert self.told(with_line(GROSS_CART, total=eur("-0.01"))) == {f"line SCREW: {words} -0.01 EUR"}

    def test_of_taxes_each_without_discounts_and_together_with_them(self) -> None:
        plain = cart((SCREW, 1), (BOOK, 1))
        taxes = (TaxView(Decimal(19), eur("-1")), TaxView(Decimal(7), eur("2")))
        assert self.told(replace(plain, taxes=taxes)) == {
            "tax at 19 %: nothing is below zero but discounts: expected at least 0, found -1.00 EUR"
        }
        assert self.told(replace(GROSS_CART, taxes=taxes)) == set()
        assert self.told(replace(GROSS_CART, taxes=(taxes[0], replace(taxes[1], tax=eur("0.90"))))) == {
            "tax: nothing is below zero but discounts: expected at least 0, found -0.10 EUR"
        }

    def test_rounding_leaves_at_most_a_step_a_price(self) -> None:
        # three lines, and shipping with two rates
        assert self.told(replace(GROSS_CART, net_total=eur("-0.05"))) == set()
        assert len(self.told(replace(GROSS_CART, net_total=eur("-0.06")))) == 1

    def test_a_surcharge_of_a_cent_is_one(self) -> None:
        lines = (*GROSS_CART.lines[:-1], replace(GROSS_CART.lines[-1], total=eur("0.01")))
        assert self.told(replace(GROSS_CART, lines=lines)) == {
            "line CODE: nothing is below zero but discounts: expected at most 0, found 0.01 EUR"
        }

    def test_nothing_is_nothing_below(self) -> None:
        nothing = replace(GROSS_CART, total=eur("0"), net_total=eur("0"), shipping=(), taxes=())
        assert self.told(with_line(nothing, total=eur("0"))) == set()
        lines = (*GROSS_CART.lines[:-1], replace(GROSS_CART.lines[-1], total=eur("0"), unit_price=eur("0")))
        assert self.told(replace(GROSS_CART, lines=lines)) == set()


def test_words_of_rounding_and_tax_freedom() -> None:
    assert [str(violation) for violation in check_invariants(replace(GROSS_CART, total=eur("36.99")))] == [
        "cart: the total is the raw total, rounded to the coin: expected 37.00 EUR, found 36.99 EUR"
    ]
    taxed = replace(FREE_CART, taxes=(TaxView(Decimal(19), eur("0")),))
    assert "cart: a tax-free cart has no taxes: expected no tax, found 0.00 EUR at 19 %" in {
        str(violation) for violation in check_invariants(taxed)
    }


def test_several_lines_are_all_checked() -> None:
    wrong = tuple(replace(line, total=more(line.total)) for line in GROSS_CART.lines)
    found = [v.where for v in check_invariants(replace(GROSS_CART, lines=wrong)) if v.invariant is Invariant.UNIT]
    assert found == ["line SCREW", "line BOOK", "line CODE"]


def test_words_of_what_cannot_be_checked() -> None:
    assert [str(violation) for violation in check_invariants(OrderView("1", eur("10")))] == [
        "cart: there are figures to check: expected lines, taxes or a net total, found only a total"
    ]
    mixed = with_line(GROSS_CART, total=Money.of("1", "USD"), unit_price=Money.of("1", "CHF"))
    assert [str(violation) for violation in check_invariants(mixed)] == [
        "cart: there is one currency: expected EUR, found CHF, USD"
    ]
