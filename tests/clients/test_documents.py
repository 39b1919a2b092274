"""Documents are read from the bytes of the PDF: those of a real shop, and ones made here in German."""

from __future__ import annotations

from decimal import Decimal

import pytest
from fpdf import FPDF

from updategate.clients.documents import DocumentView, UnreadableDocumentError, read_document
from updategate.config.process_environment import recordings_folder
from updategate.domain.money import Money, eur


def recorded(name: str) -> DocumentView:
    path = recordings_folder() / "6.6.7.1" / "documents" / f"{name}.pdf"
    if not path.is_file():
        pytest.skip(f"no recording {path}")
    return read_document(path.read_bytes(), "en-GB", "EUR")


def lines(document: DocumentView) -> list[tuple[str, int, Money | None, Money]]:
    return [(line.label, line.quantity, line.unit_price, line.total) for line in document.lines]


@pytest.mark.recordings
def test_a_recorded_invoice_with_mixed_tax_and_a_promotion() -> None:
    invoice = recorded("b2c-mixed-tax-promotion-invoice")
    assert (invoice.title, invoice.number) == ("Invoice", "1000")
    assert invoice.figures is not None
    assert (invoice.figures.total, invoice.figures.net_total) == (eur("425.43"), eur("363.83"))
    assert [(tax.rate, tax.tax) for tax in invoice.figures.taxes or ()] == [
        (Decimal(7), eur("4.40")),
        (Decimal(19), eur("57.20")),
    ]
    assert lines(invoice) == [
        ("BENCH-001 Alpha Phone", 2, eur("199.00"), eur("398.00")),
        ("BENCH-045 Cedar Novel", 3, eur("24.90"), eur("74.70")),
        ("Bench 10 percent", 1, eur("-47.27"), eur("-47.27")),
        ("Shipping costs - Standard", 1, eur("0.00"), eur("0.00")),
    ]


@pytest.mark.recordings
def test_a_recorded_net_invoice() -> None:
    invoice = recorded("b2b-net-tier-invoice")
    assert invoice.figures is not None
    assert (invoice.figures.total, invoice.figures.net_total) == (eur("106.57"), eur("92.14"))
    assert lines(invoice)[0] == ("BENCH-TIER Tier price screw box", 12, eur("5.04"), eur("60.48"))


@pytest.mark.recordings
def test_a_recorded_delivery_note_has_no_figures() -> None:
    note = recorded("b2c-mixed-tax-promotion-delivery_note")
    assert (note.title, note.number, note.figures, note.lines) == ("Delivery note", "1000", None, ())
    assert "Order no. 10000" in note.text


def pdf(*rows: str) -> bytes:
    page = FPDF()
    page.add_page()
    page.set_font("Helvetica", size=10)
    for row in rows:
        page.cell(text=row, new_x="LMARGIN", new_y="NEXT")
    return bytes(page.output())


def test_a_german_invoice_in_francs() -> None:
    content = pdf(
        "Rechnung R-1007",
        "Prod.-Nr. Produkt / Leistung Anzahl MwSt. Stückpreis Gesamt",
        "UG-1 Becher 2 8,1 % CHF 1.199,95 CHF 2.399,90",
        "Datum: 24. November 2026",
        "Gesamtkosten Netto: CHF 2.220,07",
        "zzgl. 8,1% MwSt.: CHF 179,83",
        "Gesamtkosten Brutto: CHF 2.399,90",
    )
    invoice = read_document(content, "de-DE", "CHF")
    assert (invoice.title, invoice.number) == ("Rechnung", "R-1007")
    assert invoice.figures is not None
    assert invoice.figures.total == Money.of("2399.90", "CHF")
    assert invoice.figures.net_total == Money.of("2220.07", "CHF")
    assert [(tax.rate, tax.tax) for tax in invoice.figures.taxes or ()] == [(Decimal("8.1"), Money.of("179.83", "CHF"))]
    assert lines(invoice) == [("UG-1 Becher", 2, Money.of("1199.95", "CHF"), Money.of("2399.90", "CHF"))]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>Not found</html>", r"is no readable PDF .*; it begins with b'<html>Not fo'"),
        (b"", "is no readable PDF"),
        (pdf("nothing to see"), "has no headline with a number"),
    ],
    ids=["a web page", "nothing", "another PDF"],
)
def test_what_is_no_document_is_told(content: bytes, message: str) -> None:
    with pytest.raises(UnreadableDocumentError, match=message):
        read_document(content, "en-GB", "EUR")
