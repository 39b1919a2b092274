"""Where the connector decides something that connectors get wrong: a mutant replaces one of these."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

BATCH = 100
EVERYWHERE = 30


def id_of(*parts: str) -> str:
    """An id that is the same in every run: writing twice changes, and never doubles."""
    return hashlib.md5("\0".join(("connector", *parts)).encode()).hexdigest()  # noqa: S324 - an id and no secret


@dataclass
class Batch:
    """Rows that are written together. ``keys`` are business keys, by position."""

    keys: list[str]
    rows: list[dict[str, Any]]


@dataclass
class Refused:
    """A batch that the shop did not take: the positions that it named, and what it said of each."""

    batch: Batch
    told: dict[int, tuple[str, str]] = field(default_factory=dict)


class Behaviour:
    """The connector as it should be."""

    # -- requests

    def tries(self, usual: int) -> int:
        """How often a request is sent before the connector gives up."""
        return usual

    # -- articles and prices

    def product_id(self, number: str, known: str | None) -> str:
        """The shop's id of an article."""
        return known or id_of("product", number)

    def visibilities(self, product_id: str, channel_id: str) -> list[dict[str, Any]]:
        """In which sales channels an article is seen."""
        row_id = id_of("visibility", product_id, channel_id)
        return [{"id": row_id, "salesChannelId": channel_id, "visibility": EVERYWHERE}]

    def gross(self, net: Decimal, rate: Decimal) -> Decimal:
        """A price with its tax, to the cent."""
        return (net * (1 + rate / 100)).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def price_id(self, price_list: str, number: str, from_quantity: int) -> str:
        """The id of a tier price."""
        return id_of("price", price_list, number, str(from_quantity))

    def custom_fields(self, attributes: dict[str, Any]) -> dict[str, Any]:
        """The attributes of an article as custom fields; fields of others are not touched."""
        return {f"erp_{name}": value for name, value in attributes.items()}

    def batches(self, keys: list[str], rows: list[dict[str, Any]]) -> Iterator[Batch]:
        """Cut what is to be written into batches."""
        for begin in range(0, len(rows), BATCH):
            yield Batch(keys[begin : begin + BATCH], rows[begin : begin + BATCH])

    def after_refusal(self, refused: Refused) -> tuple[Batch | None, dict[str, tuple[str, str]]]:
        """What of a refused batch is sent again, and what is told to people, by business key.

        Where the shop named no row, nothing is sent again and every row is told.
        """
        batch = refused.batch
        bad = {position for position in refused.told if 0 <= position < len(batch.rows)}
        if not bad:
            told = next(iter(refused.told.values()), ("", "the whole batch was refused"))
            return None, dict.fromkeys(batch.keys, told)
        good = [position for position in range(len(batch.rows)) if position not in bad]
        rest = Batch([batch.keys[at] for at in good], [batch.rows[at] for at in good])
        return (rest if good else None), {batch.keys[at]: refused.told[at] for at in sorted(bad)}

    # -- stock

    def stock(self, number: str, on_hand: int, promised: int, *, shop_reserves: bool) -> int:
        """The figure that the shop is sent. Up to 6.5 the shop takes open orders off by itself."""
        del number
        return on_hand if shop_reserves else on_hand - promised

    def sends_stock(self, pieces: int) -> bool:
        """Whether a figure is sent at all."""
        del pieces
        return True

    # -- orders

    def since(self, moment: dt.datetime) -> str:
        """A moment, for the shop."""
        return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"

    # orders that end while others are fetched shift the pages; so each page begins where the last one ended
    pages_by_number = False

    def is_new_sale(self, found: list[int]) -> bool:
        """Whether an order has to be created, given the sales with its number."""
        return not found

    def sale_lines(self, lines: list[dict[str, Any]], shipping: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The lines of a sale."""
        return [*lines, *shipping]

    def acknowledges_once(self) -> bool:
        """Whether a failed acknowledgement is repeated alone, and not together with the creation of the sale."""
        return True

    # -- back to the shop

    def tracking_codes(self, known: list[str], new: list[str]) -> list[str]:
        """The tracking codes of a delivery."""
        return [*known, *(code for code in new if code not in known)]

    def delivery_action(self, *, everything_sent: bool) -> str:
        """The transition of a delivery."""
        return "ship" if everything_sent else "ship_partially"

    def forwards_cancellations(self) -> bool:
        """Whether the shop learns of orders that the ERP has cancelled."""
        return True

    def refund_action(self, credited: Decimal, total: Decimal) -> str:
        """The transition of a payment."""
        return "refund" if credited >= total else "refund_partially"

    # -- pictures, documents, customers

    def media_id(self, number: str, digest: str) -> str:
        """The shop's id of an article's picture."""
        del digest
        return id_of("media", number)

    def media_body(self, media_id: str) -> Any:
        """What a media entry is created with."""
        return {"id": media_id}

    def document_path(self, document: dict[str, Any]) -> str:
        """Where a document is fetched from."""
        return f"/_action/document/{document['id']}/{document['deepLinkCode']}"

    def changes_address(self) -> bool:
        """Whether a changed address replaces the one before, instead of standing beside it."""
        return True

    def takes_erp_address(self) -> bool:
        """Whether a change in the ERP reaches the shop."""
        return True

    def is_idle(self, *, nothing_to_do: bool) -> bool:
        """What the connector says of itself."""
        return nothing_to_do
