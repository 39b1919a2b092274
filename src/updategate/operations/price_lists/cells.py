"""One row of a price list as a question with the price that is expected; what cannot be one is named."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from updategate.config.errors import Problem, did_you_mean
from updategate.config.price_list import COLUMNS, PriceList
from updategate.domain.price_cells import Cell
from updategate.operations.price_lists.sheets import Value

# a spreadsheet's own arithmetic leaves more behind: 0.1 + 0.2 is 0.30000000000000004
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class ListedCell(Cell):
    """A cell that a row of the list asks, with the unit price that the list expects."""

    row: int = 0
    expected: Decimal = Decimal(0)


class RowProblemError(Exception):
    """A row that cannot be read; ``problem`` names row and column."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class RowReader:
    """Reads the rows below a headline."""

    def __init__(self, described: PriceList, headline: Sequence[Value]) -> None:
        """Raises RowProblemError where the headline lacks a column, or has it twice."""
        self._described = described
        self._width = len(headline)
        names = [str(name).strip().lstrip("\ufeff") for name in headline]
        self._places: dict[str, int] = {}
        for name, column in described.columns.given().items():
            found = [place for place, headline_ in enumerate(names) if headline_ == column]
            if len(found) != 1:
                what = "twice" if found else "nowhere"
                near = "" if found else did_you_mean(column, names)
                shown = ", ".join(f"'{one}'" for one in names if one) or "no headlines"
                raise RowProblemError(
                    Problem(
                        f"row {described.header}",
                        f"The column '{column}' ({name}) stands {what} in the headline.{near}",
                        f"The row has {shown}.",
                    )
                )
            self._places[name] = found[0]
        self._fixed = described.fixed.given()
        self._number = _number_pattern(described)

    def read(self, row: int, values: Sequence[Value]) -> ListedCell:
        """The cell of a row. Raises RowProblemError."""
        if len(values) != self._width:
            raise RowProblemError(
                Problem(
                    f"row {row}",
                    f"The row has {len(values)} columns, the headline {self._width}.",
                    "A separator within a text must be quoted; an empty column still has its separators.",
                )
            )
        found: dict[str, Value] = dict(self._fixed)
        for name, place in self._places.items():
            found[name] = values[place]
        texts = {name: self._text(row, name, found) for name in COLUMNS if name not in ("price", "quantity")}
        return ListedCell(
            product=texts["product"],
            customer_group=texts["customer_group"],
            customer=texts["customer"] or None,
            quantity=self._quantity(row, found["quantity"]),
            currency=texts["currency"],
            country=texts["country"],
            row=row,
            expected=self._price(row, found["price"]),
        )

    def where(self, row: int, name: str) -> str:
        """Row and column in words."""
        column = self._described.columns.given().get(name)
        return f"row {row}, column {column}" if column else f"row {row}"

    def _text(self, row: int, name: str, found: Mapping[str, Value]) -> str:
        value = found.get(name, "")
        text = f"{value.normalize():f}" if isinstance(value, Decimal) else value.strip()
        if not text and name != "customer":
            raise self._refused(row, name, "The cell is empty.", "Fill it, or take the row out.")
        words = self._described.values.get(name)  # type: ignore[call-overload]
        if words is None or not text:
            return text
        if text not in words:
            raise self._refused(
                row,
                name,
                f"'{text}' has no meaning.{did_you_mean(text, words)}",
                f"values.{name} knows: {', '.join(sorted(words))}.",
            )
        return str(words[text])

    def _quantity(self, row: int, value: Value) -> int:
        text = f"{value.normalize():f}" if isinstance(value, Decimal) else value.strip()
        if not re.fullmatch(r"[0-9]+", text) or int(text) < 1:
            raise self._refused(row, "quantity", f"'{text}' is no quantity.", "A quantity is a whole number from 1 on.")
        return int(text)

    def _price(self, row: int, value: Value) -> Decimal:
        if isinstance(value, Decimal):
            if value < 0:
                raise self._refused(row, "price", f"'{value}' is no price.", "A price is not negative.")
            if value != round(value, _DECIMALS):
                cure = f"A price has at most {_DECIMALS} decimals; round it where it is exported."
                raise self._refused(row, "price", f"'{value}' is no exact price.", cure)
            return value
        text = value.strip()
        if not self._number.fullmatch(text):
            raise self._refused(row, "price", f"'{text}' is no price.", self._cure(text))
        if self._described.thousands:
            text = text.replace(self._described.thousands, "")
        return Decimal(text.replace(self._described.decimal, "."))

    def _cure(self, text: str) -> str:
        decimal = self._described.decimal
        other = "," if decimal == "." else "."
        if re.fullmatch(rf"[0-9]+{re.escape(other)}[0-9]+", text):
            return f"The decimal sign of this list is '{decimal}'. If it is '{other}', write: decimal: \"{other}\""
        if re.fullmatch(r"[0-9]{1,3}([.,' ][0-9]{3})+([.,][0-9]+)?", text):
            return 'If the list separates thousands, write by what, for example: thousands: "."'
        return f"A price is a number such as 12{decimal}34, without a currency."

    def _refused(self, row: int, name: str, message: str, cure: str) -> RowProblemError:
        return RowProblemError(Problem(self.where(row, name), message, cure))


def _number_pattern(described: PriceList) -> re.Pattern[str]:
    decimals = rf"({re.escape(described.decimal)}[0-9]+)?"
    if described.thousands:
        return re.compile(rf"([0-9]+|[0-9]{{1,3}}({re.escape(described.thousands)}[0-9]{{3}})+){decimals}")
    return re.compile(rf"[0-9]+{decimals}")
