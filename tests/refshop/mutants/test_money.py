"""The mutants of money and tax, one by one. Expected amounts are worked out by hand from the seed.

A hammer (WS-1001) costs 24.90 at 19 %, a spanner set (WS-1009) 64.90, a handbook (WS-9001) 49.90 at 7 %; shipping is
5.90 below 100.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.refshop.mutants.world import Case, World, show
from tests.refshop.store_api.visitor import Visitor
from updategate.embedded.refshop.mutants.money import MONEY
from updategate.embedded.refshop.seed.notation import id_of


def _line(cart: Any, field: str = "totalPrice") -> float:
    return float(cart["lineItems"][0]["price"][field])


def _tax_of_line(cart: Any) -> float:
    return float(cart["lineItems"][0]["price"]["calculatedTaxes"][0]["tax"])


def _taxes(cart: Any) -> dict[str, float]:
    return {str(tax["taxRate"]): tax["tax"] for tax in cart["price"]["calculatedTaxes"]}


def _shipping(cart: Any) -> float:
    return float(cart["deliveries"][0]["shippingCosts"]["totalPrice"])


def _cart(person: Visitor, *lines: tuple[str, int] | str) -> Any:
    reply = None
    for line in lines:
        number, quantity = (line, 1) if isinstance(line, str) else line
        reply = person.add(number, quantity)
        assert reply.status == 200, reply.body
    assert reply is not None
    return reply.body


def _ships_by(person: Visitor, method: str) -> Visitor:
    assert person.patch("/context", {"shippingMethodId": id_of("shipping_method", method)}).status == 200
    return person


def _tax(world: World) -> dict[str, Any]:
    cart = _cart(world.visitor(), "WS-1001")
    return {"tax": _tax_of_line(cart), "price": _line(cart)}


def _half_a_cent(world: World) -> dict[str, Any]:
    """A net price of 1.50 is taxed with 0.285, one of 2.10 with 0.399."""
    for number, net in (("WS-4005", 1.5), ("WS-4006", 2.1)):
        price = [{"currencyId": id_of("currency", "EUR"), "net": net, "gross": round(net * 1.19, 2), "linked": False}]
        world.sync("product", {"id": world.product(number)["id"], "price": price})
    return {number: _tax_of_line(_cart(world.visitor("berta@example.com"), number)) for number in ("WS-4006",)} | {
        "WS-4005": _tax_of_line(_cart(world.visitor("stefan@example.com"), "WS-4005"))
    }


def _pieces(world: World) -> dict[str, Any]:
    """3.9756 of tax in a hammer: 11.93 in three, not 3 x 3.98."""
    return {str(count): _tax_of_line(_cart(world.visitor(), ("WS-1001", count))) for count in (1, 3)}


def _several_lines(world: World) -> dict[str, Any]:
    """3.9756 + 2.3151 + 1.9080 + 0.9420 are 9.14 together, and 9.15 rounded one by one."""
    cart = _cart(world.visitor(), "WS-1001", "WS-1002", "WS-1003")
    return {"tax": _taxes(cart)["19"], "total": cart["price"]["totalPrice"]}


def _abroad(world: World) -> dict[str, Any]:
    standard, reduced = _taxes(_cart(world.visitor("anna@example.com"), "WS-1001", "WS-9001")).items()
    return {"standard": standard, "reduced": reduced}


def _two_countries(world: World) -> dict[str, Any]:
    """Anna's invoice goes to Austria, the goods to Germany."""
    person = world.visitor("anna@example.com")
    at_home = _taxes(_cart(person, "WS-1001"))
    address = {
        "firstName": "Anna",
        "lastName": "Alpen",
        "street": "Weg 1",
        "zipcode": "80331",
        "city": "Munich",
        "countryId": id_of("country", "DE"),
    }
    made = person.post("/account/address", address).body["id"]
    person.patch("/context", {"shippingAddressId": made})
    return {"home": list(at_home), "Germany": list(_taxes(person.get("/checkout/cart").body))}


