from __future__ import annotations

import pytest

from updategate.actors import new_taxes
from updategate.actors.new_taxes import with_new_taxes
from updategate.clients.errors import ApiError, Violation


def refusal(code: str) -> ApiError:
    return ApiError("POST /store-api/search", 404, (Violation(code, "not found", ""),), "")


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_taxes, "_PAUSE_SECONDS", 0)


def test_a_tax_that_is_only_being_made_known_is_waited_for() -> None:
    answers = [refusal("SYSTEM__TAX_NOT_FOUND"), refusal("SYSTEM__TAX_NOT_FOUND"), None]

    def ask() -> str:
        if (fault := answers.pop(0)) is not None:
            raise fault
        return "found"

    assert with_new_taxes(ask) == "found"


@pytest.mark.parametrize(("code", "asked"), [("SYSTEM__TAX_NOT_FOUND", 20), ("FRAMEWORK__X", 1)])
def test_what_lasts_is_raised(code: str, asked: int) -> None:
    count = 0

    def ask() -> str:
        nonlocal count
        count += 1
        raise refusal(code)

    with pytest.raises(ApiError, match=code):
        with_new_taxes(ask)
    assert count == asked
