"""The shop itself, before and after: plugins, tables, tasks, queue, flags, the interface, and whether it is open."""

import pytest

from updategate.actors.inspector import Inspector, Migrated, broken_promises
from updategate.actors.porter import Doorway, Porter
from updategate.actors.test_data.products import EVERYWHERE, Catalogue
from updategate.actors.window_shopper import WindowShopper
from updategate.domain.money import eur
from updategate.plugin.recording import HandoverDesk

# what connectors read and write: articles, prices, stock, customers, orders with payment and delivery, documents
CONNECTED = (
    "product",
    "product_price",
    "category",
    "tax",
    "currency",
    "customer",
    "customer_address",
    "customer_group",
    "order",
    "order_address",
    "order_customer",
    "order_line_item",
    "order_transaction",
    "order_delivery",
    "document",
    "media",
)


@pytest.mark.process("UPD-001")
def test_nothing_stands_in_the_way_of_an_update(inspector: Inspector) -> None:
    assert inspector.health_check_answers() == 200
    assert inspector.sees_closed_channels() == []
    assert [plugin.name for plugin in inspector.sees_plugins() if plugin.waiting] == []
    assert inspector.finds_overdue_tasks(minutes=24 * 60) == []


@pytest.mark.process("UPD-002")
@pytest.mark.before_update
def test_plugins_are_written_down(inspector: Inspector, handover: HandoverDesk) -> None:
    handover.leaves("plugins", **{plugin.name: [plugin.version, plugin.active] for plugin in inspector.sees_plugins()})


@pytest.mark.process("UPD-002")
@pytest.mark.after_update
def test_plugins_are_as_active_as_before_and_none_is_half_updated(inspector: Inspector, handover: HandoverDesk) -> None:
    before = handover.knows("plugins")
    now = {plugin.name: plugin for plugin in inspector.sees_plugins()}

    assert sorted(before.keys() - now.keys()) == []
    assert {name: now[name].active for name in before} == {name: active for name, (_, active) in before.items()}
    older = [name for name, (version, _) in before.items() if _release(now[name].version) < _release(version)]
    assert older == []
    assert {plugin.name: plugin.waiting for plugin in now.values() if plugin.waiting} == {}


@pytest.mark.process("UPD-003")
def test_customers_see_the_maintenance_page_and_the_health_check_does_not(porter: Porter, inspector: Inspector) -> None:
    porter.opens_channel()
    porter.closes_for_maintenance()

    assert porter.lets_in("/") == Doorway(status=503, led_to="/maintenance")
    assert porter.lets_in("/checkout/cart") == Doorway(status=503, led_to="/maintenance")
    assert porter.lets_an_app_in() == 503
    assert inspector.health_check_answers() == 200

    porter.opens_again()
    assert porter.lets_an_app_in() == 200


@pytest.mark.process("UPD-004")
@pytest.mark.before_update
def test_no_earlier_update_is_unfinished(inspector: Inspector, handover: HandoverDesk) -> None:
    assert inspector.finds_what_is_unfinished() == []
    migrated = inspector.sees_migrated()
    handover.leaves("migrated", version=migrated.version, indexers=migrated.indexers)


@pytest.mark.process("UPD-004")
@pytest.mark.after_update
def test_migrations_are_complete(inspector: Inspector, handover: HandoverDesk) -> None:
    before = handover.knows("migrated")
    assert inspector.finds_what_is_unfinished(Migrated(**before)) == []


@pytest.mark.process("UPD-006")
def test_what_is_written_through_the_queue_is_found_in_time(
    catalogue: Catalogue, window_shopper: WindowShopper
) -> None:
    kettle = catalogue.offers("kettle", gross=eur("40.00"), visibility=EVERYWHERE)
    name = catalogue.renames_through_the_queue(kettle, "samovar")
    window_shopper.waits_until_found(kettle, name, within=90)


@pytest.mark.process("UPD-006")
@pytest.mark.before_update
def test_queue_is_counted(inspector: Inspector, handover: HandoverDesk) -> None:
    handover.leaves("queue", messages=inspector.counts_messages())


@pytest.mark.process("UPD-006")
@pytest.mark.after_update
def test_queue_is_no_longer_than_before(inspector: Inspector, handover: HandoverDesk) -> None:
    # other processes of this run write through the queue as well
    before = handover.knows("queue")["messages"] + 20
    assert inspector.waits_until_queue_holds_at_most(before, within=60) <= before


@pytest.mark.process("UPD-007")
@pytest.mark.before_update
def test_scheduled_tasks_are_written_down(inspector: Inspector, handover: HandoverDesk) -> None:
    handover.leaves("tasks", **inspector.sees_tasks())


@pytest.mark.process("UPD-007")
@pytest.mark.after_update
def test_every_task_is_scheduled_and_none_is_overdue(inspector: Inspector, handover: HandoverDesk) -> None:
    before, now = handover.knows("tasks"), inspector.sees_tasks()

    assert sorted(before.keys() - now.keys()) == []
    resting = ("inactive", "failed")
    stopped = [name for name, state in now.items() if state in resting and before.get(name) not in resting]
    assert stopped == []
    assert inspector.finds_overdue_tasks(minutes=30) == []
    assert inspector.finds_stuck_tasks(within=60) == []


@pytest.mark.process("UPD-009")
@pytest.mark.before_update
def test_feature_flags_are_written_down(inspector: Inspector, handover: HandoverDesk) -> None:
    handover.leaves("flags", **inspector.sees_flags())


@pytest.mark.process("UPD-009")
@pytest.mark.after_update
def test_feature_flags_are_as_before(inspector: Inspector, handover: HandoverDesk) -> None:
    before, now = handover.knows("flags"), inspector.sees_flags()
    # a flag that is gone has become the rule; one that is new is off unless the version says otherwise
    changed = {name: (before[name], now[name]) for name in before.keys() & now.keys() if before[name] != now[name]}
    assert changed == {}


@pytest.mark.process("UPD-013")
@pytest.mark.before_update
def test_interface_is_written_down(inspector: Inspector, handover: HandoverDesk) -> None:
    interface = inspector.sees_interface(CONNECTED)
    assert sorted(interface) == sorted(CONNECTED)
    handover.leaves("interface", **interface)


@pytest.mark.process("UPD-013")
@pytest.mark.after_update
def test_interface_keeps_what_connectors_rely_on(inspector: Inspector, handover: HandoverDesk) -> None:
    assert broken_promises(handover.knows("interface"), inspector.sees_interface(CONNECTED)) == []


@pytest.mark.process("UPD-013")
def test_answers_tell_the_session_and_the_total_that_clients_rely_on(inspector: Inspector) -> None:
    assert inspector.finds_answers_without_their_session() == []
    # of one row a page, the total is still that of all rows
    rows, told = inspector.counts_in_two_ways("state_machine_state")
    assert (told, rows > 1) == (rows, True)


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("-")[0].split(".") if part.isdigit())
