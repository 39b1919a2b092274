"""Class declarations from a tree-sitter tree: everything but the bodies of methods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import tree_sitter_php
from tree_sitter import Language, Parser

from updategate.compat.php_facts import Attribute, ClassLike, Method, Param, Property, Type
from updategate.compat.php_names import NAME_NODES, NameScope, text

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

CLASS_NODES = {
    "class_declaration": "class",
    "interface_declaration": "interface",
    "trait_declaration": "trait",
    "enum_declaration": "enum",
}
_DEPRECATED = re.compile(r"@deprecated\b[ \t]*(.*?)(?=\n\s*\*?\s*(?:@|\{@|\*?/|\n)|\*/|\Z)", re.DOTALL)
_VAR = re.compile(r"@var\s+(\??[\\\w|]+)")
_LITERALS = frozenset({"string", "integer", "boolean", "encapsed_string", "null"})


@cache
def php_parser() -> Parser:
    """One parser a process."""
    return Parser(Language(tree_sitter_php.language_php()))


def parse_php(content: bytes) -> Tree:
    """Parse PHP, however broken: tree-sitter recovers and marks what it could not read."""
    return php_parser().parse(content)


def deprecation(comment: str) -> str:
    """The `@deprecated` text of a doc comment in one line, without the stars."""
    match = _DEPRECATED.search(comment)
    if match is None:
        return ""
    plain = re.sub(r"\s*\n\s*\*?\s*", " ", match[1])
    return re.sub(r"\s*\*?\s*\{@\w+\}\s*", " ", plain).strip(" *") or "deprecated"


def read_type(node: Node | None, scope: NameScope) -> Type | None:
    """A written type as its alternatives, resolved."""
    if node is None:
        return None
    if node.type == "optional_type":
        inner = read_type(node.named_children[0], scope) if node.named_children else None
        return (*(inner or ("mixed",)), "null")
    if node.type in {"union_type", "disjunctive_normal_form_type"}:
        parts: list[str] = []
        for child in node.named_children:
            parts.extend(read_type(child, scope) or ())
        return tuple(parts)
    if node.type == "intersection_type":
        names = [part for child in node.named_children for part in (read_type(child, scope) or ())]
        return ("&".join(names),)
    if node.type in {"named_type", *NAME_NODES}:
        return (scope.resolve(text(node)),)
    return (text(node).lower(),)


def read_params(node: Node | None, scope: NameScope) -> list[Param]:
    """The parameters of a function."""
    params: list[Param] = []
    for child in node.named_children if node is not None else ():
        if not child.type.endswith("parameter"):
            continue
        name = child.child_by_field_name("name")
        visibility = child.child_by_field_name("visibility")
        promoted = child.type == "property_promotion_parameter"
        params.append(
            Param(
                text(name).lstrip("&.$") if name is not None else "",
                read_type(child.child_by_field_name("type"), scope),
                child.child_by_field_name("default_value") is not None,
                child.type == "variadic_parameter",
                child.child_by_field_name("reference_modifier") is not None,
                (text(visibility) if visibility is not None else "public") if promoted else "",
            )
        )
    _last_required_rules(params)
    return params


def _last_required_rules(params: list[Param]) -> None:
    """A default before a required parameter is no default: PHP wants the argument all the same."""
    required_seen = False
    for param in reversed(params):
        if not param.optional and not param.variadic:
            required_seen = True
        elif required_seen and param.optional:
            param.optional = False


def _attributes(node: Node, scope: NameScope, method: str) -> Iterator[Attribute]:
    listed = node.child_by_field_name("attributes")
    for group in listed.named_children if listed is not None else ():
        for attribute in group.named_children:
            name = next((part for part in attribute.named_children if part.type in NAME_NODES), None)
            arguments = attribute.child_by_field_name("parameters")
            if name is not None:
                written = text(arguments) if arguments is not None else ""
                yield Attribute(scope.resolve(text(name)), written, attribute.start_point[0] + 1, method)


def read_class(node: Node, scope: NameScope, comment: str, *, keep_docs: bool = False) -> ClassLike:
    """One class-like declaration."""
    name = node.child_by_field_name("name")
    found = ClassLike(
        scope.declare(text(name)) if name is not None else "",
        CLASS_NODES.get(node.type, "class"),
        node.start_point[0] + 1,
        internal="@internal" in comment,
        deprecated=deprecation(comment),
    )
    if keep_docs and comment:
        found.docs[""] = comment
    for child in node.children:
        kind = child.type
        if kind == "abstract_modifier":
            found.abstract = True
        elif kind == "final_modifier":
            found.final = True
        elif kind == "base_clause":
            found.parents = [scope.resolve(text(part)) for part in child.named_children if part.type in NAME_NODES]
        elif kind == "class_interface_clause":
            found.interfaces = [scope.resolve(text(part)) for part in child.named_children if part.type in NAME_NODES]
        elif kind in {"declaration_list", "enum_declaration_list"}:
            _members(child, scope, found, keep_docs=keep_docs)
    found.attributes.extend(_attributes(node, scope, ""))
    return found


def _members(body: Node, scope: NameScope, found: ClassLike, *, keep_docs: bool) -> None:
    comment = ""
    for member in body.named_children:
        kind = member.type
        if kind == "comment":
            comment = text(member)
            continue
        if kind == "method_declaration":
            method = _method(member, scope, comment, in_interface=found.kind == "interface")
            found.methods[method.name.lower()] = method
            found.attributes.extend(_attributes(member, scope, method.name))
            if keep_docs and comment:
                found.docs[method.name] = comment
            for param in method.params:
                if param.promoted:
                    line = method.line
                    found.properties[param.name] = Property(
                        param.name, param.promoted, static=False, type=param.type, line=line
                    )
        elif kind == "property_declaration":
            _properties(member, scope, comment, found)
        elif kind == "const_declaration":
            _constants(member, found)
        elif kind == "enum_case":
            name = member.child_by_field_name("name")
            if name is not None:
                found.constants[text(name)] = ""
        elif kind == "use_declaration":
            found.traits.extend(scope.resolve(text(part)) for part in member.named_children if part.type in NAME_NODES)
        comment = ""


def _method(node: Node, scope: NameScope, comment: str, *, in_interface: bool) -> Method:
    name = node.child_by_field_name("name")
    method = Method(text(name) if name is not None else "", node.start_point[0] + 1, deprecated=deprecation(comment))
    if name is not None:
        method.line = name.start_point[0] + 1
    method.params = read_params(node.child_by_field_name("parameters"), scope)
    method.returns = read_type(node.child_by_field_name("return_type"), scope)
    for child in node.children:
        if child.type == "visibility_modifier":
            method.visibility = text(child).lower()
        elif child.type == "static_modifier":
            method.static = True
        elif child.type == "abstract_modifier":
            method.abstract = True
        elif child.type == "final_modifier":
            method.final = True
    body = node.child_by_field_name("body")
    method.abstract = method.abstract or in_interface
    if body is not None:
        method.variable_arguments = b"func_get_arg" in (body.text or b"")
    return method


def _properties(node: Node, scope: NameScope, comment: str, found: ClassLike) -> None:
    declared = read_type(node.child_by_field_name("type"), scope)
    if declared is None and (match := _VAR.search(comment)):
        optional = match[1].startswith("?")
        names = [scope.resolve(part) for part in match[1].lstrip("?").split("|") if part]
        declared = (*names, "null") if optional else tuple(names)
    visibility, static = "public", False
    for child in node.children:
        if child.type == "visibility_modifier":
            visibility = text(child).lower()
        elif child.type == "static_modifier":
            static = True
    for element in node.named_children:
        name = element.child_by_field_name("name") if element.type == "property_element" else None
        if name is None:
            continue
        value = element.child_by_field_name("default_value")
        literal = text(value) if value is not None and value.type in _LITERALS else ""
        plain = text(name).lstrip("$")
        found.properties[plain] = Property(plain, visibility, static, declared, node.start_point[0] + 1, literal[:200])


def _constants(node: Node, found: ClassLike) -> None:
    for element in node.named_children:
        if element.type != "const_element" or not element.named_children:
            continue
        value = element.named_children[-1]
        found.constants[text(element.named_children[0])] = text(value)[:200] if value.type in _LITERALS else ""


def declared_classes(tree: Tree, *, keep_docs: bool = False) -> Iterator[tuple[ClassLike, Node, NameScope]]:
    """Every class-like declaration of a file, also those behind an `if`, with its node and the scope in force."""
    scope = NameScope()
    pending: list[Node] = [tree.root_node]
    comment = ""
    while pending:
        node = pending.pop()
        kind = node.type
        if kind == "comment":
            comment = text(node)
            continue
        if kind == "namespace_definition":
            name = node.child_by_field_name("name")
            scope.enter(text(name) if name is not None else "")
            body = node.child_by_field_name("body")
            if body is not None:
                pending.extend(reversed(body.named_children))
        elif kind == "namespace_use_declaration":
            scope.add(node)
        elif kind in CLASS_NODES:
            yield read_class(node, scope, comment, keep_docs=keep_docs), node, scope
        elif kind in {"program", "if_statement", "else_clause", "else_if_clause", "compound_statement", "ERROR"}:
            pending.extend(reversed(node.named_children))
        comment = ""
