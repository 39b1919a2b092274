"""The mutants of mails and documents, one by one."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.refshop.mutants.world import Case, World, show
from updategate.embedded.refshop.mutants.papers import PAPERS
from updategate.embedded.refshop.seed.notation import LANGUAGES


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    return " ".join(match.group(1).split()) if match else ""


def _ordered(world: World, language: str = "en", *numbers: str) -> dict[str, Any]:
    person = world.visitor("karl@example.com")
    person.language = LANGUAGES[language]
    for number in numbers[1:]:
        person.add(number)
    return person.order(*numbers[:1])


def _letters(world: World) -> dict[str, Any]:
    """The mails of an English and a German order, and of their payments."""
    found: dict[str, Any] = {}
    for language, total in (("en", "Total gross: (.+)"), ("de", "Gesamtkosten Brutto: (.+)")):
        world.mails.clear()
        order = _ordered(world, language, "WS-1001", "WS-1002", "WS-1003", "WS-1005", "WS-1006")
        placed = world.letters()
        text = placed[0] if placed else ""
        world.mails.clear()
        world.move("order_transaction", order["transactions"][0]["id"], "paid")
        told = world.letters()
        found |= {
            f"{language} confirmations": len(placed),
            f"{language} total": _found(total, text),
            f"{language} lines": len(re.findall("WS-100", text)),
            f"{language} of the payment": told[0].partition("\n")[0] if told else "",
        }
    return found


def _papers(world: World) -> dict[str, Any]:
    """The documents of an order of one hammer: 24.90 and 5.90 of shipping, 4.92 of tax."""
    order = _ordered(world, "en", "WS-1001")["id"]
    note = world.paper("delivery_note", order)
    made = len(world.shop.store.where("document", orderId=order))
    invoice, cancellation = world.paper("invoice", order), world.paper("storno", order)
    return {
        "made with a delivery note": made,
        "sender of the note": "Werkstatt & Lager GmbH" in note,
        "sender of the invoice": "Werkstatt & Lager GmbH" in invoice,
        "tax": _found(r"plus 19% VAT: (\S+)", invoice),
        "total": _found(r"Total: (\S+)", invoice),
        "cancelled tax": _found(r"plus 19% VAT: (\S+)", cancellation),
    }


_LETTERS = {
    "en confirmations": 1,
    "en total": "€99.55",
    "en lines": 5,
    "en of the payment": "Your order with Werkstatt & Lager is completly paid",
    "de confirmations": 1,
    "de total": "99,55 €",
    "de lines": 5,
    "de of the payment": "Deine Bestellung bei Werkstatt & Lager wurde komplett bezahlt",
}
_PAPERS = {
    "made with a delivery note": 1,
    "sender of the note": True,
    "sender of the invoice": True,
    "tax": "€4.92",
    "total": "€30.80",
    "cancelled tax": "-€4.92",
}

CASES = {
    "confirmation-twice": Case(_letters, _LETTERS, {"en confirmations": 2, "de confirmations": 2}),
    "state-mail-missing": Case(_letters, _LETTERS, {"en of the payment": "", "de of the payment": ""}),
    "no-mail-after-plugin-update": Case(
        _letters,
        _LETTERS,
        {
            "en confirmations": 0,
            "en total": "",
            "en lines": 0,
            "de confirmations": 0,
            "de total": "",
            "de lines": 0,
        },
    ),
    "german-mail-shows-net": Case(_letters, _LETTERS, {"de total": "83,64 €"}),
    "state-mail-in-english": Case(_letters, _LETTERS, {"de of the payment": _LETTERS["en of the payment"]}),
    "mail-shows-three-lines": Case(_letters, _LETTERS, {"en lines": 3, "de lines": 3}),
    "invoice-tax-one-cent": Case(_papers, _PAPERS, {"tax": "€4.93", "cancelled tax": "-€4.93"}),
    "invoice-without-sender": Case(_papers, _PAPERS, {"sender of the invoice": False}),
    "cancellation-charges-again": Case(_papers, _PAPERS, {"cancelled tax": "€4.92"}),
    "delivery-note-makes-invoice": Case(_papers, _PAPERS, {"made with a delivery note": 2}),
}


@pytest.mark.parametrize("name", CASES)
def test_the_mutant_is_wrong_where_it_says_and_nowhere_else(name: str) -> None:
    show(name, CASES[name])


def test_every_mutant_of_the_group_is_looked_at() -> None:
    assert set(CASES) == set(PAPERS.mutants)
