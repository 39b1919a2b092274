"""Compares a price list with what the shop charges: every row that deviates becomes a fact and a line of a CSV file."""

from __future__ import annotations

import csv
import threading
from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from updategate.config.errors import Problem, did_you_mean
from updategate.domain.price_cells import Cell
from updategate.evidence.records import Amount, Ledger, ListChecked, ListDeviation, Phase
from updategate.evidence.writer import EvidenceWriter
from updategate.operations.price_ledger.asking import NO_LONGER_SOLD, Asker, decimal_text, not_sold
from updategate.operations.price_ledger.assortment import OnSale, PriceRules, by_numbers, price_rules
from updategate.operations.price_ledger.crew import Part, Shift
from updategate.operations.price_ledger.entrance import Entrance, Tell
from updategate.operations.price_ledger.market import Market
from updategate.operations.price_ledger.visitors import Chair, missing
from updategate.operations.price_lists.cells import ListedCell
from updategate.operations.price_lists.listing import Listing, Mistakes

_BATCH = 100
# the rule of a deviating price is looked up for so many products at most: each costs a request
_RULES_LOOKED_UP = 500
_HEADLINE = (
    "row", "product", "customer group", "customer", "quantity", "currency", "country", "expected", "actual",
    "difference", "rule", "messages",
)  # fmt: skip


