"""Orders as a connector exports them: JSON:API, which the Admin API answers unless it is asked for plain JSON."""

from __future__ import annotations

from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.cart_reading import read_order
from updategate.clients.errors import ApiError
from updategate.clients.json_text import Json, JsonObject
from updategate.domain.views import OrderView

MEDIA_TYPE = "application/vnd.api+json"
PAGE = 50
_ASSOCIATIONS = ("currency", "lineItems", "orderCustomer", "deliveries.shippingMethod", "stateMachineState")


def exported_orders(admin: AdminApi, since: str) -> list[OrderView]:
    """Return the orders placed since a moment (ISO 8601), oldest first, page by page as a connector fetches them."""
    found: list[OrderView] = []
    page = 1
    criteria = Criteria().between("createdAt", gte=since).sort("createdAt").associate(*_ASSOCIATIONS)
    while True:
        body = criteria.limit(PAGE, page).body
        answer = admin.raw("POST", "/search/order", body, headers={"Accept": MEDIA_TYPE})
        if not answer.ok:
            raise ApiError.of(answer)
        rows = resources(answer.json())
        found += [read_order(row) for row in rows]
        if len(rows) < PAGE:
            return found
        page += 1


def resources(document: JsonObject) -> list[JsonObject]:
    """Put every resource of a JSON:API document together with what it refers to, as plain JSON nests it."""
    included = {(entry["type"], entry["id"]): entry for entry in document.get("included") or []}
    return [_nested(entry, included) for entry in document["data"]]


def _nested(resource: JsonObject, included: dict[tuple[Json, Json], JsonObject]) -> JsonObject:
    result: JsonObject = {"id": resource["id"], **resource["attributes"]}
    for name, relation in dict(resource.get("relationships") or {}).items():
        linked = relation.get("data")
        if isinstance(linked, dict):
            result[name] = _linked(linked, included)
        elif linked:
            result[name] = [_linked(entry, included) for entry in linked]
    return result


def _linked(reference: JsonObject, included: dict[tuple[Json, Json], JsonObject]) -> JsonObject:
    found = included.get((reference["type"], reference["id"]))
    return {"id": reference["id"]} if found is None else _nested(found, included)
