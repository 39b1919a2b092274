"""Articles of the ERP become products of the shop."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from updategate.embedded.connector.behaviour import Batch, Refused
from updategate.embedded.connector.exchange import SYSTEM_CURRENCY, Exchange
from updategate.embedded.connector.problems import Problem, ShopRefusedError

# the shop names the row of a batch as /0/37/name or /37/name
_POINTER = re.compile(r"^/(?:\w+-)*?(?:0/|write_data/|upsert-product/)?(\d+)(?:/|$)")


def run(exchange: Exchange) -> list[Problem]:
    """Send all articles that are sold."""
    articles = exchange.erp.articles()
    numbers = [entry["number"] for entry in articles]
    known = exchange.product_ids(numbers)
    rows = [_row(exchange, entry, known.get(entry["number"])) for entry in articles]
    problems: list[Problem] = []
    for batch in exchange.behaviour.batches(numbers, rows):
        problems += _write(exchange, batch)
    return problems


def _write(exchange: Exchange, batch: Batch) -> list[Problem]:
    told: dict[str, tuple[str, str]] = {}
    rest: Batch | None = batch
    while rest is not None and rest.rows:
        headers = {"indexing-behavior": "use-queue-indexing"} if len(rest.rows) > 50 else {}
        operation = {"key": "upsert-product", "entity": "product", "action": "upsert", "payload": rest.rows}
        try:
            exchange.shop.sync([operation], headers=headers)
        except ShopRefusedError as refusal:
            rest, more = exchange.behaviour.after_refusal(Refused(rest, named_rows(refusal)))
            told.update(more)
        else:
            rest = None
    return [Problem("articles", number, code, message) for number, (code, message) in told.items()]


def named_rows(refusal: ShopRefusedError) -> dict[int, tuple[str, str]]:
    """Which rows the shop named, with its code and words; -1 where it named none."""
    told: dict[int, tuple[str, str]] = {}
    for error in refusal.errors:
        source = error.get("source")
        pointer = str(source.get("pointer") or "") if isinstance(source, dict) else ""
        found = _POINTER.match(pointer)
        position = int(found[1]) if found else -1
        told.setdefault(position, (str(error.get("code") or ""), f"{error.get('detail')} ({pointer})"))
    return told or {-1: (refusal.code, refusal.detail)}


def _row(exchange: Exchange, entry: dict[str, Any], known: str | None) -> dict[str, Any]:
    behaviour = exchange.behaviour
    product_id = behaviour.product_id(entry["number"], known)
    net = Decimal(entry["net"])
    price = {
        "currencyId": SYSTEM_CURRENCY,
        "net": float(net),
        "gross": float(behaviour.gross(net, entry["rate"])),
        "linked": False,
    }
    row: dict[str, Any] = {
        "id": product_id,
        "productNumber": entry["number"],
        "name": entry["name"],
        "active": True,
        "taxId": exchange.tax_id(entry["rate"]),
        "price": [price],
        "visibilities": behaviour.visibilities(product_id, exchange.channel_id()),
    }
    if entry["attributes"]:
        row["customFields"] = behaviour.custom_fields(entry["attributes"])
    if known is None:
        row["stock"] = 0
        row["isCloseout"] = True
    return row
