"""Orders of the shop become sales of the ERP: each once, however often it is seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from updategate.embedded.connector.exchange import Exchange
from updategate.embedded.connector.problems import ErpFaultError, Problem, ShopRefusedError, ShopSilentError
from updategate.embedded.connector.shop import any_of, equals

from .customers import create_party, of_shop

# orders can become visible a little later than others that were placed after them
OVERLAP = dt.timedelta(seconds=60)
TRIES = 3
_ASSOCIATIONS: dict[str, Any] = {
    "lineItems": {},
    "orderCustomer": {},
    "stateMachineState": {},
    "deliveries": {"associations": {"shippingOrderAddress": {"associations": {"country": {}}}}},
}


def run(exchange: Exchange) -> list[Problem]:
    """Take the orders that are new or changed since the last run."""
    since = dt.datetime.fromisoformat(exchange.memory.get("since", "orders"))
    newest = since
    problems: list[Problem] = []
    for order in _fetched(exchange, since):
        moment = max(_moment(order[name]) for name in ("createdAt", "updatedAt") if order.get(name))
        newest = max(newest, moment)
        stamp = str(order.get("updatedAt") or order["createdAt"])
        if exchange.memory.get("taken", order["id"]) == stamp:
            continue
        problem = _take_until_done(exchange, order)
        if problem is None:
            exchange.memory.put("taken", order["id"], stamp)
        else:
            problems.append(problem)
    exchange.memory.put("since", "orders", newest.isoformat())
    return problems


# -- reading the shop


def _fetched(exchange: Exchange, since: dt.datetime) -> Iterator[dict[str, Any]]:
    if exchange.behaviour.pages_by_number:
        yield from _open_by_page(exchange, since)
        return
    for field in ("createdAt", "updatedAt"):
        yield from _since(exchange, field, exchange.behaviour.since(since - OVERLAP))


def _since(exchange: Exchange, field: str, begin: str) -> Iterator[dict[str, Any]]:
    """Everything from a moment on; each page begins where the last one ended, whatever changed meanwhile."""
    seen: list[str] = []
    while True:
        filters: list[dict[str, Any]] = [{"type": "range", "field": field, "parameters": {"gte": begin}}]
        if seen:
            filters.append({"type": "not", "operator": "and", "queries": [any_of("id", seen)]})
        criteria = {
            "filter": filters,
            "sort": [{"field": field, "order": "ASC"}, {"field": "id", "order": "ASC"}],
            "limit": exchange.page_size,
            "associations": _ASSOCIATIONS,
        }
        rows = exchange.shop.search("order", criteria)
        yield from rows
        if len(rows) < exchange.page_size:
            return
        last = str(rows[-1][field])
        same = [str(row["id"]) for row in rows if str(row[field]) == last]
        seen = [*seen, *same] if last == begin else same
        begin = last


def _open_by_page(exchange: Exchange, since: dt.datetime) -> Iterator[dict[str, Any]]:
    page = 1
    while True:
        criteria = {
            "filter": [
                {"type": "range", "field": "createdAt", "parameters": {"gt": exchange.behaviour.since(since)}},
                equals("stateMachineState.technicalName", "open"),
            ],
            "sort": [{"field": "createdAt", "order": "ASC"}],
            "limit": exchange.page_size,
            "page": page,
            "associations": _ASSOCIATIONS,
        }
        rows = exchange.shop.search("order", criteria)
        yield from rows
        if len(rows) < exchange.page_size:
            return
        page += 1


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(str(text))


# -- writing the ERP


def _take_until_done(exchange: Exchange, order: dict[str, Any]) -> Problem | None:
    told = ""
    for _ in range(TRIES):
        try:
            _take(exchange, order)
        except ShopSilentError as silent:
            told = str(silent)
        except (ShopRefusedError, ErpFaultError) as refused:
            return Problem("orders", str(order["orderNumber"]), getattr(refused, "code", "ERP"), str(refused))
        else:
            return None
    return Problem("orders", str(order["orderNumber"]), "SILENT", told)


def _take(exchange: Exchange, order: dict[str, Any]) -> None:
    erp, reference = exchange.erp, str(order["orderNumber"])
    found = [
        int(entry) for entry in erp.call("sale.sale", "search", [["reference", "=", reference], ["origin", "=", None]])
    ]
    state = str((order.get("stateMachineState") or {}).get("technicalName"))
    acknowledged = bool((order.get("customFields") or {}).get("erp_order"))
    known = exchange.memory.get("sale", order["id"])
    if (known is None or not (acknowledged or known.get("acknowledged"))) and exchange.behaviour.is_new_sale(found):
        if state == "cancelled":
            return
        sale_id = _create(exchange, order)
    else:
        sale_id = found[0] if found else int(known["id"])
    sale = erp.search("sale.sale", [["id", "=", sale_id]], ["number", "state", "comment"])[0]
    fact = {"id": sale_id, "number": sale["number"], "reference": reference}
    exchange.memory.put("sale", order["id"], {**(known or {}), **fact})
    if state == "cancelled" and sale["state"] == "quotation":
        erp.call("sale.sale", "cancel", [sale_id])
    if (remark := _remark(order)) != (sale["comment"] or ""):
        erp.call("sale.sale", "write", [sale_id], {"comment": remark})
    if not acknowledged:
        exchange.shop.ask("PATCH", f"/order/{order['id']}", {"customFields": {"erp_order": str(sale["number"])}})
    exchange.memory.put("sale", order["id"], {**(known or {}), **fact, "acknowledged": True})


def _create(exchange: Exchange, order: dict[str, Any]) -> int:
    erp = exchange.erp
    party, address = _party(exchange, order)
    entry = {
        "party": party,
        "reference": str(order["orderNumber"]),
        "currency": erp.id_of("currency.currency", "code", "EUR"),
        "invoice_address": address,
        "shipment_address": address,
        "comment": _remark(order),
        "lines": [["create", exchange.behaviour.sale_lines(_lines(exchange, order), _shipping(exchange, order))]],
    }
    created = [int(found) for found in erp.call("sale.sale", "create", [entry])]
    # somebody in the office looks at it before it is confirmed
    erp.call("sale.sale", "quote", created)
    return created[0]


def _party(exchange: Exchange, order: dict[str, Any]) -> tuple[int, int]:
    erp, buyer = exchange.erp, order["orderCustomer"]
    parties = erp.parties(str(buyer["email"]))
    if not parties:
        delivery = next(iter(order.get("deliveries") or []), None)
        row = delivery["shippingOrderAddress"] if delivery else {"street": "-", "city": "-"}
        name = f"{buyer['firstName']} {buyer['lastName']}"
        parties = [create_party(exchange, name, str(buyer["email"]), of_shop(row))]
    addresses = erp.call("party.address", "search", [["party", "=", parties[0]]])
    return parties[0], int(addresses[0])


def _lines(exchange: Exchange, order: dict[str, Any]) -> list[dict[str, Any]]:
    items = sorted(
        (item for item in order.get("lineItems") or [] if not item.get("parentId")),
        key=lambda item: int(item.get("position") or 0),
    )
    numbers = [str((item.get("payload") or {}).get("productNumber") or "") for item in items]
    rows = exchange.erp.search("product.product", [["code", "in", numbers]], ["code"])
    products = {str(row["code"]): row["id"] for row in rows}
    lines = []
    for item, number in zip(items, numbers, strict=True):
        taxes = item["price"]["calculatedTaxes"]
        rate = Decimal(str(taxes[0]["taxRate"])) if taxes else None
        line = _line(exchange, order, Decimal(str(item["price"]["unitPrice"])), rate)
        line.update(quantity=int(item["quantity"]), description=str(item["label"]))
        if number in products:
            line["product"] = products[number]
        lines.append(line)
    return lines


def _shipping(exchange: Exchange, order: dict[str, Any]) -> list[dict[str, Any]]:
    lines = []
    for delivery in order.get("deliveries") or []:
        for tax in delivery["shippingCosts"]["calculatedTaxes"]:
            price = Decimal(str(tax["price"]))
            if price:
                line = _line(exchange, order, price, Decimal(str(tax["taxRate"])))
                lines.append({**line, "quantity": 1, "description": "Shipping costs"})
    return lines


def _line(exchange: Exchange, order: dict[str, Any], price: Decimal, rate: Decimal | None) -> dict[str, Any]:
    factor = 1 + rate / 100 if rate is not None and order.get("taxStatus", "gross") == "gross" else Decimal(1)
    net = (price / factor).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    taxes = [["add", [_tax(exchange, rate)]]] if rate is not None else []
    unit = exchange.erp.id_of("product.uom", "name", "Unit")
    return {"type": "line", "unit": unit, "unit_price": net, "taxes": taxes}


def _tax(exchange: Exchange, rate: Decimal) -> int:
    erp, name = exchange.erp, f"VAT {rate.normalize():f} %"
    if not erp.call("account.tax", "search", [["name", "=", name]]):
        pattern = erp.search("account.tax", [["name", "=", "VAT 19 %"]], ["invoice_account", "credit_note_account"])[0]
        accounts = {key: pattern[key] for key in ("invoice_account", "credit_note_account")}
        erp.call(
            "account.tax",
            "create",
            [{"name": name, "description": name, "type": "percentage", "rate": rate / 100, **accounts}],
        )
    return erp.id_of("account.tax", "name", name)


def _remark(order: dict[str, Any]) -> str:
    lines = [str(order["customerComment"])] if order.get("customerComment") else []
    own = sorted((order.get("customFields") or {}).items())
    lines += [f"{name}: {value}" for name, value in own if not name.startswith("erp_") and value is not None]
    return "\n".join(lines)
