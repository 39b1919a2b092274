"""The ERP as the connector sees it: Tryton's JSON-RPC."""

from __future__ import annotations

import base64
import datetime as dt
from decimal import Decimal
from typing import Any

import requests

from .problems import ErpFaultError

PICTURE = "picture of the article"
ACTIVE_SALES = ["quotation", "confirmed", "processing"]


class Erp:
    """One signed-in user of one Tryton database."""

    def __init__(self, url: str, database: str, username: str, password: str) -> None:
        self._url = f"{url.rstrip('/')}/{database}/rpc/"
        self._username, self._password = username, password
        self._session = requests.Session()
        self._session.trust_env = False
        self._context: dict[str, Any] = {}
        self._known: dict[tuple[str, str, str], int] = {}

    def call(self, model: str, method: str, *arguments: Any, **context: Any) -> Any:
        """Call a method of a model."""
        if not self._context:
            self._sign_in()
        return self._post(f"model.{model}.{method}", [*arguments, {**self._context, **context}])

    def search(self, model: str, domain: list[Any], names: list[str], **context: Any) -> list[dict[str, Any]]:
        """Return fields of what is found, oldest first."""
        return list(self.call(model, "search_read", domain, 0, None, [["id", "ASC"]], names, **context))

    def id_of(self, model: str, name: str, value: str) -> int:
        """Return the id of a record that never changes."""
        key = (model, name, value)
        if key not in self._known:
            found = self.call(model, "search", [[name, "=", value]])
            if not found:
                raise ErpFaultError(f"the ERP has no {model} with {name} {value}")
            self._known[key] = int(found[0])
        return self._known[key]

    # -- what is exchanged

    def articles(self) -> list[dict[str, Any]]:
        """Return the articles that are sold, with their list price and tax rate."""
        rows = self.search("product.product", [["salable", "=", True]], ["code", "name", "attributes", "template"])
        templates = {
            row["id"]: row
            for row in self.search(
                "product.template",
                [["id", "in", [row["template"] for row in rows]]],
                ["list_price", "account_category.name"],
            )
        }
        result = []
        for row in rows:
            template = templates[row["template"]]
            category = str((template.get("account_category.") or {}).get("name") or "VAT 19 %")
            result.append(
                {
                    "id": row["id"],
                    "number": str(row["code"] or ""),
                    "name": str(row["name"]),
                    "net": Decimal(template["list_price"] or 0),
                    "rate": Decimal(category.split()[1]),
                    "attributes": row["attributes"] or {},
                }
            )
        return [entry for entry in result if entry["number"]]

    def stock(self, product_ids: list[int]) -> dict[int, tuple[int, int]]:
        """Return for each product what lies in the warehouse and what open orders have promised."""
        warehouse = self.call("stock.location", "search", [["type", "=", "warehouse"]])[:1]
        today = dt.datetime.now(dt.UTC).date()
        rows = self.call(
            "product.product", "read", product_ids, ["quantity"], locations=warehouse, stock_date_end=today
        )
        promised = dict.fromkeys(product_ids, 0)
        open_lines = [
            ["product", "in", product_ids], ["sale.state", "in", ACTIVE_SALES], ["sale.origin", "=", None],
        ]  # fmt: skip
        for line in self.search("sale.line", open_lines, ["product", "quantity"]):
            promised[line["product"]] += int(line["quantity"])
        sent = [
            ["product", "in", product_ids], ["state", "=", "done"], ["to_location.type", "=", "customer"],
            ["origin.sale.state", "in", ACTIVE_SALES, "sale.line"],
        ]  # fmt: skip
        for move in self.search("stock.move", sent, ["product", "quantity"]):
            promised[move["product"]] -= int(move["quantity"])
        return {row["id"]: (int(row["quantity"]), promised[row["id"]]) for row in rows}

    def parties(self, email: str) -> list[int]:
        """Return the ids of the parties with an e-mail address."""
        wanted = [["contact_mechanisms", "where", [["type", "=", "email"], ["value", "=", email]]]]
        return [int(entry) for entry in self.call("party.party", "search", wanted)]

    def attach(self, resource: str, name: str, content: bytes) -> None:
        """File a document."""
        entry = {"resource": resource, "name": name, "type": "data", "data": content}
        self.call("ir.attachment", "create", [entry])

    # -- the protocol

    def _sign_in(self) -> None:
        session = self._post("common.db.login", [self._username, {"password": self._password}])
        text = f"{self._username}:{session[0]}:{session[1]}"
        self._session.headers["Authorization"] = "Session " + base64.b64encode(text.encode()).decode()
        self._context = dict(self._post("model.res.user.get_preferences", [True, {}]))

    def _post(self, method: str, parameters: list[Any]) -> Any:
        try:
            answer = self._session.post(
                self._url, json={"id": 1, "method": method, "params": _written(parameters)}, timeout=120
            )
        except requests.RequestException as fault:
            raise ErpFaultError(f"the ERP cannot be reached: {str(fault)[:200]}") from None
        if answer.status_code in (401, 403):
            raise ErpFaultError("the ERP refuses the credentials")
        try:
            body = answer.json()
        except ValueError:
            raise ErpFaultError(f"the ERP answered {answer.status_code}") from None
        if "result" not in body:
            raise ErpFaultError(f"the ERP refused {method}: {str(body.get('error'))[:400]}")
        return _read(body["result"])


def _written(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": format(value, "f")}
    if isinstance(value, bytes):
        return {"__class__": "bytes", "base64": base64.b64encode(value).decode()}
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    if isinstance(value, dict):
        return {key: _written(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_written(entry) for entry in value]
    return value


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get("__class__") == "Decimal":
            return Decimal(value["decimal"])
        if value.get("__class__") == "bytes":
            return base64.b64decode(value["base64"])
        return {key: _read(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_read(entry) for entry in value]
    return value