def _vat_id(world: World) -> dict[str, Any]:
    toni = world.product("WS-1001") and id_of("customer", "trade-at")
    with_id = _cart(world.visitor("toni@example.com"), "WS-1001")["price"]["taxStatus"]
    world.shop.store.upsert("customer", {"id": toni, "vatIds": None})
    without = world.visitor("toni@example.com").get("/checkout/cart").body["price"]["taxStatus"]
    return {"with": with_id, "without": without}


def _net_total(world: World) -> dict[str, Any]:
    two = _cart(world.visitor(), "WS-1001", "WS-1002")["price"]["netPrice"]
    three = _cart(world.visitor(), "WS-1001", "WS-1002", "WS-9001")["price"]["netPrice"]
    return {"two lines": two, "three lines": three}


def _currencies(world: World) -> dict[str, Any]:
    """189.90 x 0.89157 = 169.309…, x 0.96 = 182.304."""
    found = {iso: _line(_cart(world.visitor(currency=iso), "WS-1012")) for iso in ("EUR", "GBP", "CHF")}
    return found | {"hammer in GBP": _line(_cart(world.visitor(currency="GBP"), "WS-1001"))}


def _entered_prices(world: World) -> dict[str, Any]:
    return {iso: _line(_cart(world.visitor(currency=iso), "WS-1009")) for iso in ("EUR", "GBP", "CHF")}


def _francs(world: World) -> dict[str, Any]:
    """29.99 x 0.96 = 28.7904; 23.904 and 5.664 of shipping are 29.56, paid with 29.55."""
    cart, euro = _cart(world.visitor(currency="CHF"), "WS-1001"), _cart(world.visitor(), "WS-1001")
    return {
        "item": _line(_cart(world.visitor(currency="CHF"), "WS-1004")),
        "total": cart["price"]["totalPrice"],
        "euro": euro["price"]["totalPrice"],
    }


def _beside_the_price(world: World) -> dict[str, Any]:
    person = world.visitor()
    glue = person.post(f"/product/{world.product('WS-7001')['id']}").body["product"]["calculatedPrice"]
    drivers = person.post(f"/product/{world.product('WS-1004')['id']}").body["product"]["calculatedPrice"]
    return {
        "per litre": glue["referencePrice"]["price"],
        "saved": drivers["listPrice"]["percentage"],
        "glue": glue["unitPrice"],
        "screwdrivers": drivers["unitPrice"],
    }


def _thresholds(world: World) -> dict[str, Any]:
    """Carts of 24.90, 99.95, 109.89 and 149."""
    carts = (("WS-1001",), ("WS-2004",), ("WS-1001", "WS-2006"), ("WS-2001",))
    found = {"+".join(numbers): _shipping(_cart(world.visitor(), *numbers)) for numbers in carts}
    return {**found, "free of charge": _shipping(_cart(world.visitor(), "WS-8005"))}


def _heavy(world: World) -> dict[str, Any]:
    """A vice weighs 14.5 kg; up to 30 kg freight is 29, up to 100 kg 59."""
    return {
        str(count): _shipping(_cart(_ships_by(world.visitor(), "freight"), ("WS-1012", count))) for count in (1, 2, 3)
    }


def _trade(world: World) -> dict[str, Any]:
    """20.92 + 4.97 net, 3.97 + 0.94 of tax."""
    cart = _cart(world.visitor("berta@example.com"), "WS-1001")
    consumer = _cart(world.visitor(), "WS-1001")
    return {
        "shipping": _shipping(cart),
        "tax": _taxes(cart)["19"],
        "total": cart["price"]["totalPrice"],
        "goods": _line(cart),
        "consumer": consumer["price"]["totalPrice"],
    }


def _two_rates(world: World) -> dict[str, Any]:
    """5.90 of shipping on 24.90 at 19 % and 49.90 at 7 %."""
    cart, one_rate = _cart(world.visitor(), "WS-1001", "WS-9001"), _cart(world.visitor(), "WS-1001")
    return {**_taxes(cart), "shipping": _shipping(cart), "one rate": _taxes(one_rate)["19"]}


def _free_item(world: World) -> dict[str, Any]:
    return {
        "free item": _shipping(_cart(world.visitor(), "WS-8005")),
        "with another": _shipping(_cart(world.visitor(), "WS-8005", "WS-1001")),
        "another": _shipping(_cart(world.visitor(), "WS-1001")),
    }


