"""What one PHP file declares and refers to, as data; names are fully qualified without a leading backslash."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# A type is its alternatives in writing order: ("Shopware\\Core\\X", "null"); an intersection is one entry "A&B".
Type = tuple[str, ...]


@dataclass(slots=True)
class Param:
    """A parameter; `type` is None where none is written."""

    name: str
    type: Type | None
    optional: bool
    variadic: bool = False
    by_ref: bool = False
    promoted: str = ""  # visibility of a promoted constructor parameter

    def pack(self) -> list[Any]:
        """As JSON data."""
        return [self.name, self.type, int(self.optional), int(self.variadic), int(self.by_ref), self.promoted]

    @classmethod
    def unpack(cls, raw: list[Any]) -> Param:
        """From `pack`'s data."""
        return cls(raw[0], None if raw[1] is None else tuple(raw[1]), bool(raw[2]), bool(raw[3]), bool(raw[4]), raw[5])


@dataclass(slots=True)
class Method:
    """A method of a class, an interface or a trait."""

    name: str
    line: int
    visibility: str = "public"
    static: bool = False
    abstract: bool = False
    final: bool = False
    params: list[Param] = field(default_factory=list)
    returns: Type | None = None
    deprecated: str = ""
    variable_arguments: bool = False  # the body reads func_get_args: more arguments than declared matter

    @property
    def required(self) -> int:
        """How many arguments a call must give."""
        return sum(1 for param in self.params if not param.optional and not param.variadic)

    @property
    def accepted(self) -> int | None:
        """How many arguments have a parameter; None without limit."""
        return None if any(param.variadic for param in self.params) else len(self.params)

    def pack(self) -> list[Any]:
        """As JSON data."""
        flags = self.static | self.abstract << 1 | self.final << 2 | self.variable_arguments << 3
        params = [param.pack() for param in self.params]
        return [self.name, self.line, self.visibility, flags, params, self.returns, self.deprecated]

    @classmethod
    def unpack(cls, raw: list[Any]) -> Method:
        """From `pack`'s data."""
        flags = raw[3]
        return cls(
            raw[0],
            raw[1],
            raw[2],
            bool(flags & 1),
            bool(flags & 2),
            bool(flags & 4),
            [Param.unpack(param) for param in raw[4]],
            None if raw[5] is None else tuple(raw[5]),
            raw[6],
            bool(flags & 8),
        )


@dataclass(slots=True)
class Property:
    """A property; `type` is the native one, else that of `@var`."""

    name: str
    visibility: str
    static: bool
    type: Type | None
    line: int
    value: str = ""  # source of a literal default

    def pack(self) -> list[Any]:
        """As JSON data."""
        return [self.name, self.visibility, int(self.static), self.type, self.line, self.value]

    @classmethod
    def unpack(cls, raw: list[Any]) -> Property:
        """From `pack`'s data."""
        return cls(raw[0], raw[1], bool(raw[2]), None if raw[3] is None else tuple(raw[3]), raw[4], raw[5])


@dataclass(slots=True)
class Attribute:
    """A PHP attribute: class, source of its arguments, line, and what it stands on (a method's name, else empty)."""

    name: str
    arguments: str
    line: int
    method: str = ""


@dataclass(slots=True)
class ClassLike:
    """A class, interface, trait or enum as declared."""

    name: str
    kind: str  # class | interface | trait | enum
    line: int
    path: str = ""
    abstract: bool = False
    final: bool = False
    internal: bool = False
    deprecated: str = ""
    parents: list[str] = field(default_factory=list)
    interfaces: list[str] = field(default_factory=list)
    traits: list[str] = field(default_factory=list)
    methods: dict[str, Method] = field(default_factory=dict)  # by lower-case name
    properties: dict[str, Property] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)  # name -> literal source, visibility not needed
    attributes: list[Attribute] = field(default_factory=list)
    docs: dict[str, str] = field(default_factory=dict)  # doc comment by method, "" for the class (plugin files only)

    @property
    def short(self) -> str:
        """The name without its namespace."""
        return self.name.rpartition("\\")[2]

    def pack(self) -> list[Any]:
        """As JSON data (doc comments left out)."""
        return [
            self.name,
            self.kind,
            self.line,
            self.path,
            self.abstract | self.final << 1 | self.internal << 2,
            self.deprecated,
            self.parents,
            self.interfaces,
            self.traits,
            [method.pack() for method in self.methods.values()],
            [prop.pack() for prop in self.properties.values()],
            self.constants,
            [[a.name, a.arguments, a.line, a.method] for a in self.attributes],
        ]

    @classmethod
    def unpack(cls, raw: list[Any]) -> ClassLike:
        """From `pack`'s data."""
        flags = raw[4]
        methods = [Method.unpack(item) for item in raw[9]]
        properties = [Property.unpack(item) for item in raw[10]]
        return cls(
            raw[0],
            raw[1],
            raw[2],
            raw[3],
            bool(flags & 1),
            bool(flags & 2),
            bool(flags & 4),
            raw[5],
            raw[6],
            raw[7],
            raw[8],
            {method.name.lower(): method for method in methods},
            {prop.name: prop for prop in properties},
            raw[11],
            [Attribute(*item) for item in raw[12]],
        )


@dataclass(slots=True)
class Ref:
    """A use of a name in code.

    `kind`: extends, implements, trait, new, call (static), const, classname (`X::class`), param, return, property,
    instanceof, catch, attribute, method (instance call), this (call of an own method), parent (call of the parent's
    method), field (`$this->x`), import (only imported).
    """

    kind: str
    name: str  # class
    line: int
    member: str = ""
    args: int = -1  # number of arguments; -1 unknown (spread) or no call
    named: tuple[str, ...] = ()
    cls: str = ""  # enclosing class
    method: str = ""  # enclosing method
    detail: str = ""  # event: handler name; param/return: "optional" where nullable or a union


@dataclass(slots=True)
class Literal:
    """A string literal with the call it stands in: `generateUrl`, `get`, empty where in none."""

    text: str
    line: int
    call: str = ""
    cls: str = ""
    method: str = ""


@dataclass(slots=True)
class PhpFile:
    """Everything compat wants to know of one PHP file."""

    path: str
    classes: list[ClassLike] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)  # class_alias: new name -> real name
    refs: list[Ref] = field(default_factory=list)
    literals: list[Literal] = field(default_factory=list)
    imports: dict[str, int] = field(default_factory=dict)  # imported class -> line
    guarded: set[str] = field(default_factory=set)  # classes asked for with class_exists and the like
    guarded_methods: set[str] = field(default_factory=set)  # method names asked for with method_exists
    versioned: set[tuple[str, str]] = field(default_factory=set)  # (class, method) that branch on the Shopware version
    names: set[str] = field(default_factory=set)  # every class that is referred to
    error_line: int = 0  # first line that could not be parsed
