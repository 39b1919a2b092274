"""Sets a planned shop up in a real one, through the Admin API, and takes it down again.

It has sales channels, currencies, countries, taxes, customers, products, shipping methods and promotions of its own,
so that no cart of anybody else changes, and no setting of the shop either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from updategate.actors.identity import Identity
from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.errors import ApiError
from updategate.operations.cart_keys import CartShop
from updategate.operations.cart_payloads import payloads
from updategate.operations.cart_plan import Plan

# what refers to others is removed before them
_REMOVAL = (
    "customer",
    "promotion",
    "product",
    "sales_channel",
    "shipping_method",
    "rule",
    "tax",
    "customer_group",
    "currency",
    "country",
)


@contextmanager
def standing(admin: AdminApi, plan: Plan, seed: str, tell: Callable[[str], None]) -> Iterator[CartShop]:
    """Set the shop up for as long as it is needed; whatever happens, all of it is removed."""
    shop = CartShop(Identity(seed, "READ-CARTS"), tuple(channel["key"] for channel in plan["channels"]))
    created: dict[str, list[str]] = {}
    try:
        for entity, rows in payloads(admin, plan, shop):
            ids = created.setdefault(entity, [])
            ids += [str(row["id"]) for row in rows if row["id"] not in ids]
            tell(f"writes {len(rows)} of {entity}")
            admin.upsert((entity, rows))
        yield shop
    finally:
        _remove(admin, created, tell)


def _remove(admin: AdminApi, created: Mapping[str, list[str]], tell: Callable[[str], None]) -> None:
    left: list[str] = []
    taxes = created.get("tax", [])
    rules = admin.ids("tax_rule", Criteria().any_of("taxId", taxes).limit(500))
    admin.remove(("tax_rule", [{"id": entry} for entry in rules]))
    for entity in _REMOVAL:
        tell(f"removes {len(created.get(entity, []))} of {entity}")
        for entry in created.get(entity, []):
            try:
                admin.delete(entity, entry)
            except ApiError as fault:
                left.append(f"{entity} {entry}: {fault}")
    products = created.get("product", [])
    addresses = admin.ids("seo_url", Criteria().any_of("foreignKey", products).limit(500))
    admin.remove(("seo_url", [{"id": entry} for entry in addresses]))
    if left:
        message = "not all of the shop for reading carts could be removed: " + "; ".join(left)
        raise RuntimeError(message)
