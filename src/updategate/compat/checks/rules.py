"""Applies the rule packs of the crossed major steps to a plugin."""

from __future__ import annotations

import re

from updategate.compat.case import Case, Probe
from updategate.compat.model import Level
from updategate.compat.php_facts import ClassLike, PhpFile
from updategate.compat.rule_packs import Pack, Rule

CHECK = "rule"
_HARD_USES = frozenset(
    {"extends", "implements", "trait", "new", "call", "const", "staticfield", "param", "return", "property"}
)
_ANNOTATION = re.compile(r"^\s*\*?\s*@(?:\w+\\)*Route\(", re.MULTILINE)


def check_rules(case: Case, packs: tuple[Pack, ...]) -> Probe:
    """Every rule of every pack."""
    probe = Probe(case, CHECK)
    if not packs:
        probe.skip("rule packs", "the update crosses no major step that a pack exists for")
    for pack in packs:
        for rule in pack.rules:
            _apply(case, probe, rule)
    return probe


def _apply(case: Case, probe: Probe, rule: Rule) -> None:
    if rule.kind == "text":
        for file in case.facts.files:
            probe.look()
            for hit in file.hits:
                if hit.rule == rule.id:
                    _hit(probe, rule, rule.level, file.path, hit.line, hit.text)
    elif rule.kind == "route-import":
        for config in case.facts.configs:
            for resource, kind, line in config.routes:
                probe.look()
                if kind == rule.type:
                    _hit(probe, rule, rule.level, config.path, line, resource)
    else:
        for php in case.facts.php:
            probe.look()
            _php(case, probe, rule, php)


def _php(case: Case, probe: Probe, rule: Rule, php: PhpFile) -> None:
    if rule.kind == "class":
        _classes(case, probe, rule, php)
        return
    for own in php.classes:
        if rule.kind == "annotation":
            _annotations(probe, rule, php, own)
        elif rule.kind == "member" and _has_member(case, rule, own) and not _calls(rule, php, own):
            level = Level.REVIEW if (own.name, "") in php.versioned else rule.level
            line = (
                own.properties[rule.static_property].line
                if rule.static_property
                else own.methods[rule.method.lower()].line
            )
            _hit(probe, rule, level, php.path, line, f"{own.name}::{rule.static_property or rule.method}")


def _classes(case: Case, probe: Probe, rule: Rule, php: PhpFile) -> None:
    if not any(rule.names(name) for name in php.names):
        return
    for ref in php.refs:
        if not rule.names(ref.name) or (case.after.knows(ref.name) and not rule.always):
            continue
        level = rule.level
        guarded = ref.name in php.guarded
        versioned = (ref.cls, ref.method) in php.versioned or (ref.cls, "") in php.versioned
        if guarded or versioned or ref.kind not in _HARD_USES or ref.detail == "optional":
            level = Level.INFO if guarded else max(rule.level, Level.REVIEW, key=lambda item: item.rank)
        _hit(probe, rule, level, php.path, ref.line, ref.name)


def _calls(rule: Rule, php: PhpFile, own: ClassLike) -> bool:
    """Whether the class does by a call what the rule misses."""
    return any(ref.cls == own.name and ref.member in rule.unless_call and ref.kind == "this" for ref in php.refs)


def _has_member(case: Case, rule: Rule, own: ClassLike) -> bool:
    if rule.static_property and rule.static_property not in own.properties:
        return False
    if rule.method and rule.method.lower() not in own.methods:
        return False
    if rule.unless_method and rule.unless_method.lower() in own.methods:
        return False
    if rule.unless_attribute and any(item.name == rule.unless_attribute for item in own.attributes):
        return False
    if not rule.ancestor:
        return True
    lineage, strangers = case.after.lineage_of(own)
    return rule.ancestor in strangers or any(cls.name == rule.ancestor for cls in lineage)


def _annotations(probe: Probe, rule: Rule, php: PhpFile, own: ClassLike) -> None:
    """`@Route` in a doc comment of a method (or class) that carries no `#[Route]`."""
    attributed = {item.method for item in own.attributes if item.name.endswith("\\Route")}
    for method, comment in own.docs.items():
        # A doc comment of the class alone makes no route; its methods' ones do.
        if method and method not in attributed and _ANNOTATION.search(comment):
            found = own.methods.get(method.lower())
            line = found.line if found is not None else own.line
            _hit(probe, rule, rule.level, php.path, line, f"{own.name}::{method}")


def _hit(probe: Probe, rule: Rule, level: Level, file: str, line: int, symbol: str) -> None:
    probe.find(
        level, file, line, symbol, rule.message, check=f"{CHECK}:{rule.id}", replacement=rule.replacement,
        evidence=rule.link, effort=rule.effort,
    )  # fmt: skip
