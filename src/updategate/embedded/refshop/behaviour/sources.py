"""Decisions about what each source of an order tells, whatever the order itself holds."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

Source = Literal["page", "cart", "order", "document", "export"]


class SourceDecisions:
    """See ``Behaviour``. What the mail and the payment tell are decisions of their own."""

    def total_told_by(self, source: Source, total: Decimal) -> Decimal:
        """Return the total that a source tells: pages, the cart API, the Admin API, documents, JSON:API."""
        del source
        return total
