"""What happened to an order in the ERP, back to the shop: parcels, cancellations, credit notes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from updategate.embedded.connector.exchange import Exchange
from updategate.embedded.connector.problems import Problem, ShopRefusedError


def run(exchange: Exchange) -> list[Problem]:
    """Send what happened to open sales."""
    sales = {key: entry for key, entry in exchange.memory.all("sale").items() if not entry.get("closed")}
    ids = [entry["id"] for entry in sales.values()]
    names = ["state", "shipments", "shipment_state"]
    rows = {row["id"]: row for row in exchange.erp.search("sale.sale", [["id", "in", ids]], names)} if ids else {}
    problems = []
    for order_id, fact in sales.items():
        row = rows.get(fact["id"])
        if row is None:
            continue
        try:
            _follow(exchange, order_id, fact, row)
        except ShopRefusedError as refused:
            if refused.status == 404:
                # the shop has deleted the order
                exchange.memory.put("sale", order_id, {**fact, "closed": True})
            else:
                problems.append(Problem("returning", str(fact["reference"]), refused.code, refused.detail))
    return problems


def _follow(exchange: Exchange, order_id: str, fact: dict[str, Any], row: dict[str, Any]) -> None:
    if row["state"] == "cancelled":
        if exchange.behaviour.forwards_cancellations() and not fact.get("cancelled"):
            _cancel(exchange, order_id)
            exchange.memory.put("sale", order_id, {**fact, "cancelled": True, "closed": True})
        return
    sent = _sent(exchange, row)
    credited = _credited(exchange, fact["id"])
    if sent == fact.get("sent", []) and str(credited) == fact.get("credited", "0"):
        return
    order = _order(exchange, order_id)
    if sent != fact.get("sent", []):
        _ship(exchange, order, [code for code in sent if code], everything=row["shipment_state"] == "sent")
        fact = {**fact, "sent": sent}
        exchange.memory.put("sale", order_id, fact)
    if credited and str(credited) != fact.get("credited", "0"):
        transaction = max(order["transactions"], key=lambda entry: str(entry["createdAt"]))
        total = Decimal(str(order["amountTotal"]))
        exchange.shop.move("order_transaction", transaction["id"], exchange.behaviour.refund_action(credited, total))
        exchange.memory.put("sale", order_id, {**fact, "credited": str(credited)})


def _order(exchange: Exchange, order_id: str) -> dict[str, Any]:
    associations: dict[str, Any] = {"deliveries": {}, "transactions": {}, "stateMachineState": {}}
    found = exchange.shop.search("order", {"ids": [order_id], "associations": associations})
    if not found:
        raise ShopRefusedError("the order", 404, [])
    return found[0]


def _sent(exchange: Exchange, row: dict[str, Any]) -> list[str]:
    """The tracking codes of the parcels that have left, in their order."""
    wanted = [["id", "in", row["shipments"]], ["state", "=", "done"]]
    return [str(entry["reference"] or "") for entry in exchange.erp.search("stock.shipment.out", wanted, ["reference"])]


def _credited(exchange: Exchange, sale_id: int) -> Decimal:
    returns = exchange.erp.search("sale.sale", [["origin", "=", f"sale.sale,{sale_id}"]], ["invoices"])
    invoices = [entry for row in returns for entry in row["invoices"]]
    if not invoices:
        return Decimal(0)
    posted = [["id", "in", invoices], ["state", "in", ["posted", "paid"]]]
    rows = exchange.erp.search("account.invoice", posted, ["total_amount"])
    return -sum((Decimal(row["total_amount"]) for row in rows), Decimal(0))


def _ship(exchange: Exchange, order: dict[str, Any], codes: list[str], *, everything: bool) -> None:
    shop, behaviour = exchange.shop, exchange.behaviour
    delivery = max(order["deliveries"], key=lambda entry: float(entry["shippingCosts"]["totalPrice"]))
    known = list(delivery.get("trackingCodes") or [])
    body = {"trackingCodes": behaviour.tracking_codes(known, codes)}
    shop.ask("PATCH", f"/order-delivery/{delivery['id']}", body)
    shop.move("order_delivery", delivery["id"], behaviour.delivery_action(everything_sent=everything))
    state = str((order.get("stateMachineState") or {}).get("technicalName"))
    if state == "open":
        shop.move("order", order["id"], "process")
    if everything:
        shop.move("order", order["id"], "complete")


def _cancel(exchange: Exchange, order_id: str) -> None:
    order = _order(exchange, order_id)
    exchange.shop.move("order", order_id, "cancel")
    for delivery in order["deliveries"]:
        exchange.shop.move("order_delivery", delivery["id"], "cancel")
    for transaction in order["transactions"]:
        exchange.shop.move("order_transaction", transaction["id"], "cancel")
