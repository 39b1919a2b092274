"""Actors and test data against a running reference shop: steps are told, the journal closes, nothing is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from zlib import crc32

import pytest

from tests.actors.fakes import SpyRecorder
from tests.refshop.conformance.harness import running_shop
from updategate.actors.back_office import BackOffice
from updategate.actors.cleaning import clean, leftovers
from updategate.actors.costs import Costs
from updategate.actors.crowd import Crowd, numbers_of
from updategate.actors.identity import Identity
from updategate.actors.order_desk import OrderDesk
from updategate.actors.purchase import RefusedError
from updategate.actors.recorder import MemoryJournal
from updategate.actors.shop_access import PermitMissingError, ShopAccess
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.customers import Customers
from updategate.actors.test_data.delivery import Delivery, Payment, Rate, Shipping
from updategate.actors.test_data.products import Catalogue, Offer
from updategate.actors.test_data.promotions import Promotions
from updategate.actors.test_data.rules import Rules, goods_worth
from updategate.actors.test_data.workbench import Workbench
from updategate.clients.admin_api import AdminApi, Integration
from updategate.clients.errors import ApiError
from updategate.clients.transport import RequestsTransport
from updategate.domain.money import eur

ALL = frozenset({"carts", "customers", "orders", "admin_write"})
COUNTED = (
    "product",
    "customer",
    "customer_address",
    "order",
    "order_line_item",
    "order_delivery",
    "promotion",
    "rule",
    "rule_condition",
    "shipping_method",
    "payment_method",
    "tax",
    "customer_group",
    "country",
    "currency",
    "category",
    "property_group",
    "seo_url",
    "state_machine_history",
    "document",
    "media",
)


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, Any]]:
    with running_shop() as shop:
        yield shop.facts


@pytest.fixture(scope="module")
def access(served: dict[str, Any]) -> Iterator[ShopAccess]:
    transport = RequestsTransport(served["url"])
    yield ShopAccess(
        transport=transport,
        access_key=served["access_key"],
        storefront_url=served["url"],
        admin=AdminApi(transport, Integration(served["client_id"], served["client_secret"])),
        permits=ALL,
        version=served["version"],
    )
    transport.close()


def census(access: ShopAccess) -> dict[str, int]:
    return {entity: access.back_office.count(entity) for entity in COUNTED}


class Stage:
    """What the fixtures of the suites put together, with a journal in memory."""

    def __init__(self, access: ShopAccess, process: str) -> None:
        self.access = access
        self.identity = Identity("tests", process, "", "run")
        self.journal = MemoryJournal()
        self.recorder = SpyRecorder()
        self.bench = Workbench(access, self.identity, self.journal)
        self.rules = Rules(self.bench)
        self.catalogue = Catalogue(self.bench)
        self.delivery = Delivery(self.bench, self.rules)
        self.back_office = BackOffice(access, self.recorder)

    def shopper(self, number: int = 1) -> Shopper:
        return Shopper(self.access, self.identity, self.recorder, self.bench, number=number)

    def mug(self) -> tuple[Offer, Shipping, Payment]:
        mug = self.catalogue.offers("mug", gross=eur("11.90"))
        parcel = self.delivery.ships("parcel", [mug], Rate(gross=eur("4.90"), net=eur("4.12")))
        return mug, parcel, self.delivery.offline_payments()[0]


@pytest.fixture
def stage(access: ShopAccess, request: pytest.FixtureRequest) -> Iterator[Stage]:
    before = census(access)
    stage = Stage(access, f"TST-{crc32(request.node.name.encode()) % 1000:03}")
    yield stage
    stage.bench.clear()
    assert stage.journal.left() == []
    assert census(access) == before


def test_a_guest_order_is_told_step_by_step_and_leaves_nothing(stage: Stage) -> None:
    mug, parcel, payment = stage.mug()
    shopper = stage.shopper()

    shopper.puts_in_cart(mug, quantity=2)
    shopper.goes_on_as_guest()
    cart = shopper.chooses(shipping=parcel, payment=payment)
    order = shopper.places_order()

    expected = Costs.of(positions="23.80", shipping="4.90", total="28.70", net="24.12", tax={"19": "4.58"})
    expected.must_be_shown_by(cart=cart, order=order.view, back_office=stage.back_office.sees(order))
    assert stage.recorder.titles[:4] == [
        f"puts 2 × {mug.number} into the cart",
        "goes on as a guest",
        f"chooses {parcel.name}, {payment.name}",
        "places the order",
    ]
    assert ("order", f"email:{order.email}#1", stage.identity.tag) in stage.journal.entries


def test_everything_that_a_killed_run_has_left_is_found_by_its_marks(access: ShopAccess) -> None:
    before = census(access)
    killed = Stage(access, "TST-900")
    mug, parcel, payment = killed.mug()
    killed.delivery.offers_payment("own", [mug])
    Promotions(killed.bench, killed.rules).gives("tenth", [mug], percent="10", only_if=[goods_worth(">=", 1)])
    customers = Customers(killed.bench)
    killed.catalogue.offers_variants("shirt", {"S": None, "L": eur("20.00")}, gross=eur("19.00"))
    killed.catalogue.category("shelf")
    customers.country("land", iso="XL")
    customers.currency("coin", iso="XCO", factor="2")
    buyer = customers.registered("ada", group_id=customers.group("group", gross=False))
    shopper = killed.shopper()
    shopper.logs_in(buyer)
    shopper.puts_in_cart(mug)
    shopper.chooses(shipping=parcel, payment=payment)
    order = shopper.places_order()
    desk = OrderDesk(access, killed.recorder)
    invoice = desk.issues(order, "invoice")
    desk.issues(order, "storno", of=invoice)
    killed.back_office.moves_order(order, "process")

    cleaned = clean(access.back_office)

    assert cleaned.faults == []
    assert leftovers(access.back_office) == {}
    assert census(access) == before


def test_a_second_run_over_the_leftovers_of_the_first_heals_them(access: ShopAccess) -> None:
    before = census(access)
    Stage(access, "TST-901").mug()  # killed here
    second = Stage(access, "TST-901")
    mug, parcel, payment = second.mug()
    shopper = second.shopper()
    shopper.puts_in_cart(mug)
    assert shopper.checks_out_as_guest(shipping=parcel, payment=payment).view.total == eur("16.80")
    second.bench.clear()
    assert census(access) == before


@pytest.mark.parametrize(
    ("missing", "task"),
    [("carts", "Filling a cart"), ("customers", "Registering a customer"), ("orders", "Placing an order")],
)
def test_nothing_is_done_without_its_permit(stage: Stage, missing: str, task: str) -> None:
    mug, parcel, payment = stage.mug()
    bound = Shopper(
        replace(stage.access, permits=ALL - {missing}), stage.identity, stage.recorder, stage.bench, number=7
    )

    def buys() -> None:
        bound.puts_in_cart(mug)
        bound.checks_out_as_guest(shipping=parcel, payment=payment)

    with pytest.raises(PermitMissingError, match=f"{task} is not permitted"):
        buys()


def test_a_task_that_must_be_refused_and_is_not_is_an_error(stage: Stage) -> None:
    mug, parcel, payment = stage.mug()
    shopper = stage.shopper()
    shopper.puts_in_cart(mug)
    shopper.goes_on_as_guest()
    shopper.chooses(shipping=parcel, payment=payment)
    with pytest.raises(RefusedError, match="the shop accepted the order"):
        shopper.cannot_order()


def test_a_refusal_keeps_shopwares_own_words(stage: Stage) -> None:
    shopper = stage.shopper()
    shopper.goes_on_as_guest()
    with pytest.raises(ApiError, match=r"POST /store-api/checkout/order answered 400: CHECKOUT__CART_EMPTY"):
        shopper.places_order()


def test_a_crowd_orders_at_once(stage: Stage) -> None:
    mug, parcel, payment = stage.mug()
    crowd = Crowd(stage.access, stage.identity, stage.recorder, stage.bench, size=3)
    crowd.gets_ready(mug, shipping=parcel, payment=payment)
    assert len(set(numbers_of(crowd.orders_at_once()))) == 3
    assert stage.back_office.stock_of(mug).available == 97
    crowd.leaves()
