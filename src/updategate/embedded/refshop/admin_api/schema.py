"""The shop describes its own API: routes, entities, OpenAPI."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from updategate.embedded.refshop.behaviour import Behaviour
from updategate.embedded.refshop.dal.definitions import Association, Definition, Field, definitions
from updategate.embedded.refshop.shop import Shop

from .http import Call, Router

router = Router()

_TYPES = {
    "id": "uuid",
    "string": "string",
    "email": "string",
    "text": "text",
    "html": "text",
    "int": "int",
    "float": "float",
    "bool": "boolean",
    "date": "date",
    "day": "date",
    "list": "json_list",
    "blob": "blob",
    "password": "password",
}
_OPENAPI: dict[str, dict[str, Any]] = {
    "id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    "int": {"type": "integer", "format": "int64"},
    "float": {"type": "number", "format": "float"},
    "bool": {"type": "boolean"},
    "date": {"type": "string", "format": "date-time"},
    "day": {"type": "string", "format": "date-time"},
    "list": {"type": "array", "items": {}},
}
_SOURCES = {
    "admin": "Shopware\\Core\\Framework\\Api\\Context\\AdminApiSource",
    "store": "Shopware\\Core\\Framework\\Api\\Context\\SalesChannelApiSource",
}
_FLAGS = {"!": "required", "^": "inherited", "#": "cascade_delete", "%": "set_null_on_delete", "$": "restrict_delete"}


def _since_66(shop: Shop) -> bool:
    return not shop.version.is_65


@router.route("GET", "/_info/routes", when=_since_66)
def routes(call: Call) -> Response:
    """List the addresses of this API."""
    from . import _ROUTERS

    paths: dict[str, list[str]] = {}
    for part in _ROUTERS:
        for entry in part.entries:
            paths.setdefault("/api" + entry.path.replace(":id}", "}").replace(":path}", "}"), []).extend(entry.methods)
    for definition in definitions().values():
        paths[f"/api/{definition.route}"] = ["GET", "POST"]
        paths[f"/api/search/{definition.route}"] = ["POST"]
    return call.json({"endpoints": [{"path": path, "methods": methods} for path, methods in paths.items()]})


@router.route("GET", "/_info/entity-schema.json")
def entity_schema(call: Call) -> Response:
    """Describe every entity with fields, flags and associations."""
    return call.json(
        {
            name: {
                "entity": name,
                "properties": _properties(definition, call.shop.behaviour),
                "write-protected": False,
                "read-protected": False,
            }
            for name, definition in definitions().items()
        }
    )


def _properties(definition: Definition, behaviour: Behaviour) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if not definition.mapping:
        result["id"] = {
            "type": "uuid",
            "flags": {**_read(admin=True, store=True), "primary_key": True, "required": True},
        }
    if definition.versioned:
        result["versionId"] = {
            "type": "uuid",
            "flags": {**_read(admin=True, store=True), "primary_key": True, "required": True},
        }
    removed, required = behaviour.removed_fields(definition.name), behaviour.required_fields(definition.name)
    for name, field in definition.fields.items():
        if name in removed:
            continue
        described: dict[str, Any] = {"type": _TYPES.get(field.type, "json_object"), "flags": _flags(field)}
        if name in required:
            described["flags"]["required"] = True
        if described["type"] == "json_object":
            described["properties"] = []
        if name in definition.key:
            described["flags"]["primary_key"] = True
        result[name] = described
    for name, association in definition.associations.items():
        result[name] = _association(association)
    if definition.has_created:
        result["createdAt"] = {"type": "date", "flags": {**_read(admin=True, store=True), "required": True}}
    if definition.has_updated:
        result["updatedAt"] = {"type": "date", "flags": _read(admin=True, store=True)}
    if definition.translated_fields:
        result["translated"] = {"type": "json_object", "flags": {"computed": True, "runtime": True}, "properties": []}
    return result


def _read(*, admin: bool, store: bool) -> dict[str, Any]:
    sources = [_SOURCES["admin"]] * admin + [_SOURCES["store"]] * store
    return {"read_protected": [sources]}


def _flags(field: Field | Association) -> dict[str, Any]:
    flags = _read(admin=field.in_admin_api, store=field.in_store_api)
    flags |= {name: True for mark, name in _FLAGS.items() if mark in field.marks}
    if "~" in field.marks:
        flags["write_protected"] = [[]]
    if "@" in field.marks:
        flags["runtime"] = True
    if isinstance(field, Field) and field.translated:
        flags["translatable"] = True
    return flags


def _association(association: Association) -> dict[str, Any]:
    relations = {"one": "many_to_one", "one_reverse": "one_to_one", "many": "one_to_many", "mapping": "many_to_many"}
    described: dict[str, Any] = {
        "type": "association",
        "relation": relations[association.kind],
        "entity": association.entity,
        "flags": _flags(association),
    }
    if association.kind == "one":
        described |= {"localField": association.key, "referenceField": association.target_key}
    elif association.kind == "mapping":
        described |= {
            "local": association.key,
            "reference": association.other_key,
            "mapping": association.mapping,
            "localField": "id",
            "referenceField": "id",
        }
    else:
        described |= {"localField": "id", "referenceField": association.key}
        if association.kind == "many":
            described["primary"] = "id"
    return described


@router.route("GET", "/_info/open-api-schema.json")
def open_api_schema(call: Call) -> Response:
    """Describe every entity as a JSON schema."""
    return call.json(
        {
            name: {
                "name": name,
                "translatable": [field.name for field in definition.translated_fields],
                "properties": _schema(definition)["properties"],
            }
            for name, definition in definitions().items()
        }
    )


@router.route("GET", "/_info/openapi3.json")
def openapi(call: Call) -> Response:
    """Describe the API in OpenAPI's terms."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for definition in definitions().values():
        if definition.mapping:
            continue
        name = _title(definition.name)
        schemas[name] = _schema(definition)
        paths |= _paths(definition, name)
    return call.json(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Shopware Admin API",
                "description": "This endpoint reference contains an overview of all endpoints of the Admin API.",
                "license": {"name": "MIT", "url": "https://github.com/shopware/shopware/blob/trunk/LICENSE"},
                "version": call.shop.version.name,
            },
            "servers": [{"url": f"{call.shop.base_url}/api"}],
            "paths": paths,
            "components": {
                "schemas": schemas,
                "responses": {str(code): {"description": text} for code, text in _RESPONSES.items()},
                "securitySchemes": {
                    "oAuth": {
                        "type": "oauth2",
                        "flows": {
                            "clientCredentials": {"tokenUrl": f"{call.shop.base_url}/api/oauth/token", "scopes": {}}
                        },
                    }
                },
            },
            "security": [{"oAuth": ["write"]}],
            "tags": [{"name": _words(name)} for name in definitions()],
        }
    )