class ListCheck:
    """One list against one shop.

    Before an update, a row that names what the shop does not have is a mistake in the list. After it, it is what the
    update took away, and the row deviates.
    """

    def __init__(self, listing: Listing, shop: Entrance, writer: EvidenceWriter, phase: Phase | None) -> None:
        """Look every name of the list up in the shop. Raises ConfigError with all that it does not know."""
        self._listing = listing
        self._shop = shop
        self._writer = writer
        self._counts: Tally[str] = Tally()
        self._rules: dict[str, PriceRules] = {}
        self._lock = threading.Lock()
        self._gone = missing(listing.chairs(), shop.visitors, shop.market)
        listing.keep_products(self._resolved())
        if phase != "after":
            self._refuse_unknown_names()

    @staticmethod
    def seats(listing: Listing, market: Market) -> Iterator[tuple[str, str]]:
        """Customer groups and countries for which the list needs temporary customers."""
        for group, customer, country in listing.chairs():
            if customer is None and group != market.group and group in market.groups and country in market.countries:
                yield group, country

    def _resolved(self) -> Iterator[tuple[str, str, str | None]]:
        """Number, id and id of the parent of all products of the list that are on sale."""
        batch: list[str] = []
        for number, _ in self._listing.values("product"):
            batch.append(number)
            if len(batch) == _BATCH:
                yield from self._found(batch)
                batch = []
        yield from self._found(batch)

    def _found(self, numbers: list[str]) -> Iterator[tuple[str, str, str | None]]:
        for product in by_numbers(self._shop.store, numbers).values():
            yield product.number, product.id, product.parent_id

    def _refuse_unknown_names(self) -> None:
        mistakes = Mistakes(self._listing.source)
        for name, known in (
            ("customer_group", self._shop.market.groups),
            ("currency", self._shop.market.currencies),
            ("country", self._shop.market.countries),
        ):
            for value, row in self._listing.values(name):
                if value not in known:
                    mistakes.note(self._unknown(row, name, value, known))
        for number, row in self._listing.unknown_products():
            message = f"The sales channel sells no product '{number}'."
            cure = "Correct the number, or take its rows out of the list."
            mistakes.note(Problem(self._listing.where(row, "product"), message, cure))
        for chair, why in self._gone.items():
            group, customer, country = chair
            if group in self._shop.market.groups and country in self._shop.market.countries:
                row = self._listing.first_row_of(chair)
                column = "customer" if customer else "customer_group"
                message = f"Nobody can ask what {customer or group} pays in {country}: {why}."
                mistakes.note(Problem(self._listing.where(row, column), message))
        mistakes.refuse()

    def _unknown(self, row: int, name: str, value: str, known: Mapping[str, str]) -> Problem:
        what = name.replace("_", " ")
        message = f"The shop has no {what} '{value}'.{did_you_mean(value, known)}"
        cure = f"It has {', '.join(sorted(known)[:20])}. Translate the ERP's words with values.{name}."
        return Problem(self._listing.where(row, name), message, cure)

    # -- asking

    def carry_out(self, tell: Tell) -> Shift:
        """Ask every row; deviations go to the evidence and to ``<list>-deviations.csv`` beside it."""
        what, total = f"asks {self._listing.name}", len(self._listing)
        path = self._writer.path.with_name(f"{self._listing.name}-deviations.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(_HEADLINE)
            for cell, why in self._lost():
                self._judge(cell, not_sold(cell, why or NO_LONGER_SOLD), table)
            asker = Asker(_Products(self._listing), PriceRules())
            crew = self._shop.crew(asker, lambda cell, found: self._judge(cell, found, table))
            tell(what, 0, total)
            shift = crew.ask(self._parts(), lambda done: tell(what, done, total))
        self._writer.write(
            ListChecked(
                price_list=self._listing.name,
                file=self._listing.source.name,
                sha256=self._listing.sha256(),
                rows=total,
                asked=sum(self._counts.values()),
                equal=self._counts["equal"],
                deviating=self._counts["deviating"],
                unread=self._counts["unread"],
            )
        )
        return shift

    def _lost(self) -> Iterator[tuple[ListedCell, str]]:
        """Rows that nobody can ask any more, with the reason."""
        for chair in self._listing.chairs():
            for cell in self._listing.cells_of(chair):
                if chair in self._gone:
                    yield cell, self._gone[chair]
                elif cell.currency not in self._shop.market.currencies:
                    yield cell, f"the sales channel has no currency {cell.currency}"

    def _parts(self) -> list[Part]:
        """The rows by buyer; guests have carts of their own, so that several can ask for the same group."""
        parts: list[Part] = []
        for chair in self._listing.chairs():
            if chair in self._gone:
                continue
            shares = self._shop.settings.parallel if self._shop.visitors.are_guests(chair) else 1
            parts += [(chair, self._cells(chair, share, shares)) for share in range(shares)]
        return parts

    def _cells(self, chair: Chair, share: int, shares: int) -> Iterator[ListedCell]:
        for cell in self._listing.cells_of(chair, share, shares):
            if cell.currency in self._shop.market.currencies:
                yield cell

    def _judge(self, cell: Cell, found: Ledger, table: Any) -> None:  # noqa: ANN401 - csv names no type for it
        if not isinstance(cell, ListedCell):
            raise TypeError(type(cell))
        error = found.error or self._other_kind_of_price(found)
        unit = found.unit_price
        messages = found.messages
        if found.in_cart is not None and found.in_cart != cell.quantity:
            messages = (*messages, f"quantity-became-{found.in_cart}")
        equal = unit is not None and Decimal(unit.amount) == cell.expected and found.in_cart == cell.quantity
        with self._lock:
            if not error and equal:
                self._counts["equal"] += 1
                return
            self._counts["unread" if error else "deviating"] += 1
            rule = None if error or unit is None else self._rule(cell, Decimal(unit.amount))
            table.writerow(
                (
                    cell.row, cell.product, cell.customer_group, cell.customer or "", cell.quantity, cell.currency,
                    cell.country, decimal_text(cell.expected), unit.amount if unit else "",
                    decimal_text(Decimal(unit.amount) - cell.expected) if unit else "", rule or "",
                    error or " ".join(messages),
                )
            )  # fmt: skip
        self._writer.write(
            ListDeviation(
                price_list=self._listing.name,
                row=cell.row,
                product=cell.product,
                customer_group=cell.customer_group,
                customer=cell.customer,
                quantity=cell.quantity,
                currency=cell.currency,
                country=cell.country,
                expected=Amount(amount=decimal_text(cell.expected), currency=cell.currency),
                actual=unit,
                rule=rule,
                messages=messages,
                error=error,
            )
        )

    def _other_kind_of_price(self, found: Ledger) -> str | None:
        """A list of net prices says nothing about somebody who is shown gross ones."""
        if found.tax_state is None:
            return None
        shown = "gross" if found.tax_state == "gross" else "net"
        wanted = self._listing.described.prices
        if shown == wanted:
            return None
        return f"the list holds {wanted} prices, but {found.customer or found.customer_group} is shown {shown} ones"

    def _rule(self, cell: ListedCell, charged: Decimal) -> str | None:
        """The rule whose price is charged, as far as the Admin API tells it."""
        product = _Products(self._listing).get(cell.product)
        if product is None or self._shop.admin is None:
            return None
        if cell.product not in self._rules and len(self._rules) < _RULES_LOOKED_UP:
            self._rules[cell.product] = price_rules(self._shop.admin, [product])
        rules = self._rules.get(cell.product, PriceRules())
        return rules.charging(product, cell.quantity, charged, self._shop.market.currencies[cell.currency])


class _Products:
    """The products of a list, looked up where the list keeps them: there may be more than fit into memory."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing

    def get(self, number: str, /) -> OnSale | None:
        """The product of a number; None where the shop does not sell it."""
        found = self._listing.product(number)
        if found is None:
            return None
        return OnSale(id=found[0], parent_id=found[1], number=number, least=1, most=None, steps=1)
