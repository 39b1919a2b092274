"""Class hierarchies over a core version and the plugins of a project: who declares what, and what is unknown.

An answer is only definite where every ancestor is known. Classes of third parties (Symfony, Doctrine, PHP itself) are
not in the inventory, so they make an answer `unknown` rather than `missing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from updategate.compat.inventory import Inventory
from updategate.compat.php_facts import ClassLike, Method, Param, Type
from updategate.compat.php_names import BUILTIN_TYPES

Status = Literal["found", "missing", "unknown"]
# those of PHP's own types that name no class
_SCALARS = BUILTIN_TYPES - {"self", "static", "parent"}


@dataclass(frozen=True, slots=True)
class MethodLookup:
    """Where a method comes from. `unknown`: an ancestor that we can't see may declare it."""

    status: Status
    owner: ClassLike | None = None
    method: Method | None = None
    strangers: frozenset[str] = frozenset()  # ancestors that are not known


class World:
    """One core version together with the classes that the project's plugins declare."""

    def __init__(self, inventory: Inventory, plugin_classes: dict[str, list[ClassLike]]) -> None:
        self.inventory = inventory
        self._plugins = plugin_classes
        self._lineages: dict[str, tuple[tuple[ClassLike, ...], frozenset[str]]] = {}

    def find(self, name: str) -> list[ClassLike]:
        """Declarations of a class: the plugins' own first (a polyfill replaces the core's class)."""
        return self._plugins.get(name) or self.inventory.variants(name)

    def knows(self, name: str) -> bool:
        """Whether the class exists."""
        return name in self._plugins or self.inventory.has_class(name)

    def is_core(self, cls: ClassLike) -> bool:
        """Whether the declaration is the core's."""
        return cls.name not in self._plugins

    def lineage(self, name: str) -> tuple[tuple[ClassLike, ...], frozenset[str]]:
        """The class and all of its ancestors (traits, parents, interfaces, in lookup order), and the unknown ones."""
        known = self._lineages.get(name)
        if known is None:
            known = self._walk(self.find(name), name)
            self._lineages[name] = known
        return known

    def lineage_of(self, cls: ClassLike) -> tuple[tuple[ClassLike, ...], frozenset[str]]:
        """The same for a declaration that cannot be found by name (anonymous class, one of two variants)."""
        return self._walk([cls], cls.name)

    def _walk(self, start: list[ClassLike], name: str) -> tuple[tuple[ClassLike, ...], frozenset[str]]:
        if not start:
            return (), frozenset({name})
        found: list[ClassLike] = []
        strangers: set[str] = set()
        seen = {name}
        pending = list(start)
        while pending:
            cls = pending.pop(0)
            found.append(cls)
            following: list[ClassLike] = []
            for ancestor in (*cls.traits, *cls.parents, *cls.interfaces):
                if ancestor in seen:
                    continue
                seen.add(ancestor)
                declared = self.find(ancestor)
                if declared:
                    following.extend(declared)
                elif ancestor not in _HARMLESS:
                    strangers.add(ancestor)
            pending = following + pending
        return tuple(found), frozenset(strangers)

    def method(self, name: str, method: str, *, above: ClassLike | None = None) -> MethodLookup:
        """Look a method up; `above` starts at the ancestors of that declaration."""
        lineage, strangers = self.lineage_of(above) if above is not None else self.lineage(name)
        key = method.lower()
        concrete = abstract = None
        for cls in lineage:
            if cls is above:
                continue
            found = cls.methods.get(key)
            if found is None:
                continue
            if found.abstract and abstract is None:
                abstract = (cls, found)
            if not found.abstract and concrete is None:
                concrete = (cls, found)
        best = concrete or abstract
        if best is not None:
            return MethodLookup("found", best[0], best[1], strangers)
        if any("__call" in cls.methods or "__callstatic" in cls.methods for cls in lineage):
            return MethodLookup("unknown", strangers=strangers | {"__call"})
        return MethodLookup("unknown" if strangers else "missing", strangers=strangers)

    def constant(self, name: str, constant: str) -> MethodLookup:
        """Look a class constant or an enum case up."""
        lineage, strangers = self.lineage(name)
        owner = next((cls for cls in lineage if constant in cls.constants), None)
        if owner is not None:
            return MethodLookup("found", owner, strangers=strangers)
        return MethodLookup("unknown" if strangers else "missing", strangers=strangers)

    def property(self, name: str, prop: str) -> MethodLookup:
        """Look a property up; private ones of ancestors do not count."""
        lineage, strangers = self.lineage(name)
        for position, cls in enumerate(lineage):
            found = cls.properties.get(prop)
            if found is not None and (position == 0 or found.visibility != "private"):
                return MethodLookup("found", cls, strangers=strangers)
        if any("__get" in cls.methods for cls in lineage):
            return MethodLookup("unknown", strangers=strangers | {"__get"})
        return MethodLookup("unknown" if strangers else "missing", strangers=strangers)

    # ---- types ----------------------------------------------------------------------------------------------

    def is_subtype(self, narrow: str, wide: str) -> bool | None:
        """Whether one named type is the other or below it; None where an unknown ancestor may decide."""
        if narrow == wide or wide == "mixed" or narrow == "never":
            return True
        if wide == "object":
            return narrow not in _SCALARS
        if (narrow, wide) in _SCALAR_SUBTYPES:
            return True
        if narrow in _SCALARS or wide in _SCALARS:
            return None if wide in {"iterable", "callable"} else False
        if "&" in narrow or "&" in wide:
            return None
        lineage, strangers = self.lineage(narrow)
        if any(cls.name == wide for cls in lineage) or wide in strangers:
            return True
        return None if strangers else False

    def fits(self, narrow: Type, wide: Type) -> bool | None:
        """Whether every alternative of `narrow` lies within `wide`."""
        doubt = False
        for part in narrow:
            answers = [self.is_subtype(part, other) for other in wide]
            if True in answers:
                continue
            if None in answers:
                doubt = True
            else:
                return False
        return None if doubt else True


_SCALAR_SUBTYPES = frozenset({("false", "bool"), ("true", "bool"), ("array", "iterable")})
_HARMLESS = frozenset({"Stringable", "JsonSerializable", "UnitEnum", "BackedEnum"})  # declare nothing unexpected


def concrete_type(declared: Type | None, owner: str) -> Type | None:
    """`self` and `static` spelled out, so that types of two classes compare."""
    if declared is None:
        return None
    return tuple(owner if part in {"self", "static"} else part for part in declared)


def signature(method: Method) -> str:
    """A method as people write it, without namespaces."""
    shown = []
    for param in method.params:
        text = f"{short_type(param.type)} " if param.type else ""
        shown.append(f"{text}{'...' if param.variadic else ''}${param.name}{' = …' if param.optional else ''}")
    returns = f": {short_type(method.returns)}" if method.returns else ""
    return f"{method.name}({', '.join(shown)}){returns}"


def short_type(declared: Type | None) -> str:
    """A type without namespaces."""
    return "|".join(part.rpartition("\\")[2] for part in declared or ())


def positional(params: Iterable[Param]) -> Iterator[Param]:
    """Parameters that are not variadic."""
    return (param for param in params if not param.variadic)
