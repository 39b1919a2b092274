"""What the plugin SwagDynamicAccess adds to a shop: products that only those see for whom one of their rules holds.

The open core hides nothing from who is not logged in. A shop has it where it was started with the plugin.
"""

from __future__ import annotations

from collections.abc import Iterable

from .dal.definitions import extend
from .dal.store import EntityStore
from .shop import Shop

PLUGIN = "SwagDynamicAccess"
MAPPING = "swag_dynamic_access_product_rule"
_ENTITY = f"""[{MAPPING}] key=productId,ruleId nocreated noupdated
productId>product!- ruleId>rule!-
1 product- rule-"""


def installed(shop: Shop) -> bool:
    """Tell whether the shop was started with it."""
    return PLUGIN in shop.settings.plugins


def prepare() -> None:
    """Let products have rules."""
    extend("product", f"swagDynamicAccessRules=rule/{MAPPING}.productId.ruleId#", _ENTITY)


def may_see(store: EntityStore, product_id: str, rule_ids: Iterable[str]) -> bool:
    """Tell whether somebody for whom these rules hold sees the product: all do where it has none."""
    if not store.count(MAPPING):
        return True
    wanted = {row["ruleId"] for row in store.where(MAPPING, productId=product_id)}
    return not wanted or not wanted.isdisjoint(rule_ids)
