"""Journeys of an app or a headless front: the Store API alone."""

from __future__ import annotations

from updategate.actors.visitor import HeadlessVisitor
from updategate.load.journey import Visit, journey


@journey("api_listing", groups=("api_listing",))
def api_listing(visit: Visit) -> None:
    """Open a category."""
    category = visit.pick(visit.pools.categories, "categories")
    with visit.step("api_listing"):
        HeadlessVisitor(visit.access, visit.recorder).opens_listing(category)


@journey("api_detail", groups=("api_detail",))
def api_detail(visit: Visit) -> None:
    """Open a product."""
    product = visit.pick(visit.pools.products, "products")
    with visit.step("api_detail"):
        HeadlessVisitor(visit.access, visit.recorder).opens_detail(product.id)


@journey("api_search", groups=("api_search",))
def api_search(visit: Visit) -> None:
    """Search for a word from a product's name."""
    term = visit.pick(visit.pools.terms, "search terms")
    with visit.step("api_search"):
        HeadlessVisitor(visit.access, visit.recorder).searches(term)


@journey("api_context", groups=("api_context",))
def api_context(visit: Visit) -> None:
    """Ask what the session is set to, as every front does first."""
    with visit.step("api_context"):
        HeadlessVisitor(visit.access, visit.recorder).opens_context()
