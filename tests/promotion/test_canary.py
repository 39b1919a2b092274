"""The canary order against the reference shop: placed, cancelled, gone; and what happens when it goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.actors.fakes import SpyRecorder
from tests.refshop.conformance.harness import running_shop
from updategate.actors.canary import Canary, Wish
from updategate.actors.identity import Identity
from updategate.actors.recorder import MemoryJournal
from updategate.actors.shop_access import PermitMissingError, ShopAccess
from updategate.clients.admin_api import AdminApi, Criteria, Integration
from updategate.clients.transport import RequestsTransport

ENTITIES = ("order", "customer", "customer_address", "order_line_item", "order_customer", "state_machine_history")


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, Any]]:
    with running_shop() as shop:
        yield shop.facts


@pytest.fixture(scope="module")
def admin(served: dict[str, Any]) -> Iterator[AdminApi]:
    transport = RequestsTransport(served["url"])
    yield AdminApi(transport, Integration(served["client_id"], served["client_secret"]))
    transport.close()


@pytest.fixture(scope="module")
def product(admin: AdminApi) -> str:
    """A product of the shop's own that sells."""
    criteria = Criteria().equals("active", value=True).equals("parentId", value=None)
    return next(str(row["productNumber"]) for row in admin.pages("product", criteria) if int(row["stock"]) > 5)


Make = Callable[..., tuple[Canary, MemoryJournal]]


@pytest.fixture
def canary(served: dict[str, Any], admin: AdminApi, product: str) -> Iterator[Make]:
    transport = RequestsTransport(served["url"])

    def make(*, permits: frozenset[str] = frozenset({"canary"}), **wish: Any) -> tuple[Canary, MemoryJournal]:
        access = ShopAccess(
            transport=transport,
            access_key=served["access_key"],
            storefront_url=served["url"],
            admin=admin,
            permits=permits,
        )
        journal = MemoryJournal()
        wanted = Wish(**{"product": product, "total": Decimal("1.00"), "country": "DE", **wish})
        identity = Identity(seed="test", process="ROL-001", run="r")
        return Canary(access, identity, SpyRecorder(), journal, wanted), journal

    yield make
    transport.close()


def counts(admin: AdminApi) -> dict[str, int]:
    return {entity: admin.count(entity) for entity in ENTITIES}


def next_number(admin: AdminApi) -> int:
    return int(admin.ask("GET", "/_action/number-range/reserve/order?preview=1")["number"])


def test_an_order_is_placed_cancelled_and_leaves_nothing_but_its_number(admin: AdminApi, canary: Make) -> None:
    bird, journal = canary()
    before, number, stock = counts(admin), next_number(admin), bird.sees_stock()
    order = bird.orders()
    assert order.view.total == order.transaction.total
    assert bird.sees_traces(order) != []
    assert bird.is_cancelled(order) == "cancelled"
    assert bird.sees_stock() == stock
    bird.leaves()
    assert bird.sees_traces(order) == []
    assert counts(admin) == before
    assert next_number(admin) == number + 1
    assert journal.left() == []
    assert {entity for entity, _, _ in journal.entries} == {"customer", "order"}


def test_an_order_that_was_not_cancelled_is_removed_all_the_same(admin: AdminApi, canary: Make) -> None:
    bird, journal = canary()
    before = counts(admin)
    bird.orders()
    bird.leaves()
    bird.leaves()
    assert (counts(admin), journal.left()) == (before, [])


def test_a_method_that_is_not_offered_is_named_and_the_guest_removed(admin: AdminApi, canary: Make) -> None:
    bird, journal = canary(payment="Barter")
    before = counts(admin)
    with pytest.raises(LookupError, match="is not offered Barter; offered are "):
        bird.orders()
    bird.leaves()
    assert (counts(admin), journal.left()) == (before, [])


def test_a_product_that_is_not_sold_is_named(canary: Make) -> None:
    bird, _ = canary(product="NOWHERE")
    with pytest.raises(LookupError, match="does not sell NOWHERE"):
        bird.orders()


def test_nothing_is_ordered_without_the_permit(admin: AdminApi, canary: Make) -> None:
    before = counts(admin)
    bird, journal = canary(permits=frozenset({"orders", "customers", "carts", "admin_write"}))
    with pytest.raises(PermitMissingError, match="canary: true"):
        bird.orders()
    bird.leaves()
    assert (counts(admin), journal.entries) == (before, [])