_THRESHOLDS = {"WS-1001": 5.9, "WS-2004": 5.9, "WS-1001+WS-2006": 0.0, "WS-2001": 0.0, "free of charge": 0.0}
_CURRENCIES = {"EUR": 189.9, "GBP": 169.31, "CHF": 182.3, "hammer in GBP": 22.2}
_ENTERED = {"EUR": 64.9, "GBP": 58.9, "CHF": 69.95}
_BESIDE = {"per litre": 15.0, "saved": 25.01, "glue": 11.25, "screwdrivers": 29.99}
_TRADE = {"shipping": 4.97, "tax": 4.91, "total": 30.8, "goods": 20.92, "consumer": 30.8}
_RATES = {"19": 4.29, "7": 3.52, "shipping": 5.9, "one rate": 4.92}
_FRANCS = {"item": 28.79, "total": 29.55, "euro": 30.8}

CASES = {
    "tax-one-cent": Case(_tax, {"tax": 3.98, "price": 24.9}, {"tax": 3.99}),
    "tax-half-even": Case(_half_a_cent, {"WS-4005": 0.29, "WS-4006": 0.4}, {"WS-4005": 0.28}),
    "tax-rounded-per-piece": Case(_pieces, {"1": 3.98, "3": 11.93}, {"3": 11.94}),
    "tax-from-sums": Case(_several_lines, {"tax": 9.15, "total": 57.25}, {"tax": 9.14}),
    "reduced-rate-abroad": Case(_abroad, {"standard": ("20", 4.48), "reduced": ("10", 4.9)}, {"reduced": ("7", 3.52)}),
    "tax-of-billing-country": Case(_two_countries, {"home": ["20"], "Germany": ["19"]}, {"Germany": ["20"]}),
    "vat-id-not-needed": Case(_vat_id, {"with": "tax-free", "without": "net"}, {"without": "tax-free"}),
    "net-total-one-cent": Case(_net_total, {"two lines": 38.06, "three lines": 85}, {"three lines": 84.99}),
    "pound-factor-rounded": Case(_currencies, _CURRENCIES, {"GBP": 169.01, "hammer in GBP": 22.16}),
    "converted-price-cut": Case(_currencies, _CURRENCIES, {"GBP": 169.3}),
    "franc-price-ignored": Case(_entered_prices, _ENTERED, {"CHF": 62.3}),
    "cash-rounding-lost": Case(_francs, _FRANCS, {"total": 29.56}),
    "franc-items-rounded": Case(_francs, _FRANCS, {"item": 28.8}),
    "unit-price-upside-down": Case(_beside_the_price, _BESIDE, {"per litre": 8.44}),
    "saving-of-new-price": Case(_beside_the_price, _BESIDE, {"saved": 33.34}),
    "shipping-threshold-inverted": Case(
        _thresholds, _THRESHOLDS, {"WS-1001": 0.0, "WS-2004": 0.0, "WS-1001+WS-2006": 5.9, "WS-2001": 5.9}
    ),
    "shipping-threshold-on-net": Case(_thresholds, _THRESHOLDS, {"WS-1001+WS-2006": 5.9}),
    "weight-once-per-line": Case(_heavy, {"1": 29.0, "2": 29.0, "3": 59.0}, {"3": 29.0}),
    "net-customer-pays-gross-shipping": Case(_trade, _TRADE, {"shipping": 5.9, "tax": 5.09, "total": 31.91}),
    "shipping-taxed-highest": Case(_two_rates, _RATES, {"19": 4.92, "7": 3.26}),
    "shipping-untaxed-for-net": Case(_trade, _TRADE, {"tax": 3.97, "total": 29.86}),
    "one-free-item-ships-all": Case(
        _free_item, {"free item": 0.0, "with another": 5.9, "another": 5.9}, {"with another": 0.0}
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_mutant_is_wrong_where_it_says_and_nowhere_else(name: str) -> None:
    show(name, CASES[name])


def test_every_mutant_of_the_group_is_looked_at() -> None:
    assert set(CASES) == set(MONEY.mutants)
