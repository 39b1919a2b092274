"""The inventory of a Shopware version: classes, services, templates, routes and the rest, with their places.

Built from a `SourceTree` in worker processes, kept as JSON under the tree's content key, and decoded lazily: a run
looks at a few hundred of about six thousand classes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from updategate.compat.core_files import ADMIN_ROOT, STOREFRONT_JS_ROOT
from updategate.compat.php_facts import ClassLike
from updategate.compat.twig_blocks import Block

SCHEMA = 6
_VIEWS = "/Resources/views/"
_MAPS = (
    *("classes", "aliases", "services", "templates", "admin_blocks", "components", "component_parents", "emits"),
    *("mixins", "js_plugins", "routes", "snippets", "admin_snippets", "config", "variables", "scss_mixins", "fields"),
)


class Inventory:
    """Facts of one version, by name. Lists are in path order."""

    def __init__(self, version: str, raw: dict[str, Any]) -> None:
        self.version = version
        self._raw = raw
        self._classes: dict[str, list[ClassLike]] = {}
        self._packages: frozenset[str] | None = None
        self._homes: dict[str, list[str]] | None = None

    @classmethod
    def collect(cls, version: str, facts: Iterable[tuple[str, dict[str, Any]]]) -> Inventory:
        """Put the facts of all files together."""
        raw: dict[str, Any] = {name: {} for name in _MAPS}
        raw["drops"], raw["errors"], raw["prototypes"], raw["scripts"] = [], [], [], []
        for path, found in facts:
            _add(raw, path, found)
        return cls(version, raw)

    @classmethod
    def load(cls, text: str) -> Inventory | None:
        """From stored text; None where it is damaged or of another schema: then it is built anew."""
        try:
            data = json.loads(text)
            if data["schema"] != SCHEMA:
                return None
            return cls(data["version"], data["raw"])
        except (ValueError, KeyError, TypeError):
            return None

    def dump(self) -> str:
        """Text to store."""
        return json.dumps({"schema": SCHEMA, "version": self.version, "raw": self._raw}, separators=(",", ":"))

    # ---- PHP ------------------------------------------------------------------------------------------------

    def variants(self, name: str) -> list[ClassLike]:
        """Every declaration of a class: two where a feature flag chooses; none where it does not exist."""
        real = self._raw["aliases"].get(name, name)
        known = self._classes.get(real)
        if known is None:
            known = [ClassLike.unpack(raw) for raw in self._raw["classes"].get(real, ())]
            self._classes[real] = known
        return known

    def has_class(self, name: str) -> bool:
        """Whether the class, interface, trait or enum exists."""
        return name in self._raw["classes"] or name in self._raw["aliases"]

    def packages(self, prefixes: tuple[str, ...]) -> frozenset[str]:
        """Which of the namespace prefixes have any class."""
        if self._packages is None:
            found = (next((p for p in prefixes if name.startswith(p)), "") for name in self._raw["classes"])
            self._packages = frozenset(found) - {""}
        return self._packages

    def class_names(self) -> Iterable[str]:
        """All class names."""
        names: Iterable[str] = self._raw["classes"]
        return names

    # ---- container ------------------------------------------------------------------------------------------

    def service(self, name: str) -> list[Any] | None:
        """[id, class, alias, decorates, path, line, public] of a service or alias."""
        found: list[Any] | None = self._raw["services"].get(name)
        return found

    def services(self) -> Iterator[list[Any]]:
        """All service definitions."""
        yield from self._raw["services"].values()

    def has_service(self, name: str) -> bool:
        """A definition or an alias; a repository of a known entity; a class registered by directory."""
        if name in self._raw["services"]:
            return True
        entity = name.removesuffix(".repository").removeprefix("sales_channel.")
        if entity != name and entity.removesuffix(".definition") in self._raw["fields"]:
            return True
        return any(name.startswith(prefix + "\\") for prefix in self._raw["prototypes"] if prefix)

    @property
    def routes(self) -> dict[str, list[Any]]:
        """Route name -> [name, path, methods, file, line]."""
        found: dict[str, list[Any]] = self._raw["routes"]
        return found

    @property
    def fields(self) -> dict[str, list[str]]:
        """Entity -> its property names."""
        found: dict[str, list[str]] = self._raw["fields"]
        return found

    @property
    def drops(self) -> list[list[Any]]:
        """[major, time, table, column or "", path] of every destructive migration."""
        found: list[list[Any]] = self._raw["drops"]
        return found

    # ---- templates ------------------------------------------------------------------------------------------

    def template(self, name: str) -> dict[str, Any] | None:
        """`path`, `parents` (extended and used views, as written) and packed `blocks` of a view by its logical name."""
        found: dict[str, Any] | None = self._raw["templates"].get(name)
        return found

    def template_names(self) -> Iterable[str]:
        """All logical view names."""
        names: Iterable[str] = self._raw["templates"]
        return names

    def blocks(self, name: str) -> dict[str, Block]:
        """Blocks of a view by name, with the offsets of their bodies."""
        found = self.template(name)
        return {raw[0]: _block(raw) for raw in found["blocks"]} if found is not None else {}

    def block_homes(self, block: str) -> list[str]:
        """Views that define a block, by logical name."""
        if self._homes is None:
            self._homes = {}
            for name, found in self._raw["templates"].items():
                for raw in found["blocks"]:
                    self._homes.setdefault(raw[0], []).append(name)
        return self._homes.get(block, [])

    @property
    def admin_blocks(self) -> dict[str, list[Any]]:
        """Administration block -> [path, packed block]; block names are global there."""
        found: dict[str, list[Any]] = self._raw["admin_blocks"]
        return found

    def admin_block(self, name: str) -> Block | None:
        """One administration block."""
        found = self.admin_blocks.get(name)
        return _block(found[1]) if found is not None else None

    def emitted(self, component: str) -> set[str]:
        """Events of an administration component and of the components it extends; empty where nothing is known."""
        events: set[str] = set()
        seen: set[str] = set()
        while component and component not in seen:
            seen.add(component)
            events.update(self._raw["emits"].get(component, ()))
            component = self._raw["component_parents"].get(component, "")
        return events

    # ---- scripts, styles, texts -----------------------------------------------------------------------------

    def names(self, what: str) -> dict[str, str]:
        """Name -> path of one of `_MAPS` whose values are paths: components, mixins, snippets, variables ..."""
        found: dict[str, str] = self._raw[what]
        return found

    @property
    def scripts(self) -> list[str]:
        """Paths of the administration's and the storefront's script files, and of their folders' styles."""
        found: list[str] = self._raw["scripts"]
        return found

    @property
    def errors(self) -> list[str]:
        """Core files that could not be read."""
        found: list[str] = self._raw["errors"]
        return found


