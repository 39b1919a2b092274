"""A price list as an ERP exports it, and how its columns are to be read: nothing about it is guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from updategate.config.loading import Strict, load

COLUMNS = ("product", "price", "quantity", "customer_group", "customer", "currency", "country")
# what every row must have, from a column or fixed
NEEDED = ("product", "price", "quantity", "customer_group", "currency", "country")
FORMATS = (".csv", ".txt", ".xlsx")


class Columns(Strict):
    """The headlines of the columns, by what they hold; ``quantity`` is the one from which the price holds."""

    product: str
    price: str
    quantity: str | None = None
    customer_group: str | None = None
    customer: str | None = None
    currency: str | None = None
    country: str | None = None

    def given(self) -> dict[str, str]:
        """Headline by what the column holds."""
        return {name: getattr(self, name) for name in COLUMNS if getattr(self, name) is not None}


class Fixed(Strict):
    """What holds for every row, because no column says it."""

    quantity: int | None = Field(default=None, ge=1)
    customer_group: str | None = None
    currency: str | None = None
    country: str | None = None

    def given(self) -> dict[str, str]:
        """Value by what it stands for."""
        return {name: str(value) for name, value in self if value is not None}


class PriceList(Strict):
    """How a price list is to be read.

    ``price_list`` is its name in reports, ``file`` a CSV or XLSX file beside this one. ``delimiter``, ``encoding``,
    ``decimal`` and ``thousands`` are those of a CSV file; ``sheet`` names the sheet of an XLSX file. ``header`` is the
    row with the headlines. ``prices`` says whether the list holds net or gross unit prices. ``values`` translates the
    ERP's words into the shop's: ``{customer_group: {PG2: Trade customers}}``.
    """

    price_list: str = Field(min_length=1, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    file: str = Field(min_length=1)
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8"
    decimal: Literal[".", ","] = "."
    thousands: Literal[".", ",", "'", " "] | None = None
    sheet: str | None = None
    header: int = Field(default=1, ge=1)
    columns: Columns
    fixed: Fixed = Fixed()
    prices: Literal["net", "gross"]
    values: dict[Literal["customer_group", "customer", "currency", "country"], dict[str, str]] = Field(
        default_factory=dict
    )

    @model_validator(mode="after")
    def _complete(self) -> PriceList:
        columns, fixed = self.columns.given(), self.fixed.given()
        for name in NEEDED:
            if name not in columns and name not in fixed:
                message = f"neither a column nor 'fixed' says the {name.replace('_', ' ')} of a row"
                raise ValueError(message)
            if name in columns and name in fixed:
                message = f"both a column and 'fixed' say the {name.replace('_', ' ')} of a row"
                raise ValueError(message)
        headlines = list(columns.values())
        if len(set(headlines)) < len(headlines):
            twice = next(name for name in headlines if headlines.count(name) > 1)
            message = f"the column '{twice}' is given twice"
            raise ValueError(message)
        if self.thousands == self.decimal:
            message = f"'{self.decimal}' cannot be the sign of decimals and of thousands"
            raise ValueError(message)
        if Path(self.file).suffix.lower() not in FORMATS:
            message = f"a price list is a file of the kinds {', '.join(FORMATS)}, not {self.file!r}"
            raise ValueError(message)
        return self


def load_price_list(path: Path) -> tuple[PriceList, Path]:
    """Read the description of a price list; returns it with the file that holds the list."""
    described = load(path, PriceList, "price list", variables={})
    return described, path.parent / described.file
