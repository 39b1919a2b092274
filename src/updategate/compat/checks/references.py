"""Core symbols a plugin uses that the target no longer has: classes, methods, constants, arguments.

Order of the verdict for a missing class: asked for with `class_exists` in the same file -> info; in another file of the
plugin, or in a function that branches on the Shopware version -> review; already missing in the source version ->
review (a defect that the update does not cause); a use that PHP tolerates (`instanceof`, `catch`, attribute, nullable
type) -> review; else blocked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from updategate.compat.case import CORE_PREFIXES, Case, Probe
from updategate.compat.hierarchy import MethodLookup, World, signature
from updategate.compat.model import Effort, Level
from updategate.compat.php_facts import ClassLike, Method, PhpFile, Ref

CHECK_CLASS = "symbol-missing"
CHECK_MEMBER = "member-missing"
CHECK_ARGUMENTS = "arguments"

_TOLERATED = {
    "instanceof": "`instanceof` with a class that does not exist is always false.",
    "catch": "A `catch` of a class that does not exist never catches.",
    "attribute": "An attribute whose class does not exist has no effect, and fails where it is read.",
}
_TYPE_KINDS = frozenset({"param", "return", "property"})
_USE_WORDS = {
    "extends": "extends",
    "implements": "implements",
    "trait": "uses the trait",
    "new": "instantiates",
    "call": "calls a static method of",
    "const": "reads a constant of",
    "staticfield": "reads a static property of",
    "param": "expects as parameter",
    "return": "returns",
    "property": "keeps in a property",
    "instanceof": "compares with",
    "catch": "catches",
    "attribute": "is marked with",
    "classname": "names",
    "method": "calls a method of",
}


@dataclass(frozen=True, slots=True)
class _Circumstance:
    """What softens a finding in a file: guards and branches on the version."""

    php: PhpFile
    guarded_elsewhere: frozenset[str]

    def soften(self, ref: Ref, name: str) -> tuple[Level, str] | None:
        if name in self.php.guarded:
            return Level.INFO, "The file asks whether it exists before using it."
        if name in self.guarded_elsewhere:
            return (
                Level.REVIEW,
                "The plugin asks elsewhere whether it exists: check that this code is then not reached.",
            )
        if (ref.cls, ref.method) in self.php.versioned or (ref.cls, "") in self.php.versioned:
            return Level.REVIEW, "The code branches on the Shopware version here: check the branch for the target."
        return None


def check_references(case: Case) -> Probe:
    """Every reference of every PHP file of the plugin against the target, and against the source where known."""
    probe = Probe(case, CHECK_CLASS)
    missing_packages = [prefix for prefix in CORE_PREFIXES if prefix not in case.packages]
    for prefix in missing_packages:
        used_here = any(name.startswith(prefix) for php in case.facts.php for name in php.names)
        probe.skip(f"classes below {prefix}", "the target source does not hold this package", incomplete=used_here)
    guarded = frozenset(name for php in case.facts.php for name in php.guarded)
    for php in case.facts.php:
        circumstance = _Circumstance(php, guarded)
        used: set[str] = set()
        for ref in php.refs:
            used.add(ref.name)
            _reference(case, probe, circumstance, ref)
        for name, line in php.imports.items():
            if name in used or any(other.startswith(f"{name}\\") for other in used):
                continue
            if _is_core(name) and _class_missing(case, name):
                probe.find(
                    Level.INFO, php.path, line, name, "imported but not used in code: remove the import.",
                    deprecated=_deprecated(case.before, name),
                )  # fmt: skip
    return probe


def _is_core(name: str) -> bool:
    return name.startswith(CORE_PREFIXES)


def _class_missing(case: Case, name: str) -> bool:
    return not case.after.knows(name) and case.package_known(name)


def _deprecated(world: World | None, name: str) -> str:
    found = world.inventory.variants(name) if world is not None else []
    return found[0].deprecated if found else ""


def _reference(case: Case, probe: Probe, circumstance: _Circumstance, ref: Ref) -> None:
    if ref.kind in {"this", "parent", "thisconst", "parentconst", "field"}:
        probe.look()
        _own_member(case, probe, circumstance, ref)
        return
    if not _is_core(ref.name):
        return
    probe.look()
    if _class_missing(case, ref.name):
        if ref.kind != "method":  # its type is reported where it is written
            _missing_class(case, probe, circumstance, ref)
    elif case.after.knows(ref.name):
        _member(case, probe, circumstance, ref)


# ---- classes --------------------------------------------------------------------------------------------------


def _missing_class(case: Case, probe: Probe, circumstance: _Circumstance, ref: Ref) -> None:
    level, why = _class_level(circumstance, ref)
    old = case.before.inventory.variants(ref.name) if case.before is not None else []
    short = ref.name.rpartition("\\")[2]
    what = f"{_USE_WORDS.get(ref.kind, 'uses')} {short}, which does not exist in {case.new.version}."
    softened = circumstance.soften(ref, ref.name)
    if softened is not None:
        level, why = softened
    elif case.before is not None and not old and level is Level.BLOCKED:
        level = Level.REVIEW
        version = case.before.inventory.version
        why = f"It is missing in {version} too: a defect that the update does not cause. {why}".strip()
    evidence = case.link_before(old[0].path, old[0].line) if old else ""
    probe.find(
        level,
        circumstance.php.path,
        ref.line,
        ref.name,
        f"{_subject(ref)} {what} {why}".strip(),
        deprecated=old[0].deprecated if old else "",
        evidence=evidence,
        effort=Effort.MEDIUM if ref.kind in {"extends", "implements", "trait"} else Effort.SMALL,
    )


def _subject(ref: Ref) -> str:
    short = ref.cls.rpartition("\\")[2]
    if short.startswith("class@"):
        short = "An anonymous class"
    if short and ref.method:
        return f"{short}::{ref.method}()"
    return short or ref.method or "The file"


def _class_level(circumstance: _Circumstance, ref: Ref) -> tuple[Level, str]:
    if ref.kind in _TOLERATED:
        return Level.REVIEW, _TOLERATED[ref.kind]
    if ref.kind in _TYPE_KINDS and ref.detail == "optional":
        return Level.REVIEW, "The type is nullable or a union: it fails only where this alternative is needed."
    if ref.kind == "classname":
        return _class_name_level(circumstance, ref)
    return Level.BLOCKED, ""


def _class_name_level(circumstance: _Circumstance, ref: Ref) -> tuple[Level, str]:
    if ref.member in {"get", "service", "decorate"}:
        return Level.BLOCKED, "The container does not know the service."
    if ref.detail.startswith("event:"):
        handlers = set(ref.detail.removeprefix("event:").split("/"))
        others = {
            handler
            for other in circumstance.php.refs
            if other.detail.startswith("event:") and other.name != ref.name and other.cls == ref.cls
            for handler in other.detail.removeprefix("event:").split("/")
        }
        if handlers & others:
            return Level.REVIEW, "The same method listens to another event as well."
        return Level.BLOCKED, "The event is never dispatched: the method is not called any more."
    return Level.REVIEW, "Only the name is used: check what it is compared with."


# ---- members of core classes -----------------------------------------------------------------------------------


def _member(case: Case, probe: Probe, circumstance: _Circumstance, ref: Ref) -> None:
    if ref.kind == "new":
        _construction(case, probe, circumstance, ref)
    elif ref.kind in {"call", "method"}:
        _called(case, probe, circumstance, ref, case.after.method(ref.name, ref.member))
    elif ref.kind == "const":
        _constant(case, probe, circumstance, ref)
    elif ref.kind in {"extends", "implements"}:
        _inheritance(case, probe, circumstance, ref)


def _inheritance(case: Case, probe: Probe, circumstance: _Circumstance, ref: Ref) -> None:
    new = case.after.find(ref.name)
    old = case.before.find(ref.name) if case.before is not None else []
    if not new or not all(case.after.is_core(cls) for cls in new):
        return
    problem = ""
    if ref.kind == "extends" and all(cls.final for cls in new) and not (old and all(cls.final for cls in old)):
        problem = "is final"
    elif ref.kind == "extends" and new[0].kind != "class" and not (old and old[0].kind == new[0].kind):
        problem = f"is a {new[0].kind}, no class"
    elif ref.kind == "implements" and new[0].kind != "interface" and not (old and old[0].kind == new[0].kind):
        problem = f"is a {new[0].kind}, no interface"
    if problem:
        _report(
            probe, circumstance, ref, ref.name,
            f"{_subject(ref)} {_USE_WORDS[ref.kind]} {new[0].short}, which {problem} in {case.new.version}.",
            check="inheritance", deprecated=_deprecated(case.before, ref.name), evidence=case.link(new[0]),
            effort=Effort.LARGE,
        )  # fmt: skip


def _construction(case: Case, probe: Probe, circumstance: _Circumstance, ref: Ref) -> None:
    new = case.after.find(ref.name)
    old = case.before.find(ref.name) if case.before is not None else []
    if new and all(cls.abstract or cls.kind != "class" for cls in new) and not (old and old[0].abstract):
        _report(
            probe, circumstance, ref, ref.name,
            f"{_subject(ref)} instantiates {new[0].short}, which is abstract in {case.new.version}.",
            check=CHECK_ARGUMENTS, deprecated=_deprecated(case.before, ref.name), evidence=case.link(new[0]),
        )  # fmt: skip
        return
    constructor = case.after.method(ref.name, "__construct")
    if constructor.status == "found":
        call = Ref(ref.kind, ref.name, ref.line, "__construct", ref.args, ref.named, ref.cls, ref.method)
        _called(case, probe, circumstance, call, constructor)


def _called(case: Case, probe: Probe, circumstance: _Circumstance, ref: Ref, found: MethodLookup) -> None:
    before = case.before.method(ref.name, ref.member) if case.before is not None else None
    _judge_call(case, probe, circumstance, ref, found, before)


def _judge_call(
    case: Case, probe: Probe, circumstance: _Circumstance, ref: Ref, now: MethodLookup, before: MethodLookup | None
) -> None:
    symbol = f"{ref.name}::{ref.member}"
    if now.status != "found":
        if before is None or before.status != "found" or before.owner is None or before.method is None:
            return
        if ref.member in circumstance.php.guarded_methods:
            return
        if case.before is not None and not case.before.is_core(before.owner):
            return
        if now.status == "missing" or now.strangers <= before.strangers:
            symbol = f"{before.owner.name}::{before.method.name}"
            if ref.kind == "method" and ref.member.lower() == ref.method.lower():
                _forwarded(case, probe, circumstance, ref, before.owner, before.method)
                return
            _report(
                probe, circumstance, ref, symbol,
                f"{_subject(ref)} calls {before.owner.short}::{before.method.name}(), which does not exist in"
                f" {case.new.version}.",
                check=CHECK_MEMBER, deprecated=before.method.deprecated,
                evidence=case.link_before(before.owner.path, before.method.line),
            )  # fmt: skip
        return
    if now.owner is not None and now.method is not None and case.after.is_core(now.owner):
        _arguments(case, probe, circumstance, ref, now.owner, now.method, before)


def _forwarded(
    case: Case, probe: Probe, circumstance: _Circumstance, ref: Ref, owner: ClassLike, method: Method
) -> None:
    """A decorator that passes a removed method on: it fails only where somebody still calls it."""
    probe.find(
        Level.REVIEW, circumstance.php.path, ref.line, f"{owner.name}::{method.name}",
        f"{_subject(ref)} passes a call on to {owner.short}::{method.name}(), which does not exist in"
        f" {case.new.version}. Shopware does not call it any more.",
        check=CHECK_MEMBER, deprecated=method.deprecated, evidence=case.link_before(owner.path, method.line),
    )  # fmt: skip


def _arguments(
    case: Case,
    probe: Probe,
    circumstance: _Circumstance,
    ref: Ref,
    owner: ClassLike,
    method: Method,
    before: MethodLookup | None,
) -> None:
    old = before.method if before is not None else None
    problem = _argument_problem(ref, method)
    if not problem or (old is not None and _argument_problem(ref, old)) or (case.before is not None and old is None):
        return
    _report(
        probe, circumstance, ref, f"{owner.name}::{method.name}",
        f"{_subject(ref)} {problem} {owner.short}::{method.name}(): {case.new.version} declares {signature(method)}"
        + (f", {case.old.version} {signature(old)}." if old is not None and case.old is not None else "."),
        check=CHECK_ARGUMENTS, deprecated=old.deprecated if old is not None else "",
        evidence=case.link(owner, method.line),
    )  # fmt: skip


def _argument_problem(ref: Ref, method: Method) -> str:
    if ref.args < 0:
        return ""
    if ref.args < method.required:
        return f"gives {ref.args} of {method.required} required arguments to"
    names = {param.name for param in method.params}
    unknown = [name for name in ref.named if name not in names]
    if unknown and not any(param.variadic for param in method.params):
        return f"names the argument ${unknown[0]}, unknown to"
    return ""


def _constant(case: Case, probe: Probe, circumstance: _Circumstance, ref: Ref) -> None:
    now = case.after.constant(ref.name, ref.member)
    before = case.before.constant(ref.name, ref.member) if case.before is not None else None
    if now.status == "found" or before is None or before.status != "found" or before.owner is None:
        return
    if now.status == "missing" or now.strangers <= before.strangers:
        _report(
            probe, circumstance, ref, f"{before.owner.name}::{ref.member}",
            f"{_subject(ref)} reads {before.owner.short}::{ref.member}, which does not exist in {case.new.version}.",
            check=CHECK_MEMBER, deprecated=before.owner.deprecated,
            evidence=case.link_before(before.owner.path, before.owner.line),
        )  # fmt: skip


# ---- inherited members -----------------------------------------------------------------------------------------


def _own_member(case: Case, probe: Probe, circumstance: _Circumstance, ref: Ref) -> None:
    """`$this->x()`, `parent::x()`, `self::X`, `$this->x` of a plugin class: what it inherits from the core."""
    own = next((cls for cls in circumstance.php.classes if cls.name == ref.cls), None)
    if own is None or own.kind == "trait" or case.before is None:
        return
    if not any(True for _ in _core_ancestors(case.before, own)):
        return
    if ref.kind in {"this", "parent"}:
        above = own if ref.kind == "parent" else None
        now = case.after.method(own.name, ref.member, above=above)
        before = case.before.method(own.name, ref.member, above=above)
        if ref.kind == "this" and ref.member.lower() in own.methods:
            return
        _judge_call(case, probe, circumstance, ref, now, before)
        return
    if ref.kind == "field":
        now, before = case.after.property(own.name, ref.member), case.before.property(own.name, ref.member)
        what = f"${ref.member}"
    else:
        now, before = case.after.constant(own.name, ref.member), case.before.constant(own.name, ref.member)
        what = ref.member
    if now.status == "found" or before.status != "found" or before.owner is None:
        return
    if not case.before.is_core(before.owner) or not (now.status == "missing" or now.strangers <= before.strangers):
        return
    _report(
        probe, circumstance, ref, f"{before.owner.name}::{what}",
        f"{_subject(ref)} uses the inherited {what} of {before.owner.short}, which does not exist in"
        f" {case.new.version}.",
        check=CHECK_MEMBER, deprecated=before.owner.deprecated,
        evidence=case.link_before(before.owner.path, before.owner.line),
    )  # fmt: skip


def _core_ancestors(world: World, own: ClassLike) -> Iterator[ClassLike]:
    lineage, _ = world.lineage_of(own)
    return (cls for cls in lineage if world.is_core(cls))


def _report(
    probe: Probe,
    circumstance: _Circumstance,
    ref: Ref,
    symbol: str,
    message: str,
    *,
    check: str,
    deprecated: str = "",
    evidence: str = "",
    effort: Effort = Effort.SMALL,
) -> None:
    softened = circumstance.soften(ref, ref.name)
    level = Level.BLOCKED
    if softened is not None:
        level = softened[0]
        message = f"{message} {softened[1]}"
    probe.find(
        level, circumstance.php.path, ref.line, symbol, message,
        check=check, deprecated=deprecated, evidence=evidence, effort=effort,
    )  # fmt: skip
