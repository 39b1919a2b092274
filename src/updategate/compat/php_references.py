"""References of one PHP file: which names it uses, how, and with how many arguments."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from updategate.compat.php_calls import enclosing_call, first_error, line_of, read_arguments, string_nodes
from updategate.compat.php_declarations import (
    CLASS_NODES,
    parse_php,
    read_class,
    read_params,
    read_type,
)
from updategate.compat.php_facts import ClassLike, Literal, PhpFile, Ref, Type
from updategate.compat.php_names import BUILTIN_TYPES, NAME_NODES, NameScope, text

if TYPE_CHECKING:
    from tree_sitter import Node

_GUARDS = frozenset({"class_exists", "interface_exists", "trait_exists", "enum_exists", "is_a", "is_subclass_of"})
_VERSION_TEST = re.compile(
    rb"version_compare|VersionCompare|InstalledVersions|getShopwareVersion|shopware_?[vV]ersion|SHOPWARE_FALLBACK|"
    rb"Feature::isActive|kernel\.shopware_version|isShopware6\d|Comparator::",
)
_LEAVES = frozenset(
    (
        *("name", "variable_name", "integer", "float", "boolean", "null", "comment", "string_content", "named_type"),
        *("qualified_name", "relative_scope", "primitive_type", "visibility_modifier", "namespace_name", "php_tag"),
        *("static_modifier", "readonly_modifier", "escape_sequence", "text", "optional_type", "union_type"),
    )
)


class _Function:
    """The function a node stands in: its name and the types of its variables."""

    __slots__ = ("cls", "method", "types")

    def __init__(self, cls: ClassLike | None, method: str, types: dict[str, Type | None]) -> None:
        self.cls = cls
        self.method = method
        self.types = types

    @property
    def class_name(self) -> str:
        return self.cls.name if self.cls is not None else ""


_Handler = Callable[["ReferenceReader", "Node", "_Function"], "_Function | None"]


class ReferenceReader:
    """Walks a file once, without recursion, and fills a `PhpFile`."""

    def __init__(self, path: str, content: bytes) -> None:
        self.file = PhpFile(path)
        self._scope = NameScope()
        self._content = content

    def read(self) -> PhpFile:
        """The facts of the file."""
        tree = parse_php(self._content)
        root = tree.root_node
        if root.has_error:
            self.file.error_line = first_error(root)
        pending: list[tuple[Node, _Function]] = [(root, _Function(None, "", {}))]
        handlers = self._handlers
        while pending:
            node, function = pending.pop()
            handler = handlers.get(node.type)
            inner = handler(self, node, function) if handler is not None else function
            if inner is not None:
                pending.extend([(child, inner) for child in reversed(node.named_children) if child.type not in _LEAVES])
        self.file.names = {ref.name for ref in self.file.refs}
        return self.file

    # ---- one node: each reader returns the function that the children stand in, None to skip them ----------------

    def _class(self, node: Node, _function: _Function) -> _Function:
        before = node.prev_named_sibling
        comment = text(before) if before is not None and before.type == "comment" else ""
        found = read_class(node, self._scope, comment, keep_docs=True)
        found.path = self.file.path
        self.file.classes.append(found)
        line = found.line
        kind = "implements" if found.kind == "interface" else "extends"
        for parent in found.parents:
            self._ref(kind, parent, line, _Function(found, "", {}))
        for interface in found.interfaces:
            self._ref("implements", interface, line, _Function(found, "", {}))
        for trait in found.traits:
            self._ref("trait", trait, line, _Function(found, "", {}))
        outer = node.parent.parent if node.parent is not None else None
        if outer is not None and outer.type in {"if_statement", "else_clause", "else_if_clause"}:
            self.file.versioned.add((found.name, ""))  # declared under a condition
        return _Function(found, "", {})

    def _namespace(self, node: Node, function: _Function) -> _Function:
        name = node.child_by_field_name("name")
        self._scope.enter(text(name) if name is not None else "")
        return function

    def _use(self, node: Node, _function: _Function) -> None:
        for name, line in self._scope.add(node):
            self.file.imports[name] = line

    def _method(self, node: Node, function: _Function) -> _Function:
        name = node.child_by_field_name("name")
        method = text(name) if name is not None else ""
        params = read_params(node.child_by_field_name("parameters"), self._scope)
        types: dict[str, Type | None] = {param.name: param.type for param in params}
        body = node.child_by_field_name("body")
        source = (body.text or b"") if body is not None else b""
        if _VERSION_TEST.search(source):
            self.file.versioned.add((function.class_name, method))
        for variable in re.findall(rb"\$(\w+)\s*=[^=>]", source):
            types[variable.decode()] = None  # assigned again: its type is no longer known
        inner = _Function(function.cls, method, types)
        self._written_types(node, inner)
        return inner

    def _closure(self, node: Node, function: _Function) -> _Function:
        inner = _Function(function.cls, function.method, dict(function.types))
        for param in read_params(node.child_by_field_name("parameters"), self._scope):
            inner.types[param.name] = param.type
        self._written_types(node, inner)
        return inner

    def _written_types(self, node: Node, function: _Function) -> None:
        params = node.child_by_field_name("parameters")
        for child in params.named_children if params is not None else ():
            declared = read_type(child.child_by_field_name("type"), self._scope)
            self._type_refs("param", declared, child.start_point[0] + 1, function)
        returns = node.child_by_field_name("return_type")
        if returns is not None:
            self._type_refs("return", read_type(returns, self._scope), returns.start_point[0] + 1, function)

    def _type_refs(self, kind: str, declared: Type | None, line: int, function: _Function) -> None:
        names = [name for part in declared or () for name in part.split("&") if name not in BUILTIN_TYPES]
        optional = "optional" if declared is not None and len(declared) > 1 else ""
        for name in names:
            self.file.refs.append(
                Ref(kind, name, line, cls=function.class_name, method=function.method, detail=optional)
            )

    def _property(self, node: Node, function: _Function) -> _Function:
        declared = read_type(node.child_by_field_name("type"), self._scope)
        self._type_refs("property", declared, node.start_point[0] + 1, function)
        return function

    def _new(self, node: Node, function: _Function) -> _Function:
        target = node.named_children[0] if node.named_children else None
        if target is None:
            return function
        if target.type in NAME_NODES:
            count, named = read_arguments(next((c for c in node.named_children if c.type == "arguments"), None))
            self._ref("new", self._scope.resolve(text(target)), line_of(node), function, args=count, named=named)
        elif target.type == "anonymous_class":
            return self._anonymous(target, node, function)
        return function

    def _anonymous(self, target: Node, node: Node, function: _Function) -> _Function:
        found = read_class(target, self._scope, "")
        found.name = f"class@{self.file.path}:{line_of(node)}"
        found.path = self.file.path
        found.line = line_of(node)
        self.file.classes.append(found)
        inner = _Function(found, function.method, {})
        for kind, names in (("extends", found.parents), ("implements", found.interfaces), ("trait", found.traits)):
            for name in names:
                self._ref(kind, name, found.line, inner)
        return inner

    def _static_call(self, node: Node, function: _Function) -> _Function:
        scope, name = node.child_by_field_name("scope"), node.child_by_field_name("name")
        if scope is None or name is None or name.type != "name":
            return function
        count, named = read_arguments(node.child_by_field_name("arguments"))
        keyword = text(scope).lower() if scope.type == "relative_scope" else ""
        if keyword:
            kind = "parent" if keyword == "parent" else "this"
            self._ref(kind, function.class_name, line_of(node), function, member=text(name), args=count, named=named)
        elif scope.type in NAME_NODES:
            target = self._scope.resolve(text(scope))
            self._ref("call", target, line_of(node), function, member=text(name), args=count, named=named)
        return function

    def _constant(self, node: Node, function: _Function) -> _Function:
        parts = node.named_children
        if len(parts) < 2:
            return function
        owner, member = parts[0], text(parts[1])
        if owner.type not in NAME_NODES:
            if owner.type == "relative_scope" and member != "class":
                kind = "parent" if text(owner).lower() == "parent" else "this"
                self._ref(f"{kind}const", function.class_name, line_of(node), function, member=member)
            return function
        name = self._scope.resolve(text(owner))
        if name in BUILTIN_TYPES:
            return function
        if member == "class":
            self._class_name(node, name, function)
        else:
            self._ref("const", name, line_of(node), function, member=member)
        return function

    def _class_name(self, node: Node, name: str, function: _Function) -> None:
        call, first = enclosing_call(node)
        if call in _GUARDS:
            self.file.guarded.add(name)
            return
        detail = ""
        parent = node.parent
        if parent is not None and parent.type == "array_element_initializer":
            is_key = parent.named_child_count > 1 and parent.named_children[0] == node
            if is_key and function.method == "getSubscribedEvents":
                detail = "event:" + "/".join(re.findall(r"['\"](\w+)['\"]", text(parent.named_children[1])))
        member = call if first and call in {"get", "has", "service", "decorate"} else ""
        self._ref("classname", name, line_of(node), function, member=member, detail=detail)

    def _static_property(self, node: Node, function: _Function) -> _Function:
        scope = node.child_by_field_name("scope")
        if scope is not None and scope.type in NAME_NODES:
            self._ref("staticfield", self._scope.resolve(text(scope)), line_of(node), function)
        return function

    def _call(self, node: Node, function: _Function) -> _Function:
        owner, name = node.child_by_field_name("object"), node.child_by_field_name("name")
        if owner is None or name is None or name.type != "name":
            return function
        count, named = read_arguments(node.child_by_field_name("arguments"))
        member = text(name)
        if owner.type == "variable_name" and text(owner) == "$this":
            self._ref("this", function.class_name, line_of(node), function, member=member, args=count, named=named)
            return function
        receiver = self._receiver(owner, function)
        if receiver:
            self._ref("method", receiver, line_of(node), function, member=member, args=count, named=named)
        return function

    def _receiver(self, owner: Node, function: _Function) -> str:
        """The class of a call's receiver where the code says it: one class, at most nullable."""
        declared: Type | None = None
        if owner.type == "variable_name":
            declared = function.types.get(text(owner)[1:])
        elif owner.type == "member_access_expression":
            base, name = owner.child_by_field_name("object"), owner.child_by_field_name("name")
            if base is not None and name is not None and text(base) == "$this" and function.cls is not None:
                prop = function.cls.properties.get(text(name))
                declared = prop.type if prop is not None else None
        names = [part for part in declared or () if part != "null"]
        return names[0] if len(names) == 1 and names[0] not in BUILTIN_TYPES and "&" not in names[0] else ""

    def _field(self, node: Node, function: _Function) -> _Function:
        owner, name = node.child_by_field_name("object"), node.child_by_field_name("name")
        if owner is not None and name is not None and text(owner) == "$this" and name.type == "name":
            self._ref("field", function.class_name, line_of(node), function, member=text(name))
        return function

    def _instanceof(self, node: Node, function: _Function) -> _Function:
        operator = node.child_by_field_name("operator")
        right = node.child_by_field_name("right")
        if operator is not None and operator.type == "instanceof" and right is not None and right.type in NAME_NODES:
            self._ref("instanceof", self._scope.resolve(text(right)), line_of(node), function)
        return function

    def _catch(self, node: Node, function: _Function) -> _Function:
        listed = node.child_by_field_name("type")
        for part in listed.named_children if listed is not None else ():
            self._ref("catch", self._scope.resolve(text(part)), line_of(node), function)
        return function

    def _attribute(self, node: Node, function: _Function) -> _Function:
        name = next((part for part in node.named_children if part.type in NAME_NODES), None)
        if name is not None:
            self._ref("attribute", self._scope.resolve(text(name)), line_of(node), function)
        return function

    def _function_call(self, node: Node, function: _Function) -> _Function:
        called = node.child_by_field_name("function")
        arguments = node.child_by_field_name("arguments")
        if called is None or arguments is None:
            return function
        name = text(called).lstrip("\\")
        strings = [text(part).strip("'\"").replace("\\\\", "\\").lstrip("\\") for part in string_nodes(arguments)]
        if name in _GUARDS:
            self.file.guarded.update(strings)
        elif name == "method_exists":
            self.file.guarded_methods.update(strings)
        elif name == "class_alias":
            self._alias(arguments, strings)
        return function

    def _alias(self, arguments: Node, strings: list[str]) -> None:
        names = []
        for argument in arguments.named_children:
            inner = argument.named_children[0] if argument.named_children else argument
            if inner.type == "class_constant_access_expression" and inner.named_children:
                names.append(self._scope.resolve(text(inner.named_children[0])))
            elif inner.type in {"string", "encapsed_string"} and strings:
                names.append(strings.pop(0))
        if len(names) >= 2:
            self.file.aliases[names[1]] = names[0]

    def _string(self, node: Node, function: _Function) -> None:
        value = text(node)
        body = value[1:-1] if node.type != "heredoc" else value
        if body:
            call, _ = enclosing_call(node)
            self.file.literals.append(Literal(body, line_of(node), call, function.class_name, function.method))

    def _ref(
        self,
        kind: str,
        name: str,
        line: int,
        function: _Function,
        *,
        member: str = "",
        args: int = -1,
        named: tuple[str, ...] = (),
        detail: str = "",
    ) -> None:
        if name in BUILTIN_TYPES:
            return
        cls = function.class_name
        self.file.refs.append(Ref(kind, name, line, member, args, named, cls, function.method, detail))

    _handlers: ClassVar[dict[str, _Handler]] = {
        **dict.fromkeys(CLASS_NODES, _class),
        "namespace_definition": _namespace,
        "namespace_use_declaration": _use,
        "method_declaration": _method,
        "function_definition": _method,
        "anonymous_function": _closure,
        "arrow_function": _closure,
        "property_declaration": _property,
        "object_creation_expression": _new,
        "scoped_call_expression": _static_call,
        "class_constant_access_expression": _constant,
        "scoped_property_access_expression": _static_property,
        "member_call_expression": _call,
        "nullsafe_member_call_expression": _call,
        "member_access_expression": _field,
        "binary_expression": _instanceof,
        "catch_clause": _catch,
        "attribute": _attribute,
        "function_call_expression": _function_call,
        "string": _string,
        "encapsed_string": _string,
        "heredoc": _string,
        "nowdoc": _string,
    }


def read_php(path: str, content: bytes) -> PhpFile:
    """Facts of one PHP file of a plugin."""
    return ReferenceReader(path, content).read()
