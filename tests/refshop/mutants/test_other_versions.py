"""What the reference shop answers as in a version that it cannot be as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from tests.refshop.mutants.world import World
from updategate.embedded.refshop.behaviour import Behaviour
from updategate.embedded.refshop.mutants import mutated
from updategate.embedded.refshop.mutants.other_versions import answering_as_in
from updategate.embedded.refshop.versions import UnknownVersionError

BLANK = "c1051bb4-d103-4f74-8988-acbcafc7fdc3"
GOING_ON = {"fail-on-error": "false"}


def world_as_in(*versions: str) -> World:
    return World(answering_as_in(list(versions), Behaviour()))


def rates(world: World) -> set[float]:
    return {row["taxRate"] for row in world.admin("POST", "/search/tax", {"limit": 100}).json["data"]}


def test_a_sync_of_64_goes_on_after_an_error_and_tells_of_each_row() -> None:
    world = world_as_in("6.4")
    operations = [
        {"key": "bad", "entity": "tax", "action": "upsert", "payload": [{"name": "A", "taxRate": 1}, {"taxRate": 2}]},
        {"key": "good", "entity": "tax", "action": "upsert", "payload": [{"name": "C", "taxRate": 3}]},
    ]
    answer = world.admin("POST", "/_action/sync", operations, **GOING_ON)
    assert answer.status == 200
    assert answer.json["success"] is False
    first, second = answer.json["data"]["bad"]["result"]
    assert first["errors"] == []
    assert [(error["code"], error["source"]["pointer"]) for error in second["errors"]] == [(BLANK, "/1/name")]
    assert answer.json["data"]["good"]["result"][0]["errors"] == []
    # an operation with a bad row is taken back, the others stay
    assert {1, 2, 3} & rates(world) == {3}


def test_a_sync_of_64_is_all_or_nothing_unless_its_header_says_otherwise() -> None:
    world = world_as_in("6.4")
    payload = [{"name": "A", "taxRate": 1}, {"taxRate": 2}]
    answer = world.admin(
        "POST", "/_action/sync", [{"key": "w", "entity": "tax", "action": "upsert", "payload": payload}]
    )
    assert answer.status == 400
    assert not {1, 2} & rates(world)


@pytest.mark.parametrize("body", [None, [], {}])
def test_media_are_created_of_nothing_in_6584_and_refused_today(body: Any) -> None:
    old = world_as_in("6.5.8.4").admin("POST", "/media?_response=true", body)
    assert (old.status, len(old.json["data"]["id"])) == (200, 32)
    assert world_as_in().admin("POST", "/media?_response=true", body).status == 400


def test_fields_that_67_removed_are_neither_shown_nor_asked_for() -> None:
    world = world_as_in("6.7")
    customers = world.admin("POST", "/search/customer", {"limit": 3}).json["data"]
    assert customers
    assert all("defaultPaymentMethodId" not in customer for customer in customers)
    described = world.admin("GET", "/_info/entity-schema.json").json
    assert "defaultPaymentMethodId" not in described["customer"]["properties"]
    assert described["payment_method"]["properties"]["technicalName"]["flags"]["required"] is True
    refused = world.admin("POST", "/payment-method", {"name": "Invoice"})
    assert [error["source"]["pointer"] for error in refused.json["errors"]] == ["/0/technicalName"]
    assert world.admin("POST", "/payment-method", {"name": "I", "technicalName": "own_i"}).status == 204


def test_media_of_products_are_loaded_in_67_only_when_asked_for() -> None:
    world = world_as_in("6.7")
    plain = world.admin("POST", "/search/product-media", {"limit": 1}).json["data"][0]
    asked = world.admin("POST", "/search/product-media", {"limit": 1, "associations": {"media": {}}}).json["data"]
    assert plain["media"] is None
    assert asked[0]["media"]["url"]
    assert world_as_in().admin("POST", "/search/product-media", {"limit": 1}).json["data"][0]["media"]["url"]


def test_versions_and_mutants_can_be_combined() -> None:
    both = answering_as_in(["6.4", "6.7", "6.7.13"], mutated(["double-order"]))
    assert both.reads_fail_on_error()
    assert both.required_fields("payment_method") == {"technicalName"}
    assert not both.tells_context_token(changed=False)
    assert not both.cart_is_emptied_by_order()


def test_an_unknown_version_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownVersionError, match=r"--as-in knows 6\.4, .*, not 6\.7\.1\. Did you mean 6\.7"):
        answering_as_in(["6.7.1"], Behaviour())
