"""What the frame of every full page shows: navigation, languages, currencies, footer."""

from __future__ import annotations

from typing import Any

from .urls import translated
from .visit import Visit


async def frame(visit: Visit, route: str, active: str = "", **parameters: str) -> dict[str, Any]:
    """Return the data of the page's frame.

    ``route`` and ``parameters`` say where a change of language or currency comes back to; ``active`` is the category
    that the page belongs to. ``trail`` are the categories above it, the root left out.
    """
    trail = _trail(visit, active)
    marked = visit.shop.behaviour.active_category(active)
    currencies = await visit.api.all_of("/currency")
    return {
        "route": route,
        "route_parameters": _route_parameters(visit, parameters),
        "navigation": _children(visit, visit.channel.root_category, depth=2),
        "footer": _footer(visit),
        "active_category": marked,
        "active_path": {category["id"] for category in _trail(visit, marked)},
        "trail": trail,
        "currencies": currencies,
    }


def _route_parameters(visit: Visit, parameters: dict[str, str]) -> dict[str, str]:
    return {**({"_httpCache": "1"} if visit.request.method == "GET" else {}), **parameters}


def _children(visit: Visit, parent: str, depth: int) -> list[dict[str, Any]]:
    children = [
        doc
        for doc in visit.shop.store.where("category", parentId=parent)
        if doc.get("active", True) and doc.get("visible", True) and doc.get("type", "page") != "folder"
    ]
    return [
        {
            "id": doc["id"],
            "name": translated(doc, "name", visit.language.chain) or "",
            "children": _children(visit, doc["id"], depth - 1) if depth > 1 else [],
        }
        for doc in in_order(children)
    ]


def in_order(categories: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort siblings: each names the one that it follows (``afterCategoryId``)."""
    following: dict[str | None, list[dict[str, Any]]] = {}
    for category in categories:
        following.setdefault(category.get("afterCategoryId"), []).append(category)
    known = {category["id"] for category in categories}
    heads = [category for category in categories if category.get("afterCategoryId") not in known]
    result: list[dict[str, Any]] = []
    pending = list(reversed(heads))
    seen: set[str] = set()
    while pending:
        category = pending.pop()
        if category["id"] in seen:
            continue
        seen.add(category["id"])
        result.append(category)
        pending.extend(reversed(following.get(category["id"], [])))
    return result + [category for category in categories if category["id"] not in seen]


def _footer(visit: Visit) -> list[dict[str, Any]]:
    channel = visit.shop.store.get("sales_channel", visit.channel.id) or {}
    root = channel.get("footerCategoryId")
    return _children(visit, root, depth=1) if root else []


def _trail(visit: Visit, category_id: str) -> list[dict[str, Any]]:
    trail: list[dict[str, Any]] = []
    current = visit.shop.store.get("category", category_id) if category_id else None
    while current is not None and current["id"] != visit.channel.root_category and len(trail) < 20:
        trail.insert(0, {"id": current["id"], "name": translated(current, "name", visit.language.chain) or ""})
        current = visit.shop.store.get("category", current.get("parentId") or "")
    return trail
