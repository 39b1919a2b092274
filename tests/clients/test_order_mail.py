"""The figures of an order in mails as real shops delivered them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from updategate.clients.mail.mailpit import DeliveredMail
from updategate.clients.mail.order_mail import UnreadableOrderMailError, read_order_html, read_order_text
from updategate.config.process_environment import recordings_folder
from updategate.domain.money import eur
from updategate.domain.views import OrderView

MAIL = recordings_folder() / "6.6.7.1" / "mails" / "01.eml"
NUMBERS = ["BENCH-001", "BENCH-045"]


def recorded(path: Path) -> DeliveredMail:
    if not path.is_file():
        pytest.skip(f"there is no recording {path}; UPDATEGATE_RECORDINGS names the folder of recordings")
    return DeliveredMail.parse("1", path.read_bytes())


@pytest.mark.parametrize("read", [read_order_text, read_order_html])
def test_a_recorded_confirmation_with_mixed_tax_and_a_promotion(read: object) -> None:
    assert callable(read)
    view: OrderView = read(recorded(MAIL), "en-GB", "EUR", order="10000", products=NUMBERS)

    assert [(line.number, line.label, line.quantity, line.unit_price, line.total) for line in view.lines or ()] == [
        ("BENCH-001", "Alpha Phone", 2, eur("199.00"), eur("398.00")),
        ("BENCH-045", "Cedar Novel", 3, eur("24.90"), eur("74.70")),
        ("", "Bench 10 percent", 1, eur("-47.27"), eur("-47.27")),
    ]
    assert (view.number, view.shipping, view.net_total, view.total) == (
        "10000",
        eur("0.00"),
        eur("363.83"),
        eur("425.43"),
    )
    assert [(tax.rate, tax.tax) for tax in view.taxes or ()] == [
        (Decimal(7), eur("4.40")),
        (Decimal(19), eur("57.20")),
    ]


def test_a_mail_that_names_another_order_has_no_number() -> None:
    assert read_order_text(recorded(MAIL), "en-GB", "EUR", order="1000", products=NUMBERS).number is None


def test_a_mail_without_the_figures_of_an_order_is_told() -> None:
    mail = DeliveredMail("1", "shop@example.com", ("ada@example.com",), "Welcome", "Hello Ada", "<p>Hello Ada</p>", ())
    with pytest.raises(UnreadableOrderMailError, match="has 0 lines and 0 sums"):
        read_order_text(mail, "en-GB", "EUR", order="10000", products=NUMBERS)


def test_german_amounts_in_another_currency() -> None:
    text = (
        "1  KNUT-1  Tasse  2  1.234,50 CHF  2.469,00 CHF\nVersandkosten: 0,00 CHF\nGesamtkosten Netto: 2.285,33 CHF\n"
    )
    text += "inkl. 8.1% MwSt. 185,00 CHF\nGesamtkosten Brutto: 2.470,33 CHF\nBestellnummer: 7"
    mail = DeliveredMail("1", "shop@example.com", ("ada@example.com",), "Bestellung", text, "", ())
    view = read_order_text(mail, "de-DE", "CHF", order="7", products=["KNUT-1"])
    assert str(view.total) == "2470.33 CHF"
    assert [(str(tax.rate), str(tax.tax)) for tax in view.taxes or ()] == [("8.1", "185.00 CHF")]
