from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.costs import Costs
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.customers import Customers
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.actors.test_data.promotions import Promotions
from updategate.actors.test_data.rules import goods_worth
from updategate.domain.money import Money, eur


@pytest.mark.process("CHK-009")
def test_code_takes_ten_percent_off(
    shopper: Shopper,
    catalogue: Catalogue,
    delivery: Delivery,
    invoice: Payment,
    promotions: Promotions,
    back_office: BackOffice,
) -> None:
    kettle = catalogue.offers("kettle", gross=eur("39.99"), tax_rate=19)
    parcel = delivery.ships("parcel", [kettle], Rate(gross=eur("4.90"), net=eur("4.12")))
    tenth = promotions.gives("tenth", [kettle], percent="10")

    shopper.puts_in_cart(kettle, quantity=2)
    shopper.enters_code(tenth.code)
    shopper.goes_on_as_guest()
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    # 2 × 39.99 = 79.98 hold 2 × 6.3850 = 12.77; 10 % of 79.98 = 8.00 hold 1.28; shipping 4.90 holds 0.78
    expected = Costs.of(positions="71.98", shipping="4.90", total="76.88", net="64.61", tax={"19": "12.27"})
    expected.must_be_shown_by(
        cart=cart,
        order=order.view,
        back_office=back_office.sees(order),
        transaction=back_office.sees_transaction(order),
    )
    assert order.line(tenth.code).total == eur("-8.00")


@pytest.mark.process("CHK-009")
def test_percentage_takes_off_no_more_than_its_limit(
    shopper: Shopper,
    catalogue: Catalogue,
    delivery: Delivery,
    invoice: Payment,
    promotions: Promotions,
    back_office: BackOffice,
) -> None:
    lamp = catalogue.offers("lamp", gross=eur("57.77"), tax_rate=19)
    parcel = delivery.ships("parcel", [lamp], Rate(gross=eur("0.00"), net=eur("0.00")))
    fifth = promotions.gives("fifth", [lamp], percent="20", at_most="20.00")

    shopper.puts_in_cart(lamp)
    # 20 % of 57.77, 11.55 (11.554), are within the limit
    assert shopper.enters_code(fifth.code).position_total == eur("46.22")

    shopper.changes_quantity(lamp, 2)
    shopper.goes_on_as_guest()
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    # 20 % of 115.54 would be 23.11; 115.54 hold 2 × 9.2238 = 18.45, the 20.00 taken off hold 3.19
    expected = Costs.of(positions="95.54", total="95.54", net="80.28", tax={"19": "15.26"})
    expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))
    assert order.line(fifth.code).total == eur("-20.00")


@pytest.mark.process("CHK-010")
def test_absolute_code_is_spread_over_the_tax_rates(
    shopper: Shopper,
    catalogue: Catalogue,
    delivery: Delivery,
    invoice: Payment,
    promotions: Promotions,
    back_office: BackOffice,
) -> None:
    pen = catalogue.offers("pen", gross=eur("119.00"), tax_rate=19)
    book = catalogue.offers("book", gross=eur("21.40"), tax_rate=7)
    parcel = delivery.ships("parcel", [pen, book], Rate(gross=eur("0.00"), net=eur("0.00")))
    voucher = promotions.gives("voucher", [pen, book], absolute="14.04")

    shopper.puts_in_cart(pen)
    shopper.puts_in_cart(book)
    shopper.enters_code(voucher.code)
    shopper.goes_on_as_guest()
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    # 14.04 off 140.40 is a tenth of each: 11.90 at 19 % hold 1.90, 2.14 at 7 % hold 0.14
    # 19 %: 19.00 - 1.90; 7 %: 1.40 - 0.14
    expected = Costs.of(positions="126.36", total="126.36", net="108.00", tax={"7": "1.26", "19": "17.10"})
    expected.must_be_shown_by(
        cart=cart,
        order=order.view,
        back_office=back_office.sees(order),
        transaction=back_office.sees_transaction(order),
    )
    assert order.line(voucher.code).total == eur("-14.04")


