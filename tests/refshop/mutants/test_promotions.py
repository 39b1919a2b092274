"""The mutants of promotions, one by one. The codes are those of the seed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.refshop.mutants.world import Case, World, show
from tests.refshop.store_api.visitor import Visitor
from updategate.embedded.refshop.mutants.promotions import PROMOTIONS
from updategate.embedded.refshop.seed.notation import id_of

CHANNEL = id_of("sales_channel", "storefront")


def _discounts(cart: Any) -> list[float]:
    return [line["price"]["totalPrice"] for line in cart["lineItems"] if line["type"] == "promotion"]


def _taxes(cart: Any) -> dict[str, float]:
    return {str(tax["taxRate"]): tax["tax"] for tax in cart["price"]["calculatedTaxes"]}


def _with(person: Visitor, *numbers: str, codes: tuple[str, ...] = ()) -> Any:
    for number in numbers:
        person.add(number)
    for code in codes:
        person.redeem(code)
    return person.get("/checkout/cart").body


def _promotion(world: World, code: str, discount: dict[str, Any], **changes: Any) -> None:
    world.sync(
        "promotion",
        {
            "id": id_of("promotion", code),
            "name": code,
            "active": True,
            "useCodes": True,
            "code": None if changes.get("useIndividualCodes") else code,
            "salesChannels": [{"salesChannelId": CHANNEL, "priority": 1}],
            "discounts": [
                {"scope": "cart", "type": "percentage", "value": 10, "considerAdvancedRules": False, **discount}
            ],
            **changes,
        },
    )


def _tenth(world: World) -> dict[str, Any]:
    """A tenth of 64.90, from customers with gross and with net prices (54.54)."""
    return {
        "consumer": _discounts(_with(world.visitor(), "WS-1009", codes=("SAVE10",))),
        "trade": _discounts(_with(world.visitor("berta@example.com"), "WS-1009", codes=("SAVE10",))),
    }


def _two_rates(world: World) -> dict[str, Any]:
    """A tenth of 24.90 at 19 % and of 49.90 at 7 %: the discount has 0.40 and 0.33 of tax."""
    cart = _with(world.visitor(), "WS-1001", "WS-9001", codes=("SAVE10",))
    line = next(line for line in cart["lineItems"] if line["type"] == "promotion")["price"]
    one = _with(world.visitor(), "WS-1001", codes=("SAVE10",))
    return {
        "taxes of the discount": {str(tax["taxRate"]): tax["tax"] for tax in line["calculatedTaxes"]},
        "discount": line["totalPrice"],
        "one rate": _taxes(one),
    }


def _pounds(world: World) -> dict[str, Any]:
    """20 euro, entered as 18 pounds and 20 francs."""
    return {
        iso: _discounts(_with(world.visitor(currency=iso), "WS-1009", codes=("MINUS20",)))
        for iso in ("EUR", "GBP", "CHF")
    }


def _periods(world: World) -> dict[str, Any]:
    now, found = world.shop.clock.now(), {}
    periods = {"ended": (-48, -1), "starting": (1, 48), "running": (-48, 48), "long over": (-48, -24)}
    for code, (start, end) in periods.items():
        _promotion(
            world,
            code,
            {},
            validFrom=(now + timedelta(hours=start)).isoformat(timespec="milliseconds"),
            validUntil=(now + timedelta(hours=end)).isoformat(timespec="milliseconds"),
        )
        found[code] = _discounts(_with(world.visitor(), "WS-1001", codes=(code,)))
    return found


def _twice(world: World) -> dict[str, Any]:
    """One customer orders twice with a code for one order each; others may still use it."""
    first = world.visitor("karl@example.com")
    once = _discounts(_with(first, "WS-1001", codes=("ONCE5",)))
    assert first.post("/checkout/order").status == 200
    again = _discounts(_with(first, "WS-1001", codes=("ONCE5",)))
    return {
        "once": once,
        "again": again,
        "others": _discounts(_with(world.visitor("anna@example.com"), "WS-1001", codes=("ONCE5",))),
        "exhausted": _discounts(_with(world.visitor(), "WS-1001", codes=("FIRST100",))),
    }


def _counted(world: World) -> dict[str, Any]:
    _promotion(world, "FIRST", {}, maxRedemptionsGlobal=1)
    person = world.visitor("karl@example.com")
    first = _discounts(_with(person, "WS-1001", codes=("FIRST",)))
    assert person.post("/checkout/order").status == 200
    second = _discounts(_with(world.visitor("anna@example.com"), "WS-1001", codes=("FIRST",)))
    return {"first": first, "second": second}


def _individual(world: World) -> dict[str, Any]:
    promotion = id_of("promotion", "personal")
    _promotion(world, "personal", {}, useIndividualCodes=True)
    for code in ("P-1", "P-2"):
        world.sync("promotion_individual_code", {"promotionId": promotion, "code": code})
    person = world.visitor("karl@example.com")
    first = _discounts(_with(person, "WS-1001", codes=("P-1",)))
    assert person.post("/checkout/order").status == 200
    others = [_discounts(_with(world.visitor("anna@example.com"), "WS-1001", codes=(code,))) for code in ("P-1", "P-2")]
    return {"first": first, "spent": others[0], "unspent, two hammers": others[1]}


def _together(world: World) -> dict[str, Any]:
    """A quarter of 64.90 tolerates nothing beside it; a tenth and 20 euro tolerate each other."""
    return {
        "exclusive": sorted(_discounts(_with(world.visitor(), "WS-1009", codes=("FAIR25", "MINUS20")))),
        "friendly": sorted(_discounts(_with(world.visitor(), "WS-1009", codes=("SAVE10", "MINUS20")))),
    }


def _free_shipping(world: World) -> dict[str, Any]:
    cart = _with(world.visitor(), "WS-1001", codes=("FREESHIP",))
    return {"tax": _taxes(cart), "total": cart["price"]["totalPrice"]}


def _capped(world: World) -> dict[str, Any]:
    """A tenth, at most 5 euro."""
    _promotion(world, "UPTO5", {"maxValue": 5})
    return {
        "64.90": _discounts(_with(world.visitor(), "WS-1009", codes=("UPTO5",))),
        "24.90": _discounts(_with(world.visitor(), "WS-1001", codes=("UPTO5",))),
    }


CASES = {
    "promotion-percentage-of-net": Case(_tenth, {"consumer": [-6.49], "trade": [-5.45]}, {"consumer": [-5.45]}),
    "discount-taxed-at-one-rate": Case(
        _two_rates,
        {"taxes of the discount": {"19": -0.4, "7": -0.33}, "discount": -7.48, "one rate": {"19": 4.52}},
        {"taxes of the discount": {"19": -1.19}},
    ),
    "pound-discount-converted": Case(_pounds, {"EUR": [-20], "GBP": [-18], "CHF": [-20]}, {"GBP": [-17.83]}),
    "ended-promotion-runs-on": Case(
        _periods, {"ended": [], "starting": [], "running": [-2.49], "long over": []}, {"ended": [-2.49]}
    ),
    "redeemed-once-too-often": Case(
        _twice, {"once": [-5], "again": [], "others": [-5], "exhausted": []}, {"again": [-5]}
    ),
    "redemption-not-counted": Case(_counted, {"first": [-2.49], "second": []}, {"second": [-2.49]}),
    "code-redeemed-again": Case(
        _individual, {"first": [-2.49], "spent": [], "unspent, two hammers": [-4.98]}, {"spent": [-2.49]}
    ),
    "promotions-combine": Case(
        _together, {"exclusive": [-16.23], "friendly": [-20, -6.49]}, {"exclusive": [-20, -16.23]}
    ),
    "shipping-discount-untaxed": Case(_free_shipping, {"tax": {"19": 3.98}, "total": 24.9}, {"tax": {"19": 4.92}}),
    "discount-cap-ignored": Case(_capped, {"64.90": [-5], "24.90": [-2.49]}, {"64.90": [-6.49]}),
}


@pytest.mark.parametrize("name", CASES)
def test_the_mutant_is_wrong_where_it_says_and_nowhere_else(name: str) -> None:
    show(name, CASES[name])


def test_every_mutant_of_the_group_is_looked_at() -> None:
    assert set(CASES) == set(PROMOTIONS.mutants)
