"""Decorator chains: several plugins on one service, and whether each passes on a type that the next one accepts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from updategate.compat.container import Service
from updategate.compat.hierarchy import World
from updategate.compat.model import Effort, Finding, Level
from updategate.compat.plugin_files import PluginFacts

CHECK = "decorator-chain"


@dataclass(frozen=True, slots=True)
class _Decoration:
    facts: PluginFacts
    file: str
    service: Service


def check_decorator_chains(plugins: Iterable[PluginFacts], world: World, version: str) -> tuple[list[Finding], int]:
    """Services that two or more plugins decorate; returns the findings and the number of decorated services."""
    chains: dict[str, list[_Decoration]] = defaultdict(list)
    for facts in plugins:
        for config in facts.configs:
            for service in config.services:
                if service.decorates:
                    chains[service.decorates.lstrip("\\")].append(_Decoration(facts, config.path, service))
    findings: list[Finding] = []
    for name, links in sorted(chains.items()):
        if len({link.facts.plugin.name for link in links}) > 1:
            findings.extend(_chain(name, links, world, version))
    return findings, len(chains)


def _chain(name: str, links: list[_Decoration], world: World, version: str) -> Iterable[Finding]:
    # The higher the priority, the closer to the original: each link wraps the ones before it.
    ordered = sorted(links, key=lambda link: -link.service.priority)
    final = any(cls.final for cls in world.find(name))
    users = ", ".join(dict.fromkeys(link.facts.plugin.name for link in ordered))
    for position, link in enumerate(ordered):
        cls = link.service.class_name
        wanted = _inner_type(world, cls, name)
        conflict = ""
        if wanted and position:
            inner = ordered[position - 1].service.class_name
            # Equal priorities keep no promised order, so the pair must fit both ways round.
            if world.is_subtype(inner, wanted) is False:
                conflict = f"it expects {wanted} but gets {inner} of {ordered[position - 1].facts.plugin.name}"
        if not conflict and wanted and position + 1 < len(ordered):
            after = ordered[position + 1]
            same = after.service.priority == link.service.priority
            if same and world.is_subtype(after.service.class_name, wanted) is False:
                conflict = f"it expects {wanted} but may get {after.service.class_name} of {after.facts.plugin.name}"
        if not conflict and final and wanted == name:
            conflict = f"it expects the final class {name} itself, which no decorator can be"
        yield Finding(
            link.facts.plugin.name,
            link.file,
            link.service.line,
            name,
            Level.BLOCKED if conflict else Level.INFO,
            CHECK,
            f"{len(ordered)} decorations of {name} ({users}): {conflict}: the container fails with a TypeError."
            if conflict
            else f"{len(ordered)} decorations of {name} ({users}) in {version}: their order matters.",
            "type the decorated service as its abstract class or interface" if conflict else "",
            link.facts.plugin.owner.value,
            Effort.MEDIUM,
        )


def _inner_type(world: World, cls: str, decorated: str) -> str:
    """The type that the decorator's constructor wants for the decorated service; empty where it is not typed."""
    constructor = world.method(cls, "__construct").method
    if constructor is None:
        return ""
    for param in constructor.params:
        names = [part for part in param.type or () if part != "null"]
        if len(names) == 1 and (names[0] == decorated or world.is_subtype(decorated, names[0]) is True):
            return names[0]
    return ""
