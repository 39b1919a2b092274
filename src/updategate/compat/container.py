"""Service definitions and route imports of a plugin or of the core: XML and YAML to data, with lines.

Source: symfony.com/doc/current/service_container (XML and YAML loaders). PHP configuration is read through its class
names and literals like any other PHP file.
"""

from __future__ import annotations

import xml.parsers.expat
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml


class ConfigUnreadableError(Exception):
    """The file is no well-formed XML or YAML; the message holds the parser's reason and line."""


@dataclass(slots=True)
class ServiceRef:
    """A service another one asks for. `optional` with on-invalid null or ignore, or `@?`."""

    id: str
    line: int
    optional: bool = False


@dataclass(slots=True)
class Service:
    """One definition or alias."""

    id: str
    line: int
    cls: str = ""
    alias: str = ""
    parent: str = ""
    decorates: str = ""
    decorates_optional: bool = False
    priority: int = 0
    public: bool | None = None
    abstract: bool = False
    autowire: bool = False
    factory: bool = False
    deprecated: str = ""
    arguments: int = 0
    named_arguments: bool = False
    refs: list[ServiceRef] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)

    @property
    def class_name(self) -> str:
        """The class that the definition makes: written, else the id."""
        return (self.cls or self.id).lstrip("\\")


@dataclass(slots=True)
class ConfigFile:
    """What one configuration file says."""

    path: str
    services: list[Service] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)
    prototypes: list[str] = field(default_factory=list)  # namespaces registered by directory
    routes: list[tuple[str, str, int]] = field(default_factory=list)  # resource, type, line
    parameters: set[str] = field(default_factory=set)


class _XmlReader:
    """Builds a `ConfigFile` from expat's events."""

    def __init__(self, path: str) -> None:
        self.file = ConfigFile(path)
        self._stack: list[str] = []
        self._service: Service | None = None
        self._depth = 0
        self._autowire = False
        self._parser = xml.parsers.expat.ParserCreate(namespace_separator=None)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.EntityDeclHandler = self._entity

    def read(self, content: bytes) -> ConfigFile:
        try:
            self._parser.Parse(content, True)  # noqa: FBT003 - expat takes no keywords
        except xml.parsers.expat.ExpatError as error:
            raise ConfigUnreadableError(str(error)) from error
        return self.file

    def _entity(self, *_: object) -> None:
        raise ConfigUnreadableError("declares entities, which are not expanded")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        line = self._parser.CurrentLineNumber
        self._stack.append(tag)
        if tag == "service" and "id" in attributes and self._service is None:
            self._service = self._open(attributes, line)
            self._depth = len(self._stack)
        elif tag == "defaults":
            self._autowire = attributes.get("autowire") == "true"
        elif tag == "prototype":
            self.file.prototypes.append(attributes.get("namespace", "").strip("\\"))
        elif tag == "import":
            self._import(attributes, line)
        elif tag == "route" and attributes.get("id"):
            self.file.routes.append((attributes["id"], "route", line))
        elif tag == "parameter" and attributes.get("key"):
            self.file.parameters.add(attributes["key"])
        elif self._service is not None:
            self._within(self._service, tag, attributes, line)

    def _import(self, attributes: dict[str, str], line: int) -> None:
        resource = attributes.get("resource", "")
        if self._stack[0] == "routes":
            self.file.routes.append((resource, attributes.get("type", ""), line))
        else:
            self.file.imports.append(resource)

    def _open(self, attributes: dict[str, str], line: int) -> Service:
        autowire = attributes.get("autowire")
        return Service(
            attributes["id"],
            line,
            attributes.get("class", ""),
            attributes.get("alias", ""),
            attributes.get("parent", ""),
            attributes.get("decorates", ""),
            attributes.get("decoration-on-invalid", "exception") in {"ignore", "null"},
            _integer(attributes.get("decoration-priority", "0")),
            {"true": True, "false": False}.get(attributes.get("public", "")),
            attributes.get("abstract") == "true",
            autowire == "true" if autowire is not None else self._autowire,
        )

    def _within(self, service: Service, tag: str, attributes: dict[str, str], line: int) -> None:
        direct = len(self._stack) == self._depth + 1
        if tag == "argument":
            if direct:
                service.arguments += 1
                key = attributes.get("key", "")
                service.named_arguments |= key.startswith("$") or attributes.get("index") is not None
            if attributes.get("type") == "service" and attributes.get("id"):
                optional = attributes.get("on-invalid", "exception") in {"ignore", "null", "ignore_uninitialized"}
                service.refs.append(ServiceRef(attributes["id"], line, optional))
        elif tag == "tag" and attributes.get("name"):
            service.tags.append(attributes["name"])
        elif tag == "factory":
            service.factory = True
            if attributes.get("service"):
                service.refs.append(ServiceRef(attributes["service"], line))
        elif tag == "deprecated":
            service.deprecated = "deprecated"

    def _end(self, _name: str) -> None:
        if self._service is not None and len(self._stack) == self._depth:
            self.file.services.append(self._service)
            self._service = None
        self._stack.pop()


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0


