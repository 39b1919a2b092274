"""Deletes rows with what depends on them, unless something still needs them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from updategate.embedded.refshop.dal.context import DELETED, ReadContext
from updategate.embedded.refshop.dal.definitions import Definition, definitions
from updategate.embedded.refshop.dal.ids import derived_id
from updategate.embedded.refshop.dal.indexing import index_categories, index_products
from updategate.embedded.refshop.dal.problems import http_problem, problem
from updategate.embedded.refshop.dal.store import versioned

from .constraints import still_needed
from .writer import owners_of


@dataclass(slots=True)
class Deleted:
    """Primary keys by entity: what is gone, and what was not there."""

    deleted: dict[str, list[Any]] = field(default_factory=dict)
    not_found: dict[str, list[Any]] = field(default_factory=dict)
    owners: list[tuple[str, str]] = field(default_factory=list)


def delete_rows(context: ReadContext, entity: str, keys: Iterable[dict[str, Any]]) -> Deleted:
    """Delete rows by primary key; raise ApiProblem (409) if an entity in use would have to go."""
    definition = definitions()[entity]
    result = Deleted()
    with context.store.transaction():
        for key in keys:
            id_ = (
                derived_id(entity, *(str(key.get(part)) for part in definition.key))
                if definition.mapping
                else key.get("id")
            )
            shown: Any = {part: key.get(part) for part in definition.key} if definition.mapping else id_
            if not isinstance(id_, str) or context.get(entity, id_) is None:
                result.not_found.setdefault(entity, []).append(shown)
                continue
            _restrict(context, definition, id_)
            result.owners += owners_of(definition, context.get(entity, id_) or {})
            owner = (context.get(entity, id_) or {}).get("productId")
            _delete(context, definition, id_, result)
            if entity == "category":
                index_categories(context.store)
            elif owner and context.live:
                index_products(context.store, [owner])
    return result


def _restrict(context: ReadContext, definition: Definition, id_: str) -> None:
    usages = []
    for association in definition.associations.values():
        if association.kind == "many" and "$" in association.marks:
            users = context.where(association.entity, **{association.key: id_})
            if users:
                usages.append((association.entity, len(users)))
    if usages:
        shown = ", ".join(f"{entity} ({count})" for entity, count in usages)
        raise problem(
            409,
            "FRAMEWORK__DELETE_RESTRICTED",
            f"The delete request for {definition.name} was denied due to a conflict."
            f" The entity is currently in use by: {shown}",
            {
                "entity": definition.name,
                "usagesString": shown,
                "usages": [{"entityName": entity, "count": count} for entity, count in usages],
            },
        )


#: what the database keeps from being deleted though no association says so: entity, column
_KEPT_FOR = {
    "order": (("document", "orderId"),),
    "document": (("document", "referencedDocumentId"),),
    "state_machine_state": (("order", "stateId"), ("order_transaction", "stateId"), ("order_delivery", "stateId")),
    "sales_channel": (("order", "salesChannelId"), ("customer", "salesChannelId")),
    "payment_method": (("customer", "lastPaymentMethodId"),),
    "delivery_time": (("shipping_method", "deliveryTimeId"),),
    "document_type": (("document", "documentTypeId"),),
    "category": (
        ("sales_channel", "navigationCategoryId"),
        ("sales_channel", "footerCategoryId"),
        ("sales_channel", "serviceCategoryId"),
    ),
    "product_stream": (("category", "productStreamId"),),
}

#: what the database sets to null, and what it deletes along
_SET_TO_NULL = {
    "product": (("product", "canonicalProductId"),),
    "category": (("category", "afterCategoryId"),),
    "customer": (("product_review", "customerId"),),
    "user": (
        ("order", "createdById"),
        ("order", "updatedById"),
        ("customer", "createdById"),
        ("customer", "updatedById"),
    ),
}
_DELETED_ALONG = {"customer": (("customer_recovery", "customerId"),), "user": (("user_recovery", "userId"),)}


def _keep_integrity(context: ReadContext, name: str, id_: str, result: Deleted) -> None:
    for entity, key in _KEPT_FOR.get(name, ()):
        if context.where(entity, **{key: id_}):
            raise http_problem(500, still_needed(definitions()[entity], key), code="1451")
    for entity, key in _SET_TO_NULL.get(name, ()):
        for row in context.where(entity, **{key: id_}):
            context.store.upsert(entity, {"id": row["id"], key: None})
    for entity, key in _DELETED_ALONG.get(name, ()):
        for row in context.where(entity, **{key: id_}):
            _delete(context, definitions()[entity], row["id"], result)


def _delete(context: ReadContext, definition: Definition, id_: str, result: Deleted) -> None:
    doc = context.get(definition.name, id_)
    if doc is None:
        return
    if context.live:
        _keep_integrity(context, definition.name, id_, result)
    _delete_related(context, definition, id_, result)
    key: Any = {part: doc.get(part) for part in definition.key} if definition.mapping else id_
    result.deleted.setdefault(definition.name, []).append(key)
    if definition.translated_fields:
        owner = f"{_camel(definition.name)}Id"
        for language in doc.get("translations") or {}:
            result.deleted.setdefault(f"{definition.name}_translation", []).append({owner: id_, "languageId": language})
    if context.live or not definition.versioned:
        if context.behaviour.really_deletes(definition.name):
            context.store.delete(definition.name, id_)
    else:
        context.store.upsert(versioned(definition.name, context.version_id), {**doc, DELETED: True})


def _delete_related(context: ReadContext, definition: Definition, id_: str, result: Deleted) -> None:
    for association in definition.associations.values():
        marks = association.marks
        if association.kind == "mapping" and association.mapping in definitions():
            mapping = definitions()[str(association.mapping)]
            for row in context.where(mapping.name, **{association.key: id_}):
                _delete(context, mapping, row["id"], result)
        elif association.kind in ("many", "one_reverse") and association.entity in definitions():
            target = definitions()[association.entity]
            for row in context.where(association.entity, **{association.key: id_}):
                if "#" in marks:
                    _delete(context, target, row["id"], result)
                elif "%" in marks:
                    context.store.upsert(association.entity, {"id": row["id"], association.key: None})


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
