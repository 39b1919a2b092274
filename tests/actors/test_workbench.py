"""Journal first, then create; remove everything, and never anything else."""

from __future__ import annotations

import pytest

from tests.actors.fakes import FakeAdmin
from updategate.actors.cleaning import clean, leftovers
from updategate.actors.identity import Identity
from updategate.actors.recorder import MemoryJournal
from updategate.actors.shop_access import PermitMissingError, ShopAccess
from updategate.actors.test_data.workbench import Workbench
from updategate.clients.errors import ApiError, Violation

IDENTITY = Identity("seed", "CHK-001", "", "run-1")
EMAIL = IDENTITY.email("guest")


def bench(admin: FakeAdmin, journal: MemoryJournal, *permits: str) -> Workbench:
    access = ShopAccess(
        transport=None,  # type: ignore[arg-type]
        access_key="",
        storefront_url="",
        admin=admin,  # type: ignore[arg-type]
        permits=frozenset(permits or {"admin_write"}),
    )
    return Workbench(access, IDENTITY, journal)


def product(key: str) -> tuple[str, dict, str]:
    payload = {"id": key, "productNumber": f"UG-{key}", "manufacturerNumber": "updategate CHK-001 run-1"}
    return ("product", payload, f"UG-{key}")


def test_nothing_is_created_without_the_permit() -> None:
    admin, journal = FakeAdmin(), MemoryJournal()
    access_only = bench(admin, journal, "carts")
    with pytest.raises(PermitMissingError, match=r"permits: \{admin_write: true\}"):
        access_only.create(product("p1"))
    assert admin.calls == []


def test_who_created_nothing_needs_no_permit_to_clear_up() -> None:
    admin = FakeAdmin()
    bench(admin, MemoryJournal(), "carts").clear()
    assert admin.calls == []


def test_an_entity_is_journaled_before_it_is_created() -> None:
    class Refusing(FakeAdmin):
        def upsert(self, *_: object) -> dict:
            raise ApiError("POST /api/_action/sync", 400, (Violation("X", "no"),))

    journal = MemoryJournal()
    with pytest.raises(ApiError):
        bench(Refusing(), journal).create(product("p1"))
    assert journal.entries == [("product", "p1", "UG-p1")]


def test_clear_removes_users_before_what_they_use_and_journals_it() -> None:
    admin, journal = FakeAdmin(), MemoryJournal()
    workbench = bench(admin, journal)
    workbench.create(("tax", {"id": "t1"}, "tax"), ("rule", {"id": "r1"}, "rule"), ("rule", {"id": "r2"}, "rule"))
    workbench.create(product("p1"), product("p2"), ("shipping_method", {"id": "s1"}, "parcel"))

    workbench.clear()

    assert admin.left() == {}
    assert journal.left() == []
    deleted = [call.removeprefix("delete ") for call in admin.calls if call.startswith("delete")]
    assert deleted == ["product p1", "product p2", "shipping_method s1", "rule r1", "rule r2", "tax t1"]


def test_what_cannot_be_removed_is_told_stays_in_the_journal_and_keeps_nothing_else() -> None:
    admin, journal = FakeAdmin(undeletable={"r1"}), MemoryJournal()
    workbench = bench(admin, journal)
    workbench.create(("rule", {"id": "r1"}, "r"), ("rule", {"id": "r2"}, "r"), ("rule", {"id": "r3"}, "r"))

    with pytest.raises(RuntimeError, match=r"not all test data could be removed: rule r1: .*DELETE_RESTRICTED"):
        workbench.clear()

    assert admin.left() == {"rule": {"r1"}}
    assert journal.left() == [("rule", "r1")]


