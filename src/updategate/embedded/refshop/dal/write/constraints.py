"""What the database itself would refuse: unknown foreign keys, duplicates."""

from __future__ import annotations

from updategate.embedded.refshop.dal.context import ReadContext
from updategate.embedded.refshop.dal.definitions import Definition, definitions
from updategate.embedded.refshop.dal.problems import http_problem, problem
from updategate.embedded.refshop.dal.store import Doc

#: constraint and columns in the message, where suites have looked at them
_CONSTRAINT_NAMES = {("product", "manufacturerId"): "product_ibfk_1"}
_COLUMNS = {
    ("product", "manufacturerId"): (
        "`product_manufacturer_id`, `product_manufacturer_version_id`",
        "`id`, `version_id`",
        "SET NULL",
    )
}

#: columns that may occur once, and the name of the index
_UNIQUE: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "product_visibility": ((("productId", "salesChannelId"), "uniq.product_id__sales_channel_id"),),
    "product_price": ((("productId", "versionId", "ruleId", "quantityStart"), "uniq.product_price.quantity_start"),),
    "promotion": ((("code",), "uniq.code"),),
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
        columns, referenced, on_delete = _COLUMNS.get(
            (definition.name, name), (f"`{_snake(name)}`", "`id`", "RESTRICT")
        )
        constraint = _CONSTRAINT_NAMES.get((definition.name, name), f"fk.{definition.name}.{_snake(name)}")
        raise http_problem(
            500,
            "An exception occurred while executing a query: SQLSTATE[23000]: Integrity constraint violation: 1452"
            " Cannot add or update a child row: a foreign key constraint fails"
            f" (`shopware_main`.`{definition.name}`, CONSTRAINT `{constraint}` FOREIGN KEY ({columns})"
            f" REFERENCES `{field.reference}` ({referenced}) ON DELETE {on_delete} ON UPDATE CASCADE)",
            code="1452",
        )


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
