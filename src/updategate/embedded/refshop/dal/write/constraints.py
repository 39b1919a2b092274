"""What the database itself would refuse: unknown foreign keys, duplicates."""

from __future__ import annotations

from updategate.embedded.refshop.dal.context import ReadContext
from updategate.embedded.refshop.dal.definitions import Definition, Field, definitions
from updategate.embedded.refshop.dal.problems import ApiProblem, http_problem, problem, violation
from updategate.embedded.refshop.dal.store import Doc

#: constraints whose names do not follow from their column
_CONSTRAINT_NAMES = {("product", "manufacturerId"): "product_ibfk_1"}
_COLUMN_NAMES = {("product", "manufacturerId"): "product_manufacturer_id"}

#: columns that may occur once, and the name of the index
_UNIQUE: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "product_visibility": ((("productId", "salesChannelId"), "uniq.product_id__sales_channel_id"),),
    "sales_channel": ((("accessKey",), "uniq.access_key"),),
    "user": ((("username",), "uniq.user.username"), (("email",), "uniq.user.email")),
    "plugin": ((("name",), "uniq.name"),),
    "salutation": ((("salutationKey",), "uniq.salutation_key"),),
    "scheduled_task": ((("scheduledTaskClass",), "uniq.scheduled_task.scheduled_task_class"),),
    "product_configurator_setting": (
        (("productId", "optionId"), "uniq.product_configurator_setting.prod_id.vers_id.prop_group_id"),
    ),
    "payment_method": ((("technicalName",), "uniq.technical_name"),),
    "shipping_method": ((("technicalName",), "uniq.technical_name"),),
}


def check_foreign_keys(context: ReadContext, definition: Definition, changes: Doc) -> None:
    """Raise the database's 1452 for a written id that refers to nothing."""
    for name, field in definition.fields.items():
        value = changes.get(name)
        if field.reference is None or value is None or field.reference not in definitions():
            continue
        if name == "coverId" or context.get(field.reference, value) is not None:
            continue
        raise http_problem(500, _message(definition, field), code="1452")


def still_needed(definition: Definition, name: str) -> str:
    """Return what the database says when a row would lose what this foreign key of it refers to."""
    return (
        "An exception occurred while executing a query: SQLSTATE[23000]: Integrity constraint violation: 1451"
        f" Cannot delete or update a parent row: {_constraint(definition, definition.fields[name])}"
    )


def _message(definition: Definition, field: Field) -> str:
    return (
        "An exception occurred while executing a query: SQLSTATE[23000]: Integrity constraint violation: 1452"
        f" Cannot add or update a child row: {_constraint(definition, field)}"
    )


def _constraint(definition: Definition, field: Field) -> str:
    column = _COLUMN_NAMES.get((definition.name, field.name), _snake(field.name))
    constraint = _CONSTRAINT_NAMES.get((definition.name, field.name), f"fk.{definition.name}.{column}")
    target = definitions()[str(field.reference)]
    columns, referenced = f"`{column}`", "`id`"
    if target.versioned:
        columns += f", `{column.removesuffix('_id')}_version_id`"
        referenced += ", `version_id`"
    return (
        "a foreign key constraint fails"
        f" (`shopware_main`.`{definition.name}`, CONSTRAINT `{constraint}` FOREIGN KEY ({columns})"
        f" REFERENCES `{target.name}` ({referenced}){_on_delete(definition, field, target)} ON UPDATE CASCADE)"
    )


def _on_delete(definition: Definition, field: Field, target: Definition) -> str:
    for association in target.associations.values():
        if association.entity == definition.name and association.key == field.name:
            if "#" in association.marks:
                return " ON DELETE CASCADE"
            if "$" in association.marks:
                return ""
    return "" if field.required else " ON DELETE SET NULL"


def check_unique(context: ReadContext, definition: Definition, id_: str, doc: Doc) -> None:
    """Raise what Shopware makes of a duplicate: its own code for numbers, else the database's 1062."""
    if definition.name == "product" and doc.get("productNumber") is not None:
        number = doc["productNumber"]
        if any(other["id"] != id_ for other in context.where("product", productNumber=number)):
            raise problem(
                400,
                "CONTENT__DUPLICATE_PRODUCT_NUMBER",
                f'Product with number "{number}" already exists.',
                {"number": number},
            )
    if definition.name == "promotion" and doc.get("code"):
        if any(other["id"] != id_ for other in context.where("promotion", code=doc["code"])):
            text = "Code already exists in other promotion. Please provide a different code."
            found = violation("/0/code", "PROMOTION_DUPLICATED_CODE_VIOLATION", text, {"value": str(doc["code"])})
            raise ApiProblem(400, [{**found, "template": ""}])
        return
    for columns, index in _UNIQUE.get(definition.name, ()):
        key = {column: doc.get(column) for column in columns if column != "versionId"}
        if any(value is None for value in key.values()):
            continue
        if any(other["id"] != id_ for other in context.where(definition.name, **key)):
            entry = "-".join(str(value) for value in key.values())
            raise http_problem(
                500,
                "An exception occurred while executing a query: SQLSTATE[23000]: Integrity constraint violation: 1062"
                f" Duplicate entry '{entry}' for key '{index}'",
                code="1062",
            )


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)
