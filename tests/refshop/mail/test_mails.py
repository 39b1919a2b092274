"""Mails by flows, and documents."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from updategate.embedded.refshop.dal.ids import SettableClock
from updategate.embedded.refshop.dal.state_machine import initial_state, transition
from updategate.embedded.refshop.dal.store import EntityStore
from updategate.embedded.refshop.documents import DocumentError, create_document, document_file
from updategate.embedded.refshop.mail import listen
from updategate.embedded.refshop.mail.compose import rendered
from updategate.embedded.refshop.mail.wording import moment, money, rate
from updategate.embedded.refshop.mutants import mutated
from updategate.embedded.refshop.seed import opened_data
from updategate.embedded.refshop.seed.notation import LANGUAGES, id_of
from updategate.embedded.refshop.shop import Settings, Shop
from updategate.embedded.refshop.versions import VERSIONS


class Letterbox:
    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    def send(self, message: EmailMessage) -> None:
        self.mails.append(message)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    file = tmp_path / "shop.sqlite"
    opened_data(file, VERSIONS["6.6.7.1"], seed="default")
    clock = SettableClock(datetime(2026, 11, 24, 22, 9, tzinfo=UTC))
    result = Shop(
        EntityStore(file, clock),
        clock=clock,
        mailer=Letterbox(),
        settings=Settings(data_dir=tmp_path),
        base_url="http://shop",
    )
    listen(result)
    return result


def _price(total: float, *taxes: tuple[float, float, float]) -> dict[str, Any]:
    return {
        "unitPrice": total,
        "quantity": 1,
        "totalPrice": total,
        "calculatedTaxes": [{"tax": tax, "taxRate": rate_, "price": price} for tax, rate_, price in taxes],
        "taxRules": [{"taxRate": rate_, "percentage": 100} for _, rate_, _ in taxes],
    }


def _order(shop: Shop, language: str = "en", tax_status: str = "gross") -> str:
    """An order of two lines at 19 and 7 per cent with 5.90 of shipping: 49.80 + 9.90 + 5.90 = 65.60."""
    store = shop.store
    taxes = [(7.95, 19, 49.8), (0.65, 7, 9.9)]
    shipping = [(0.94, 19, 5.9)]
    total = _price(65.6, (8.89, 19, 55.7), (0.65, 7, 9.9))
    address = id_of("customer_address", "consumer")
    store.upsert(
        "order",
        {
            "id": "order",
            "orderNumber": "10000",
            "currencyId": id_of("currency", "EUR"),
            "languageId": LANGUAGES[language],
            "salesChannelId": id_of("sales_channel", "storefront"),
            "orderDateTime": "2026-11-24T22:09:00.000+00:00",
            "stateId": initial_state(store, "order.state")["id"],
            "billingAddressId": "address",
            "deepLinkCode": "deep",
            "taxStatus": tax_status,
            "price": {**total, "netPrice": 56.06, "taxStatus": tax_status},
            "amountTotal": 65.6,
            "amountNet": 56.06,
            "shippingTotal": 5.9,
            "shippingCosts": _price(5.9, *shipping),
        },
    )
    person = {"firstName": "Karl", "lastName": "Kunde", "salutationId": id_of("salutation", "mr")}
    store.upsert(
        "order_customer",
        {"id": "person", "orderId": "order", "email": "karl@example.com", "customerNumber": "C-1001", **person},
    )
    source = store.get("customer_address", address) or {}
    store.upsert("order_address", {**source, "id": "address", "orderId": "order"})
    for position, (label, quantity, unit, line_total, tax) in enumerate(
        [("Hammer", 2, 24.9, 49.8, taxes[0]), ("Book", 1, 9.9, 9.9, taxes[1])], start=1
    ):
        price = {**_price(line_total, tax), "unitPrice": unit, "quantity": quantity}
        store.upsert(
            "order_line_item",
            {
                "id": f"line{position}",
                "orderId": "order",
                "label": label,
                "quantity": quantity,
                "position": position,
                "type": "product",
                "unitPrice": unit,
                "totalPrice": line_total,
                "price": price,
                "payload": {"productNumber": f"WS-{position}"},
            },
        )
    for entity, machine, more in (
        ("order_delivery", "order_delivery.state", {"shippingMethodId": id_of("shipping_method", "standard")}),
        ("order_transaction", "order_transaction.state", {"paymentMethodId": id_of("payment_method", "prepayment")}),
    ):
        state = initial_state(store, machine)["id"]
        store.upsert(entity, {"id": entity, "orderId": "order", "stateId": state, **more})
    return "order"


def _mails(shop: Shop) -> list[EmailMessage]:
    assert isinstance(shop.mailer, Letterbox)
    return shop.mailer.mails


def _plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_an_order_is_confirmed_to_the_cent(shop: Shop) -> None:
    shop.events.emit("checkout.order.placed", order_id=_order(shop))
    (mail,) = _mails(shop)
    text = _plain(mail)
    assert mail["Subject"] == "Order confirmation"
    assert mail["To"] == "Karl Kunde <karl@example.com>"
    for line in (
        "Dear Mr. Karl Kunde,",
        "Order number: 10000",
        "Shipping costs: €5.90",
        "Net total: €56.06",
        "including 19% VAT. €8.89",
        "including 7% VAT. €0.65",
        "Total gross: €65.60",
        "Selected shipping type: Standard",
        "http://shop/account/order/deep",
    ):
        assert line in text, line
    html = mail.get_body(("html",))
    assert html is not None
    assert "<strong>Total gross: €65.60</strong>" in html.get_content()


def test_a_german_order_is_confirmed_in_german(shop: Shop) -> None:
    shop.events.emit("checkout.order.placed", order_id=_order(shop, "de"))
    text = _plain(_mails(shop)[0])
    for line in (
        "Sehr geehrter Herr Karl Kunde,",
        "vom 24.11.2026, 22:09",
        "Gesamtkosten Brutto: 65,60 €",
        "Deutschland",
    ):
        assert line in text, line


def test_net_customers_read_what_comes_on_top(shop: Shop) -> None:
    shop.events.emit("checkout.order.placed", order_id=_order(shop, tax_status="net"))
    assert "plus 19% VAT. €8.89" in _plain(_mails(shop)[0])


def test_a_new_state_is_told_once_it_is_kept(shop: Shop) -> None:
    order = _order(shop)

    def fail() -> None:
        with shop.store.transaction():
            transition(shop.store, shop.version, "order", order, "process", emit=shop.events.emit)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert _mails(shop) == []
    transition(shop.store, shop.version, "order", order, "process", emit=shop.events.emit)
    (mail,) = _mails(shop)
    assert mail["Subject"] == "Your order with Werkstatt & Lager is in process"
    assert "The new status is as follows: In Progress." in _plain(mail)


def test_chosen_documents_go_with_the_mail_about_a_state(shop: Shop) -> None:
    order = _order(shop)
    made = create_document(shop, "invoice", order, {})
    transition(
        shop.store,
        shop.version,
        "order",
        order,
        "process",
        emit=shop.events.emit,
        told={"send_mail": True, "document_ids": [made.id]},
    )
    (mail,) = _mails(shop)
    (attachment,) = mail.iter_attachments()
    assert attachment.get_filename() == "invoice_1000.pdf"
    assert attachment.get_content().startswith(b"%PDF")
    assert (shop.store.get("document", made.id) or {})["sent"] is True


def test_no_mail_is_sent_where_none_is_wanted(shop: Shop) -> None:
    order = _order(shop)
    transition(shop.store, shop.version, "order", order, "process", emit=shop.events.emit, told={"send_mail": False})
    assert _mails(shop) == []


def test_a_flow_that_is_switched_off_sends_nothing(shop: Shop) -> None:
    shop.store.upsert("flow", {"id": id_of("flow", "order_confirmation_mail"), "active": False})
    shop.events.emit("checkout.order.placed", order_id=_order(shop))
    assert _mails(shop) == []


def test_a_broken_template_is_logged_and_stops_nothing(shop: Shop) -> None:
    template = id_of("mail_template", "order_confirmation_mail")
    texts = (shop.store.get("mail_template", template) or {})["translations"]
    broken = {language: {**text, "contentPlain": "{{ order. }}"} for language, text in texts.items()}
    shop.store.upsert("mail_template", {"id": template, "translations": broken})
    shop.events.emit("checkout.order.placed", order_id=_order(shop))
    assert _mails(shop) == []
    assert shop.store.where("log_entry", message="mail.message.error")


def test_templates_cannot_reach_into_the_shop() -> None:
    with pytest.raises(Exception, match="Failed rendering"):
        rendered("{{ order.__class__.__mro__ }}", {"order": {}})


def test_a_mutant_confirms_twice(shop: Shop) -> None:
    shop.behaviour = mutated(["confirmation-twice"])
    shop.events.emit("checkout.order.placed", order_id=_order(shop))
    assert len(_mails(shop)) == 2


def test_a_mutant_is_silent_about_states(shop: Shop) -> None:
    shop.behaviour = mutated(["state-mail-missing"])
    order = _order(shop)
    shop.events.emit("checkout.order.placed", order_id=order)
    transition(shop.store, shop.version, "order", order, "process", emit=shop.events.emit)
    assert [mail["Subject"] for mail in _mails(shop)] == ["Order confirmation"]


def test_a_mutant_prints_one_cent_too_much_tax(shop: Shop) -> None:
    shop.behaviour = mutated(["invoice-tax-one-cent"])
    _order(shop)
    text = _text(shop, "invoice")
    assert "plus 19% VAT: €8.90" in text
    assert "Total: €65.60" in text


def _text(shop: Shop, kind: str, **config: Any) -> str:
    made = create_document(shop, kind, "order", config)
    _, data = document_file(shop, made.id, made.deep_link)
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def test_an_invoice_shows_lines_taxes_and_totals(shop: Shop) -> None:
    _order(shop)
    text = _text(shop, "invoice")
    for part in (
        "Invoice 1000",
        "WS-1",
        "€24.90",
        "€49.80",
        "Shipping costs - Standard",
        "plus 7% VAT:",
        "plus 19% VAT:",
        "€8.89",
        "€65.60",
        "Customer no.",
        "C-1001",
        "Werkstatt & Lager GmbH",
        "Incl. VAT",
        "24 Nov 2026",
    ):
        assert part in text, part


def test_long_numbers_and_names_are_shown_whole(shop: Shop) -> None:
    _order(shop)
    name = "A hammer with a name that is much longer than its column is wide, and then some more of it"
    number = "UG-ORD-006-MUG-1-D01377-20261124"
    shop.store.upsert("order_line_item", {"id": "line1", "label": name, "payload": {"productNumber": number}})
    text = " ".join(_text(shop, "invoice").split())
    assert f"{number} {name} 2 19 % €24.90 €49.80" in text


def test_an_invoice_of_many_lines_has_several_pages(shop: Shop) -> None:
    _order(shop)
    line = shop.store.get("order_line_item", "line1") or {}
    for position in range(3, 80):
        shop.store.upsert("order_line_item", {**line, "id": f"line{position}", "position": position})
    made = create_document(shop, "invoice", "order", {})
    _, data = document_file(shop, made.id, made.deep_link)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]
    assert len(pages) >= 3
    assert sum(text.count("Hammer") for text in pages) == 78
    assert "C-1001" in pages[0]
    assert "Total: €65.60" in pages[-1]


def test_a_delivery_note_has_no_prices(shop: Shop) -> None:
    _order(shop)
    text = _text(shop, "delivery_note")
    assert "Delivery note 1000 for Order 10000" in text
    assert "Hammer" in text
    assert "€" not in text


def test_a_cancellation_takes_everything_back_and_names_its_invoice(shop: Shop) -> None:
    _order(shop)
    with pytest.raises(DocumentError, match="no invoice document exists"):
        create_document(shop, "storno", "order", {})
    create_document(shop, "invoice", "order", {})
    # what is added later was not on the invoice
    shop.store.upsert(
        "order_line_item",
        {"id": "later", "orderId": "order", "label": "Later", "quantity": 1, "unitPrice": 1, "totalPrice": 1},
    )
    text = _text(shop, "storno")
    assert "Cancellation 1000 for Invoice 1000" in text
    assert "-€65.60" in text
    assert "Later" not in text


def test_documents_are_numbered_one_after_the_other_and_found_by_their_link_only(shop: Shop) -> None:
    _order(shop)
    create_document(shop, "invoice", "order", {})
    assert "Invoice 1001" in _text(shop, "invoice")
    made = create_document(shop, "invoice", "order", {})
    with pytest.raises(DocumentError):
        document_file(shop, made.id, "guess")


@pytest.mark.parametrize(
    ("value", "iso", "english", "german"),
    [
        (1234.5, "EUR", "€1,234.50", "1.234,50 €"),
        (-47.27, "EUR", "-€47.27", "-47,27 €"),
        (12.35, "CHF", "CHF 12.35", "12,35 CHF"),
        (0, "GBP", "£0.00", "0,00 £"),
        ("-0", "EUR", "-€0.00", "-0,00 €"),
    ],
)
def test_amounts_are_written_as_people_read_them(value: float | str, iso: str, english: str, german: str) -> None:
    assert (money(value, iso, "en-GB"), money(value, iso, "de-DE")) == (english, german)


def test_dates_and_rates_are_written_as_people_read_them() -> None:
    assert moment("2026-09-04T07:05:00.000+00:00", "en-GB") == "4 Sept 2026, 07:05"
    assert moment("2026-09-04T07:05:00.000+00:00", "de-DE", time=False) == "04.09.2026"
    assert (rate(19), rate(5.5), rate(0)) == ("19", "5.5", "0")
