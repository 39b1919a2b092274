from collections.abc import Callable
from dataclasses import replace

import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.browser_shopper import BrowserShopper
from updategate.actors.mailbox import Mailbox
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.customers import GERMANY, Customers
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.domain.money import eur

MUNICH = replace(GERMANY, street="Andere Straße 2", zipcode="80331", city="München")


@pytest.mark.process("ACC-001")
def test_somebody_opens_an_account_leaves_and_comes_back(shopper: Shopper, back_office: BackOffice) -> None:
    login = shopper.registers()
    assert shopper.account.sees_profile().email == login.email
    assert back_office.sees_customer(login.email) == shopper.account.sees_profile()

    shopper.logs_out()
    assert not shopper.account.is_open()

    shopper.logs_in(login)
    assert shopper.account.sees_profile().number == login.number


@pytest.mark.process("ACC-002")
def test_existing_customer_logs_in_and_nobody_else_does(
    new_shopper: Callable[[], Shopper], browser_shopper: BrowserShopper, customers: Customers
) -> None:
    ada = customers.registered("ada")
    honest, thief = new_shopper(), new_shopper()

    honest.logs_in(ada)
    assert honest.account.sees_profile().number == ada.number
    honest.logs_out()
    # nobody remembers which letters of their address were large
    honest.logs_in(replace(ada, email=ada.email.upper()))
    assert honest.account.sees_profile().number == ada.number

    guessed = replace(ada, password=ada.password.upper())
    assert thief.cannot_log_in(guessed) == "wrong password"
    assert not thief.account.is_open()
    assert thief.cannot_log_in(replace(ada, email=f"x{ada.email}")) == "unknown customer"
    assert thief.cannot_log_in(customers.registered("shut out", active=False))
    assert not thief.account.is_open()

    browser_shopper.logs_in(ada)
    assert ada.email in " ".join(browser_shopper.sees_profile())


@pytest.mark.process("ACC-003")
def test_forgotten_password_is_replaced_by_mail(shopper: Shopper, customers: Customers, mailbox: Mailbox) -> None:
    ada = customers.registered("ada")
    renewed = replace(ada, password=f"{ada.password}-new")

    shopper.account.asks_for_a_new_password(ada.email)
    shopper.account.sets_password(mailbox.awaits_recovery_link(ada.email), renewed.password)

    assert shopper.cannot_log_in(ada) == "wrong password"
    shopper.logs_in(renewed)
    assert shopper.account.is_open()


@pytest.mark.process("ACC-004")
def test_address_changes_in_the_account_and_in_the_checkout_reach_the_order(
    shopper: Shopper,
    catalogue: Catalogue,
    customers: Customers,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    mug = catalogue.offers("mug", gross=eur("11.90"), tax_rate=19)
    parcel = delivery.ships("parcel", [mug], Rate(gross=eur("0.00"), net=eur("0.00")))

    shopper.logs_in(customers.registered("ada"))
    shopper.account.changes_address(shopper.account.first_address(), replace(GERMANY, city="Potsdam", zipcode="14467"))
    munich = shopper.account.adds_address(MUNICH)
    assert shopper.account.cities() == {"Potsdam", "München"}

    shopper.puts_in_cart(mug)
    shopper.chooses(shipping=parcel, payment=invoice)
    shopper.account.ships_this_cart_to(munich)
    first = shopper.places_order()
    assert back_office.delivery_address_of(first).city == "München"
    assert back_office.billing_address_of(first).city == "Potsdam"

    shopper.account.ships_to(munich)
    shopper.puts_in_cart(mug)
    shopper.chooses(shipping=parcel, payment=invoice)
    second = shopper.places_order()
    assert back_office.delivery_address_of(second).city == "München"


@pytest.mark.process("ACC-005")
def test_order_history_shows_a_customers_own_orders(
    new_shopper: Callable[[], Shopper],
    catalogue: Catalogue,
    customers: Customers,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    mug = catalogue.offers("mug", gross=eur("11.90"), tax_rate=19)
    parcel = delivery.ships("parcel", [mug], Rate(gross=eur("0.00"), net=eur("0.00")))
    ada, grace = new_shopper(), new_shopper()
    ada.logs_in(customers.registered("ada"))
    grace.logs_in(customers.registered("grace"))

    placed = []
    for quantity in (1, 3):
        ada.puts_in_cart(mug, quantity)
        ada.chooses(shipping=parcel, payment=invoice)
        placed.append(ada.places_order())
    back_office.moves_order(placed[0], "process")

    history = ada.sees_orders()
    assert [(seen.number, seen.total, seen.state) for seen in history] == [
        (placed[1].number, eur("35.70"), "open"),
        (placed[0].number, eur("11.90"), "in_progress"),
    ]
    assert grace.sees_orders() == []


@pytest.mark.process("ACC-006")
def test_deleted_customer_is_shut_out_and_the_order_stays(
    shopper: Shopper,
    catalogue: Catalogue,
    customers: Customers,
    delivery: Delivery,
    invoice: Payment,
    back_office: BackOffice,
) -> None:
    mug = catalogue.offers("mug", gross=eur("11.90"), tax_rate=19)
    parcel = delivery.ships("parcel", [mug], Rate(gross=eur("0.00"), net=eur("0.00")))
    ada = customers.registered("ada")
    shopper.logs_in(ada)
    shopper.puts_in_cart(mug)
    shopper.chooses(shipping=parcel, payment=invoice)
    order = shopper.places_order()

    back_office.removes_customer(ada)

    assert not shopper.account.is_open()
    assert shopper.cannot_log_in(ada) == "unknown customer"
    assert back_office.sees(order).email == ada.email
    assert back_office.sees(order).total == eur("11.90")
