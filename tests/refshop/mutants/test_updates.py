"""The mutants of an update: the shop is used as 6.6.6.1, becomes 6.6.7.1 on the same data, and is looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from tests.refshop.conformance.harness import running_shop
from tests.refshop.mutants.world import NEW, OLD, Case, World, show, update
from tests.refshop.store_api.visitor import Visitor
from updategate.embedded.refshop.mutants import mutated
from updategate.embedded.refshop.mutants.updates import UPDATES
from updategate.embedded.refshop.seed.notation import id_of

_PRICE = r'class="product-detail-price[^"]*">\s*([^<\s]+)'


def _unit(cart: Any) -> float:
    return float(cart["lineItems"][0]["price"]["unitPrice"])


def _open(world: World) -> dict[str, Any]:
    update(world)
    return {
        "home": world.browser().get("/").status,
        "style": world.ask("GET", "/bundles/storefront/storefront.css").status,
        "script": world.ask("GET", "/bundles/storefront/storefront.js").status,
        "api": world.admin("GET", "/_info/version").json,
    }


def _read(world: World) -> dict[str, Any]:
    """What pages call the way home, and the end of the script that they load."""
    update(world)
    logo = r'header-logo-main-link"[^>]* title="([^"]*)"'
    script = world.ask("GET", "/bundles/storefront/storefront.js").text
    return {
        "english": world.browser().get("/").found(logo),
        "german": world.browser().get("/de").found(logo),
        "end": script.rstrip().rpartition("\n")[2],
        "style": world.ask("GET", "/bundles/storefront/storefront.css").status,
    }


def _prices(world: World) -> dict[str, Any]:
    """Tiers of a tape measure and of a storage box, and the price of gloves for trade customers."""
    update(world)
    return {
        "plugin": world.row("plugin", name="AcmeB2bPrices")["active"],
        "ten measures": _unit(world.visitor().add("WS-3001", 10).body),
        "ten boxes": _unit(world.visitor().add("WS-8003", 10).body),
        "one measure": _unit(world.visitor().add("WS-3001").body),
    }


def _people(world: World) -> dict[str, Any]:
    """Karl has a cart before the update; somebody registers after it."""
    karl = world.visitor("karl@example.com")
    karl.add("WS-1001")
    update(world)
    again = Visitor(world.shop, karl.token)
    new = world.visitor()
    answer = new.post("/account/register", new.registration("new@example.com"))
    return {
        "old customer": world.visitor().login("anna@example.com").status,
        "new customer": world.visitor().login("new@example.com", "long-enough-1").status,
        "registered": answer.status,
        "cart": len(again.get("/checkout/cart").body["lineItems"]),
    }


def _orders(world: World) -> dict[str, Any]:
    """An order with an invoice and a credit of before, and one of after the update."""
    found: dict[str, Any] = {}
    old = world.visitor("karl@example.com").order("WS-1001")
    world.paper("invoice", old["id"])
    update(world)
    new = world.visitor("anna@example.com").order("WS-1001")
    world.paper("invoice", new["id"])
    for name, order in (("old", old["id"]), ("new", new["id"])):
        version = world.write("POST", f"/_action/version/order/{order}", {})["versionId"]
        credit = {
            "identifier": "e" * 32,
            "type": "credit",
            "quantity": 1,
            "label": "goodwill",
            "priceDefinition": {"type": "absolute", "price": -5, "quantity": 1},
        }
        world.write("POST", f"/_action/order/{order}/creditItem", credit, sw_version_id=version)
        world.write("POST", f"/_action/version/merge/order/{version}")
        answer = world.write("POST", "/_action/order/document/credit_note/create", [{"orderId": order}])
        found[f"{name} credited"] = len(answer["data"])
    return found | {"numbers": (old["orderNumber"], new["orderNumber"])}


def _upkeep(world: World) -> dict[str, Any]:
    """Pages are in the cache after the update when a price changes; a product is made; tasks are due."""
    update(world)
    hammer = world.product("WS-1001")
    page = f"/detail/{hammer['id']}"
    first = world.browser().get(page).found(_PRICE)
    price = [{"currencyId": id_of("currency", "EUR"), "net": 21.76, "gross": 25.9, "linked": False}]
    world.sync("product", {"id": hammer["id"], "price": price})
    world.sync(
        "product",
        {
            "id": id_of("product", "NEW-1"),
            "productNumber": "NEW-1",
            "name": "Plumb line",
            "stock": 5,
            "taxId": id_of("tax", "standard"),
            "price": price,
            "visibilities": [{"salesChannelId": id_of("sales_channel", "storefront"), "visibility": 30}],
        },
    )
    tasks = {task["status"] for task in world.shop.store.where("scheduled_task", name="cart.cleanup")}
    queue = world.write("GET", "/_info/queue.json")
    return {
        "first": first,
        "then": world.browser().get(page).found(_PRICE),
        "cart": _unit(world.visitor().add("WS-1001").body),
        "new product": len(world.visitor().post("/search", {"search": "NEW-1"}).body["elements"]),
        "waiting": any(message["size"] for message in queue),
        "tasks": tasks,
        "cash": world.row("payment_method", technicalName="payment_cashpayment")["active"],
    }


_OPEN: dict[str, Any] = {"home": 200, "style": 200, "script": 200, "api": {"version": "6.6.7.1"}}
_READ = {"english": "Go to homepage", "german": "Zur Startseite gehen", "end": "})();", "style": 200}
_THROWS = "if (document.body.matches('.is-ctl-navigation.is-act-index')) null.dataset;"
_PRICES = {"plugin": True, "ten measures": 7.9, "ten boxes": 8.25, "one measure": 8.9}
_PEOPLE = {"old customer": 200, "new customer": 200, "registered": 200, "cart": 1}
_ORDERS = {"old credited": 1, "new credited": 1, "numbers": ("10000", "10001")}
_UPKEEP = {
    "first": "€24.90*",
    "then": "€25.90*",
    "cart": 25.9,
    "new product": 1,
    "waiting": False,
    "tasks": {"scheduled"},
    "cash": True,
}

CASES = {
    "maintenance-left-on": Case(_open, _OPEN, {"home": 503}),
    "migration-half-done": Case(_prices, _PRICES, {"ten boxes": 9.75}),
    "old-customer-locked-out": Case(_people, _PEOPLE, {"old customer": 401}),
    "old-carts-lost": Case(_people, _PEOPLE, {"cart": 0}),
    "old-invoice-not-creditable": Case(_orders, _ORDERS, {"old credited": 0}),
    "queue-not-consumed": Case(_upkeep, _UPKEEP, {"new product": 0, "waiting": True}),
    "cache-never-invalidated": Case(_upkeep, _UPKEEP, {"then": "€24.90*"}),
    "theme-style-missing": Case(_open, _OPEN, {"style": 404}),
    "language-pack-lost": Case(_read, _READ, {"german": "header.logoLink"}),
    "script-throws-in-categories": Case(_read, _READ, {"end": _THROWS}),
    "tasks-not-scheduled": Case(_upkeep, _UPKEEP, {"tasks": {"queued"}}),
    "plugin-deactivated": Case(_prices, _PRICES, {"plugin": False, "ten measures": 8.9, "ten boxes": 9.75}),
    "order-numbers-start-again": Case(_orders, _ORDERS, {"numbers": ("10000", "10000")}),
    "payment-method-gone": Case(_upkeep, _UPKEEP, {"cash": False}),
}


@pytest.mark.parametrize("name", CASES)
def test_the_mutant_is_wrong_where_it_says_and_nowhere_else(name: str) -> None:
    show(name, CASES[name])


@pytest.mark.parametrize("name", CASES)
def test_without_an_update_nothing_is_wrong(name: str) -> None:
    """On fresh data of the new version the mutant does nothing: it is the update that breaks the shop."""
    world = World(mutated([name]), updated=mutated([name]))
    assert CASES[name].look(world) == CASES[name].right


def test_a_shop_of_its_own_is_updated_by_a_restart_on_the_same_file(tmp_path: Path) -> None:
    """As ``updategate serve`` does it: one process a version, and the mutant in the second one only."""
    options = ("--data", str(tmp_path / "shop.sqlite"), "--mutant", "theme-style-missing")
    statuses = []
    for version in (OLD, NEW, NEW):
        with running_shop("--shopware-version", version, *options) as shop:
            pages = [f"{shop.url}/", f"{shop.url}/bundles/storefront/storefront.css"]
            statuses.append([requests.get(page, timeout=10).status_code for page in pages])
    assert statuses == [[200, 200], [200, 404], [200, 404]]


def test_every_mutant_of_the_group_is_looked_at() -> None:
    assert set(CASES) == set(UPDATES.mutants)
