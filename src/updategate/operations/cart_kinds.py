"""Which carts are read from a real shop: kind by kind, drawn with a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from updategate.operations.cart_plan import Plan, shop

_EVERYTHING = ["MUG", "BOOK", "APPLE", "PEN", "LAMP", "SAFE", "PILLOW", "GIFT", "STAMP", "BREAD"]


def plan(seed: int = 1) -> Plan:
    """Make a plan; the same seed makes the same one."""
    return {"seed": seed, "shop": shop(), "carts": list(_numbered(_carts(random.Random(seed))))}  # noqa: S311 - no secret


def _numbered(carts: Iterator[Plan]) -> Iterator[Plan]:
    for number, cart in enumerate(carts):
        yield {"no": number, **cart}


def _carts(dice: random.Random) -> Iterator[Plan]:
    """Yield carts kind by kind."""
    for kind, count, choices in _kinds():
        for _ in range(count):
            choice = {name: dice.choice(values) for name, values in choices.items()}
            yield {
                "kind": kind,
                "channel": choice.get("channel", "HORIZONTAL"),
                "currency": choice.get("currency", "EUR"),
                "customer": choice.get("customer"),
                "country": choice.get("country"),
                "shipping": choice.get("shipping", "FLAT"),
                "lines": _lines(dice, choice.get("with", [])),
                "codes": choice.get("codes", []),
            }


def _lines(dice: random.Random, needed: list[str]) -> list[list[Any]]:
    others = [key for key in _EVERYTHING if key not in needed]
    chosen = [*needed, *dice.sample(others, dice.randint(1, 4))]
    quantities = [1, 1, 2, 3, 4, 5, 7, 10, 11, 25, 51]
    return [[key, 2 * dice.randint(1, 6) if key == "BREAD" else dice.choice(quantities)] for key in chosen]


def _kinds() -> list[tuple[str, int, Plan]]:
    """List the kinds of carts, how many of each, and what is drawn for them."""
    methods = ["FLAT", "BY-PRICE", "BY-WEIGHT", "BY-VOLUME", "BY-COUNT", "BY-RULE"]
    guests = [{"customer": [None], "country": [key]} for key in ("C1", "C2", "C5", "C7")]
    all_but_exotic = ["EUR", "EUR", "XUA", "XUB", "XUD"]
    sets = ["SET-PCT", "SET-FIXED", "SET-ABS", "SET-UNIT", "SET-VERTICAL", "SET-HORIZONTAL", "SET-GROSS", "SET-NET"]
    ships = [["SHIP-PCT"], ["SHIP-FREE"], ["SHIP-MAX"], ["SHIP-ABS"], ["SHIP-FIXED"], ["BOTH"]]
    ships += [["SHIP-PCT", "SHIP-ABS"], ["SHIP-FIXED", "SHIP-FIXED-2"], ["SHIP-FREE", "SHIP-PCT"], ["SHIP-PCT", "PCT"]]
    mixed = ["GROSS-C1", "NET-C7", "NET-C1", "NET-C2", "COMPANY-C3"]
    plain = [
        "PCT",
        "MAX",
        "MAX-OWN",
        "ABS",
        "ABS-OWN",
        "BOOKS",
        "BOOKS-ABS",
        "BOOKS-UNIT",
        "CHEAPEST",
        "DEAREST",
        "TWO",
    ]
    competing = [["FIRST", "FROM-100"], ["PCT", "ALONE"], ["EXCLUDES-PCT", "PCT"], ["PCT", "ABS", "FIRST"]]
    competing += [
        ["ALONE", "SHIP-FREE"],
        ["PCT", "PCT"],
        ["ALL-OFF", "ABS"],
        ["NET-ONLY", "ABS"],
        ["NO-SUCH-CODE", "PCT"],
    ]
    return [
        ("tax-free country", 5, {**guests[1], "currency": all_but_exotic, "shipping": methods, "codes": [[], ["PCT"]]}),
        ("tax-free company", 6, {"customer": ["COMPANY-C3", "WRONG-C3", "NO-VAT-C3"], "shipping": methods}),
        ("tax-free from an amount", 8, {"customer": ["COMPANY-C4", "NET-C5"], "currency": ["EUR", "XUA", "XUD"]}),
        ("tax-free from an amount, guest", 4, {**guests[2], "shipping": methods, "codes": [[], ["ABS"]]}),
        ("tax-free by currency", 5, {"customer": mixed, "currency": ["XUE"], "shipping": methods}),
        ("cash rounding", 6, {**guests[3], "currency": ["XUA", "XUB"], "shipping": methods, "codes": [[], ["PCT"]]}),
        (
            "net rounding",
            7,
            {"customer": ["NET-C7", "NET-C1"], "currency": ["XUA", "XUB"], "codes": [[], ["PCT"], ["ABS"]]},
        ),
        ("no decimals", 4, {"customer": mixed, "currency": ["XUC"], "codes": [[], ["PCT"]]}),
        ("three decimals", 4, {"customer": mixed, "currency": ["XUD"], "codes": [[], ["PCT"]]}),
        (
            "country rounding",
            5,
            {"customer": ["GROSS-C1", "NET-C2", "NET-C7"], "currency": ["XUF"], "codes": [[], ["PCT"]]},
        ),
        (
            "vertical taxes",
            7,
            {"channel": ["VERTICAL"], "customer": mixed, "currency": all_but_exotic, "codes": [[], ["PCT"]]},
        ),
        ("other countries", 7, {"customer": ["GROSS-C1", "NET-C1", "ZIP-C6", "RANGE-C6"], "shipping": methods}),
        ("shipping matrices", 10, {"customer": [*mixed, None], "shipping": methods, "currency": all_but_exotic}),
        ("fixed price", 6, {"customer": mixed, "currency": all_but_exotic, "codes": [["FIXED"]]}),
        ("fixed unit price", 5, {"customer": mixed, "currency": all_but_exotic, "codes": [["FIXED-UNIT"]]}),
        (
            "plain promotions",
            13,
            {"customer": mixed, "currency": all_but_exotic, "codes": [[key] for key in plain], "with": [["BOOK"]]},
        ),
        (
            "sets",
            14,
            {
                "customer": mixed,
                "currency": all_but_exotic,
                "codes": [[key] for key in sets],
                "with": [["MUG", "BOOK"]],
            },
        ),
        (
            "set groups",
            6,
            {"customer": mixed, "codes": [["GROUP-2"], ["GROUP-1"]], "with": [["MUG", "BOOK"], ["PEN", "BOOK"]]},
        ),
        (
            "delivery discounts",
            12,
            {"customer": mixed, "currency": all_but_exotic, "shipping": methods, "codes": ships},
        ),
        ("competing promotions", 11, {"customer": mixed, "codes": competing}),
        (
            "hundred percent",
            4,
            {"customer": mixed, "currency": all_but_exotic, "codes": [["ALL-OFF"]], "shipping": methods},
        ),
        ("tiers", 5, {"customer": ["NET-C7", "GROSS-C1"], "currency": all_but_exotic, "with": [["PEN", "LAMP"]]}),
    ]
