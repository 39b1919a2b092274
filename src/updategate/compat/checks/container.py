"""Service definitions of a plugin against the target's container: removed services, parents, arguments."""

from __future__ import annotations

import fnmatch
import re
from pathlib import PurePosixPath

from updategate.compat.case import CORE_PREFIXES, Case, Probe
from updategate.compat.container import ConfigFile, Service
from updategate.compat.hierarchy import signature
from updategate.compat.model import Effort, Level
from updategate.compat.php_facts import PhpFile

CHECK = "service-removed"
_AS_DECORATOR = "Symfony\\Component\\DependencyInjection\\Attribute\\AsDecorator"
_DECORATED = re.compile(r"(?:decorates:\s*|^\(\s*)(?:\\?([\w\\]+)::class|['\"]([^'\"]+)['\"])")
_CONTAINER_CALLS = frozenset({"get", "service", "decorate"})
_AUTOMATIC = ("services.xml", "services.yaml", "services.yml", "services.php")


def check_container(case: Case) -> Probe:
    """Every service definition of the plugin."""
    probe = Probe(case, CHECK)
    soft = _conditional_files(case)
    for config in case.facts.configs:
        for service in config.services:
            _service(case, probe, config, service, soft.get(config.path, ""))
    for php in case.facts.php:
        _in_code(case, probe, php)
    return probe


def _in_code(case: Case, probe: Probe, php: PhpFile) -> None:
    """Services that PHP names: `#[AsDecorator]`, `service()` and `decorate()` of PHP configuration, `get()`."""
    for declared in php.classes:
        for attribute in declared.attributes:
            decorated = _DECORATED.search(attribute.arguments) if attribute.name == _AS_DECORATOR else None
            if decorated is not None:
                written = (decorated[1] or decorated[2] or "").replace("\\\\", "\\").lstrip("\\")
                names = [name for name in (*php.imports, written) if name == written or name.endswith(f"\\{written}")]
                optional = "onInvalid" in attribute.arguments
                service = Service(declared.name, attribute.line)
                probe.look()
                _required(
                    case,
                    probe,
                    ConfigFile(php.path),
                    service,
                    names[0],
                    attribute.line,
                    optional=optional,
                    how="decorates",
                    condition="",
                )
    for literal in php.literals:
        if literal.call in _CONTAINER_CALLS and case.old is not None and case.old.service(literal.text) is not None:
            probe.look()
            condition = ""
            if (literal.cls, literal.method) in php.versioned or literal.text in php.guarded:
                condition = "The code branches on the version here: check the branch for the target."
            service = Service(literal.cls or php.path, literal.line)
            _required(
                case,
                probe,
                ConfigFile(php.path),
                service,
                literal.text,
                literal.line,
                optional=False,
                how="asks for",
                condition=condition,
            )


def _service(case: Case, probe: Probe, config: ConfigFile, service: Service, condition: str) -> None:
    wanted = [(ref.id, ref.line, ref.optional, "needs") for ref in service.refs]
    if service.alias:
        wanted.append((service.alias, service.line, False, "is an alias of"))
    if service.parent:
        wanted.append((service.parent, service.line, False, "inherits from"))
    if service.decorates:
        wanted.append((service.decorates, service.line, service.decorates_optional, "decorates"))
    for name, line, optional, how in wanted:
        probe.look()
        _required(
            case, probe, config, service, name.lstrip("\\"), line, optional=optional, how=how, condition=condition
        )
    _service_class(case, probe, config, service, condition)
    _arguments(case, probe, config, service, condition)


