"""Names that a plugin takes from the core outside of PHP classes: routes, texts, settings, SCSS, scripts, fields."""

from __future__ import annotations

import re

from updategate.compat.case import Case, Probe
from updategate.compat.inventory import Inventory
from updategate.compat.model import Effort, Level
from updategate.compat.php_facts import Literal

CHECK_ROUTE = "route-removed"
CHECK_SNIPPET = "snippet-removed"
CHECK_CONFIG = "config-key-removed"
CHECK_SCSS = "scss-removed"
CHECK_JS_PLUGIN = "js-plugin-removed"
CHECK_FIELD = "entity-field-removed"
_ROUTE_CALLS = frozenset({"generateUrl", "generate", "redirectToRoute", "forwardToRoute", "path", "url"})
_CRITERIA = frozenset({"addAssociation", "addAssociations", "getAssociation", "EqualsFilter", "EqualsAnyFilter",
                       "RangeFilter", "FieldSorting", "addFields", "ContainsFilter"})  # fmt: skip
_FIELD_PATH = re.compile(r"[a-zA-Z]\w*(\.[a-zA-Z]\w*)*")


def check_routes(case: Case) -> Probe:
    """Names of removed routes in PHP and Twig."""
    probe = Probe(case, CHECK_ROUTE)
    if case.old is None:
        probe.skip("routes", "without the source version nothing can be said about what was removed")
        return probe
    gone = set(case.old.routes) - set(case.new.routes)
    own = {attribute for php in case.facts.php for attribute in _own_routes(php.literals)}
    for php in case.facts.php:
        for literal in php.literals:
            if literal.call in _ROUTE_CALLS:
                probe.look()
            if literal.text in gone and literal.text not in own:
                level = Level.BLOCKED if literal.call in _ROUTE_CALLS else Level.REVIEW
                _route(case, probe, case.old, level, php.path, literal.line, literal.text)
    for file in case.facts.files:
        for name, line in file.route_names:
            probe.look()
            if name in gone and name not in own:
                _route(case, probe, case.old, Level.BLOCKED, file.path, line, name)
    return probe


def _own_routes(literals: list[Literal]) -> set[str]:
    return {literal.text for literal in literals if literal.call == "Route"}


def _route(case: Case, probe: Probe, old: Inventory, level: Level, file: str, line: int, name: str) -> None:
    note = "" if level is Level.BLOCKED else " Check what the name is compared with."
    probe.find(
        level, file, line, name, f"names the route {name}, which {case.new.version} does not have.{note}",
        evidence=case.link_before(old.routes[name][3], old.routes[name][4]),
    )  # fmt: skip


def check_texts(case: Case) -> Probe:
    """Snippet keys of the core that templates and scripts print, and system configuration keys that PHP reads."""
    probe = Probe(case, CHECK_SNIPPET)
    if case.old is None:
        probe.skip(
            "snippets and configuration", "without the source version nothing can be said about what was removed"
        )
        return probe
    gone = {
        what: set(case.old.names(what)) - set(case.new.names(what)) for what in ("snippets", "admin_snippets", "config")
    }
    for file in case.facts.files:
        texts = file.texts + (file.script.texts if file.script is not None else [])
        what = "admin_snippets" if "/administration/" in file.path else "snippets"
        for key, line in texts:
            probe.look()
            if key in gone[what] and key not in case.project.snippets:
                probe.find(
                    Level.REVIEW, file.path, line, key,
                    f"prints the snippet {key}, which {case.new.version} does not have: the key itself would be shown.",
                )  # fmt: skip
    for php in case.facts.php:
        for literal in php.literals:
            if literal.text.startswith("core."):
                probe.look()
                if literal.text in gone["config"]:
                    probe.find(
                        Level.REVIEW, php.path, literal.line, literal.text,
                        f"reads the configuration {literal.text}, which {case.new.version} does not declare.",
                        check=CHECK_CONFIG,
                    )  # fmt: skip
    return probe


def check_styles(case: Case) -> Probe:
    """SCSS variables and mixins of the core that a theme or plugin uses."""
    probe = Probe(case, CHECK_SCSS)
    if case.old is None:
        probe.skip("SCSS", "without the source version nothing can be said about what was removed")
        return probe
    gone = {what: set(case.old.names(what)) - set(case.new.names(what)) for what in ("variables", "scss_mixins")}
    for file in case.facts.files:
        style = file.style
        if style is None or "/administration/" in file.path:
            continue
        probe.look(len(style.used) + len(style.includes))
        for what, used, own in (
            ("variables", style.used, case.project.variables),
            ("scss_mixins", style.includes, case.project.mixins),
        ):
            for name, line in used.items():
                if name in gone[what] and name not in own:
                    symbol = f"${name}" if what == "variables" else f"@{name}"
                    probe.find(
                        Level.BLOCKED, file.path, line, symbol,
                        f"uses {symbol}, which {case.new.version} does not define: the theme does not compile.",
                        evidence=case.link_before(case.old.names(what)[name]),
                    )  # fmt: skip
    return probe


def check_js_plugins(case: Case) -> Probe:
    """Storefront JavaScript plugins that a plugin overrides, extends or asks for."""
    probe = Probe(case, CHECK_JS_PLUGIN)
    if case.old is None:
        probe.skip("JavaScript plugins", "without the source version nothing can be said about what was removed")
        return probe
    gone = set(case.old.names("js_plugins")) - set(case.new.names("js_plugins"))
    for file in case.facts.files:
        for how, name, line in file.script.js_plugins if file.script is not None else ():
            if how == "register":
                continue
            probe.look()
            if name in gone:
                level = Level.BLOCKED if how in {"override", "extend"} else Level.REVIEW
                probe.find(
                    level, file.path, line, name,
                    f"PluginManager.{how} of {name}, which {case.new.version} does not register.", effort=Effort.MEDIUM,
                    evidence=case.link_before(case.old.names("js_plugins")[name]),
                )  # fmt: skip
    return probe


def check_fields(case: Case) -> Probe:
    """Entity fields and associations in criteria that no entity of the target has any more."""
    probe = Probe(case, CHECK_FIELD)
    if case.old is None:
        probe.skip("entity fields", "without the source version nothing can be said about what was removed")
        return probe
    living = {name for names in case.new.fields.values() for name in names}
    gone = {name: entity for entity, names in case.old.fields.items() for name in names if name not in living}
    for php in case.facts.php:
        for literal in php.literals:
            if literal.call not in _CRITERIA or not _FIELD_PATH.fullmatch(literal.text):
                continue
            probe.look()
            for part in literal.text.split("."):
                if part in gone:
                    probe.find(
                        Level.REVIEW, php.path, literal.line, f"{gone[part]}.{part}",
                        f"asks for the field {part}; {gone[part]} had it in {case.old.version}, no entity has it in"
                        f" {case.new.version}.",
                    )  # fmt: skip
    return probe
