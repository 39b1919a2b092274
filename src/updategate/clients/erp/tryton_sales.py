"""Sales orders in Tryton: found, shipped, cancelled and credited as the people in an office do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from updategate.clients.erp.errors import ErpRefusedError
from updategate.clients.erp.tryton_rpc import TrytonRpc
from updategate.domain.erp import CreditNote, OrderLine, OrderState, SalesOrder, Shipment
from updategate.domain.money import Money

_SALE = [
    "reference", "state", "untaxed_amount", "tax_amount", "total_amount", "comment", "party.name", "shipment_state",
]  # fmt: skip
_OPEN_SALES = ["quotation", "confirmed", "processing"]


class TrytonSales:
    """Tryton's sales, shipments and invoices."""

    def __init__(self, rpc: TrytonRpc, currency: str) -> None:
        self._rpc = rpc
        self._currency = currency

    def orders(self, reference: str) -> list[SalesOrder]:
        """Return every sale with this reference, returns left out."""
        rows = self._rpc.search("sale.sale", [["reference", "=", reference], ["origin", "=", None]], _SALE)
        return [self._order(row) for row in rows]

    def promised(self, product_id: int) -> int:
        """Count the pieces that open orders have promised and not yet sent."""
        wanted = [["product", "=", product_id], ["sale.state", "in", _OPEN_SALES], ["sale.origin", "=", None]]
        lines = self._rpc.search("sale.line", wanted, ["quantity"])
        sent = [
            ["product", "=", product_id], ["state", "=", "done"], ["to_location.type", "=", "customer"],
            ["origin.sale.state", "in", _OPEN_SALES, "sale.line"],
        ]  # fmt: skip
        moves = self._rpc.search("stock.move", sent, ["quantity"])
        return int(sum(line["quantity"] for line in lines) - sum(move["quantity"] for move in moves))

    def ship(self, order: SalesOrder, pieces: Mapping[str, int], tracking: str) -> Shipment:
        """Send pieces; the rest waits for a shipment of its own."""
        sale_id = int(order.key)
        sale = self._rpc.search("sale.sale", [["id", "=", sale_id]], ["state"])[0]
        # orders arrive as quotations; Tryton processes them once they are confirmed
        step = "confirm" if sale["state"] == "quotation" else "process"
        self._rpc.call("sale.sale", step, [sale_id], what=f"{step} {order.reference}")
        shipment = self._waiting_shipment(sale_id)
        self._rpc.call("stock.shipment.out", "draft", [shipment], what="begin a shipment")
        names = ["product.code", "quantity"]
        moves = self._rpc.search(
            "stock.move", [["shipment", "=", f"stock.shipment.out,{shipment}"], ["state", "=", "draft"]], names
        )
        for move in moves:
            wanted = pieces.get(str((move.get("product.") or {}).get("code")), 0)
            if wanted:
                self._rpc.call("stock.move", "write", [move["id"]], {"quantity": wanted}, what="choose pieces")
            else:
                self._rpc.call("stock.move", "delete", [move["id"]], what="choose pieces")
        self._rpc.call("stock.shipment.out", "write", [shipment], {"reference": tracking}, what="note the tracking")
        for step in ("wait", "assign_force", "pick", "pack", "do"):
            self._rpc.call("stock.shipment.out", step, [shipment], what=f"{step} a shipment")
        number = self._rpc.search("stock.shipment.out", [["id", "=", shipment]], ["number"])[0]["number"]
        return Shipment(str(number), tracking, dict(pieces))

    def cancel(self, order: SalesOrder) -> None:
        """Cancel an order that nobody has worked on."""
        self._rpc.call("sale.sale", "cancel", [int(order.key)], what=f"cancel {order.reference}")

    def cancel_open(self, numbers: list[str]) -> None:
        """Cancel what nobody has worked on and is about these articles: it would keep pieces promised for ever."""
        wanted = [["lines.product.code", "in", numbers], ["state", "in", ["draft", "quotation"]]]
        if found := self._rpc.call("sale.sale", "search", wanted, what="find open orders"):
            self._rpc.call("sale.sale", "cancel", found, what="cancel open orders")

    def credit(self, order: SalesOrder, pieces: Mapping[str, int]) -> CreditNote:
        """Return pieces of a shipped order, and post the credit note for them."""
        sale_id = int(order.key)
        session = self._rpc.wizard("sale.return_sale", "create", what="return goods")[0]
        before = self._returns(sale_id)
        self._rpc.wizard(
            "sale.return_sale", "execute", session, {}, "return_", what="return goods",
            active_id=sale_id, active_ids=[sale_id], active_model="sale.sale",
        )  # fmt: skip
        returned = next(entry for entry in self._returns(sale_id) if entry not in before)
        for line in self._rpc.search("sale.line", [["sale", "=", returned]], ["product.code", "quantity"]):
            wanted = pieces.get(str((line.get("product.") or {}).get("code")), 0)
            if wanted:
                self._rpc.call("sale.line", "write", [line["id"]], {"quantity": -wanted}, what="choose pieces")
            else:
                self._rpc.call("sale.line", "delete", [line["id"]], what="choose pieces")
        for step in ("quote", "confirm"):
            self._rpc.call("sale.sale", step, [returned], what=f"{step} a return")
        return self._posted_credit(returned)

    def _posted_credit(self, returned: int) -> CreditNote:
        invoices = self._rpc.search("sale.sale", [["id", "=", returned]], ["invoices"])[0]["invoices"]
        today = dt.datetime.now(dt.UTC).date()
        self._rpc.call("account.invoice", "write", invoices, {"invoice_date": today}, what="date a credit note")
        self._rpc.call("account.invoice", "post", invoices, what="post a credit note")
        row = self._rpc.search("account.invoice", [["id", "in", invoices]], ["number", "total_amount"])[0]
        return CreditNote(str(row["number"]), Money(-Decimal(row["total_amount"]), self._currency))

    def _returns(self, sale_id: int) -> list[int]:
        found = self._rpc.call("sale.sale", "search", [["origin", "=", f"sale.sale,{sale_id}"]], what="find returns")
        return [int(entry) for entry in found]

    def _waiting_shipment(self, sale_id: int) -> int:
        shipments = self._rpc.search("sale.sale", [["id", "=", sale_id]], ["shipments"])[0]["shipments"]
        wanted = [["id", "in", shipments], ["state", "in", ["draft", "waiting"]]]
        waiting = self._rpc.call("stock.shipment.out", "search", wanted, what="find the shipment")
        if not waiting:
            raise ErpRefusedError("ship", f"sale {sale_id} has nothing left to be sent")
        return int(waiting[0])

    def _order(self, row: Mapping[str, Any]) -> SalesOrder:
        rows = self._rpc.search(
            "sale.line", [["sale", "=", row["id"]], ["type", "=", "line"]], ["product.code", "quantity", "unit_price"]
        )
        lines = tuple(
            OrderLine(
                article=str((line.get("product.") or {}).get("code") or ""),
                quantity=int(line["quantity"]),
                net=Money(Decimal(line["unit_price"]), self._currency),
            )
            for line in rows
        )
        state: OrderState = "open"
        if row["state"] == "cancelled":
            state = "cancelled"
        elif row["shipment_state"] == "sent":
            state = "shipped"
        return SalesOrder(
            key=str(row["id"]),
            reference=str(row["reference"]),
            state=state,
            lines=lines,
            net=Money(Decimal(row["untaxed_amount"]), self._currency),
            tax=Money(Decimal(row["tax_amount"]), self._currency),
            total=Money(Decimal(row["total_amount"]), self._currency),
            customer=str((row.get("party.") or {}).get("name") or ""),
            remark=str(row["comment"] or ""),
        )
