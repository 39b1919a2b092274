"""The price ledger: which prices of a shop are written down before and after an update, and what may change."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from updategate.config.loading import Strict

Changed = Literal[
    "unit_price", "total", "tax", "tax_base", "tax_state", "cart_total", "cart_tax", "cart_tax_base", "quantity", "sold"
]


class LedgerCustomer(Strict):
    """An existing customer whose prices are asked; their cart must be empty, and is empty again afterwards."""

    email: str = Field(min_length=3)
    password: SecretStr


class LedgerSettings(Strict):
    """What a ledger asks in this environment.

    ``cells`` is the most that is asked, ``seconds`` the time that it should take: the ledger before an update is cut
    to it, the one after asks the same cells however long that takes. ``groups`` are names of customer groups;
    without permits to write, a group is only seen through ``customers``. ``currencies`` are ISO codes, ``countries``
    ISO codes of two letters; left out, the shop's own are taken, the most telling first.
    """

    cells: int = Field(default=2000, ge=1, le=100_000)
    seconds: float = Field(default=60, gt=0)
    parallel: int = Field(default=2, ge=1, le=16)
    customers: tuple[LedgerCustomer, ...] = ()
    groups: tuple[str, ...] | None = None
    currencies: tuple[str, ...] | None = None
    countries: tuple[str, ...] | None = None
    price_lists: tuple[str, ...] = ()


def _exact(value: object) -> object:
    if isinstance(value, bool | float):
        message = f'write the amount in quotes, such as "0.01", not {value!r}'
        raise ValueError(message)  # noqa: TRY004 - what pydantic tells as a wrong value
    return Decimal(value) if isinstance(value, int) else value


def _not_negative(value: Decimal) -> Decimal:
    if not value.is_finite() or value < 0:
        message = f"a change has no direction here: write an amount of at least 0, not {value}"
        raise ValueError(message)
    return value


ExactAmount = Annotated[Decimal, BeforeValidator(_exact), AfterValidator(_not_negative)]


class IntendedPriceChange(Strict):
    """Prices that the target version changes on purpose: with a reason, its source, and the update it holds for.

    ``changed`` says which figures may change, ``at_most`` by how much each (in the cell's currency); the other keys
    bound the cells. All of them must hold.
    """

    changed: tuple[Changed, ...] = Field(min_length=1)
    reason: str = Field(min_length=5)
    source: str = Field(min_length=5)
    from_version: str = Field(alias="from")
    to_version: str = Field(alias="to")
    at_most: ExactAmount | None = None
    products: tuple[str, ...] | None = None
    customer_groups: tuple[str, ...] | None = None
    currencies: tuple[str, ...] | None = None
    countries: tuple[str, ...] | None = None
    rules: tuple[str, ...] | None = None


class LedgerRules(Strict):
    """What a difference in the price ledger means.

    ``required`` makes a verdict without a ledger on both sides inconclusive. ``price_lists`` says what rows of a
    price list mean that the shop does not charge, and did charge before.
    """

    differences: Literal["fail", "inconclusive", "report"] = "fail"
    required: bool = False
    price_lists: Literal["fail", "inconclusive", "report"] = "fail"
    intended: tuple[IntendedPriceChange, ...] = ()