_RESPONSES = {204: "No Content", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}


def _schema(definition: Definition) -> dict[str, Any]:
    properties: dict[str, Any] = {"id": _OPENAPI["id"]}
    required = [] if definition.mapping else ["id"]
    for field in definition.fields.values():
        if field.in_admin_api:
            properties[field.name] = {**_OPENAPI.get(field.type, {"type": "string"})}
            if field.type not in _OPENAPI and field.type not in _TYPES:
                properties[field.name] = {"type": "object"}
            if field.protected or "@" in field.marks:
                properties[field.name]["readOnly"] = True
            elif field.required and field.name not in definition.defaults:
                required.append(field.name)
    for association in definition.associations.values():
        if association.in_admin_api and association.entity in definitions():
            reference = {"$ref": f"#/components/schemas/{_title(association.entity)}"}
            properties[association.name] = {"type": "array", "items": reference} if association.to_many else reference
    result: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        result["required"] = required
    return result


def _paths(definition: Definition, name: str) -> dict[str, Any]:
    tag = [_words(definition.name)]
    one = {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}
    listed = {"200": {"description": f"List of {_words(definition.name)} resources.", **one}}
    detail = {"200": {"description": f"Detail of {_words(definition.name)}.", **one}}
    id_ = {"name": "id", "in": "path", "required": True, "schema": _OPENAPI["id"]}
    body = {"requestBody": one}
    done = {"204": {"$ref": "#/components/responses/204"}}

    def operation(kind: str, responses: Any, **more: Any) -> dict[str, Any]:
        return {"tags": tag, "operationId": f"{kind}{name}", "responses": responses, **more}

    route = f"/{definition.route}"
    return {
        route: {
            "get": operation("list", listed),
            "post": operation("create", done, **body),
        },
        f"/search{route}": {"post": operation("search", listed)},
        f"{route}/{{id}}": {
            "get": operation("get", detail, parameters=[id_]),
            "patch": operation("update", done, parameters=[id_], **body),
            "delete": operation("delete", done, parameters=[id_]),
        },
    }


def _title(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _words(name: str) -> str:
    return " ".join(part.capitalize() for part in name.split("_"))
