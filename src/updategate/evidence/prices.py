"""Facts about prices: the cells of a price ledger, and the rows of a price list that the shop does not keep to."""

from __future__ import annotations

from typing import Literal

from updategate.evidence.facts import Amount, Fact, Line


class TaxCharged(Fact):
    """The tax of one rate: ``rate`` in percent, ``base`` what it was taken from, None where the shop does not say."""

    rate: str
    tax: str
    base: str | None = None


class LedgerPlan(Line):
    """What a price ledger asks: written before its first cell.

    ``origin`` says whether the cells were drawn from what the shop sells, or are those of an earlier ledger.
    ``pairs`` counts the pairs of values over the products asked, ``covered`` those that stand in some cell.
    ``left_out`` names what the shop has and the ledger does not ask. ``digest`` is a fingerprint of the cells.
    """

    type: Literal["ledger_plan"] = "ledger_plan"
    origin: Literal["drawn", "earlier"]
    seed: str
    cells: int
    digest: str
    products_sold: int
    products_asked: int
    buyers: tuple[str, ...]
    currencies: tuple[str, ...]
    countries: tuple[str, ...]
    pairs: int | None = None
    covered: int | None = None
    left_out: tuple[str, ...] = ()


class Ledger(Line):
    """What the shop charges for one cell of the price ledger; keyed by business keys, never by ids.

    ``sold`` is false where the shop does not sell the product to this buyer: then there is no price, and
    ``messages`` say why, in the shop's own keys. ``in_cart`` is the quantity that the shop put into the cart.
    ``taxes`` are those of the line, ``cart_taxes`` of the whole cart with its shipping costs. ``rule`` is the rule
    of the advanced price. ``error`` says why the cell could not be read, which is no answer of the shop.
    """

    type: Literal["ledger"] = "ledger"
    product: str
    customer_group: str
    customer: str | None = None
    quantity: int
    currency: str
    country: str
    sold: bool = True
    in_cart: int | None = None
    unit_price: Amount | None = None
    total: Amount | None = None
    taxes: tuple[TaxCharged, ...] | None = None
    tax_state: str | None = None
    cart_total: Amount | None = None
    cart_taxes: tuple[TaxCharged, ...] | None = None
    rule: str | None = None
    messages: tuple[str, ...] = ()
    error: str | None = None


class ListDeviation(Line):
    """A row of a price list whose price the shop does not charge (``actual``), or that could not be asked (``error``).

    ``row`` counts as the file does: 1 is its first line. ``actual`` is None where the shop does not sell the product.
    """

    type: Literal["list_deviation"] = "list_deviation"
    price_list: str
    row: int
    product: str
    customer_group: str
    customer: str | None = None
    quantity: int
    currency: str
    country: str
    expected: Amount
    actual: Amount | None = None
    rule: str | None = None
    messages: tuple[str, ...] = ()
    error: str | None = None


class ListChecked(Line):
    """A price list was compared with what the shop charges: how many rows it has, and what became of them."""

    type: Literal["list_checked"] = "list_checked"
    price_list: str
    file: str
    sha256: str
    rows: int
    asked: int
    equal: int
    deviating: int
    unread: int
