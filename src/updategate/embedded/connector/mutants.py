"""The faults of real connectors, one a class; most stand in public issue lists of connectors."""

# ruff: noqa: D102 - a method is described where it is replaced, in Behaviour

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from .behaviour import BATCH, Batch, Behaviour, Refused


class UnknownMutantError(ValueError):
    """There is no such mutant."""


class DuplicateOrderOnRetry(Behaviour):
    """After a dropped answer the whole order is done again, and nobody looks whether the ERP has it."""

    def is_new_sale(self, found: list[int]) -> bool:
        del found
        return True

    def acknowledges_once(self) -> bool:
        return False

    def tries(self, usual: int) -> int:
        del usual
        return 1


class LostOrderAtPageBoundary(Behaviour):
    """Open orders are paged by number: one that is moved on meanwhile shifts the next page."""

    pages_by_number = True


class TimezoneInChangedSince(Behaviour):
    """The time of the last run is written as local time without a zone; the shop reads it as UTC."""

    def since(self, moment: dt.datetime) -> str:
        local = moment.astimezone(dt.timezone(dt.timedelta(hours=2)))
        return local.strftime("%Y-%m-%d %H:%M:%S")


class StaleStock(Behaviour):
    """Stock is read once and then remembered."""

    def __init__(self) -> None:
        self._read: dict[str, int] = {}

    def stock(self, number: str, on_hand: int, promised: int, *, shop_reserves: bool) -> int:
        fresh = super().stock(number, on_hand, promised, shop_reserves=shop_reserves)
        return self._read.setdefault(number, fresh)


class StockIgnoresOpenOrders(Behaviour):
    """What lies in the warehouse is sent, although some of it is sold: the shop sells it again."""

    def stock(self, number: str, on_hand: int, promised: int, *, shop_reserves: bool) -> int:
        del number
        return on_hand + promised if shop_reserves else on_hand


class ZeroStockNotSent(Behaviour):
    """A stock of zero is taken for one that is not known."""

    def sends_stock(self, pieces: int) -> bool:
        return bool(pieces)


class PriceWithoutTaxState(Behaviour):
    """The net price is sent as the gross price too."""

    def gross(self, net: Decimal, rate: Decimal) -> Decimal:
        del rate
        return net


class TierPricesPileUp(Behaviour):
    """Every run gives tier prices new ids."""

    def price_id(self, price_list: str, number: str, from_quantity: int) -> str:
        del price_list, number, from_quantity
        return uuid.uuid4().hex


class VisibilitiesWithoutId(Behaviour):
    """Visibilities are written without ids: the second time, they exist already."""

    def visibilities(self, product_id: str, channel_id: str) -> list[dict[str, Any]]:
        rows = super().visibilities(product_id, channel_id)
        return [{name: value for name, value in row.items() if name != "id"} for row in rows]


class ProductTwice(Behaviour):
    """A product is created anew whenever it is written."""

    def product_id(self, number: str, known: str | None) -> str:
        del number, known
        return uuid.uuid4().hex


class CustomFieldsAsText(Behaviour):
    """Numbers and yes-or-no become texts on the way."""

    def custom_fields(self, attributes: dict[str, Any]) -> dict[str, Any]:
        return {name: str(value) for name, value in super().custom_fields(attributes).items()}


class CustomFieldsReplaceAll(Behaviour):
    """Fields that the ERP does not know are emptied."""

    def custom_fields(self, attributes: dict[str, Any]) -> dict[str, Any]:
        return {"shop_note": None, **super().custom_fields(attributes)}


class SilentPartialBatch(Behaviour):
    """A refused batch is cut off before the bad row, and nobody is told."""

    def after_refusal(self, refused: Refused) -> tuple[Batch | None, dict[str, tuple[str, str]]]:
        first = min(refused.told, default=0)
        batch = refused.batch
        return (Batch(batch.keys[:first], batch.rows[:first]) if first > 0 else None), {}


class LastBatchForgotten(Behaviour):
    """What does not fill a batch is never sent."""

    def batches(self, keys: list[str], rows: list[dict[str, Any]]) -> Iterator[Batch]:
        for begin in range(0, len(rows), BATCH):
            if len(rows) <= BATCH or begin + BATCH < len(rows):
                yield Batch(keys[begin : begin + BATCH], rows[begin : begin + BATCH])


class OrderWithoutShippingCosts(Behaviour):
    """Only goods reach the ERP: its total is not the customer's."""

    def sale_lines(self, lines: list[dict[str, Any]], shipping: list[dict[str, Any]]) -> list[dict[str, Any]]:
        del shipping
        return lines


class TrackingLost(Behaviour):
    """Only the tracking code of the first parcel is kept."""

    def tracking_codes(self, known: list[str], new: list[str]) -> list[str]:
        return known or new[:1]


class PartialDeliveryAsWhole(Behaviour):
    """The first parcel makes the order a shipped one."""

    def delivery_action(self, *, everything_sent: bool) -> str:
        del everything_sent
        return "ship"


class CancellationForgotten(Behaviour):
    """The shop never learns that the ERP has cancelled an order."""

    def forwards_cancellations(self) -> bool:
        return False


class RefundAlwaysWhole(Behaviour):
    """Any credit note counts as the whole amount."""

    def refund_action(self, credited: Decimal, total: Decimal) -> str:
        del credited, total
        return "refund"


