"""Methods that plugin classes override or must implement, against the target's declarations.

PHP's rules (php.net/manual/en/language.oop5.variance): parameters may be wider, results narrower; an override takes at
least the arguments of its parent and requires no more; visibility may only grow; `final` is final. A break that the
source version already shows is not the update's doing, and is left out: the plugin runs there.
"""

from __future__ import annotations

from collections.abc import Iterator

from updategate.compat.case import Case, Probe
from updategate.compat.hierarchy import World, concrete_type, short_type, signature
from updategate.compat.model import Effort, Level
from updategate.compat.php_facts import ClassLike, Method, PhpFile

CHECK_OVERRIDE = "override-signature"
CHECK_ABSTRACT = "method-not-implemented"
_VISIBILITY = {"public": 0, "protected": 1, "private": 2}


def check_overrides(case: Case) -> Probe:
    """Every plugin class that has a core ancestor."""
    probe = Probe(case, CHECK_OVERRIDE)
    for php in case.facts.php:
        for own in php.classes:
            if own.parents or own.interfaces or own.traits:
                _class(case, probe, php, own)
    return probe


def _class(case: Case, probe: Probe, php: PhpFile, own: ClassLike) -> None:
    lineage, strangers = case.after.lineage_of(own)
    ancestors = [cls for cls in lineage if cls is not own and case.after.is_core(cls) and cls.kind != "trait"]
    if not ancestors:
        return
    for method in own.methods.values():
        if method.name.lower() == "__construct":
            continue
        for ancestor in ancestors:
            parent = ancestor.methods.get(method.name.lower())
            if parent is None or parent.visibility == "private":
                continue
            probe.look()
            _override(case, probe, php, own, method, ancestor, parent)
            break
    if own.kind == "class" and not own.abstract:
        _unimplemented(case, probe, php, own, has_strangers=bool(strangers))


def _override(
    case: Case, probe: Probe, php: PhpFile, own: ClassLike, method: Method, ancestor: ClassLike, parent: Method
) -> None:
    problem = incompatibility(case.after, own, method, ancestor, parent)
    old = _parent_before(case, own, method.name)
    if not problem:
        if old is not None and case.old is not None and signature(old[1]) != signature(parent):
            _changed_parent(case, probe, php, own, method, ancestor, parent, old[1])
        return
    deprecated = ""
    if case.before is not None and old is not None:
        if incompatibility(case.before, own, method, old[0], old[1]):
            return
        deprecated = old[1].deprecated
    level, note = Level.BLOCKED, ""
    if (own.name, "") in php.versioned:
        level, note = Level.REVIEW, " The class is declared under a condition."
    elif _is_doubtful(case, own):
        level, note = Level.REVIEW, " Two variants of the parent exist: check which one is active."
    previously = (
        f" {case.old.version} declared {signature(old[1])}." if old is not None and case.old is not None else ""
    )
    probe.find(
        level,
        php.path,
        method.line,
        f"{ancestor.name}::{parent.name}",
        f"{own.short}::{method.name}() {problem}: {case.new.version} declares {signature(parent)}.{previously}{note}",
        deprecated=deprecated,
        evidence=case.link(ancestor, parent.line),
        effort=Effort.MEDIUM,
        diff=f"- {signature(old[1])}\n+ {signature(parent)}" if old is not None else "",
    )


def _changed_parent(
    case: Case,
    probe: Probe,
    php: PhpFile,
    own: ClassLike,
    method: Method,
    ancestor: ClassLike,
    parent: Method,
    old: Method,
) -> None:
    probe.find(
        Level.REVIEW,
        php.path,
        method.line,
        f"{ancestor.name}::{parent.name}",
        f"{own.short}::{method.name}() overrides {ancestor.short}::{signature(old)}, which is now {signature(parent)}."
        " PHP accepts the override: check what it passes on.",
        deprecated=old.deprecated,
        evidence=case.link(ancestor, parent.line),
        diff=f"- {signature(old)}\n+ {signature(parent)}",
    )


def _is_doubtful(case: Case, own: ClassLike) -> bool:
    return any(len(case.after.find(name)) > 1 for name in (*own.parents, *own.interfaces))


