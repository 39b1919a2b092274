"""What a mail template may speak of: the order, the customer, the shop."""

from __future__ import annotations

from typing import Any

from updategate.embedded.refshop.dal.context import ReadContext
from updategate.embedded.refshop.dal.criteria import Criteria
from updategate.embedded.refshop.dal.definitions import definition
from updategate.embedded.refshop.dal.ids import LIVE_VERSION
from updategate.embedded.refshop.dal.output import entity_json
from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.dal.translate import language_chain
from updategate.embedded.refshop.shop import Shop

from .parts import WORDS
from .wording import money, rate

_ORDER = (
    *("orderCustomer.salutation", "currency", "language.locale", "lineItems", "transactions.paymentMethod"),
    *("deliveries.shippingMethod", "deliveries.shippingOrderAddress.country", "addresses.country", "salesChannel"),
)


def locale_of(shop: Shop, language_id: str | None) -> str:
    """Return the locale of a language, such as ``de-DE``."""
    language = shop.store.get("language", language_id or "") or {}
    locale = shop.store.get("locale", language.get("localeId") or "") or {}
    return str(locale.get("code") or "en-GB")


def loaded(
    shop: Shop, entity: str, id_: str, language_id: str | None, *paths: str, version_id: str = LIVE_VERSION
) -> dict[str, Any] | None:
    """Return an entity with associations, its texts (with fallbacks) in the language."""
    context = ReadContext(
        shop.store,
        language_chain(shop.store, language_id),
        base_url=shop.base_url,
        version=shop.version,
        version_id=version_id,
    )
    doc = context.get(entity, id_)
    if doc is None:
        return None
    criteria = Criteria()
    for path in paths:
        criteria.association(path)
    return dict(_resolved(entity_json(context, definition(entity), doc, criteria)))


def _resolved(value: Any) -> Any:
    if isinstance(value, list):
        return [_resolved(item) for item in value]
    if isinstance(value, dict):
        texts = value.get("translated")
        merged = {**value, **texts} if isinstance(texts, dict) else value
        return {key: _resolved(item) for key, item in merged.items()}
    return value


def order_facts(shop: Shop, order_id: str, version_id: str = LIVE_VERSION) -> dict[str, Any] | None:
    """Return what a mail or a document about an order (as it was in a version) needs; None if there is none."""
    doc = shop.store.get("order", order_id)
    order = loaded(shop, "order", order_id, doc.get("languageId"), *_ORDER, version_id=version_id) if doc else None
    if order is None:
        return None
    locale = locale_of(shop, order["languageId"])
    iso = (order.get("currency") or {}).get("isoCode") or "EUR"
    words = WORDS["de" if locale.startswith("de") else "en"]

    def amount(value: Any) -> str:
        return money(value, iso, locale)

    form = str(words["including" if order["taxStatus"] == "gross" else "plus"])
    taxes = sorted(order["price"]["calculatedTaxes"], key=lambda tax: -float(tax["taxRate"]))
    lines = sorted(order.get("lineItems") or [], key=lambda line: line.get("position") or 0)
    delivery = (order.get("deliveries") or [{}])[0]
    transaction = (order.get("transactions") or [{}])[-1]
    addresses = {address["id"]: address for address in order.get("addresses") or []}
    billing = addresses.get(order.get("billingAddressId"), {})
    customer = order.get("orderCustomer") or {}
    return {
        "order": order,
        "locale": locale,
        "words": words,
        "salesChannel": order.get("salesChannel") or {},
        "customer": customer,
        "greeting": _greeting(customer, locale),
        "orderUrl": f"{shop.base_url}/account/order/{order.get('deepLinkCode')}",
        "lines": [
            {
                "number": (line.get("payload") or {}).get("productNumber") or "",
                "label": line["label"],
                "quantity": line["quantity"],
                "unit_price": amount(line["unitPrice"]),
                "total": amount(line["totalPrice"]),
                "taxes": [rate(tax["taxRate"]) for tax in (line.get("price") or {}).get("calculatedTaxes", [])],
            }
            for line in shop.behaviour.mail_lines(lines)
        ],
        "shippingTotal": amount(order["shippingTotal"]),
        "shippingTaxes": [rate(tax["taxRate"]) for tax in order["shippingCosts"]["calculatedTaxes"]],
        "amountNet": amount(order["amountNet"]),
        "amountTotal": amount(shop.behaviour.mail_total(order["amountTotal"], order["amountNet"], locale)),
        "taxes": [form.format(rate=rate(tax["taxRate"]), tax=amount(tax["tax"])) for tax in taxes],
        "taxAmounts": [(rate(tax["taxRate"]), amount(tax["tax"])) for tax in sorted(taxes, key=_by_rate)],
        "shippingMethod": (delivery.get("shippingMethod") or {}).get("name") or "",
        "paymentMethod": transaction.get("paymentMethod") or {},
        "billingAddress": address_lines(billing),
        "shippingAddress": address_lines(delivery.get("shippingOrderAddress") or billing),
        "vatId": (customer.get("vatIds") or [None])[0],
    }


def _by_rate(tax: Doc) -> float:
    return float(tax["taxRate"])


def customer_facts(shop: Shop, customer_id: str) -> dict[str, Any] | None:
    """Return what a mail to a customer needs; None if there is no such customer."""
    doc = shop.store.get("customer", customer_id)
    customer = (
        loaded(shop, "customer", customer_id, doc.get("languageId"), "salutation", "group", "salesChannel")
        if doc
        else None
    )
    if customer is None:
        return None
    locale = locale_of(shop, customer["languageId"])
    return {
        "customer": customer,
        "locale": locale,
        "words": WORDS["de" if locale.startswith("de") else "en"],
        "salesChannel": customer.get("salesChannel") or {},
        "greeting": _greeting(customer, locale),
    }


def _greeting(person: dict[str, Any], locale: str) -> str:
    letter = str((person.get("salutation") or {}).get("letterName") or "").strip()
    opening = letter or ("Guten Tag" if locale.startswith("de") else "Dear")
    return f"{opening} {person.get('firstName')} {person.get('lastName')}"


def address_lines(address: dict[str, Any]) -> list[str]:
    """Return the lines of an address as it stands on a letter."""
    country = (address.get("country") or {}).get("name")
    lines = [
        address.get("company"),
        address.get("department"),
        f"{address.get('firstName', '')} {address.get('lastName', '')}".strip(),
        address.get("street"),
        address.get("additionalAddressLine1"),
        f"{address.get('zipcode') or ''} {address.get('city') or ''}".strip(),
        country,
    ]
    return [str(line) for line in lines if line]