@pytest.mark.process("CHK-010")
def test_absolute_code_has_its_own_amount_in_every_currency_of_the_shop(
    shopper: Shopper, catalogue: Catalogue, customers: Customers, promotions: Promotions
) -> None:
    crown = customers.currency("crown", iso="XUP", factor="5")
    currencies = {"XUP": crown, **shopper.sees_other_currencies()}
    pen = catalogue.offers("pen", gross=eur("119.00"), tax_rate=19)
    voucher = promotions.gives("voucher", [pen], absolute="10.00", own=dict.fromkeys(currencies.values(), "7.00"))

    shopper.puts_in_cart(pen)
    cart = shopper.enters_code(voucher.code)
    assert cart.line(voucher.code).total == eur("-10.00")

    # neither 10.00 × 5 nor any other amount that was converted
    for iso, currency in currencies.items():
        assert shopper.switches_currency(currency).line(voucher.code).total == Money.of("-7.00", iso)


@pytest.mark.process("CHK-011")
@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        # 30.00 holds 4.79; the rule wants goods for 50.00
        (1, Costs.of(positions="30.00", total="30.00", net="25.21", tax={"19": "4.79"})),
        # 60.00 holds 9.58; 15 % of it, 9.00, holds 1.44
        (2, Costs.of(positions="51.00", total="51.00", net="42.86", tax={"19": "8.14"})),
    ],
    ids=["rule does not match", "rule matches"],
)
def test_automatic_promotion_follows_its_rule(
    quantity: int,
    expected: Costs,
    shopper: Shopper,
    catalogue: Catalogue,
    delivery: Delivery,
    invoice: Payment,
    promotions: Promotions,
    back_office: BackOffice,
) -> None:
    vase = catalogue.offers("vase", gross=eur("30.00"), tax_rate=19)
    parcel = delivery.ships("parcel", [vase], Rate(gross=eur("0.00"), net=eur("0.00")))
    promotions.gives("from fifty on", [vase], percent="15", automatic=True, only_if=[goods_worth(">=", 50)])

    shopper.puts_in_cart(vase, quantity)
    shopper.goes_on_as_guest()
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    expected.must_be_shown_by(
        cart=cart,
        order=order.view,
        back_office=back_office.sees(order),
        transaction=back_office.sees_transaction(order),
    )


@pytest.mark.process("CHK-012")
@pytest.mark.parametrize(
    # an hour is less than any mistake about a time zone or daylight saving
    "until",
    [datetime(2020, 1, 1, tzinfo=UTC), datetime.now(UTC) - timedelta(hours=1)],
    ids=["long ago", "an hour ago"],
)
def test_expired_code_gives_nothing(
    until: datetime, shopper: Shopper, catalogue: Catalogue, promotions: Promotions
) -> None:
    kettle = catalogue.offers("kettle", gross=eur("40.00"), tax_rate=19)
    expired = promotions.gives("expired", [kettle], percent="50", valid_until=until)

    shopper.puts_in_cart(kettle)
    cart = shopper.enters_code(expired.code)

    assert [error.key for error in cart.errors] == ["promotion-not-found"]
    assert cart.position_total == eur("40.00")


@pytest.mark.process("CHK-012")
def test_code_of_tomorrow_gives_nothing_today(shopper: Shopper, catalogue: Catalogue, promotions: Promotions) -> None:
    kettle = catalogue.offers("kettle", gross=eur("40.00"), tax_rate=19)
    coming = promotions.gives("coming", [kettle], percent="50", valid_from=datetime(2096, 1, 1, tzinfo=UTC))

    shopper.puts_in_cart(kettle)
    cart = shopper.enters_code(coming.code)

    assert [error.key for error in cart.errors] == ["promotion-not-found"]
    assert cart.position_total == eur("40.00")


@pytest.mark.process("CHK-012")
def test_exhausted_code_gives_nothing(
    new_shopper: Callable[[], Shopper],
    catalogue: Catalogue,
    delivery: Delivery,
    invoice: Payment,
    promotions: Promotions,
) -> None:
    kettle = catalogue.offers("kettle", gross=eur("40.00"), tax_rate=19)
    parcel = delivery.ships("parcel", [kettle], Rate(gross=eur("0.00"), net=eur("0.00")))
    once = promotions.gives("once", [kettle], percent="50", uses=1)

    first, second = new_shopper(), new_shopper()
    first.puts_in_cart(kettle)
    first.enters_code(once.code)
    assert first.checks_out_as_guest(shipping=parcel, payment=invoice).view.total == eur("20.00")

    second.puts_in_cart(kettle)
    second.enters_code(once.code)
    assert second.sees_cart().position_total == eur("40.00")