def _required(
    case: Case,
    probe: Probe,
    config: ConfigFile,
    service: Service,
    name: str,
    line: int,
    *,
    optional: bool,
    how: str,
    condition: str,
) -> None:
    if name in case.project.services or case.new.has_service(name) or name.endswith(".inner"):
        return
    known = case.old is not None and case.old.has_service(name)
    is_core_class = name.startswith(CORE_PREFIXES) and case.package_known(name)
    if not known and not (is_core_class and not case.after.knows(name)):
        return
    level, note = Level.BLOCKED, ""
    if optional:
        level, note = Level.INFO, " It is optional: the container does without it."
    elif condition:
        level, note = Level.REVIEW, f" {condition}"
    elif case.old is not None and not known:
        level, note = Level.REVIEW, f" {case.old.version} does not have it either."
    old = case.old.service(name) if case.old is not None else None
    variants = case.old.variants(name) if case.old is not None else []
    probe.find(
        level,
        config.path,
        line,
        name,
        f"The service {service.id} {how} {name}, which is no service in {case.new.version}.{note}",
        deprecated=variants[0].deprecated if variants else "",
        evidence=case.link_before(old[4], old[5]) if old is not None else "",
        effort=Effort.MEDIUM if how == "decorates" else Effort.SMALL,
    )


def _service_class(case: Case, probe: Probe, config: ConfigFile, service: Service, condition: str) -> None:
    name = service.class_name
    if service.alias or not name.startswith(CORE_PREFIXES) or case.after.knows(name) or not case.package_known(name):
        return
    if not service.cls and name != service.id:
        return
    probe.look()
    known = case.before is not None and case.before.knows(name)
    level = Level.BLOCKED if known or case.before is None else Level.REVIEW
    level = Level.REVIEW if condition else level
    variants = case.old.variants(name) if case.old is not None else []
    probe.find(
        level, config.path, service.line, name,
        f"The service {service.id} is made from {name}, which {case.new.version} does not have. {condition}".strip(),
        deprecated=variants[0].deprecated if variants else "",
    )  # fmt: skip


def _arguments(case: Case, probe: Probe, config: ConfigFile, service: Service, condition: str) -> None:
    """A plugin class without a constructor of its own: the definition feeds the core's constructor."""
    name = service.class_name
    skip = service.alias or service.factory or service.parent or service.abstract or service.autowire
    if skip or service.named_arguments or name not in case.project.classes or case.before is None:
        return
    now, before = case.after.method(name, "__construct"), case.before.method(name, "__construct")
    if now.owner is None or now.method is None or before.method is None or not case.after.is_core(now.owner):
        return
    probe.look()
    if service.arguments >= now.method.required or service.arguments < before.method.required:
        return
    probe.find(
        Level.REVIEW if condition else Level.BLOCKED, config.path, service.line, f"{now.owner.name}::__construct",
        f"The service {service.id} gives {service.arguments} arguments to {now.owner.short}::{signature(now.method)}."
        f" {case.new.version} requires {now.method.required}. {condition}".strip(),
        check="arguments", deprecated=before.method.deprecated, evidence=case.link(now.owner, now.method.line),
    )  # fmt: skip


def _conditional_files(case: Case) -> dict[str, str]:
    """Configuration files that are not loaded always: path -> why."""
    files = {config.path: config for config in case.facts.configs if config.services or config.imports}
    loaded: set[str] = set()
    pending = [path for path in files if path.endswith(_AUTOMATIC)]
    while pending:
        path = pending.pop()
        if path in loaded:
            continue
        loaded.add(path)
        folder = PurePosixPath(path).parent
        for pattern in files[path].imports if path in files else ():
            target = _normal(folder / pattern)
            pending.extend(other for other in files if fnmatch.fnmatch(other, target) or other.startswith(target + "/"))
    reasons: dict[str, str] = {}
    for path in files:
        if path not in loaded:
            reason = _mentioned(case, PurePosixPath(path))
            if reason:
                reasons[path] = reason
    return reasons


def _normal(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and parts:
            parts.pop()
        elif part not in {".", ".."}:
            parts.append(part)
    return "/".join(parts)


def _mentioned(case: Case, path: PurePosixPath) -> str:
    """Why a file that no other configuration imports may not be loaded; empty where PHP loads it always."""
    for php in case.facts.php:
        for literal in php.literals:
            if path.name in literal.text or (path.parent.name in literal.text and literal.call in {"load", "glob"}):
                if php.versioned or php.guarded:
                    return f"{php.path} loads the file depending on the version: check the branch for the target."
                return ""
    if path.parent.name in {"packages", "services"} or case.facts.plugin.kind == "project":
        return ""
    return "No import of this file was found."
