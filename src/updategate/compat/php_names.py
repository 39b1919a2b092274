"""PHP name resolution within one file: namespace, imports, group imports, relative names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

BUILTIN_TYPES = frozenset(
    [
        "array",
        "bool",
        "callable",
        "false",
        "float",
        "int",
        "iterable",
        "mixed",
        "never",
        "null",
        "object",
        "string",
        "true",
        "void",
        "self",
        "static",
        "parent",
    ]
)


class NameScope:
    """Namespace and imports in force at a point of a file."""

    def __init__(self) -> None:
        self.namespace = ""
        self.imports: dict[str, str] = {}  # lower-case alias -> class

    def resolve(self, written: str) -> str:
        """The fully qualified class name of a name as written; keywords of types are returned lower-case."""
        if written.startswith("\\"):
            return written[1:]
        lower = written.lower()
        if lower in BUILTIN_TYPES:
            return lower
        head, separator, rest = written.partition("\\")
        if head.lower() == "namespace" and separator:
            return self._qualify(rest)
        imported = self.imports.get(head.lower())
        if imported is not None:
            return f"{imported}\\{rest}" if separator else imported
        return self._qualify(written)

    def _qualify(self, name: str) -> str:
        return f"{self.namespace}\\{name}" if self.namespace else name

    def declare(self, name: str) -> str:
        """The fully qualified name of something declared here."""
        return self._qualify(name)

    def enter(self, namespace: str) -> None:
        """A `namespace` statement: imports start anew."""
        self.namespace = namespace
        self.imports = {}

    def add(self, node: Node) -> list[tuple[str, int]]:
        """Read a `use` statement; returns the imported classes with their lines (functions and constants not)."""
        if node.child_by_field_name("type") is not None:
            return []
        prefix = ""
        clauses: list[Node] = []
        for child in node.named_children:
            if child.type == "namespace_name":
                prefix = text(child).strip("\\") + "\\"
            elif child.type == "namespace_use_group":
                clauses.extend(part for part in child.named_children if part.type == "namespace_use_clause")
            elif child.type == "namespace_use_clause":
                clauses.append(child)
        found = []
        for clause in clauses:
            if clause.child_by_field_name("type") is not None:
                continue
            alias = clause.child_by_field_name("alias")
            written = next((part for part in clause.named_children if part.type in NAME_NODES), None)
            if written is None:
                continue
            full = prefix + text(written).strip("\\")
            short = text(alias) if alias is not None else full.rpartition("\\")[2]
            self.imports[short.lower()] = full
            found.append((full, clause.start_point[0] + 1))
        return found


NAME_NODES = frozenset({"name", "qualified_name", "namespace_name", "relative_name"})


def text(node: Node) -> str:
    """A node's source."""
    raw = node.text
    return raw.decode("utf-8", "replace") if raw is not None else ""
