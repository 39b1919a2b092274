"""Whether all sources tell the same order: page, cart, order, transaction, document, mail, export.

The source that disagrees is named. What a source does not show (``None``) is no disagreement, unless it is a source
that has to show it: then its silence is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

from updategate.domain.money import Money
from updategate.domain.views import LineItemView, OrderView, TaxView

STOREFRONT, CART, ORDER, TRANSACTION = "storefront", "cart", "order", "transaction"
DOCUMENT, MAIL, EXPORT = "document", "mail", "export"
EXPECTED = "expected"

REQUIRED_FIELDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        STOREFRONT: frozenset({"total", "lines", "shipping", "taxes"}),
        CART: frozenset({"total", "lines", "shipping", "net_total", "position_total", "tax_state", "taxes"}),
        ORDER: frozenset({"number", "total", "lines", "shipping", "net_total", "position_total", "tax_state", "taxes"}),
        TRANSACTION: frozenset({"total"}),
        DOCUMENT: frozenset({"number", "total", "lines", "shipping", "taxes"}),
        MAIL: frozenset({"number", "total", "lines", "shipping"}),
        EXPORT: frozenset({"number", "total", "lines", "shipping", "taxes"}),
    }
)
"""What each of the seven sources must show, by the fields of ``OrderView``."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One source says otherwise. ``found`` is what it says, ``accepted`` what the others, or the expectation, say."""

    source: str
    field: str
    found: str
    accepted: str

    def __str__(self) -> str:
        return f"{self.source}: {self.field} is {self.found}, but {self.accepted}"


_Read: TypeAlias = Callable[[OrderView], object | None]
"""Reads one figure from a view; ``None`` where the view does not show it."""


def agree(
    sources: Mapping[str, OrderView],
    *,
    expected: OrderView | None = None,
    required: Mapping[str, Collection[str]] = REQUIRED_FIELDS,
) -> list[Disagreement]:
    """Compare what the sources say, and name each that disagrees.

    With ``expected`` every source is held to it. Without, the value that most sources show is taken for right; where
    no value has a majority, every one that shows the field is named, for then nobody can be trusted. Sources are known
    by the names of ``REQUIRED_FIELDS``; others may be given too, and must show nothing in particular. Fewer than two
    sources, and no expectation, are nothing to compare: that is a ``ValueError``, not agreement.
    """
    if len(sources) + (expected is not None) < _ENOUGH:
        message = f"agreement needs at least two sources, not {', '.join(sources) or 'none'}"
        raise ValueError(message)
    found = _missing(sources, required)
    for name, read in _fields(sources, expected).items():
        shown = {source: read(view) for source, view in sources.items()}
        shown = {source: value for source, value in shown.items() if value is not None}
        wanted = read(expected) if expected is not None else None
        if wanted is not None:
            accepted = f"{_text(wanted)} is {EXPECTED}"
            found += [Disagreement(s, name, _text(v), accepted) for s, v in shown.items() if v != wanted]
        else:
            found += _minority(name, shown)
    return found


_ENOUGH = 2


def _missing(sources: Mapping[str, OrderView], required: Mapping[str, Collection[str]]) -> list[Disagreement]:
    return [
        Disagreement(source, field, "not shown", "this source has to show it")
        for source, view in sources.items()
        for field in sorted(required.get(source, ()))
        if getattr(view, field) is None
    ]


def _minority(field: str, shown: Mapping[str, object]) -> list[Disagreement]:
    votes = Counter(shown.values())
    if len(votes) < _ENOUGH:
        return []
    (winner, most), (_, second) = votes.most_common(2)
    said = {value: ", ".join(source for source, other in shown.items() if other == value) for value in votes}
    if most == second:
        return [Disagreement(source, field, _text(value), _others(value, said)) for source, value in shown.items()]
    return [
        Disagreement(source, field, _text(value), f"{_text(winner)} in {said[winner]}")
        for source, value in shown.items()
        if value != winner
    ]


