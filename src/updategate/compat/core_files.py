"""What one file of the Shopware core contributes to an inventory, as JSON data."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from updategate.compat.config_xml import config_keys
from updategate.compat.container import ConfigUnreadableError, read_xml
from updategate.compat.php_declarations import declared_classes, parse_php
from updategate.compat.twig_blocks import read_template

if TYPE_CHECKING:
    from updategate.compat.php_facts import ClassLike

ADMIN_ROOT = "src/Administration/Resources/app/administration/src/"
STOREFRONT_JS_ROOT = "src/Storefront/Resources/app/storefront/src/"
_VIEWS = "/Resources/views/"
_COMPONENT = re.compile(r"Component\.(?:register|extend|override)\(\s*['\"]([\w-]+)['\"]")
_ASYNC_COMPONENT = re.compile(r"['\"]((?:sw|mt)-[\w-]+)['\"]\s*:\s*\(?\)?\s*(?:=>|defineAsync)")
_COMPONENT_PARENT = re.compile(r"Component\.extend\(\s*['\"]([\w-]+)['\"]\s*,\s*['\"]([\w-]+)['\"]")
_EMIT = re.compile(r"\$emit\(\s*['\"]([\w:-]+)['\"]")
_EMITS = re.compile(r"\bemits:\s*\[([^\]]*)\]")
_MIXIN = re.compile(r"Mixin\.register\(\s*['\"]([\w-]+)['\"]")
_JS_PLUGIN = re.compile(r"PluginManager\.register\(\s*['\"](\w+)['\"]")
_SCSS_VARIABLE = re.compile(r"^[ \t]*\$([\w-]+)[ \t]*:", re.MULTILINE)
_SCSS_MIXIN = re.compile(r"@(?:mixin|function)\s+([\w-]+)")
_ALIAS = re.compile(r"class_alias\(\s*\\?([\w\\]+)::class\s*,\s*\\?'?([\w\\]+)'?(?:::class)?")
_ROUTE_NAME = re.compile(r"\bname:\s*['\"]([^'\"]+)['\"]")
_ROUTE_METHODS = re.compile(r"methods:\s*\[([^\]]*)\]")
_ROUTE_PATH = re.compile(r"(?:path:\s*|^\(\s*)['\"]([^'\"]*)['\"]")
_FIELD = re.compile(r"new\s+\\?(\w+)\(\s*['\"](\w+)['\"]\s*(?:,\s*['\"](\w+)['\"])?")
_DESTRUCTIVE = re.compile(r"function\s+updateDestructive\b")
_DROP_CALL = re.compile(r"dropColumnIfExists\(\s*\$?[\w>\-]+\s*,\s*['\"`]*([\w:]+)['\"`]*\s*,\s*['\"](\w+)['\"]")
_ALTER = re.compile(r"ALTER\s+TABLE\s+`?(\w+)`?\s+([^;'\"]*)", re.IGNORECASE)
_DROP_COLUMN = re.compile(r"\bDROP\s+(?:COLUMN\s+)?(?:IF\s+EXISTS\s+)?`?(\w+)`?", re.IGNORECASE)
_NOT_A_COLUMN = frozenset({"FOREIGN", "INDEX", "KEY", "CONSTRAINT", "PRIMARY", "CHECK", "TABLE"})
_DROP_TABLES = (
    re.compile(r"dropTableIfExists\(\s*\$?[\w>\-]+\s*,\s*['\"]?([\w:]+)"),
    re.compile(r"DROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?`?(\w+)`?", re.IGNORECASE),
)
_MIGRATION = re.compile(r"src/Core/Migration/V(\d+)_(\d+)/(Migration(\d+)\w*)\.php")


def kind_of(path: str) -> str:
    """Which extractor a platform path needs; empty for files that say nothing to compat."""
    if path.startswith("src/"):
        suffix = path.rpartition(".")[2]
        if suffix == "php":
            return "" if "/Resources/app/" in path or "/_fixture" in path else "php"
        if suffix == "twig":
            return "twig" if _VIEWS in path or path.startswith(ADMIN_ROOT) else ""
        if "/Test/" in path:
            return ""
        if suffix == "xml":
            return _xml_kind(path)
        if suffix == "json":
            return "snippets" if re.search(r"snippet/(?:\w+/)?(?:\w+\.)?en[-_]GB\.json$", path) else ""
        if suffix in {"js", "ts"}:
            return _script_kind(path)
        if suffix == "scss":
            return "scss" if path.startswith("src/Storefront/Resources/app/storefront/src/") else ""
    return ""


def _xml_kind(path: str) -> str:
    if "/app/administration/" in path:
        return ""
    if re.search(r"src/Core/System/Resources/config/\w+\.xml$", path) and not path.endswith("/routes.xml"):
        return "config"
    return "services" if "/DependencyInjection/" in path or path.endswith("/services.xml") else ""


def _script_kind(path: str) -> str:
    if ".spec." in path or "/test/" in path or "/__mocks__/" in path or path.endswith(".d.ts"):
        return ""
    if path.startswith(ADMIN_ROOT):
        return "admin"
    return "storefront" if path.startswith(STOREFRONT_JS_ROOT) else ""


def extract(path: str, content: bytes) -> dict[str, Any]:
    """The facts of one core file; an unreadable file yields `{"error": reason}`."""
    kind = kind_of(path)
    if kind == "php":
        return _php(path, content)
    if kind == "twig":
        template = read_template(path, content)
        parents = [ref.target for ref in template.refs if ref.tag in {"sw_extends", "extends", "use"}]
        blocks = [[b.name, b.line, b.outer, b.start, b.end, b.deprecated] for b in template.blocks]
        emits = _emits(path, content.decode("utf-8", "replace")) if path.startswith(ADMIN_ROOT) else {}
        return {"blocks": blocks, "parents": parents, "emits": emits}
    text = content.decode("utf-8", "replace")
    if kind == "services":
        return _services(path, content)
    if kind == "config":
        return {"config": sorted(config_keys(path, content))}
    if kind == "snippets":
        return _snippets(text)
    if kind == "admin":
        found: dict[str, Any] = {"components": sorted({*_COMPONENT.findall(text), *_ASYNC_COMPONENT.findall(text)})}
        found["component_parents"] = dict(_COMPONENT_PARENT.findall(text))
        found["emits"] = _emits(path, text)
        found["mixins"] = _MIXIN.findall(text)
        return {key: value for key, value in found.items() if value}
    if kind == "storefront":
        names = _JS_PLUGIN.findall(text)
        return {"js_plugins": names} if names else {}
    if kind == "scss":
        variables, mixins = sorted(set(_SCSS_VARIABLE.findall(text))), sorted(set(_SCSS_MIXIN.findall(text)))
        return {"scss": [variables, mixins]} if variables or mixins else {}
    return {}


def _emits(path: str, text: str) -> dict[str, list[str]]:
    """Events that a component's script or template emits, by the component's name: that of its folder."""
    events = set(_EMIT.findall(text))
    for listed in _EMITS.findall(text):
        events.update(re.findall(r"['\"]([\w:-]+)['\"]", listed))
    return {path.rsplit("/", 2)[-2]: sorted(events)} if events else {}


def _php(path: str, content: bytes) -> dict[str, Any]:
    migration = _MIGRATION.fullmatch(path)
    tree = parse_php(content)
    classes: list[ClassLike] = []
    fields: dict[str, list[str]] = {}
    for found, _node, _scope in declared_classes(tree):
        found.path = path
        classes.append(found)
        entity = found.constants.get("ENTITY_NAME", "").strip("'\"")
        if entity and "definefields" in found.methods:
            fields[entity] = _fields(content)
    result: dict[str, Any] = {}
    routes = [route for found in classes for route in _routes(found)]
    if migration is not None:
        result["drops"] = _drops(content, migration)
        for found in classes:
            found.methods = {}
    for found in classes:
        found.attributes = [a for a in found.attributes if not a.name.endswith(("\\Package", "\\Route"))]
        found.properties = {name: p for name, p in found.properties.items() if p.visibility != "private"}
    result["classes"] = [found.pack() for found in classes]
    if fields:
        result["fields"] = fields
    if routes and "/Test/" not in path:
        result["routes"] = routes
    if b"class_alias(" in content:
        pairs = _ALIAS.findall(content.decode("utf-8", "replace"))
        result["aliases"] = {new.replace("\\\\", "\\").strip("\\"): real.strip("\\") for real, new in pairs}
    return result


def _routes(found: ClassLike) -> list[list[Any]]:
    prefix = next((a for a in found.attributes if not a.method and a.name.endswith("\\Route")), None)
    name_prefix = _ROUTE_NAME.search(prefix.arguments) if prefix is not None else None
    path_prefix = _ROUTE_PATH.search(prefix.arguments) if prefix is not None else None
    routes: list[list[Any]] = []
    for attribute in found.attributes:
        if not attribute.method or not attribute.name.endswith("\\Route"):
            continue
        name, path = _ROUTE_NAME.search(attribute.arguments), _ROUTE_PATH.search(attribute.arguments)
        if name is None:
            continue
        methods = _ROUTE_METHODS.search(attribute.arguments)
        allowed = sorted(re.findall(r"[A-Z]+", methods[1])) if methods else []
        full = (path_prefix[1] if path_prefix else "") + (path[1] if path else "")
        routes.append([(name_prefix[1] if name_prefix else "") + name[1], full, allowed, found.path, attribute.line])
    return routes


def _fields(content: bytes) -> list[str]:
    names = set()
    for kind, first, second in _FIELD.findall(content.decode("utf-8", "replace")):
        if kind.endswith(("Field", "FieldInherited")):
            names.add(first if kind.endswith("AssociationField") or not second else second)
    return sorted(names)


def _drops(content: bytes, migration: re.Match[str]) -> list[list[Any]]:
    """Columns and tables that the migration's destructive half drops: [major, time, table, column or "", path]."""
    source = content.decode("utf-8", "replace")
    start = _DESTRUCTIVE.search(source)
    if start is None:
        return []
    body = source[start.end() :]
    major, stamp, path = f"{migration[1]}.{migration[2]}", int(migration[4]), migration[0]
    pairs = _DROP_CALL.findall(body)
    for table, statement in _ALTER.findall(body):
        pairs += [(table, column) for column in _DROP_COLUMN.findall(statement)]
    drops: list[list[Any]] = [
        [major, stamp, _table(table), column, path]
        for table, column in dict.fromkeys(pairs)
        if column.upper() not in _NOT_A_COLUMN
    ]
    for pattern in _DROP_TABLES:
        drops += [[major, stamp, _table(table), "", path] for table in pattern.findall(body)]
    return drops


