"""Symbols whose removal is announced by `@deprecated tag:`: what the majors after the target will break.

Where the target's source is not at hand, the announcements of the newest known version stand in for it. They are less
sure than a comparison, so they are at most `review`.
"""

from __future__ import annotations

import re

from updategate.compat.case import CORE_PREFIXES, Case, Probe
from updategate.compat.model import Effort, Level

CHECK = "announced-removal"
CHECK_SHADOWED = "class-shadowed"
_TAG = re.compile(r"tag:v?(\d+)\.(\d+)")
_REASON = re.compile(r"reason:([\w-]+)")
_USES = frozenset({"extends", "implements", "trait", "new", "call", "const", "param", "property", "return"})


def announced_major(deprecated: str) -> tuple[int, int] | None:
    """The major that removes the symbol; None where the text announces a change of another kind."""
    tag, reason = _TAG.search(deprecated), _REASON.search(deprecated)
    if tag is None or (reason is not None and not reason[1].startswith("remove")):
        return None
    return int(tag[1]), int(tag[2])


def check_announced(case: Case) -> Probe:
    """Classes and methods that plugins use although their removal is announced, and own copies of core classes."""
    probe = Probe(case, CHECK)
    for php in case.facts.php:
        for declared in php.classes:
            if declared.name.startswith(CORE_PREFIXES) and case.new.has_class(declared.name):
                probe.find(
                    Level.REVIEW, php.path, declared.line, declared.name,
                    f"declares {declared.name}, which {case.new.version} has too: which one is used depends on the"
                    " autoloader, and the copy does not know what changed.", check=CHECK_SHADOWED,
                )  # fmt: skip
        for ref in php.refs:
            if not ref.name.startswith(CORE_PREFIXES):
                continue
            probe.look()
            if ref.kind in _USES:
                _class(case, probe, php.path, ref.name, ref.line)
            if ref.kind in {"call", "method"}:
                _method(case, probe, php.path, ref.name, ref.member, ref.line)
    return probe


def _level(case: Case, major: tuple[int, int]) -> Level:
    return Level.REVIEW if major <= case.version_to.major else Level.INFO


def _class(case: Case, probe: Probe, file: str, name: str, line: int) -> None:
    found = case.new.variants(name)
    major = announced_major(found[0].deprecated) if found else None
    if major is not None:
        probe.find(
            _level(case, major), file, line, name,
            f"uses {found[0].short}, whose removal is announced for {major[0]}.{major[1]}.",
            deprecated=found[0].deprecated, evidence=case.link(found[0]), effort=Effort.MEDIUM,
        )  # fmt: skip


def _method(case: Case, probe: Probe, file: str, name: str, member: str, line: int) -> None:
    found = case.after.method(name, member)
    if found.owner is None or found.method is None or not case.after.is_core(found.owner):
        return
    major = announced_major(found.method.deprecated)
    if major is not None:
        probe.find(
            _level(case, major), file, line, f"{found.owner.name}::{found.method.name}",
            f"calls {found.owner.short}::{found.method.name}(), whose removal is announced for {major[0]}.{major[1]}.",
            deprecated=found.method.deprecated, evidence=case.link(found.owner, found.method.line),
        )  # fmt: skip
