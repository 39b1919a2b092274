"""The context: what is chosen for a token, and how to choose."""

from __future__ import annotations

from typing import Any

from updategate.embedded.refshop.cart.catalogue import cached
from updategate.embedded.refshop.cart.rule_reader import read_rules
from updategate.embedded.refshop.dal.ids import LIVE_VERSION
from updategate.embedded.refshop.shop import Shop

from . import errors
from .cart_json import CartPresenter
from .cart_store import current_cart
from .entities import Presenter
from .http import Answer, Call, Endpoint
from .session import Session, assembled, load, offered, save

Json = dict[str, Any]

_CUSTOMER_TREE: Any = {
    "salutation": {},
    "defaultPaymentMethod": {},
}
_CHOICES = (
    "shippingMethodId", "paymentMethodId", "billingAddressId", "shippingAddressId", "countryId", "countryStateId",
    "currencyId", "languageId",
)  # fmt: skip
_ENTITIES = {
    "languageId": "language",
    "currencyId": "currency",
    "shippingMethodId": "shipping_method",
    "paymentMethodId": "payment_method",
    "billingAddressId": "customer_address",
    "shippingAddressId": "customer_address",
    "countryId": "country",
    "countryStateId": "country_state",
}


def token_answer(call: Call, token: str, redirect: str | None = None) -> Answer:
    """Answer with a context token: in the header, and up to 6.5 in the body too."""
    body: Json = {"apiAlias": "array_struct"}
    if call.shop.version.token_in_login_body:
        body["contextToken"] = token
    body["redirectUrl"] = redirect
    return Answer(body, token=token)


def rules_by_area(shop: Shop, rule_ids: tuple[str, ...]) -> Json:
    """Return the rules that hold by the areas that they are used in."""
    rules = cached(shop, "cart/rules", ("rule", "rule_condition"), "all", lambda: read_rules(shop.store))
    known = {rule.id: rule for rule in rules}
    areas: dict[str, list[str]] = {}
    for rule_id in rule_ids:
        for area in known[rule_id].areas if rule_id in known else ():
            areas.setdefault(area, []).append(rule_id)
    return areas


def customer_json(shop: Shop, session: Session) -> Json | None:
    """Show the customer of a session with the addresses in use."""
    customer, buyer = session.customer, session.context.customer
    if customer is None or buyer is None:
        return None
    entities, carts = Presenter(shop, session.languages), CartPresenter(shop, session)
    shown = entities.entity("customer", customer, _CUSTOMER_TREE)
    shown["defaultBillingAddress"] = carts.address(customer["defaultBillingAddressId"])
    shown["defaultShippingAddress"] = carts.address(customer["defaultShippingAddressId"])
    shown["activeBillingAddress"] = carts.address(buyer.billing.id)
    shown["activeShippingAddress"] = carts.address(buyer.shipping.id)
    return shown


def context_json(shop: Shop, session: Session) -> Json:
    """Show a context."""
    entities, carts, context = Presenter(shop, session.languages), CartPresenter(shop, session), session.context
    currency = entities.entity("currency", session.currency)
    own = session.channel["currencyId"]
    channel = entities.entity("sales_channel", session.channel, {"domains": {}})
    channel["currency"] = entities.by_id("currency", own)
    shipping = carts.shipping_method(session.shipping_method["id"], prices=False)
    from_66, from_667 = not shop.version.is_65, shop.version.at_least(6, 6, 7)
    inner: Json = {
        "languageIdChain": list(session.languages),
        "scope": "user",
        "rulesLocked": False,
        "source": {"type": "sales-channel", "salesChannelId": session.channel["id"]},
        "ruleIds": list(context.rule_ids),
        "currencyId": session.currency["id"],
        "versionId": LIVE_VERSION,
        "currencyFactor": currency["factor"],
        "considerInheritance": True,
        "taxState": context.tax_state.value,
        "rounding": currency["itemRounding"],
        **({"states": _states(session)} if from_667 else {}),
        "apiAlias": "context",
    }
    shown: Json = {
        "token": session.token,
        "currentCustomerGroup": entities.entity("customer_group", session.group),
        "currency": currency,
        "salesChannel": channel,
        "taxRules": [entities.entity("tax", tax) for tax in shop.store.all("tax")],
        "customer": customer_json(shop, session),
        "paymentMethod": entities.entity("payment_method", session.payment_method),
        "shippingMethod": {**(shipping or {}), "prices": []},
        "shippingLocation": carts.location(),
        "permissions": [],
        "permisionsLocked": False,
    }
    if from_66:
        shown["imitatingUserId"] = None
    shown |= {
        "context": inner,
        "itemRounding": _rounding(context.item_rounding),
        "totalRounding": _rounding(context.total_rounding),
        "areaRuleIds": rules_by_area(shop, context.rule_ids),
    }
    if from_667:
        shown["states"] = []
    shown["apiAlias"] = "sales_channel_context"
    return shown


