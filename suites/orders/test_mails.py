from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.mailbox import Mailbox
from updategate.actors.order_desk import OrderDesk
from updategate.actors.purchase import PlacedOrder
from updategate.actors.shop_access import ShopAccess
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.domain.money import eur


@pytest.fixture
def order(shopper: Shopper, catalogue: Catalogue, delivery: Delivery, invoice: Payment) -> PlacedOrder:
    mug = catalogue.offers("mug", gross=eur("11.90"), tax_rate=19)
    parcel = delivery.ships("parcel", [mug], Rate(gross=eur("4.90"), net=eur("4.12")))
    shopper.puts_in_cart(mug, quantity=2)
    return shopper.checks_out_as_guest(shipping=parcel, payment=invoice)


@pytest.mark.process("ORD-010")
def test_confirmation_arrives_once_with_the_right_amounts(
    order: PlacedOrder, mailbox: Mailbox, back_office: BackOffice
) -> None:
    confirmation = mailbox.awaits_mail_about(order.email, order.number)

    # unit, line, shipping, net, tax and total: see CHK-001
    wanted = {eur("11.90"), eur("23.80"), eur("4.90"), eur("24.12"), eur("4.58"), eur("28.70")}
    missing = wanted - mailbox.amounts_in(confirmation, "EUR")
    assert missing == set()
    assert "Ada Lovelace" in confirmation.text
    assert confirmation.recipients == (order.email,)

    # the mail about the payment comes after all that was sent before, so that nothing is on its way any more
    back_office.moves_payment(order, "paid")
    mailbox.awaits_another(order.email, confirmation)
    assert [mail.id for mail in mailbox.all_with_subject(order.email, confirmation.subject)] == [confirmation.id]


@pytest.mark.process("ORD-010")
def test_mails_are_in_the_language_of_the_customer(
    new_shopper: Callable[..., Shopper],
    offered_languages: Mapping[str, ShopAccess],
    catalogue: Catalogue,
    delivery: Delivery,
    invoice: Payment,
    mailbox: Mailbox,
    back_office: BackOffice,
) -> None:
    mugs = [catalogue.offers(f"mug {number}", gross=eur("11.90"), tax_rate=19) for number in range(1, 5)]
    parcel = delivery.ships("parcel", mugs, Rate(gross=eur("4.90"), net=eur("4.12")))

    for locale, shop in offered_languages.items():
        shopper = new_shopper(shop)
        shopper.puts_all_in_cart(mugs)
        order = shopper.checks_out_as_guest(shipping=parcel, payment=invoice)
        confirmation = mailbox.awaits_mail_about(order.email, order.number)
        back_office.moves_payment(order, "paid")
        paid = mailbox.awaits_another(order.email, confirmation)

        for mail in (confirmation, paid):
            assert back_office.reads_language_of(mail, rather=locale) == locale
            # a number of another language would be read as another amount
            for told in mailbox.reads_order(mail, order.number, mugs, "EUR", locale):
                # 4 × 11.90 = 47.60 hold 4 × 1.90 = 7.60; shipping 4.90 holds 0.78
                assert (told.number, told.shipping, told.net_total) == (order.number, eur("4.90"), eur("44.12"))
                assert sorted((line.number, line.quantity, line.total) for line in told.lines or ()) == sorted(
                    (mug.number, 1, eur("11.90")) for mug in mugs
                )
                assert [(tax.rate, tax.tax) for tax in told.taxes or ()] == [(Decimal(19), eur("8.38"))]
                assert told.total == eur("52.50")


@pytest.mark.process("ORD-011")
def test_each_change_of_state_is_told_by_mail_with_the_documents_chosen(
    order: PlacedOrder, mailbox: Mailbox, back_office: BackOffice, order_desk: OrderDesk
) -> None:
    confirmation = mailbox.awaits_mail_about(order.email, order.number)
    invoice = order_desk.issues(order, "invoice")

    back_office.moves_order(order, "process", attached=[invoice.id])
    in_progress = mailbox.awaits_another(order.email, confirmation)
    back_office.moves_delivery(order, "ship")
    shipped = mailbox.awaits_another(order.email, confirmation, in_progress)

    assert len({confirmation.subject, in_progress.subject, shipped.subject}) == 3
    assert [attached.content_type for attached in in_progress.attachments] == ["application/pdf"]
    assert in_progress.attachments[0].content == invoice.content
    assert shipped.attachments == ()