@pytest.mark.process("CHK-012")
def test_code_for_one_use_per_customer(
    new_shopper: Callable[[], Shopper],
    catalogue: Catalogue,
    customers: Customers,
    delivery: Delivery,
    invoice: Payment,
    promotions: Promotions,
) -> None:
    kettle = catalogue.offers("kettle", gross=eur("40.00"), tax_rate=19)
    parcel = delivery.ships("parcel", [kettle], Rate(gross=eur("0.00"), net=eur("0.00")))
    once_each = promotions.gives("once each", [kettle], percent="50", uses_per_customer=1)

    totals = []
    for person in ("ada", "ada", "grace"):
        shopper = new_shopper()
        shopper.logs_in(customers.registered(person))
        shopper.puts_in_cart(kettle)
        shopper.enters_code(once_each.code)
        shopper.chooses(shipping=parcel, payment=invoice)
        totals.append(shopper.places_order().view.total)

    assert totals == [eur("20.00"), eur("40.00"), eur("20.00")]


@pytest.mark.process("CHK-012")
def test_individual_code_is_good_for_one_order(
    new_shopper: Callable[[], Shopper],
    catalogue: Catalogue,
    delivery: Delivery,
    invoice: Payment,
    promotions: Promotions,
) -> None:
    kettle = catalogue.offers("kettle", gross=eur("40.00"), tax_rate=19)
    parcel = delivery.ships("parcel", [kettle], Rate(gross=eur("0.00"), net=eur("0.00")))
    letters = promotions.gives("letters", [kettle], percent="50", individual_codes=2)
    spent, unspent = letters.individual_codes

    totals = []
    for code in (spent, spent, unspent):
        shopper = new_shopper()
        shopper.puts_in_cart(kettle)
        shopper.enters_code(code)
        totals.append(shopper.checks_out_as_guest(shipping=parcel, payment=invoice).view.total)

    assert totals == [eur("20.00"), eur("40.00"), eur("20.00")]


@pytest.mark.process("CHK-013")
def test_hundred_percent_off_leaves_nothing_to_pay_and_no_tax(
    shopper: Shopper,
    catalogue: Catalogue,
    delivery: Delivery,
    invoice: Payment,
    promotions: Promotions,
    back_office: BackOffice,
) -> None:
    sample = catalogue.offers("sample", gross=eur("9.99"), tax_rate=19)
    parcel = delivery.ships("parcel", [sample], Rate(gross=eur("0.00"), net=eur("0.00")))
    gift = promotions.gives("gift", [sample], percent="100")

    shopper.puts_in_cart(sample, quantity=3)
    shopper.enters_code(gift.code)
    shopper.goes_on_as_guest()
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    expected = Costs.of(positions="0.00", total="0.00", net="0.00", tax={"19": "0.00"})
    expected.must_be_shown_by(
        cart=cart,
        order=order.view,
        back_office=back_office.sees(order),
        transaction=back_office.sees_transaction(order),
    )
    # 3 × 9.99
    assert order.line(gift.code).total == eur("-29.97")


@pytest.mark.process("CHK-014")
@pytest.mark.parametrize(
    ("second_excludes_first", "positions", "accepted"),
    [
        # 100.00 - 10.00 - 5.00
        (False, "85.00", ["tenth", "five"]),
        # the promotion of the higher priority stays: 100.00 - 5.00
        (True, "95.00", ["five"]),
    ],
    ids=["stacked", "excluded"],
)
def test_promotions_stack_unless_one_excludes_the_other(
    second_excludes_first: bool,  # noqa: FBT001 - a column of the table
    positions: str,
    accepted: list[str],
    shopper: Shopper,
    catalogue: Catalogue,
    promotions: Promotions,
) -> None:
    bag = catalogue.offers("bag", gross=eur("100.00"), tax_rate=19)
    tenth = promotions.gives("tenth", [bag], percent="10", priority=1)
    five = promotions.gives(
        "five", [bag], absolute="5.00", priority=2, excludes=[tenth] if second_excludes_first else []
    )
    codes = {"tenth": tenth.code, "five": five.code}

    shopper.puts_in_cart(bag)
    # where one excludes the other, 6.5 keeps the code that was entered first, 6.6 the higher priority: here the same
    shopper.enters_code(five.code)
    cart = shopper.enters_code(tenth.code)

    assert cart.position_total == eur(positions)
    assert {line.number for line in cart.lines if line.type == "promotion"} == {codes[name] for name in accepted}
