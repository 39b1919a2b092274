from __future__ import annotations

import pytest

from updategate.actors import new_rules
from updategate.actors.new_rules import with_new_rules
from updategate.clients.errors import ApiError, Violation

OURS = "got 1 error(s): shipping-method-blocked-updategate B2B-004 shipping parcel 0915: not available"


def refusal(detail: str) -> ApiError:
    return ApiError("POST /store-api/checkout/order", 500, (Violation("CHECKOUT__CART_INVALID", detail, ""),), "")


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_rules, "_PAUSE_SECONDS", 0)


def test_a_rule_that_is_only_being_made_known_is_waited_for() -> None:
    answers = [refusal(OURS), None]

    def order() -> str:
        if (fault := answers.pop(0)) is not None:
            raise fault
        return "10001"

    assert with_new_rules(order) == "10001"


@pytest.mark.parametrize(("detail", "asked"), [(OURS, 20), ("shipping-method-blocked-Express: not available", 1)])
def test_what_lasts_or_is_the_merchants_is_raised(detail: str, asked: int) -> None:
    count = 0

    def order() -> str:
        nonlocal count
        count += 1
        raise refusal(detail)

    with pytest.raises(ApiError, match="CART_INVALID"):
        with_new_rules(order)
    assert count == asked