def _block(raw: list[Any]) -> Block:
    return Block(raw[0], raw[1], raw[2], start=raw[3], end=raw[4], deprecated=raw[5])


def _add(raw: dict[str, Any], path: str, found: dict[str, Any]) -> None:
    if path.startswith((ADMIN_ROOT, STOREFRONT_JS_ROOT)):
        raw["scripts"].append(path)
    if not found:
        return
    if "error" in found:
        raw["errors"].append(f"{path}: {found['error']}")
        return
    for packed in found.get("classes", ()):
        raw["classes"].setdefault(packed[0], []).append(packed)
    raw["aliases"].update(found.get("aliases", {}))
    raw["fields"].update(found.get("fields", {}))
    raw["drops"].extend(found.get("drops", ()))
    raw["prototypes"].extend(found.get("prototypes", ()))
    for service in found.get("services", ()):
        raw["services"][service[0]] = service
    for route in found.get("routes", ()):
        raw["routes"][route[0]] = route
    raw["component_parents"].update(found.get("component_parents", {}))
    for component, events in found.get("emits", {}).items():
        raw["emits"][component] = sorted({*raw["emits"].get(component, ()), *events})
    if "blocks" in found:
        _add_template(raw, path, found)
    for name in ("components", "mixins", "js_plugins", "config"):
        for item in found.get(name, ()):
            raw[name][item] = path
    target = "admin_snippets" if path.startswith(ADMIN_ROOT) else "snippets"
    for key in found.get("snippets", ()):
        raw[target][key] = path
    variables, mixins = found.get("scss", ((), ()))
    raw["variables"].update(dict.fromkeys(variables, path))
    raw["scss_mixins"].update(dict.fromkeys(mixins, path))


def _add_template(raw: dict[str, Any], path: str, found: dict[str, Any]) -> None:
    if path.startswith(ADMIN_ROOT):
        for block in found["blocks"]:
            raw["admin_blocks"].setdefault(block[0], [path, block])
        return
    name = path.partition(_VIEWS)[2]
    raw["templates"][name] = {"path": path, "parents": found["parents"], "blocks": found["blocks"]}
