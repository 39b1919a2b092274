"""Contexts of the Store API: what a context token stands for.

The row of a token keeps what was chosen (currency, language, methods, addresses) and who is logged in. A customer has
one row per sales channel: a second login finds it, and with it the same token and the same cart.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from updategate.embedded.refshop.cart.catalogue import StoredCatalogue, cached
from updategate.embedded.refshop.cart.context import (
    Address,
    CheckoutContext,
    Country,
    Currency,
    Customer,
    Method,
    TaxFree,
)
from updategate.embedded.refshop.cart.money import Rounding, decimal
from updategate.embedded.refshop.cart.stored import moment_of
from updategate.embedded.refshop.dal.ids import SYSTEM_CURRENCY, SYSTEM_LANGUAGE, is_id
from updategate.embedded.refshop.dal.store import Doc, EntityStore
from updategate.embedded.refshop.dal.translate import language_chain, translated
from updategate.embedded.refshop.shop import Shop

from . import errors

ENTITY = "sales_channel_api_context"
_LIFETIME_DAYS = 1

_PLACE_ENTITIES = ("tax", "tax_rule", "tax_rule_type", "currency", "currency_country_rounding", "country")


@dataclass(slots=True)
class Session:
    """A token with everything it stands for."""

    token: str
    channel: Doc
    chosen: dict[str, Any]
    languages: tuple[str, ...]
    currency: Doc
    customer: Doc | None
    payment_method: Doc
    shipping_method: Doc
    country: Doc
    group: Doc
    context: CheckoutContext

    @property
    def language_id(self) -> str:
        """The language that is answered in."""
        return self.languages[0]


def sales_channel_of_key(shop: Shop, key: str) -> Doc | None:
    """Return the sales channel with this access key."""
    found = shop.store.where("sales_channel", accessKey=key)
    return found[0] if found else None


def load(shop: Shop, token: str, channel_id: str) -> dict[str, Any] | None:
    """Return what is kept for the token; an expired row counts as none but keeps nothing."""
    row = shop.store.get(ENTITY, token)
    if row is None or row.get("salesChannelId") != channel_id:
        return None
    touched = moment_of(row.get("changedAt"))
    if touched is not None and (shop.clock.now() - touched).days >= _LIFETIME_DAYS:
        return {"expired": True}
    return dict(row.get("payload") or {})


def save(shop: Shop, token: str, channel_id: str, changes: dict[str, Any], customer_id: str | None) -> None:
    """Merge what was chosen into the row of the token."""
    before = shop.store.get(ENTITY, token) or {}
    payload = {**(before.get("payload") or {}), **changes}
    shop.store.upsert(
        ENTITY,
        {
            "id": token,
            "payload": {key: value for key, value in payload.items() if value is not None},
            "salesChannelId": channel_id,
            "customerId": customer_id,
            "changedAt": shop.clock.now().isoformat(),
        },
    )


def open_session(shop: Shop, channel: Doc, token: str | None, language_id: str | None) -> Session:
    """Return what the token stands for; an unknown token is a new visitor."""
    token = token or shop.ids.token()
    chosen = load(shop, token, channel["id"]) or {}
    if chosen.pop("expired", False):
        token = shop.ids.token()
        chosen = {}
    if language_id:
        chosen["languageId"] = language_id
    return assembled(shop, channel, token, chosen)


def assembled(shop: Shop, channel: Doc, token: str, chosen: dict[str, Any]) -> Session:
    """Build the session from what was chosen and from the defaults of the sales channel."""
    store = shop.store
    languages = _languages(shop, channel, chosen.get("languageId"))
    currency = store.get("currency", chosen.get("currencyId") or channel["currencyId"])
    if currency is None:
        currency = store.get("currency", channel["currencyId"]) or {"id": SYSTEM_CURRENCY}
    customer = _customer(store, channel, chosen.get("customerId"))
    group_id = (customer or {}).get("groupId") or channel["customerGroupId"]
    group = store.get("customer_group", group_id) or store.get("customer_group", channel["customerGroupId"]) or {}
    payment = _payment_method(shop, channel, chosen, customer)
    shipping = store.get("shipping_method", chosen.get("shippingMethodId") or channel["shippingMethodId"])
    shipping = shipping or store.get("shipping_method", channel["shippingMethodId"]) or {"id": ""}
    billing, delivery = _addresses(shop, customer, chosen, languages)
    state_id = delivery.state_id if delivery else chosen.get("countryStateId")
    country_id = _country_id(store, channel, chosen, delivery, state_id)
    country = store.get("country", country_id) or {"id": country_id}
    buyer = _buyer(customer, billing, delivery, store) if customer and billing and delivery else None
    rounding = shop.behaviour.roundings(*_roundings(shop, currency, country_id))
    taxed_country = shop.behaviour.taxed_country(country_id, billing.country.id if billing else None)
    context = CheckoutContext(
        token,
        channel["id"],
        Currency(
            currency["id"],
            str(currency.get("isoCode") or ""),
            decimal(currency.get("factor"), Decimal(1)),
            currency["id"] == SYSTEM_CURRENCY,
            decimal(currency.get("taxFreeFrom")),
        ),
        str(group.get("id") or ""),
        shop.behaviour.shows_gross(bool(group.get("displayGross", True)), str(currency.get("isoCode") or "")),
        buyer,
        _method(payment, languages, shipping=False),
        _method(shipping, languages, shipping=True),
        country_of(country, languages),
        state_id,
        delivery.zipcode if delivery else None,
        rounding[0],
        rounding[1],
        languages,
        _tax_rates(shop, taxed_country, state_id, delivery.zipcode if delivery else None),
        offered(shop, "country", channel["id"]),
        offered(shop, "payment_method", channel["id"]),
        shop.behaviour.tax_is_vertical(channel.get("taxCalculationType") == "vertical"),
        shop.clock.now(),
        permissions=frozenset(key for key, on in (chosen.get("permissions") or {}).items() if on),
        rounds_tax_base=shop.version.at_least(6, 6, 7),
    )
    context.tax_state = context.first_tax_state(shop.behaviour)
    return Session(token, channel, chosen, languages, currency, customer, payment, shipping, country, group, context)


def offered(shop: Shop, entity: str, channel_id: str) -> frozenset[str]:
    """Return the ids of what a sales channel offers: ``country``, ``language``, ``currency``, ``payment_method`` …."""
    mapping = f"sales_channel_{entity}"
    head, *rest = entity.split("_")
    key = f"{head}{''.join(word.title() for word in rest)}Id"
    return cached(
        shop,
        f"session/{mapping}",
        (mapping,),
        channel_id,
        lambda: frozenset(row[key] for row in shop.store.where(mapping, salesChannelId=channel_id)),
    )


def _languages(shop: Shop, channel: Doc, wanted: str | None) -> tuple[str, ...]:
    language = wanted or channel.get("languageId") or SYSTEM_LANGUAGE
    if not is_id(language):
        raise errors.refused(412, "SYSTEM__LANGUAGE_INVALID_EXCEPTION", "Provided language is not a valid uuid")
    available = offered(shop, "language", channel["id"])
    if available and language not in available:
        raise errors.refused(
            412,
            "SYSTEM__SALES_CHANNEL_LANGUAGE_NOT_AVAILABLE_EXCEPTION",
            f'Provided language "{language}" is not in list of available languages: {", ".join(available)}',
            languageId=language,
            availableLanguages=sorted(available),
        )
    return cached(
        shop, "session/languages", ("language",), language, lambda: tuple(language_chain(shop.store, language))
    )


def _customer(store: EntityStore, channel: Doc, customer_id: str | None) -> Doc | None:
    customer = store.get("customer", customer_id) if customer_id else None
    if customer is None or customer.get("boundSalesChannelId") not in (None, channel["id"]):
        return None
    return customer


def _payment_method(shop: Shop, channel: Doc, chosen: dict[str, Any], customer: Doc | None) -> Doc:
    store = shop.store
    default = store.get("payment_method", channel["paymentMethodId"]) or {"id": ""}
    if chosen.get("paymentMethodId"):
        return store.get("payment_method", chosen["paymentMethodId"]) or default
    if customer is None:
        return default
    wanted = customer.get("lastPaymentMethodId") or customer.get("defaultPaymentMethodId")
    method = store.get("payment_method", wanted) if wanted else None
    usable = method is not None and method.get("active") and wanted in offered(shop, "payment_method", channel["id"])
    return method if method is not None and usable else default


def _country_id(
    store: EntityStore, channel: Doc, chosen: dict[str, Any], delivery: Address | None, state_id: str | None
) -> str:
    if delivery is not None:
        return delivery.country.id
    state = store.get("country_state", state_id) if state_id else None
    return str(state["countryId"] if state else chosen.get("countryId") or channel["countryId"])


def _addresses(
    shop: Shop, customer: Doc | None, chosen: dict[str, Any], languages: tuple[str, ...]
) -> tuple[Address | None, Address | None]:
    if customer is None:
        return None, None
    found = []
    for kind in ("Billing", "Shipping"):
        wanted = chosen.get(f"{kind.lower()}AddressId")
        doc = shop.store.get("customer_address", wanted) if wanted else None
        doc = doc or shop.store.get("customer_address", customer[f"default{kind}AddressId"])
        found.append(address_of(shop, doc, languages) if doc else None)
    return found[0], found[1]


def address_of(shop: Shop, doc: Doc, languages: tuple[str, ...]) -> Address:
    """Return an address as the cart sees it."""
    country = shop.store.get("country", doc["countryId"]) or {"id": doc["countryId"]}
    return Address(
        doc["id"],
        country_of(country, languages),
        doc.get("countryStateId"),
        doc.get("zipcode"),
        doc.get("city"),
        doc.get("street"),
        doc.get("salutationId"),
        str(doc.get("firstName") or ""),
        str(doc.get("lastName") or ""),
    )


def _buyer(customer: Doc, billing: Address, delivery: Address, store: EntityStore) -> Customer:
    tags = tuple(row["tagId"] for row in store.where("customer_tag", customerId=customer["id"]))
    return Customer(
        customer["id"],
        str(customer.get("customerNumber") or ""),
        customer["groupId"],
        bool(customer.get("guest")),
        customer.get("company"),
        tuple(customer.get("vatIds") or ()),
        billing,
        delivery,
        tags,
        customer,
    )


def _method(doc: Doc, languages: tuple[str, ...], *, shipping: bool) -> Method:
    del shipping
    name = str(translated(doc, "name", languages) or "")
    return Method(doc["id"], name, bool(doc.get("active")), doc.get("availabilityRuleId"))


def country_of(doc: Doc, languages: tuple[str, ...]) -> Country:
    """Return a country as the cart sees it."""
    return Country(
        doc["id"],
        str(translated(doc, "name", languages) or ""),
        str(doc.get("iso") or ""),
        bool(doc.get("active", True)),
        bool(doc.get("shippingAvailable", True)),
        bool(doc.get("forceStateInRegistration")),
        _tax_free(doc.get("customerTax")),
        _tax_free(doc.get("companyTax")),
        doc.get("vatIdPattern"),
        bool(doc.get("checkVatIdPattern")),
    )


def _tax_free(stored: dict[str, Any] | None) -> TaxFree:
    if not stored:
        return TaxFree()
    return TaxFree(bool(stored.get("enabled")), decimal(stored.get("amount")), stored.get("currencyId"))


def _roundings(shop: Shop, currency: Doc, country_id: str) -> tuple[Rounding, Rounding]:
    special = shop.store.where("currency_country_rounding", currencyId=currency["id"], countryId=country_id)
    source = special[0] if special else currency
    return Rounding.of(source.get("itemRounding")), Rounding.of(source.get("totalRounding"))


def _tax_rates(shop: Shop, country_id: str, state_id: str | None, zipcode: str | None) -> dict[str, Decimal]:
    # rules may come into force by themselves: look again every minute
    minute = shop.clock.now().replace(second=0, microsecond=0)
    key = (country_id, state_id, zipcode)
    return cached(shop, "session/taxes", _PLACE_ENTITIES, (minute, *key), lambda: _read_rates(shop, *key))


def _read_rates(shop: Shop, country_id: str, state_id: str | None, zipcode: str | None) -> dict[str, Decimal]:
    rates = {}
    for tax in shop.store.all("tax"):
        special = active_tax_rule(shop, tax["id"], country_id, state_id, zipcode)
        rate = None if special is None else decimal(special.get("taxRate"))
        rates[tax["id"]] = shop.behaviour.tax_rate(decimal(tax.get("taxRate")), rate)
    return rates


def active_tax_rule(shop: Shop, tax_id: str, country_id: str, state_id: str | None, zipcode: str | None) -> Doc | None:
    """Return the rule of a tax for the place: the most special kind, of it the one that came into force last."""
    found = []
    for rule in shop.store.where("tax_rule", taxId=tax_id, countryId=country_id):
        kind = shop.store.get("tax_rule_type", rule.get("taxRuleTypeId") or "") or {}
        start = moment_of(rule.get("activeFrom"))
        if start is not None and start >= shop.clock.now():
            continue
        if _fits(str(kind.get("technicalName") or "entire_country"), rule.get("data") or {}, state_id, zipcode):
            found.append((int(kind.get("position") or 0), -(start.timestamp() if start else 0.0), rule))
    return min(found, key=lambda each: each[:2])[2] if found else None


def _fits(kind: str, data: dict[str, Any], state_id: str | None, zipcode: str | None) -> bool:
    if kind == "individual_states":
        return state_id is not None and state_id in (data.get("states") or ())
    if kind == "zip_code":
        return zipcode is not None and zipcode == data.get("zipCode")
    if kind == "zip_code_range":
        start, end = data.get("fromZipCode"), data.get("toZipCode")
        return zipcode is not None and start is not None and end is not None and start <= zipcode <= end
    return True


def catalogue_of(shop: Shop) -> StoredCatalogue:
    """Return the shop's catalogue for calculations."""
    result: StoredCatalogue = shop.memory.setdefault("cart/catalogue", StoredCatalogue(shop))
    return result
