"""What works unseen: plugins, scheduled tasks, message queue."""

import pytest

from updategate.actors.inspector import Inspector
from updategate.actors.test_data.products import EVERYWHERE, Catalogue
from updategate.actors.window_shopper import WindowShopper
from updategate.domain.money import eur

# how much later than planned a task may run: workers look every few minutes, and a large task keeps others waiting
OVERDUE_MINUTES = 30
# how long a message may wait; without a worker it waits for ever
DRAINED_WITHIN = 60.0


@pytest.mark.process("ADM-002")
def test_plugins_are_in_one_piece(inspector: Inspector) -> None:
    plugins = inspector.sees_plugins()

    assert [f"{plugin.name} {plugin.version}: {plugin.waiting} waits" for plugin in plugins if plugin.waiting] == []
    assert inspector.finds_active_plugins_never_installed() == []
    assert inspector.finds_payments_without_their_plugin() == []


@pytest.mark.process("ADM-003")
def test_no_scheduled_task_is_overdue(inspector: Inspector) -> None:
    tasks = inspector.sees_tasks()

    assert len(tasks) >= 5, f"a shop has more tasks than {sorted(tasks)}"
    assert [name for name, state in sorted(tasks.items()) if state == "failed"] == []
    # the one that waits longest counts, whatever the others do
    assert inspector.finds_overdue_tasks(minutes=OVERDUE_MINUTES) == []


@pytest.mark.process("ADM-004")
def test_queue_is_drained_in_time(inspector: Inspector, catalogue: Catalogue, window_shopper: WindowShopper) -> None:
    before = inspector.counts_messages()
    kettles = [catalogue.offers(f"kettle {n}", gross=eur("40.00"), visibility=EVERYWHERE) for n in range(1, 6)]

    names = {
        kettle: catalogue.renames_through_the_queue(kettle, word)
        for kettle, word in zip(kettles, ("samovar", "cauldron", "pitcher", "decanter", "urn"), strict=True)
    }
    for kettle, name in names.items():
        window_shopper.waits_until_found(kettle, name, within=DRAINED_WITHIN)

    # other processes of this run write through the queue as well; in between it must come to rest
    allowed = max(before, 5)
    assert inspector.waits_until_queue_holds_at_most(allowed, within=DRAINED_WITHIN) <= allowed