def _others(value: object, said: Mapping[object, str]) -> str:
    return " and ".join(f"{_text(other)} in {sources}" for other, sources in said.items() if other != value)


def _fields(sources: Mapping[str, OrderView], expected: OrderView | None) -> dict[str, _Read]:
    """Every figure that any view shows: plain ones, each tax rate, and each line with each of its figures."""
    fields = {name: _plain(name) for name in _PLAIN}
    views = [*sources.values(), *([expected] if expected else [])]
    fields |= {
        f"{name} at {rate.normalize():f} %": _tax_at(name, rate)
        for name in ("taxes", "shipping_taxes")
        for rate in sorted({tax.rate for view in views for tax in _shown_taxes(view, name)})
    }
    for key in dict.fromkeys(_name(line) for view in views for line in view.lines or ()):
        for figure, read in _LINE_FIGURES.items():
            fields[f"line {key} {figure}"] = _of_lines(key, read)
    return fields


def _plain(name: str) -> _Read:
    return lambda view: getattr(view, name)


def _shown_taxes(view: OrderView, name: str) -> tuple[TaxView, ...]:
    taxes: tuple[TaxView, ...] | None = getattr(view, name)
    return taxes or ()


def _tax_at(name: str, rate: Decimal) -> _Read:
    """Read the tax of a rate; a source that shows taxes but not this one says that it is zero."""

    def read(view: OrderView) -> object | None:
        if getattr(view, name) is None:
            return None
        amount = sum((tax.tax.amount for tax in _shown_taxes(view, name) if tax.rate == rate), Decimal(0))
        return Money(amount, view.total.currency)

    return read


def _name(line: LineItemView) -> str:
    """Name a line as every source can: pages, mails and documents show a promotion by its name, never by its code."""
    return line.label if line.type == "promotion" or not line.number else line.number


def _of_lines(key: str, read: Callable[[LineItemView], object | None]) -> _Read:
    """Read a figure of every line of that key; a source that shows lines but not this one says that there is none."""

    def of(view: OrderView) -> object | None:
        if view.lines is None:
            return None
        figures = [read(line) for line in view.lines if _name(line) == key]
        if not figures:
            return _ABSENT
        return None if any(figure is None for figure in figures) else tuple(sorted(map(_Ordered, figures)))

    return of


@dataclass(frozen=True, slots=True)
class _Ordered:
    """A figure of a line that sorts by what it reads like, so that the order of equal lines does not matter."""

    value: object

    def __lt__(self, other: _Ordered) -> bool:
        return _text(self.value) < _text(other.value)


def _taxes(line: LineItemView) -> str | None:
    """Write the taxes of a line down, so that 3.8 and 3.80 are the same; a single tax of zero is as good as none."""
    if line.taxes is None:
        return None
    shown = [tax for tax in line.taxes if tax.tax.amount or len(line.taxes) > 1]
    shown.sort(key=lambda tax: tax.rate)
    return " + ".join(f"{tax.tax} at {tax.rate.normalize():f} %" for tax in shown) or "no tax"


_ABSENT = "absent"
_PLAIN = (
    "number",
    "total",
    "shipping",
    "net_total",
    "position_total",
    "raw_total",
    "tax_state",
    "state",
    "payment_state",
    "delivery_state",
    "payment_method",
    "shipping_method",
    "email",
    "customer_number",
)
_LINE_FIGURES: dict[str, Callable[[LineItemView], object | None]] = {
    "quantity": lambda line: line.quantity,
    "unit price": lambda line: line.unit_price,
    "total": lambda line: line.total,
    "taxes": _taxes,
}


def _text(value: object) -> str:
    """Write a figure for people."""
    match value:
        case (_Ordered() as only,):
            return _text(only.value)
        case tuple() as several:
            return "[" + ", ".join(_text(one) for one in several) + "]"
        case _Ordered() as figure:
            return _text(figure.value)
        case _:
            return str(value)
