"""Calls in a tree-sitter tree of PHP: arguments, the call around a node, and where parsing failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updategate.compat.php_names import NAME_NODES, text

if TYPE_CHECKING:
    from tree_sitter import Node


def line_of(node: Node) -> int:
    """1-based line of a node."""
    return node.start_point[0] + 1


def string_nodes(arguments: Node) -> list[Node]:
    """String literals among the direct arguments of a call."""
    found: list[Node] = []
    for argument in arguments.named_children:
        found.extend(part for part in argument.named_children if part.type in {"string", "encapsed_string"})
    return found


def read_arguments(node: Node | None) -> tuple[int, tuple[str, ...]]:
    """Number of arguments (-1 with a spread) and the names of named ones."""
    count, named = 0, []
    for child in node.named_children if node is not None else ():
        if child.type == "variadic_placeholder":
            return -1, ()
        if child.type != "argument":
            continue
        if any(part.type == "variadic_unpacking" for part in child.named_children):
            return -1, ()
        count += 1
        name = child.child_by_field_name("name")
        if name is not None:
            named.append(text(name))
    return count, tuple(named)


def enclosing_call(node: Node) -> tuple[str, bool]:
    """Name of the call whose direct argument the node is, and whether it is the first one."""
    argument = node.parent
    if argument is None or argument.type != "argument" or argument.parent is None:
        return "", False
    arguments = argument.parent
    call = arguments.parent
    if call is None:
        return "", False
    name = call.child_by_field_name("name") or call.child_by_field_name("function")
    if name is None and call.type in {"object_creation_expression", "attribute"}:
        name = next((part for part in call.named_children if part.type in NAME_NODES), None)
    if name is None:
        return "", False
    first = bool(arguments.named_children) and arguments.named_children[0] == argument
    return text(name).lstrip("\\"), first


def first_error(root: Node) -> int:
    """1-based line of the first part that could not be parsed."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.type == "ERROR" or node.is_missing:
            return line_of(node)
        pending.extend(child for child in reversed(node.children) if child.has_error or child.is_missing)
    return 1