class PicturesPileUp(Behaviour):
    """A changed picture is uploaded beside the one before."""

    def media_id(self, number: str, digest: str) -> str:
        return super().media_id(f"{number} {digest}", digest)


class MediaWithEmptyBody(Behaviour):
    """A media entry is created with an empty list, which Shopware takes up to 6.5 only."""

    def media_body(self, media_id: str) -> Any:
        del media_id
        return []


class DocumentWithoutDeepLink(Behaviour):
    """A document is fetched by its id alone, and what comes is filed."""

    def document_path(self, document: dict[str, Any]) -> str:
        return f"/document/{document['id']}"


class AddressesPileUp(Behaviour):
    """A changed address is put beside the one before."""

    def changes_address(self) -> bool:
        return False


class CustomersOneWay(Behaviour):
    """What the ERP changes never reaches the shop."""

    def takes_erp_address(self) -> bool:
        return False


class GivesUpAtOnce(Behaviour):
    """A request that is refused for the moment is never sent again."""

    def tries(self, usual: int) -> int:
        del usual
        return 1


class NeverIdle(Behaviour):
    """The connector always says that it is at work."""

    def is_idle(self, *, nothing_to_do: bool) -> bool:
        del nothing_to_do
        return False


MUTANTS: dict[str, type[Behaviour]] = {
    "duplicate_order_on_retry": DuplicateOrderOnRetry,
    "lost_order_at_page_boundary": LostOrderAtPageBoundary,
    "timezone_in_changed_since": TimezoneInChangedSince,
    "stale_stock": StaleStock,
    "stock_ignores_open_orders": StockIgnoresOpenOrders,
    "zero_stock_not_sent": ZeroStockNotSent,
    "price_without_tax_state": PriceWithoutTaxState,
    "tier_prices_pile_up": TierPricesPileUp,
    "visibilities_without_id": VisibilitiesWithoutId,
    "product_twice": ProductTwice,
    "custom_fields_as_text": CustomFieldsAsText,
    "custom_fields_replace_all": CustomFieldsReplaceAll,
    "silent_partial_batch": SilentPartialBatch,
    "last_batch_forgotten": LastBatchForgotten,
    "order_without_shipping_costs": OrderWithoutShippingCosts,
    "tracking_lost": TrackingLost,
    "partial_delivery_as_whole": PartialDeliveryAsWhole,
    "cancellation_forgotten": CancellationForgotten,
    "refund_always_whole": RefundAlwaysWhole,
    "pictures_pile_up": PicturesPileUp,
    "media_with_empty_body": MediaWithEmptyBody,
    "document_without_deep_link": DocumentWithoutDeepLink,
    "addresses_pile_up": AddressesPileUp,
    "customers_one_way": CustomersOneWay,
    "gives_up_at_once": GivesUpAtOnce,
    "never_idle": NeverIdle,
}


#: what each of them can touch, in the words of the process registry
_AREAS = {
    "stock product": ("stale_stock", "stock_ignores_open_orders", "zero_stock_not_sent"),
    "price product": ("price_without_tax_state", "tier_prices_pile_up"),
    "product": ("visibilities_without_id", "product_twice", "custom_fields_as_text", "custom_fields_replace_all"),
    "product api": ("silent_partial_batch", "last_batch_forgotten"),
    "product media": ("pictures_pile_up", "media_with_empty_body"),
    "order api": ("duplicate_order_on_retry", "lost_order_at_page_boundary", "timezone_in_changed_since"),
    "order": ("order_without_shipping_costs", "cancellation_forgotten", "refund_always_whole"),
    "order shipping": ("tracking_lost", "partial_delivery_as_whole"),
    "order document": ("document_without_deep_link",),
    "account": ("addresses_pile_up", "customers_one_way"),
    "api order product": ("gives_up_at_once", "never_idle"),
}
#: threads that tell of them; the others are classes of bugs
_THREADS = {
    "duplicate_order_on_retry": "plentymarkets #126 (one order imported every ten minutes)",
    "visibilities_without_id": "shopware/shopware#595",
    "silent_partial_batch": "shopware/shopware#1666",
    "media_with_empty_body": "OpenXE-org/OpenXE#146",
}


def described() -> list[dict[str, Any]]:
    """Return every mutant as the shop describes its own; each of them shows only where the connector runs."""
    areas = {name: words.split() for words, names in _AREAS.items() for name in names}
    return [
        {
            "kind": "connector",
            "name": name,
            "group": "connector",
            "description": (defect.__doc__ or "").partition("\n")[0].rstrip("."),
            "source": _THREADS.get(name, "class: faults of connectors"),
            "areas": areas[name],
            "silent": name not in {"gives_up_at_once", "media_with_empty_body", "never_idle"},
            "needs_erp": True,
            "acts": "always",
            "options": [],
        }
        for name, defect in MUTANTS.items()
    ]


def behaviour_with(names: list[str]) -> Behaviour:
    """Return the behaviour with these faults in it."""
    for name in names:
        if name not in MUTANTS:
            raise UnknownMutantError(f"there is no mutant '{name}'; there are: {', '.join(MUTANTS)}")
    if not names:
        return Behaviour()
    kinds = tuple(MUTANTS[name] for name in reversed(names))
    return type("Mutated", kinds, {})() if len(kinds) > 1 else kinds[0]()
