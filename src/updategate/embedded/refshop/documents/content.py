"""What stands on a document, before it has a form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from updategate.embedded.refshop.behaviour import Behaviour
from updategate.embedded.refshop.mail.wording import moment, money, rate

from .words import WORDS


@dataclass(frozen=True, slots=True)
class Row:
    """One line: number, label, quantity and, unless it is a delivery note, tax rates and prices as text."""

    number: str
    label: str
    quantity: str
    rates: tuple[str, ...] = ()
    unit_price: str = ""
    total: str = ""


@dataclass(frozen=True, slots=True)
class DocumentContent:
    """Everything a document says, in the order's language. ``totals`` are pairs of label and amount."""

    title: str
    words: dict[str, str]
    recipient: tuple[str, ...]
    sender: tuple[str, ...]
    reference: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    totals: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    priced: bool
    tax_state: str


def content_of(
    kind: str,
    facts: dict[str, Any],
    config: dict[str, Any],
    number: str,
    date: str,
    invoice_number: str | None,
    behaviour: Behaviour,
    *,
    signed_total: bool = True,
) -> DocumentContent:
    """Return the content of a document of this kind (invoice, delivery_note, storno, credit_note).

    Without ``signed_total`` a cancellation names its total, and only that, as the invoice did.
    """
    order, locale = facts["order"], str(facts["locale"])
    words = WORDS["de" if locale.startswith("de") else "en"]
    iso = (order.get("currency") or {}).get("isoCode") or "EUR"
    sign = behaviour.cancellation_sign() if kind == "storno" else 1
    priced = kind != "delivery_note"

    def amount(value: Any, factor: int = sign) -> str:
        return money(Decimal(str(value)) * factor, iso, locale)

    lines = sorted(order.get("lineItems") or [], key=lambda line: line.get("position") or 0)
    if kind == "credit_note":
        lines = [line for line in lines if line.get("type") == "credit"]
        # a credit is a line with a negative price; the note names what the customer gets back
        rows = [_row(line, amount, -1, priced=True) for line in lines]
        totals = _credit_totals(lines, order, words, amount)
    else:
        rows = [_row(line, amount, sign, priced=priced) for line in lines]
        told = behaviour.total_told_by("document", Decimal(str(order["amountTotal"])))
        total = amount(told, sign if signed_total else 1)
        totals = _totals(order, words, amount, total, behaviour.document_tax) if priced else ()
        if priced:
            rows.append(_shipping_row(facts, words, amount))
    customer = facts["customer"]
    delivered = moment(config.get("deliveryDate") or date, locale, time=False)
    reference = (
        (words["customer"], str(customer.get("customerNumber") or "")),
        (words["order"], str(order["orderNumber"])),
        (words["order_date"], moment(order["orderDateTime"], locale, time=False)),
        *_dated(kind, words, number, moment(date, locale, time=False)),
    )
    return DocumentContent(
        title=words[kind].format(number=number, order=order["orderNumber"], invoice=invoice_number or ""),
        words=words,
        recipient=tuple(facts["shippingAddress" if kind == "delivery_note" else "billingAddress"]),
        sender=behaviour.document_sender(kind, _sender(config)),
        reference=(*reference, (words["delivery_date"].format(date=delivered), "")) if not priced else reference,
        rows=tuple(rows),
        totals=totals,
        notes=_notes(facts, words, config),
        priced=priced,
        tax_state=words["net" if order["taxStatus"] == "net" else "gross"],
    )


def _dated(kind: str, words: dict[str, str], number: str, day: str) -> list[tuple[str, str]]:
    if kind == "storno":
        return [(words["storno_number"], number), (words["storno_date"], day)]
    return [(words["date"], day)]


def _row(line: dict[str, Any], amount: Any, sign: int, *, priced: bool) -> Row:
    number = str((line.get("payload") or {}).get("productNumber") or "")
    if not priced:
        return Row(number, str(line["label"]), str(line["quantity"]))
    taxes = (line.get("price") or {}).get("calculatedTaxes") or []
    rates = tuple(rate(tax["taxRate"]) for tax in sorted(taxes, key=lambda tax: -float(tax["taxRate"])))
    return Row(
        number,
        str(line["label"]),
        str(line["quantity"]),
        rates,
        amount(line["unitPrice"], sign),
        amount(line["totalPrice"], sign),
    )


def _shipping_row(facts: dict[str, Any], words: dict[str, str], amount: Any) -> Row:
    order = facts["order"]
    rates = tuple(facts["shippingTaxes"])
    label = words["shipping"].format(method=facts["shippingMethod"])
    return Row("", label, "1", rates, amount(order["shippingTotal"]), amount(order["shippingTotal"]))


def _totals(
    order: dict[str, Any], words: dict[str, str], amount: Any, total: str, shown_tax: Callable[[Decimal], Decimal]
) -> tuple[tuple[str, str], ...]:
    taxes = sorted(order["price"]["calculatedTaxes"], key=lambda tax: float(tax["taxRate"]))
    return (
        (words["net_total"], amount(order["amountNet"])),
        *(
            (words["plus"].format(rate=rate(tax["taxRate"])), amount(shown_tax(Decimal(str(tax["tax"])))))
            for tax in taxes
        ),
        (words["total"], total),
    )


def _credit_totals(
    lines: list[dict[str, Any]], order: dict[str, Any], words: dict[str, str], amount: Any
) -> tuple[tuple[str, str], ...]:
    by_rate: dict[Decimal, Decimal] = {}
    total = Decimal(0)
    for line in lines:
        total += Decimal(str(line["totalPrice"]))
        for tax in (line.get("price") or {}).get("calculatedTaxes") or []:
            key = Decimal(str(tax["taxRate"]))
            by_rate[key] = by_rate.get(key, Decimal(0)) + Decimal(str(tax["tax"]))
    taxes = sum(by_rate.values(), Decimal(0))
    net = total if order["taxStatus"] == "net" else total - taxes
    gross = total + taxes if order["taxStatus"] == "net" else total
    return (
        (words["net_total"], amount(net, -1)),
        *((words["plus"].format(rate=rate(key)), amount(tax, -1)) for key, tax in sorted(by_rate.items())),
        (words["total"], amount(gross, -1)),
    )


def _sender(config: dict[str, Any]) -> tuple[str, ...]:
    keys = ("companyName", "companyAddress", "companyEmail", "vatId", "taxNumber", "bankName", "bankIban", "bankBic")
    return tuple(str(config[key]) for key in keys if config.get(key))


def _notes(facts: dict[str, Any], words: dict[str, str], config: dict[str, Any]) -> tuple[str, ...]:
    payment = facts["paymentMethod"].get("name") or ""
    notes = [
        words["payment_method"].format(name=payment),
        words["shipping_method"].format(name=facts["shippingMethod"]),
        words["retention"],
        words["service_date"],
    ]
    if config.get("documentComment"):
        notes.append(str(config["documentComment"]))
    return tuple(notes)
