"""Several people who do the same at the same moment."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from updategate.actors.identity import Identity
from updategate.actors.purchase import Buyable, Choosable, PlacedOrder, Traces
from updategate.actors.recorder import Recorder, SilentRecorder
from updategate.actors.shop_access import ShopAccess
from updategate.actors.shopper import Shopper


class Crowd:
    """Shoppers who order together; each has a session and an address of their own."""

    def __init__(self, access: ShopAccess, identity: Identity, recorder: Recorder, traces: Traces, size: int) -> None:
        self._recorder = recorder
        # a step belongs to one thread; the crowd is told as one
        self.members = [
            Shopper(access, identity, SilentRecorder(), traces, number=100 + number) for number in range(size)
        ]

    def gets_ready(self, product: Buyable, *, shipping: Choosable, payment: Choosable) -> None:
        """Fill every cart and go as far as the order button, one after the other."""
        with self._recorder.step(f"{len(self.members)} people put {product.number} into their carts"):
            for member in self.members:
                if not member.email:
                    member.goes_on_as_guest()
                member.puts_in_cart(product)
                member.chooses(shipping=shipping, payment=payment)

    def orders_at_once(self) -> list[PlacedOrder]:
        """Place all orders at the same moment; the first refusal is raised."""
        with self._recorder.step(f"{len(self.members)} people place their orders at the same moment"):
            line = Barrier(len(self.members))

            def places(member: Shopper) -> PlacedOrder:
                line.wait(timeout=60)
                return member.places_order()

            with ThreadPoolExecutor(len(self.members)) as pool:
                return list(pool.map(places, self.members))

    def leaves(self) -> None:
        """Leave the shop without carts behind."""
        for member in self.members:
            member.leaves()


def numbers_of(orders: Sequence[PlacedOrder]) -> list[str]:
    """Return the order numbers."""
    return [order.number for order in orders]
