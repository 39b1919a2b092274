"""Decisions about lists, searches and pages."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any


class CatalogueDecisions:
    """See ``Behaviour``."""

    def listing_offset(self, page: int, limit: int) -> int:
        """Return how many products a page of a list passes over."""
        return (page - 1) * limit

    def price_sort_key(self, amount: Decimal) -> Any:
        """Return what products are sorted by when they are sorted by price."""
        return amount

    def fits_properties(self, hits: list[bool]) -> bool:
        """Tell whether a product stays in a list, given whether it has an option of each group chosen."""
        return all(hits)

    def least_visibility(self, wanted: int) -> int:
        """Return how visible a product must be for a list (30) or a search (20); by link only is 10."""
        return wanted

    def searched(self, term: str) -> str:
        """Return the term that is searched for."""
        return term

    def variant_options(self, wanted: dict[str, str], switched: str | None) -> dict[str, str]:
        """Return the options by group that a variant is looked for with; ``switched`` is the group just chosen in."""
        del switched
        return wanted

    def readable_address(self, kind: str) -> bool:
        """Tell whether links to products (``detail``) or categories (``navigation``) are the readable ones."""
        del kind
        return True

    def active_category(self, category_id: str) -> str:
        """Return the category that the menu marks as the one the visitor is in."""
        return category_id

    def shown_entities(self, entities: Sequence[str]) -> Sequence[str]:
        """Return the entities whose change makes cached pages stale."""
        return entities

    def printed_price(self, text: str, locale: str) -> str:
        """Return an amount as a page prints it."""
        del locale
        return text

    def shown_text(self, key: str, text: str, locale: str) -> str:
        """Return a text as pages show it; ``key`` is the name that it has in its language pack."""
        del key, locale
        return text

    def delivered_file(self, name: str, content: bytes) -> bytes:
        """Return a file of the theme as browsers get it."""
        del name
        return content

    def has_static_file(self, name: str) -> bool:
        """Tell whether a file of the theme is there."""
        del name
        return True
