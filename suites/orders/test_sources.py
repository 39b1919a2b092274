import pytest

from updategate.actors.auditor import Auditor
from updategate.actors.browser_shopper import BrowserShopper
from updategate.actors.costs import Costs
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.customers import Customers, Login
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.domain.money import eur

# mugs 2 × 11.90 = 23.80 hold 3.80; book 21.40 holds 1.40; shipping 4.52 is a tenth of the goods, 2.38 at 19 % hold
# 0.38, 2.14 at 7 % hold 0.14
GROSS = Costs.of(positions="45.20", shipping="4.52", total="49.72", net="44.00", tax={"7": "1.54", "19": "4.18"})
# mugs 20.00 and 3.80 on top, book 20.00 and 1.40; half of the shipping, 2.00, has 0.38 on top, the other half 0.14
NET = Costs.of(positions="40.00", shipping="4.00", total="49.72", net="44.00", tax={"7": "1.54", "19": "4.18"})
TAX_FREE = Costs.of(positions="40.00", shipping="4.00", total="44.00", net="44.00", tax={})


def private(customers: Customers) -> Login:
    return customers.registered("ada")


def trader(customers: Customers) -> Login:
    return customers.registered("trader", group_id=customers.group("trade", gross=False), company="Bolt & Sons")


def company_abroad(customers: Customers) -> Login:
    abroad = customers.country(
        "abroad", iso="XA", tax_free_for_companies=True, checks_vat_id=True, vat_pattern=r"XA\d{8}"
    )
    return customers.registered("company", company="Engines Ltd", vat_ids=("XA12345678",), country_id=abroad)


BUYERS = {"gross": (private, GROSS), "net": (trader, NET), "tax-free": (company_abroad, TAX_FREE)}


@pytest.mark.process("ORD-013")
@pytest.mark.parametrize("tax_state", BUYERS)
def test_seven_sources_tell_the_same_of_an_order(
    tax_state: str,
    shopper: Shopper,
    browser_shopper: BrowserShopper,
    catalogue: Catalogue,
    customers: Customers,
    delivery: Delivery,
    invoice: Payment,
    auditor: Auditor,
) -> None:
    buyer, expected = BUYERS[tax_state]
    mug = catalogue.offers("mug", gross=eur("11.90"), net=eur("10.00"), tax_rate=19)
    book = catalogue.offers("book", gross=eur("21.40"), net=eur("20.00"), tax_rate=7)
    parcel = delivery.ships("parcel", [mug, book], Rate(gross=eur("4.52"), net=eur("4.00")))
    login = buyer(customers)

    # a customer's cart is the same wherever they are logged in
    shopper.logs_in(login)
    shopper.puts_in_cart(mug, quantity=2)
    shopper.puts_in_cart(book)
    cart = shopper.chooses(shipping=parcel, payment=invoice)
    browser_shopper.logs_in(login)
    browser_shopper.sees_confirmation()
    order = browser_shopper.places_order()

    sources = auditor.reads(order, [mug, book], cart=cart)
    assert len(sources) == 8  # the mail as text and as HTML
    auditor.must_find_agreement(order, sources, expected)