def _states(session: Session) -> Any:
    customer = session.customer
    return {"logged-in": "logged-in"} if customer is not None and not customer.get("guest") else []


def _rounding(rounding: Any) -> Json:
    return {
        "decimals": rounding.decimals,
        "interval": float(rounding.interval),
        "roundForNet": rounding.round_for_net,
        "apiAlias": "shopware_core_framework_data_abstraction_layer_pricing_cash_rounding_config",
    }


def read_context(call: Call) -> Answer:
    """Show the context of the token."""
    current_cart(call.shop, call.session)
    return Answer(context_json(call.shop, call.session))


def switch_context(call: Call) -> Answer:
    """Choose currency, language, methods, addresses or country."""
    session, shop = call.session, call.shop
    wanted = {key: call.get(key) for key in _CHOICES if call.get(key) is not None}
    broken = [
        errors.violation(
            "INVALID_TYPE_ERROR",
            "This value should be of type string.",
            f"/{key}",
            value=_quoted(value),
            type="string",
        )
        for key, value in wanted.items()
        if not isinstance(value, str)
    ]
    if broken:
        raise errors.violations(broken)
    if session.customer is None and ("shippingAddressId" in wanted or "billingAddressId" in wanted):
        raise errors.not_logged_in()
    broken = [
        unknown_entity(_ENTITIES[key], value, f"/{key}")
        for key, value in wanted.items()
        if not _may_choose(call, key, value)
    ]
    if broken:
        raise errors.violations(broken)
    customer_id = session.customer["id"] if session.customer else None
    save(shop, session.token, session.channel["id"], wanted, customer_id)
    return token_answer(call, session.token, _new_domain(call, wanted.get("languageId")))


def unknown_entity(entity: str, id_: str, pointer: str) -> Json:
    """Return the violation of an id that leads nowhere."""
    return errors.violation(
        "ENTITY_DOES_NOT_EXISTS",
        f'The "{entity}" entity with id "{id_}" does not exist.',
        pointer,
        primaryProperty="id",
        id=f'"{id_}"',
        entity=f'"{entity}"',
    )


def _may_choose(call: Call, key: str, value: str) -> bool:
    entity = _ENTITIES[key]
    doc = call.shop.store.get(entity, value)
    if doc is None:
        return False
    if entity == "customer_address":
        return bool(call.session.customer) and doc.get("customerId") == (call.session.customer or {}).get("id")
    if entity in ("language", "currency", "shipping_method", "payment_method"):
        return value in offered(call.shop, entity, call.session.channel["id"])
    return True


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def _new_domain(call: Call, language_id: str | None) -> str | None:
    if language_id is None or language_id == call.session.language_id:
        return None
    domains = call.shop.store.where("sales_channel_domain", salesChannelId=call.session.channel["id"])
    return next((domain["url"] for domain in domains if domain.get("languageId") == language_id), None)


def reopened(call: Call, token: str) -> Session:
    """Return the session of another token of the same visitor, and make it the one of the call."""
    channel = call.session.channel
    chosen = load(call.shop, token, channel["id"]) or {}
    chosen.pop("expired", None)
    chosen["languageId"] = call.headers.get("sw-language-id") or chosen.get("languageId")
    call.session = assembled(call.shop, channel, token, {key: value for key, value in chosen.items() if value})
    return call.session


ENDPOINTS = [
    Endpoint("GET", "/store-api/context", read_context),
    Endpoint("PATCH", "/store-api/context", switch_context),
]
