"""The auditor: reads one order back from everywhere where it is told, and holds the sources to each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from updategate.actors.back_office import BackOffice
from updategate.actors.browser_shopper import OrderOnPage
from updategate.actors.costs import Costs
from updategate.actors.mailbox import Mailbox
from updategate.actors.order_desk import OrderDesk
from updategate.actors.purchase import Buyable, Placed
from updategate.actors.recorder import Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.clients.order_export import exported_orders
from updategate.domain.invariants import check_invariants
from updategate.domain.sources import CART, DOCUMENT, EXPORT, MAIL, ORDER, STOREFRONT, TRANSACTION, Disagreement, agree
from updategate.domain.views import CartView, OrderView, TaxView

# connectors look back a little, because orders can become visible later than others that were placed after them
_LOOKS_BACK = timedelta(minutes=5)


class SourcesDisagreeError(AssertionError):
    """Sources tell an order differently; ``sources`` are those that do, by the names of ``domain.sources``."""

    def __init__(self, order: str, disagreements: Sequence[Disagreement], expected: str) -> None:
        self.sources = frozenset(disagreement.source for disagreement in disagreements)
        self.expected = expected
        self.actual = "; ".join(f"{entry.source}: {entry.field} {entry.found}" for entry in disagreements)
        super().__init__(f"{order} is not told alike. {'; '.join(str(entry) for entry in disagreements)}")


class Auditor:
    """Reads an order from its seven sources, each from the bytes as delivered."""

    def __init__(
        self, access: ShopAccess, recorder: Recorder, back_office: BackOffice, desk: OrderDesk, mailbox: Mailbox
    ) -> None:
        self._access = access
        self._recorder = recorder
        self._back_office = back_office
        self._desk = desk
        self._mailbox = mailbox

    def reads(self, order: OrderOnPage, products: Collection[Buyable], *, cart: CartView) -> dict[str, OrderView]:
        """Read an order everywhere; ``cart`` was seen before it was placed, its page after.

        The mail is two sources, its text and its HTML: customers see one, and other programs read the other.
        """
        numbers = [product.number for product in products]
        sources = {
            STOREFRONT: replace(OrderView.of_cart(order.page), number=order.number),
            CART: OrderView.of_cart(cart),
            ORDER: self._back_office.sees(order),
            TRANSACTION: self._back_office.sees_transaction(order),
            EXPORT: self._exported(order),
            DOCUMENT: self._desk.issues(order, "invoice").view.as_order(order.number, numbers),
        }
        mail = self._mailbox.awaits_mail_about(order.email, order.number)
        currency = sources[ORDER].total.currency
        text, html = self._mailbox.reads_order(mail, order.number, products, currency)
        return {**sources, MAIL: text, f"{MAIL} as HTML": html}

    def must_find_agreement(self, order: Placed, sources: Mapping[str, OrderView], expected: Costs) -> None:
        """Hold every source to the expected costs, to all others and to itself, or name each that differs."""
        with self._recorder.step(f"compares {len(sources)} sources of {order}"):
            wanted = _as_order(expected)
            found = agree({name: _comparable(view) for name, view in sources.items()}, expected=wanted)
            # what a source says of its lines must fit what it says of their sum
            found += [
                Disagreement(name, violation.where, violation.actual, f"{violation.expected}: {violation.invariant}")
                for name, view in sources.items()
                if view.lines is not None
                for violation in check_invariants(view)
            ]
            if found:
                raise SourcesDisagreeError(str(order), found, str(expected))

    def _exported(self, order: Placed) -> OrderView:
        with self._recorder.step(f"exports orders as a connector does, and looks for {order}"):
            since = self._access.back_office.time() - _LOOKS_BACK
            found = exported_orders(self._access.back_office, since.isoformat())
            (exported,) = [view for view in found if view.number == order.number]
            return exported


def _as_order(costs: Costs) -> OrderView:
    return OrderView(
        number=None,
        total=costs.total,
        shipping=costs.shipping,
        net_total=costs.net,
        position_total=costs.positions,
        taxes=tuple(TaxView(rate, tax) for rate, tax in costs.taxes or ()),
    )


def _comparable(view: OrderView) -> OrderView:
    """Leave out what says nothing about the order: names of methods, and states that go on after it was placed."""
    return replace(view, payment_method=None, shipping_method=None, state=None, payment_state=None, delivery_state=None)
