import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.costs import Costs
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.customers import Customers
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.domain.money import eur
from updategate.domain.views import TaxState


@pytest.mark.process("CHK-003")
def test_company_with_vat_id_opens_an_account_and_orders(
    shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment, back_office: BackOffice
) -> None:
    drill = catalogue.offers("drill", gross=eur("238.00"), tax_rate=19)
    parcel = delivery.ships("parcel", [drill], Rate(gross=eur("11.90"), net=eur("10.00")))

    shopper.registers(company="Lovelace Engines Ltd", vat_ids=("DE123456789",))
    shopper.puts_in_cart(drill)
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    # a VAT id at home frees from nothing: 238.00 hold 38.00, shipping 11.90 holds 1.90
    expected = Costs.of(positions="238.00", shipping="11.90", total="249.90", net="210.00", tax={"19": "39.90"})
    expected.must_be_shown_by(cart=cart, order=order.view, back_office=back_office.sees(order))
    buyer = back_office.sees_buyer(order)
    assert (buyer.company, buyer.vat_ids) == ("Lovelace Engines Ltd", ("DE123456789",))


@pytest.mark.process("CHK-007")
@pytest.mark.parametrize(
    ("vat_ids", "destination", "tax_state", "total"),
    [
        # goods 100.00 net, 119.00 gross; shipping 10.00 net, 11.90 gross
        (("XA12345678",), "abroad", TaxState.TAX_FREE, "110.00"),
        (("nonsense",), "abroad", TaxState.GROSS, "130.90"),
        ((), "abroad", TaxState.GROSS, "130.90"),
        (("XA12345678",), "home", TaxState.GROSS, "130.90"),
        (("nonsense",), "home", TaxState.GROSS, "130.90"),
        ((), "home", TaxState.GROSS, "130.90"),
    ],
    ids=[
        "valid id abroad",
        "wrong id abroad",
        "no id abroad",
        "valid id at home",
        "wrong id at home",
        "no id at home",
    ],
)
def test_company_pays_no_tax_only_abroad_and_with_a_valid_vat_id(
    vat_ids: tuple[str, ...],
    destination: str,
    tax_state: TaxState,
    total: str,
    shopper: Shopper,
    catalogue: Catalogue,
    customers: Customers,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    abroad = customers.country(
        "abroad", iso="XA", tax_free_for_companies=True, checks_vat_id=True, vat_pattern=r"XA\d{8}"
    )
    home = customers.country("home", iso="XH")
    engine = catalogue.offers("engine", gross=eur("119.00"), net=eur("100.00"), tax_rate=19)
    parcel = delivery.ships("parcel", [engine], Rate(gross=eur("11.90"), net=eur("10.00")))
    company = customers.registered(
        "company",
        company="Lovelace Engines Ltd",
        vat_ids=vat_ids,
        country_id=abroad if destination == "abroad" else home,
    )

    shopper.logs_in(company)
    shopper.puts_in_cart(engine)
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    assert (cart.tax_state, cart.total) == (tax_state, eur(total))
    if tax_state is TaxState.TAX_FREE:
        expected = Costs.of(positions="100.00", shipping="10.00", total="110.00", net="110.00", tax={})
    else:
        expected = Costs.of(positions="119.00", shipping="11.90", total="130.90", net="110.00", tax={"19": "20.90"})
    expected.must_be_shown_by(
        cart=cart,
        order=order.view,
        back_office=back_office.sees(order),
        transaction=back_office.sees_transaction(order),
    )


@pytest.mark.process("CHK-008")
def test_net_group_sees_net_prices_and_pays_the_tax_on_top(
    shopper: Shopper,
    catalogue: Catalogue,
    customers: Customers,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    bolt = catalogue.offers("bolt", gross=eur("11.90"), net=eur("10.00"), tax_rate=19)
    parcel = delivery.ships("parcel", [bolt], Rate(gross=eur("4.90"), net=eur("4.12")))
    trade = customers.registered("trade", group_id=customers.group("trade", gross=False), company="Bolt & Sons")

    shopper.logs_in(trade)
    shopper.puts_in_cart(bolt, quantity=3)
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    # 3 × 10.00 = 30.00 net, tax 3 × 1.90 = 5.70; shipping 4.12 net, tax 0.78 (0.7828)
    expected = Costs.of(positions="30.00", shipping="4.12", total="40.60", net="34.12", tax={"19": "6.48"})
    expected.must_be_shown_by(
        cart=cart,
        order=order.view,
        account=shopper.sees_order(order),
        back_office=back_office.sees(order),
        transaction=back_office.sees_transaction(order),
    )
    assert cart.tax_state is TaxState.NET
    assert order.line(bolt.number).unit_price == eur("10.00")


@pytest.mark.process("CHK-008")
def test_half_a_cent_of_tax_is_rounded_up(
    shopper: Shopper, catalogue: Catalogue, customers: Customers, delivery: Delivery, invoice: Payment
) -> None:
    washer = catalogue.offers("washer", gross=eur("1.79"), net=eur("1.50"), tax_rate=19)
    parcel = delivery.ships("parcel", [washer], Rate(gross=eur("0.00"), net=eur("0.00")))
    trade = customers.registered("trade", group_id=customers.group("trade", gross=False), company="Bolt & Sons")

    shopper.logs_in(trade)
    shopper.puts_in_cart(washer)
    cart = shopper.chooses(shipping=parcel, payment=invoice)

    # 1.50 × 19 % = 0.285
    Costs.of(positions="1.50", total="1.79", net="1.50", tax={"19": "0.29"}).must_be_shown_by(cart=cart)
