"""What can still be sold, from the ERP to the shop."""

from __future__ import annotations

from updategate.embedded.connector.exchange import Exchange
from updategate.embedded.connector.problems import Problem

from . import orders


def run(exchange: Exchange) -> list[Problem]:
    """Take new orders first, then send what can still be sold."""
    # orders that the ERP does not know yet would be sold twice
    problems = orders.run(exchange)
    articles = exchange.erp.articles()
    known = exchange.product_ids([entry["number"] for entry in articles])
    listed = [entry for entry in articles if entry["number"] in known]
    levels = exchange.erp.stock([entry["id"] for entry in listed]) if listed else {}
    shop_reserves = exchange.shop.version() < (6, 6)
    rows = []
    for entry in listed:
        pieces = exchange.behaviour.stock(entry["number"], *levels[entry["id"]], shop_reserves=shop_reserves)
        if exchange.behaviour.sends_stock(pieces):
            rows.append({"id": known[entry["number"]], "stock": pieces})
    for begin in range(0, len(rows), 100):
        operation = {"key": "stock", "entity": "product", "action": "upsert", "payload": rows[begin : begin + 100]}
        exchange.shop.sync([operation])
    return problems
