"""What an environment file says about fingerprints and the order after a roll-out."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from updategate.config.loading import Strict


class FingerprintSources(Strict):
    """Where the parts of a build come from that no API tells.

    ``composer_lock`` is a file on this machine, ``composer_lock_command`` a shell command that prints one.
    ``migrations_command`` prints the class name of every migration that was carried out, one a line. Commands may
    only read. ``timeout`` is in seconds and holds for each.
    """

    composer_lock: str | None = None
    composer_lock_command: str | None = None
    migrations_command: str | None = None
    timeout: float = Field(default=60, gt=0, le=600)

    @model_validator(mode="after")
    def _one_lock(self) -> FingerprintSources:
        if self.composer_lock and self.composer_lock_command:
            message = "give either composer_lock or composer_lock_command"
            raise ValueError(message)
        return self


def _text(value: object) -> object:
    """YAML reads 24.99 as a float, which money never is; its text is what was written."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _amount(value: str) -> str:
    try:
        amount = Decimal(value)
    except InvalidOperation:
        message = f"an amount is written like 24.99, not {value!r}"
        raise ValueError(message) from None
    if not amount.is_finite() or amount < 0:
        message = f"an amount is a number that is not negative, not {value!r}"
        raise ValueError(message)
    return value


class CanaryOrder(Strict):
    """The one order after a roll-out: one piece of ``product`` (a product number), bought as a guest.

    ``total`` is what it costs with shipping, in the sales channel's currency. ``payment`` and ``shipping`` name the
    methods; unset means the sales channel's own. The payment method must be one that charges nobody by itself.
    """

    product: str = Field(min_length=1)
    total: Annotated[str, BeforeValidator(_text), AfterValidator(_amount)]
    payment: str | None = None
    shipping: str | None = None
    country: str = Field(default="DE", pattern=r"^[A-Z]{2}$")
