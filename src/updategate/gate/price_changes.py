"""What changed between two readings of one cell of the price ledger, figure by figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from updategate.config.ledger import Changed
from updategate.evidence.records import Amount, Ledger, TaxCharged

_NAMES: Mapping[str, str] = {
    "unit_price": "unit price",
    "total": "line total",
    "tax": "tax",
    "tax_base": "taxed base",
    "tax_state": "tax state",
    "cart_total": "cart total",
    "cart_tax": "tax of the cart",
    "cart_tax_base": "taxed base of the cart",
    "quantity": "quantity in the cart",
    "sold": "sold",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of a cell that changed; ``by`` is the absolute amount, None where there is none to speak of."""

    kind: Changed
    before: str
    after: str
    by: Decimal | None = None


def changes_of(was: Ledger, now: Ledger) -> Iterator[Change]:
    """All figures that differ; a figure that one side does not tell is not compared."""
    if was.sold != now.sold:
        yield Change("sold", _sold(was), _sold(now))
        return
    if not was.sold:
        return
    if was.in_cart is not None and now.in_cart is not None and was.in_cart != now.in_cart:
        yield Change("quantity", str(was.in_cart), str(now.in_cart))
    if was.tax_state is not None and now.tax_state is not None and was.tax_state != now.tax_state:
        yield Change("tax_state", was.tax_state, now.tax_state)
    yield from _money("unit_price", was.unit_price, now.unit_price)
    yield from _money("total", was.total, now.total)
    yield from _taxes("tax", "tax_base", was.taxes, now.taxes)
    yield from _money("cart_total", was.cart_total, now.cart_total, optional=True)
    yield from _taxes("cart_tax", "cart_tax_base", was.cart_taxes, now.cart_taxes)


def _money(kind: Changed, was: Amount | None, now: Amount | None, *, optional: bool = False) -> Iterator[Change]:
    if optional and (was is None or now is None):
        return
    if was is None or now is None:
        if was is not now:
            yield Change(kind, _amount(was), _amount(now))
        return
    if was.currency != now.currency:
        yield Change(kind, _amount(was), _amount(now))
        return
    by = abs(Decimal(now.amount) - Decimal(was.amount))
    if by:
        yield Change(kind, _amount(was), _amount(now), by)


def _taxes(
    tax: Changed, base: Changed, was: tuple[TaxCharged, ...] | None, now: tuple[TaxCharged, ...] | None
) -> Iterator[Change]:
    if was is None or now is None:
        return
    old, new = ({Decimal(entry.rate): entry for entry in side} for side in (was, now))
    for rate in sorted(old.keys() | new.keys()):
        one, other = old.get(rate), new.get(rate)
        before, after = (Decimal(entry.tax) if entry else Decimal(0) for entry in (one, other))
        if before != after or (one is None) != (other is None):
            yield Change(tax, f"{rate:f} %: {before}", f"{rate:f} %: {after}", abs(after - before))
        if one and other and one.base is not None and other.base is not None:
            by = abs(Decimal(other.base) - Decimal(one.base))
            if by:
                yield Change(base, f"{rate:f} % of {one.base}", f"{rate:f} % of {other.base}", by)


def text_of(row: Ledger, changes: Sequence[Change], *, before: bool) -> str:
    """A cell in words: its price, and every other figure that changed."""
    if not row.sold:
        return _sold(row)
    parts = [f"{_amount(row.unit_price)} each, {_amount(row.total)}"]
    parts += [
        f"{_NAMES[change.kind]} {change.before if before else change.after}"
        for change in changes
        if change.kind not in ("unit_price", "total", "sold")
    ]
    return "; ".join(parts)


def _sold(row: Ledger) -> str:
    if row.sold:
        return f"{_amount(row.unit_price)} each, {_amount(row.total)}"
    return f"not sold ({', '.join(row.messages)})" if row.messages else "not sold"


def _amount(amount: Amount | None) -> str:
    return f"{amount.amount} {amount.currency}" if amount else "no price"