def test_customers_and_orders_that_the_shop_named_itself_are_found_by_their_address() -> None:
    admin, journal = FakeAdmin(), MemoryJournal()
    workbench = bench(admin, journal)
    workbench.announces_customer(EMAIL)
    workbench.announces_order(EMAIL)
    admin.entities = {
        "customer": {"c1": {"id": "c1", "email": EMAIL}, "other": {"id": "other", "email": "ada@merchant.example"}},
        # the shop made two orders where one was announced: both go
        "order": {
            "o1": {"id": "o1", "orderCustomer": {"email": EMAIL}, "transactions": [{"id": "tx"}], "deliveries": []},
            "o2": {"id": "o2", "orderCustomer": {"email": EMAIL}},
            "o3": {"id": "o3", "orderCustomer": {"email": "ada@merchant.example"}},
        },
        "state_machine_history": {"h1": {"id": "h1", "referencedId": "tx"}, "h2": {"id": "h2", "referencedId": "o3"}},
    }

    workbench.clear()

    assert admin.left() == {"customer": {"other"}, "order": {"o3"}, "state_machine_history": {"h2"}}
    assert journal.entries == [
        ("customer", f"email:{EMAIL}", IDENTITY.tag),
        ("order", f"email:{EMAIL}#1", IDENTITY.tag),
    ]
    assert journal.left() == []


def test_only_what_was_made_here_may_be_changed() -> None:
    admin = FakeAdmin(entities={"product": {"theirs": {"id": "theirs"}}})
    with pytest.raises(PermissionError, match="product theirs is not ours to change"):
        bench(admin, MemoryJournal()).change("product", "theirs", {"stock": 0})


def test_a_change_is_undone_last_first() -> None:
    done: list[str] = []
    workbench = bench(FakeAdmin(), MemoryJournal())
    workbench.afterwards(lambda: done.append("first"))
    workbench.afterwards(lambda: done.append("second"))
    workbench.clear()
    workbench.clear()
    assert done == ["second", "first"]


def shop_with_leftovers() -> FakeAdmin:
    return FakeAdmin(
        entities={
            "product": {
                "ours": product("ours")[1],
                "number only": {"id": "number only", "productNumber": "UG-1", "manufacturerNumber": "ACME"},
            },
            "tax": {"t": {"id": "t", "name": "updategate CHK-001 19 percent 1a2b"}, "u": {"id": "u", "name": "UG tax"}},
            "customer": {"c": {"id": "c", "email": EMAIL}, "d": {"id": "d", "email": "ug-team@merchant.example"}},
            "order": {"o": {"id": "o", "orderCustomer": {"email": EMAIL}}},
            "seo_url": {
                "s": {"id": "s", "foreignKey": "ours", "seoPathInfo": "updategate-CHK-001-mug/UG-ours"},
                "m": {"id": "m", "foreignKey": "x", "seoPathInfo": "mug/1"},
            },
        }
    )


def test_cleaning_finds_leftovers_by_their_marks_and_spares_the_merchants_own() -> None:
    admin = shop_with_leftovers()
    assert leftovers(admin) == {"order": ["o"], "customer": ["c"], "product": ["ours"], "tax": ["t"]}

    cleaned = clean(admin)

    assert cleaned.faults == []
    assert cleaned.count == 4
    assert admin.left() == {"product": {"number only"}, "tax": {"u"}, "customer": {"d"}, "seo_url": {"m"}}


def test_cleaning_follows_the_journal_and_spares_what_is_carried() -> None:
    admin = shop_with_leftovers()
    admin.entities["category"] = {"k": {"id": "k", "name": "renamed since"}}
    journal = [("category", "k"), ("customer", "email:ada@merchant.example"), ("product", "long gone")]

    cleaned = clean(admin, journal, spare=["c", "o"])

    assert "category" not in admin.left()
    assert admin.left()["customer"] == {"c", "d"}
    assert admin.left()["order"] == {"o"}
    assert "long gone" not in cleaned.removed.get("product", [])


def test_cleaning_tells_what_it_could_not_remove_and_goes_on() -> None:
    admin = shop_with_leftovers()
    admin.undeletable = {"c"}
    cleaned = clean(admin)
    assert len(cleaned.faults) == 1
    assert cleaned.faults[0].startswith("customer c: DELETE /api/customer/c answered 409")
    assert "tax" in cleaned.removed
