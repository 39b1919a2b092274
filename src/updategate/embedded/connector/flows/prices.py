"""Price lists of the ERP become rules and tier prices of the shop."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from updategate.embedded.connector.behaviour import id_of
from updategate.embedded.connector.exchange import SYSTEM_CURRENCY, Exchange
from updategate.embedded.connector.problems import Problem, ShopRefusedError
from updategate.embedded.connector.shop import any_of, equals


def run(exchange: Exchange) -> list[Problem]:
    """Send the tier prices of all price lists."""
    erp = exchange.erp
    lists = erp.search("product.price_list", [], ["name", "lines"])
    articles = {entry["id"]: entry for entry in erp.articles()}
    known = exchange.product_ids([entry["number"] for entry in articles.values()])
    problems: list[Problem] = []
    for price_list in lists:
        lines = erp.search(
            "product.price_list.line",
            [["price_list", "=", price_list["id"]], ["product", "!=", None]],
            ["product", "quantity", "formula"],
        )
        by_article: dict[int, list[dict[str, Any]]] = {}
        for line in lines:
            by_article.setdefault(line["product"], []).append(line)
        for article_id, own in by_article.items():
            article = articles.get(article_id)
            if article is None or article["number"] not in known:
                continue
            try:
                _write(exchange, str(price_list["name"]), article, known[article["number"]], own)
            except ShopRefusedError as refused:
                problems.append(Problem("prices", article["number"], refused.code, refused.detail))
    return problems


def _write(
    exchange: Exchange, name: str, article: dict[str, Any], product_id: str, lines: list[dict[str, Any]]
) -> None:
    rule_id = _rule(exchange, name)
    tiers = sorted((int(line["quantity"] or 1), _net(line)) for line in lines)
    rows = []
    for position, (begin, net) in enumerate(tiers):
        end = tiers[position + 1][0] - 1 if position + 1 < len(tiers) else None
        gross = exchange.behaviour.gross(net, article["rate"])
        price = {"currencyId": SYSTEM_CURRENCY, "net": float(net), "gross": float(gross), "linked": False}
        rows.append(
            {
                "id": exchange.behaviour.price_id(name, article["number"], begin),
                "productId": product_id,
                "ruleId": rule_id,
                "quantityStart": begin,
                "quantityEnd": end,
                "price": [price],
            }
        )
    kept = {str(row["id"]) for row in rows}
    filters = [equals("productId", product_id), equals("ruleId", rule_id)]
    old = [str(row["id"]) for row in exchange.shop.everything("product_price", {"filter": filters})]
    # only what this connector wrote before and no longer writes is taken away
    gone = [entry for entry in old if entry not in kept and entry in exchange.memory.get("tiers", product_id, [])]
    operations = [{"key": "write", "entity": "product_price", "action": "upsert", "payload": rows}]
    stale = gone if exchange.behaviour.price_id("a", "b", 1) == exchange.behaviour.price_id("a", "b", 1) else []
    if stale:
        payload = [{"id": entry} for entry in stale]
        operations.append({"key": "drop", "entity": "product_price", "action": "delete", "payload": payload})
    exchange.shop.sync(operations)
    exchange.memory.put("tiers", product_id, sorted(kept))


def _rule(exchange: Exchange, name: str) -> str:
    """The rule that a price list stands behind; it holds for everybody."""
    rule_id = id_of("rule", name)
    if not exchange.shop.search("rule", {"filter": [any_of("id", [rule_id])], "limit": 1}):
        condition = {"id": id_of("condition", name), "type": "alwaysValid", "ruleId": rule_id, "position": 0}
        rule = {"id": rule_id, "name": name, "priority": 1, "conditions": [condition]}
        exchange.shop.sync([{"key": "rule", "entity": "rule", "action": "upsert", "payload": [rule]}])
    return rule_id


def _net(line: dict[str, Any]) -> Decimal:
    try:
        return Decimal(str(line["formula"]))
    except InvalidOperation:
        raise ShopRefusedError("a price", 0, [{"code": "FORMULA", "detail": f"no figure: {line['formula']}"}]) from None
