"""After a roll-out: one real order in the live shop, which is taken back."""

import pytest

from updategate.actors.canary import Canary


@pytest.mark.process("ROL-001")
def test_a_canary_order_is_placed_cancelled_and_leaves_nothing_but_its_number(canary: Canary) -> None:
    stock = canary.sees_stock()

    order = canary.orders()
    assert order.view.total == canary.expected_total
    assert order.transaction.total == canary.expected_total

    assert canary.is_cancelled(order) == "cancelled"
    assert canary.sees_stock() == stock

    canary.leaves()
    assert canary.sees_traces(order) == []
    assert canary.sees_stock() == stock