def _table(written: str) -> str:
    """A table's name; `PluginTranslationDefinition::ENTITY_NAME` follows Shopware's naming."""
    if "::" not in written:
        return written
    short = written.partition("::")[0].removesuffix("Definition")
    return re.sub(r"(?<!^)(?=[A-Z])", "_", short).lower()


def _services(path: str, content: bytes) -> dict[str, Any]:
    try:
        read = read_xml(path, content)
    except ConfigUnreadableError as error:
        return {"error": str(error)}
    services = []
    for service in read.services:
        target = service.alias or ""
        services.append([service.id, service.class_name, target, service.decorates, path, service.line, service.public])
    return {"services": services, "prototypes": read.prototypes} if services or read.prototypes else {}


def _snippets(text: str) -> dict[str, Any]:
    try:
        return {"snippets": sorted(snippet_keys(text))}
    except ValueError as error:
        return {"error": str(error)}


def snippet_keys(text: str) -> list[str]:
    """Dotted keys of a snippet file. Raises ValueError where it is no JSON."""
    data = json.loads(text)
    keys: list[str] = []
    pending: list[tuple[str, Any]] = [("", data)]
    while pending:
        prefix, value = pending.pop()
        if isinstance(value, dict):
            pending.extend((f"{prefix}.{key}" if prefix else str(key), inner) for key, inner in value.items())
        else:
            keys.append(prefix)
    return keys
