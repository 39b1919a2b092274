"""How entities are removed from a shop without leaving traces of them behind."""

from __future__ import annotations

from collections.abc import Sequence

from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.errors import ApiError

PAGE = 100
# Shopware\Core\Defaults::LIVE_VERSION
LIVE_VERSION = "0fa91ce3e96a4bc2be4bd9ce752c3425"

# what refers to something stands before it
REMOVAL_ORDER = (
    "order",
    "customer",
    "number_range",
    "sales_channel",
    "promotion",
    "product",
    "product_stream",
    "category",
    "shipping_method",
    "payment_method",
    "rule",
    "tax",
    "property_group",
    "product_manufacturer",
    "unit",
    "customer_group",
    "currency",
    "country",
    "tag",
)
# of those, what refers to others of them
USERS = frozenset(REMOVAL_ORDER[: REMOVAL_ORDER.index("rule")])

# what has readable addresses
WITH_ADDRESSES = frozenset({"product", "category"})


def all_ids(admin: AdminApi, entity: str, criteria: Criteria) -> list[str]:
    """Return the ids of everything that is found, page by page."""
    ids: list[str] = []
    page = 1
    while True:
        found = admin.ids(entity, criteria.sort("id").limit(PAGE, page))
        ids += found
        if len(found) < PAGE:
            return ids
        page += 1


def remove_order(admin: AdminApi, order_id: str) -> bool:
    """Remove an order with its documents, the versions that they froze, and its state history; ``False`` if gone."""
    found = admin.search("order", Criteria().ids(order_id).associate("transactions", "deliveries")).first()
    if found is None:
        return False
    parts = [
        order_id,
        *(str(entry["id"]) for kind in ("transactions", "deliveries") for entry in found.get(kind) or []),
    ]
    _remove_documents(admin, order_id)
    removed = admin.delete("order", order_id)
    history = all_ids(admin, "state_machine_history", Criteria().any_of("referencedId", parts))
    admin.remove(("state_machine_history", _keys(history)))
    return removed


def _remove_documents(admin: AdminApi, order_id: str) -> None:
    """Remove documents, the newest first because it may refer to an older one, and the files that they held."""
    criteria = Criteria().equals("orderId", order_id).sort("createdAt", descending=True).limit(PAGE)
    documents = admin.search("document", criteria).data
    for document in documents:
        admin.delete("document", str(document["id"]))
    files = ("documentMediaFileId", "documentA11yMediaFileId")
    media = [str(document[name]) for document in documents for name in files if document.get(name)]
    admin.remove(("media", _keys(media)))
    if documents:
        _remove_versions(admin, order_id)


def _remove_versions(admin: AdminApi, order_id: str) -> None:
    """Remove the versions of an order that documents froze.

    A document names its version no more once 6.5 has mailed it: marking it as sent writes the live version into it. So
    the log of copies is asked.
    """
    copies = Criteria().equals("entityName", "order").equals("entityId.id", order_id).limit(PAGE)
    found = admin.search("version_commit_data", copies).data
    versions = {str(copy["entityId"]["versionId"]) for copy in found if copy.get("action") == "clone"}
    for version_id in sorted(versions - {LIVE_VERSION}):
        path = f"/_action/version/{version_id}/order/{order_id}"
        answer = admin.raw("POST", path, {}, name="/_action/version/{id}/order/{id}")
        if not answer.ok and answer.status != 404:
            raise ApiError.of(answer)


def remove_addresses_of(admin: AdminApi, ids: Sequence[str]) -> None:
    """Remove the readable addresses of products or categories, which Shopware keeps for deleted ones."""
    found = all_ids(admin, "seo_url", Criteria().any_of("foreignKey", list(ids)))
    admin.remove(("seo_url", _keys(found)))


def remove_entity(admin: AdminApi, entity: str, entity_id: str) -> bool:
    """Remove any entity with what belongs to it; ``False`` where it was gone."""
    if entity == "order":
        return remove_order(admin, entity_id)
    removed = admin.delete(entity, entity_id)
    if entity in WITH_ADDRESSES:
        remove_addresses_of(admin, [entity_id])
    return removed


def _keys(ids: Sequence[str]) -> list[dict[str, str]]:
    return [{"id": entry} for entry in ids]
