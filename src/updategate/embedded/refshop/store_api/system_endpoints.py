"""Lists of what a sales channel offers: currencies, languages, countries, salutations, methods."""

from __future__ import annotations

from typing import Any

from updategate.embedded.refshop.dal.store import Doc

from . import errors
from .cart_store import current_cart
from .entities import Presenter, search_result
from .http import Answer, Call, Endpoint
from .searching import criteria_of, find, found_entities, merged, tree_of, trimmed
from .session import offered

Json = dict[str, Any]

_BY_POSITION = [{"field": "position", "order": "ASC"}]


def currencies(call: Call) -> Answer:
    """List the currencies; as a plain list, unlike everything else."""
    ids = sorted(offered(call.shop, "currency", call.session.channel["id"]))
    if "sort" not in call.parameters:
        call.body["sort"] = [{"field": "id", "order": "ASC"}]
    result = found_entities(call, "currency", [_any_of(ids)])
    return Answer(result["elements"])


def languages(call: Call) -> Answer:
    """List the languages with their locale."""
    ids = sorted(offered(call.shop, "language", call.session.channel["id"]))
    return Answer(found_entities(call, "language", [_any_of(ids)], {"translationCode": {}}))


def salutations(call: Call) -> Answer:
    """List the salutations."""
    if "sort" not in call.parameters:
        call.body["sort"] = [{"field": "salutationKey", "order": "DESC"}]
    return Answer(found_entities(call, "salutation"))


def countries(call: Call) -> Answer:
    """List the active countries of the sales channel."""
    ids = sorted(offered(call.shop, "country", call.session.channel["id"]))
    fixed = [_any_of(ids), {"type": "equals", "field": "active", "value": True}]
    return Answer(found_entities(call, "country", fixed))


def country_states(call: Call) -> Answer:
    """List the active states of a country."""
    if "sort" not in call.parameters:
        call.body["sort"] = [*_BY_POSITION, {"field": "name", "order": "ASC"}]
    fixed: list[Json] = [
        {"type": "equals", "field": "countryId", "value": call.path["id"]},
        {"type": "equals", "field": "active", "value": True},
    ]
    return Answer(found_entities(call, "country_state", fixed))


def shipping_methods(call: Call) -> Answer:
    """List the shipping methods; with ``onlyAvailable`` those whose rule holds."""
    return Answer(_methods(call, "shipping_method", {"deliveryTime": {}}))


def payment_methods(call: Call) -> Answer:
    """List the payment methods; with ``onlyAvailable`` those whose rule holds."""
    return Answer(_methods(call, "payment_method", {}))


def _methods(call: Call, entity: str, tree: Json) -> Json:
    ids = sorted(offered(call.shop, entity, call.session.channel["id"]))
    if "sort" not in call.parameters:
        call.body["sort"] = _BY_POSITION
    criteria = criteria_of(call, entity, [_any_of(ids), {"type": "equals", "field": "active", "value": True}])
    found = find(call, entity, criteria)
    docs = found.docs
    if truthy(call.get("onlyAvailable")):
        current_cart(call.shop, call.session)
        docs = [doc for doc in docs if is_available(call, doc)]
    docs = _preferred_first(call, entity, docs)
    presenter = Presenter(call.shop, call.session.languages)
    wanted = merged(tree, tree_of(criteria))
    shown = [presenter.entity(entity, doc, wanted) for doc in docs]
    result = search_result(entity, shown, len(docs), limit=criteria.limit or len(docs))
    result["aggregations"] = found.aggregations or []
    shown_result: Json = trimmed(result, criteria.includes)
    return shown_result


def _preferred_first(call: Call, entity: str, docs: list[Doc]) -> list[Doc]:
    """Put the chosen method first, then the channel's own."""
    chosen = call.session.payment_method if entity == "payment_method" else call.session.shipping_method
    own = "paymentMethodId" if entity == "payment_method" else "shippingMethodId"
    ranks = {call.session.channel[own]: 1, chosen["id"]: 0}
    return sorted(docs, key=lambda doc: ranks.get(doc["id"], len(ranks)))


def is_available(call: Call, method: Doc) -> bool:
    """Tell whether the rule of a method holds for the cart and the visitor."""
    rule_id = method.get("availabilityRuleId")
    return rule_id is None or rule_id in call.session.context.rule_ids


def truthy(value: Any) -> bool:
    """Read a switch as PHP reads it."""
    return value not in (None, "", "0", 0, False, "false")


def _any_of(ids: list[str]) -> Json:
    return {"type": "equalsAny", "field": "id", "value": "|".join(ids)}


def media(call: Call) -> Answer:
    """Show files by their ids."""
    ids = call.get("ids")
    if not ids:
        raise errors.missing_parameter("ids", with_path=not call.shop.version.is_65)
    presenter = Presenter(call.shop, call.session.languages)
    found = [presenter.by_id("media", str(id_)) for id_ in ids]
    return Answer([each for each in found if each is not None])


def gateway(call: Call) -> Answer:
    """Show the methods that may be chosen now, and what is wrong with those that are."""
    call.body["onlyAvailable"] = True
    cart = current_cart(call.shop, call.session)
    blocked = {key: error.as_json() for key, error in cart.errors.items() if "method-blocked" in error.message_key}
    return Answer(
        {
            "apiAlias": "checkout_gateway_response",
            "paymentMethods": _methods(call, "payment_method", {})["elements"],
            "shippingMethods": _methods(call, "shipping_method", {"deliveryTime": {}})["elements"],
            "errors": blocked or [],
        }
    )


def routes_info(call: Call) -> Answer:
    """List the paths that there are; since 6.6."""
    if call.shop.version.is_65:
        raise errors.plain_error(404, f'No route found for "GET {call.base_url}/store-api/_info/routes"')
    known: dict[str, list[str]] = call.shop.memory.get("store-api/paths", {})
    endpoints = [{"path": path, "methods": methods} for path, methods in sorted(known.items())]
    return Answer({"endpoints": endpoints})


ENDPOINTS = [
    *(
        Endpoint(method, f"/store-api/{path}", handler)
        for path, handler in (
            ("currency", currencies),
            ("language", languages),
            ("salutation", salutations),
            ("country", countries),
            ("country-state/{id}", country_states),
            ("shipping-method", shipping_methods),
            ("payment-method", payment_methods),
            ("checkout/gateway", gateway),
        )
        for method in ("GET", "POST")
    ),
    Endpoint("POST", "/store-api/media", media),
    Endpoint("GET", "/store-api/_info/routes", routes_info),
]