def read_xml(path: str, content: bytes) -> ConfigFile:
    """Read services or routes from XML.

    Raises:
        ConfigUnreadableError: not well-formed.

    """
    return _XmlReader(path).read(content)


class _Loader(yaml.SafeLoader):
    """Safe loader that keeps Symfony's own tags as their plain value and never follows `!php/...`."""


def _plain(loader: _Loader, _suffix: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True) if isinstance(node, yaml.MappingNode) else None


_Loader.add_multi_constructor("!", _plain)


def load_yaml(content: bytes) -> tuple[Any, dict[str, int]]:
    """The data of a YAML file, and the 1-based line of each key at depth one and two (`services.X`).

    Raises:
        ConfigUnreadableError: not YAML.

    """
    try:
        node = yaml.compose(content.decode("utf-8", "replace"), Loader=_Loader)
        data = yaml.load(content.decode("utf-8", "replace"), Loader=_Loader)  # noqa: S506 - derived from SafeLoader
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise ConfigUnreadableError(str(error).replace("\n", " ")) from error
    lines: dict[str, int] = {}
    for key, child in node.value if isinstance(node, yaml.MappingNode) else ():
        lines[str(key.value)] = key.start_mark.line + 1
        for inner, _ in child.value if isinstance(child, yaml.MappingNode) else ():
            lines[f"{key.value}.{inner.value}"] = inner.start_mark.line + 1
    return data, lines


def read_yaml(path: str, content: bytes) -> ConfigFile:
    """Read services or routes from YAML.

    Raises:
        ConfigUnreadableError: not YAML.

    """
    data, lines = load_yaml(content)
    found = ConfigFile(path)
    if not isinstance(data, dict):
        return found
    for item in data.get("imports") or ():
        if isinstance(item, dict) and isinstance(item.get("resource"), str):
            found.imports.append(item["resource"])
    if isinstance(data.get("parameters"), dict):
        found.parameters.update(str(key) for key in data["parameters"])
    services = data.get("services")
    if isinstance(services, dict):
        found.services = list(_yaml_services(services, lines, found))
    for name, value in data.items():
        if isinstance(value, dict) and isinstance(value.get("resource"), str) and name != "imports":
            found.routes.append((value["resource"], str(value.get("type", "")), lines.get(str(name), 1)))
    return found


def _yaml_services(services: dict[Any, Any], lines: dict[str, int], found: ConfigFile) -> Iterator[Service]:
    defaults = services.get("_defaults")
    autowire = bool(isinstance(defaults, dict) and defaults.get("autowire"))
    for key, value in services.items():
        name = str(key).lstrip("\\")
        line = lines.get(f"services.{key}", 1)
        if name in {"_defaults", "_instanceof"}:
            continue
        if isinstance(value, str):
            yield Service(name, line, alias=value.lstrip("@"))
            continue
        body = value if isinstance(value, dict) else {}
        if isinstance(body.get("resource"), str):
            found.prototypes.append(name.strip("\\"))
            continue
        arguments = body.get("arguments")
        listed = list(arguments.values()) if isinstance(arguments, dict) else arguments or []
        service = Service(
            name,
            line,
            str(body.get("class") or ""),
            str(body.get("alias") or "").lstrip("@"),
            str(body.get("parent") or ""),
            str(body.get("decorates") or "").lstrip("@"),
            str(body.get("decoration_on_invalid", "exception")) in {"ignore", "null", "None"},
            _integer(str(body.get("decoration_priority", 0))),
            body.get("public") if isinstance(body.get("public"), bool) else None,
            bool(body.get("abstract")),
            bool(body.get("autowire", autowire)),
            "factory" in body,
            arguments=len(listed) if isinstance(listed, list) else 0,
            named_arguments=isinstance(arguments, dict),
        )
        service.refs = [ServiceRef(ref, line, optional) for ref, optional in _yaml_refs(listed)]
        service.refs += [ServiceRef(ref, line, optional) for ref, optional in _yaml_refs(body.get("calls") or [])]
        for tag in body.get("tags") or ():
            service.tags.append(str(tag.get("name", "")) if isinstance(tag, dict) else str(tag))
        yield service


def _yaml_refs(value: object) -> Iterator[tuple[str, bool]]:
    if isinstance(value, str) and value.startswith("@") and not value.startswith(("@@", "@=")):
        name = value[1:]
        yield name.lstrip("?").removesuffix("="), name.startswith("?")
    elif isinstance(value, list):
        for item in value:
            yield from _yaml_refs(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _yaml_refs(item)
