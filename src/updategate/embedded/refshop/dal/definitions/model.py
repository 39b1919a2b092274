"""Reads the notation of the entity blocks into objects."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from . import catalogue, checkout, customers, system

_MARKS = "!^~@&#%$-?"


@dataclass(frozen=True, slots=True)
class Field:
    """One stored (or computed) value of an entity.

    ``reference`` is the entity that an id points to; ``limit`` the length of a text or the least integer, if special.
    """

    name: str
    type: str
    marks: frozenset[str]
    reference: str | None = None
    translated: bool = False
    limit: int | None = None

    @property
    def required(self) -> bool:
        """Whether a new row must have it."""
        return "!" in self.marks

    @property
    def inherited(self) -> bool:
        """Whether a variant takes it from its parent if it has none."""
        return "^" in self.marks

    @property
    def protected(self) -> bool:
        """Whether only the shop itself may write it."""
        return "~" in self.marks

    @property
    def in_store_api(self) -> bool:
        """Whether the Store API shows it."""
        return "-" not in self.marks

    @property
    def in_admin_api(self) -> bool:
        """Whether the Admin API shows it."""
        return "?" not in self.marks


@dataclass(frozen=True, slots=True)
class Association:
    """A way from one entity to another.

    ``kind`` is ``one`` (``key`` is the local foreign key), ``one_reverse`` (``key`` stands in the other entity),
    ``many`` (``key`` is the foreign key in ``entity``) or ``mapping`` (``mapping`` holds pairs of ``key`` and
    ``other_key``). ``target_key`` is what the foreign key refers to, mostly ``id``.
    """

    name: str
    kind: Literal["one", "one_reverse", "many", "mapping"]
    entity: str
    key: str
    marks: frozenset[str]
    other_key: str = "id"
    mapping: str | None = None
    target_key: str = "id"

    @property
    def autoload(self) -> bool:
        """Whether it is loaded without being asked for."""
        return "&" in self.marks

    @property
    def inherited(self) -> bool:
        """Whether a variant takes it from its parent if it has none."""
        return "^" in self.marks

    @property
    def to_many(self) -> bool:
        """Whether it yields a list."""
        return self.kind in ("many", "mapping")

    @property
    def in_store_api(self) -> bool:
        """Whether the Store API shows it."""
        return "-" not in self.marks

    @property
    def in_admin_api(self) -> bool:
        """Whether the Admin API shows it."""
        return "?" not in self.marks


@dataclass(frozen=True, slots=True)
class Definition:
    """One entity."""

    name: str
    versioned: bool
    key: tuple[str, ...]
    has_created: bool
    has_updated: bool
    fields: dict[str, Field] = field(default_factory=dict)
    associations: dict[str, Association] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    database_defaults: dict[str, Any] = field(default_factory=dict)

    @property
    def translated_fields(self) -> list[Field]:
        """The fields that exist once per language."""
        return [field_ for field_ in self.fields.values() if field_.translated]

    @property
    def mapping(self) -> bool:
        """Whether its rows are pairs of foreign keys without an id of their own."""
        return self.key != ("id",)

    @property
    def route(self) -> str:
        """Its name in addresses, such as ``product-price``."""
        return self.name.replace("_", "-")


@cache
def definitions() -> dict[str, Definition]:
    """Return every entity by name."""
    result: dict[str, Definition] = {}
    for module in (catalogue, checkout, customers, system):
        for block in module.TEXT.strip().split("\n\n"):
            parsed = _block(block)
            result[parsed.name] = parsed
    return result


def extend(entity: str, association: str, *blocks: str) -> None:
    """Give an entity a further association to many, and the shop further entities, as a plugin's extensions do.

    All are in the notation of the entity blocks. It holds for every shop of this process.
    """
    for block in blocks:
        added = _block(block)
        definitions()[added.name] = added
    _word(definitions()[entity], "M", association)


def definition(name: str) -> Definition:
    """Return the entity; KeyError if there is none."""
    return definitions()[name]


def _block(block: str) -> Definition:
    header, *lines = block.split("\n")
    words = header.split()
    key = next((tuple(word[4:].split(",")) for word in words if word.startswith("key=")), ("id",))
    result = Definition(
        name=words[0][1:-1],
        versioned="versioned" in words,
        key=key,
        has_created="nocreated" not in words,
        has_updated="noupdated" not in words,
    )
    section = "F"
    for line in lines:
        if line[0] in "T1NMDB" and line[1:2] in (" ", ""):
            section = line[0]
            line = line[2:]
        for word in line.split():
            _word(result, section, word)
    return result


def _word(target: Definition, section: str, word: str) -> None:
    if section in "DB":
        name, _, value = word.partition("=")
        (target.defaults if section == "D" else target.database_defaults)[name] = _value(value)
        return
    text = word.rstrip(_MARKS)
    marks = frozenset(word[len(text) :])
    if section in "FT":
        name, _, type_ = text.partition(":")
        name, _, reference = name.partition(">")
        type_, limit = _limited(type_ or ("id" if reference else "string"))
        target.fields[name] = Field(name, type_, marks, reference or None, section == "T", limit)
        return
    association = _association(section, text, marks)
    target.associations[association.name] = association


def _limited(type_: str) -> tuple[str, int | None]:
    match = re.fullmatch(r"(s|int)(\d+)", type_)
    if match is None:
        return type_, None
    return ("string" if match.group(1) == "s" else "int"), int(match.group(2))


def _value(text: str) -> Any:
    if text == "''":
        return ""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _association(section: str, text: str, marks: frozenset[str]) -> Association:
    name, _, rest = text.partition("=")
    if section == "N":
        entity, _, key = rest.partition(".")
        return Association(name, "many", entity, key, marks)
    if section == "M":
        entity, _, rest = rest.partition("/")
        mapping, key, other = rest.split(".")
        return Association(name, "mapping", entity, key, marks, other_key=other, mapping=mapping)
    rest = rest or re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
    if "<" in rest:
        entity, _, key = rest.partition("<")
        return Association(name, "one_reverse", entity, key, marks)
    rest, _, target_key = rest.partition(">")
    entity, _, key = rest.partition(".")
    return Association(name, "one", entity, key or f"{name}Id", marks, target_key=target_key or "id")
