"""Amounts of money: exact decimals that know their currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Self


class CurrencyMismatchError(ValueError):
    """Two amounts of different currencies were added, subtracted or compared."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency.

    ``amount`` is in whole currency units (12.34 is twelve euro and thirty-four cents), never a float.
    ``currency`` is the ISO 4217 code.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            message = f"an amount of money is a Decimal, not {type(self.amount).__name__}: {self.amount!r}"
            raise TypeError(message)
        if not self.amount.is_finite():
            message = f"an amount of money is finite, not {self.amount}"
            raise ValueError(message)

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Self:
        """Build from a literal such as ``"12.34"``; floats are refused because they are not exact."""
        if isinstance(amount, float):
            message = f"write the amount as a string, not as the float {amount!r}"
            raise TypeError(message)
        return cls(Decimal(amount), currency)

    @classmethod
    def from_json_number(cls, number: float | int | str | Decimal, currency: str) -> Self:
        """Read a number as Shopware prints it in JSON: its shortest decimal text is the amount."""
        return cls(Decimal(repr(number) if isinstance(number, float) else str(number)), currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: int | Decimal) -> Money:
        return Money(self.amount * factor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __str__(self) -> str:
        return f"{self.amount:.2f} {self.currency}" if self._is_cents() else f"{self.amount} {self.currency}"

    def rounded(self, decimals: int = 2) -> Money:
        """Round half away from zero, as PHP's ``round`` does."""
        step = Decimal(1).scaleb(-decimals)
        return Money(self.amount.quantize(step, rounding=ROUND_HALF_UP), self.currency)

    def to_json(self) -> dict[str, str]:
        """The wire form of the shared interfaces: ``{"amount": "12.34", "currency": "EUR"}``."""
        return {"amount": format(self.amount, "f"), "currency": self.currency}

    @classmethod
    def from_json(cls, data: dict[str, str]) -> Self:
        """Read the wire form; a missing key or a number instead of a text is an error."""
        if not isinstance(data.get("amount"), str):
            message = f"money is written as {{'amount': '12.34', 'currency': 'EUR'}}, not {data!r}"
            raise TypeError(message)
        return cls(Decimal(data["amount"]), data["currency"])

    def _same(self, other: Money) -> Decimal:
        if other.currency != self.currency:
            message = f"{self} and {other} are of different currencies"
            raise CurrencyMismatchError(message)
        return other.amount

    def _is_cents(self) -> bool:
        return self.amount == self.amount.quantize(Decimal("0.01"))


def eur(amount: str) -> Money:
    """Euro from a literal: ``eur("11.90")``."""
    return Money.of(amount, "EUR")