def _parent_before(case: Case, own: ClassLike, name: str) -> tuple[ClassLike, Method] | None:
    if case.before is None:
        return None
    lineage, _ = case.before.lineage_of(own)
    for cls in lineage:
        if cls is own or not case.before.is_core(cls) or cls.kind == "trait":
            continue
        found = cls.methods.get(name.lower())
        if found is not None and found.visibility != "private":
            return cls, found
    return None


def incompatibility(world: World, own: ClassLike, method: Method, ancestor: ClassLike, parent: Method) -> str:
    """Why PHP refuses the override; empty where it accepts it or where a type is unknown."""
    if parent.final:
        return "overrides a final method"
    if method.static != parent.static:
        return f"must{'' if parent.static else ' not'} be static"
    if _VISIBILITY[method.visibility] > _VISIBILITY[parent.visibility]:
        return f"must be {parent.visibility}"
    return _parameters(world, own, method, ancestor, parent) or _result(world, own, method, ancestor, parent)


def _parameters(world: World, own: ClassLike, method: Method, ancestor: ClassLike, parent: Method) -> str:
    if method.required > parent.required and not any(p.variadic for p in parent.params):
        return f"requires {method.required} arguments, its parent {parent.required}"
    variadic = next((param for param in method.params if param.variadic), None)
    for position, theirs in enumerate(parent.params):
        if position < len(method.params) and not method.params[position].variadic:
            ours = method.params[position]
        elif variadic is not None:
            ours = variadic
        else:
            return f"lacks the parameter ${theirs.name}"
        if theirs.optional and not ours.optional and not ours.variadic:
            return f"must give ${theirs.name} a default"
        wide = concrete_type(ours.type, own.name)
        if wide is None:
            continue
        narrow = concrete_type(theirs.type, ancestor.name) or ("mixed",)
        if world.fits(narrow, wide) is False:
            return f"takes {short_type(ours.type)} as ${ours.name}, its parent {short_type(narrow)}"
    return ""


def _result(world: World, own: ClassLike, method: Method, ancestor: ClassLike, parent: Method) -> str:
    wide = concrete_type(parent.returns, ancestor.name)
    if wide is None or method.name.lower() in {"__construct", "__destruct", "__clone"}:
        return ""
    if method.returns is None:
        return f"declares no result type, its parent {short_type(parent.returns)}"
    narrow = concrete_type(method.returns, own.name)
    if narrow is not None and world.fits(narrow, wide) is False:
        return f"returns {short_type(method.returns)}, its parent {short_type(parent.returns)}"
    return ""


# ---- abstract methods ------------------------------------------------------------------------------------------


def _unimplemented(case: Case, probe: Probe, php: PhpFile, own: ClassLike, *, has_strangers: bool) -> None:
    now = dict(_abstract_methods(case.after, own))
    if not now:
        return
    before = dict(_abstract_methods(case.before, own)) if case.before is not None else {}
    for name, (owner, method) in now.items():
        probe.look()
        if name in before:
            continue
        level, note = Level.BLOCKED, ""
        if has_strangers:
            _, old_strangers = case.before.lineage_of(own) if case.before is not None else ((), frozenset())
            _, strangers = case.after.lineage_of(own)
            if not strangers <= old_strangers or case.before is None:
                level, note = Level.REVIEW, " An ancestor outside Shopware may implement it."
        if (own.name, "") in php.versioned or _is_doubtful(case, own):
            level, note = Level.REVIEW, " The class or its parent is declared under a condition."
        probe.find(
            level,
            php.path,
            own.line,
            f"{owner.name}::{method.name}",
            f"{own.short} does not implement {owner.short}::{signature(method)}: {case.new.version} requires it.{note}",
            check=CHECK_ABSTRACT,
            evidence=case.link(owner, method.line),
            effort=Effort.MEDIUM,
        )


def _abstract_methods(world: World, own: ClassLike) -> Iterator[tuple[str, tuple[ClassLike, Method]]]:
    """Abstract methods of core ancestors that no class of the lineage implements."""
    lineage, _ = world.lineage_of(own)
    concrete = {name for cls in lineage for name, method in cls.methods.items() if not method.abstract}
    for cls in lineage:
        if cls is own or not world.is_core(cls):
            continue
        for name, method in cls.methods.items():
            if method.abstract and name not in concrete:
                yield name, (cls, method)
