"""Administration code of a plugin: components, their blocks, mixins and imports that the target no longer has."""

from __future__ import annotations

import posixpath

from updategate.compat.case import BOTH_VERSIONS, Case, Probe
from updategate.compat.checks.templates import drift
from updategate.compat.core_files import ADMIN_ROOT, STOREFRONT_JS_ROOT
from updategate.compat.inventory import Inventory
from updategate.compat.model import Effort, Level
from updategate.compat.plugin_files import FileFacts
from updategate.compat.scripts import ScriptFile
from updategate.compat.twig_blocks import Block

CHECK_COMPONENT = "admin-component-removed"
CHECK_BLOCK = "admin-block-removed"
CHECK_DRIFT = "admin-block-changed"
CHECK_EVENT = "admin-event-removed"
CHECK_MODEL = "admin-v-model"
VUE_3 = (6, 6)  # the administration runs on Vue 3 since this major
CHECK_IMPORT = "script-import-removed"


def check_administration(case: Case) -> Probe:
    """Every script and template below `Resources/app/administration`."""
    probe = Probe(case, CHECK_COMPONENT)
    if not case.new.admin_blocks:
        wanted = any("/administration/" in file.path for file in case.facts.files)
        probe.skip("administration", "the target source does not hold shopware/administration", incomplete=wanted)
        return probe
    if case.old is None:
        probe.skip("administration", "without the source version nothing can be said about what changed")
        return probe
    uses = _template_uses(case)
    for file in case.facts.files:
        if file.script is not None and "/administration/" in file.path:
            _components(case, probe, file.script, case.old)
        if file.admin is not None:
            _tags(case, probe, file, case.old)
            used = uses.get(file.path, set())
            if {how for how, _ in used} != {"register"}:  # the blocks of a component of its own are its own
                dead = bool(used) and all(_is_gone(case, case.old, name) for _, name in used)
                for block in file.admin.blocks:
                    _block(case, probe, file, block, case.old, dead=dead)
    return probe


def _template_uses(case: Case) -> dict[str, set[tuple[str, str]]]:
    """Template -> (how, component) of the calls that use it, as far as imports tell."""
    scripts = {file.path: file.script for file in case.facts.files if file.script is not None}
    kinds: dict[str, set[tuple[str, str]]] = {}

    def resolve(script: str, target: str) -> str:
        return posixpath.normpath(posixpath.join(posixpath.dirname(script), target))

    def follow(path: str, how: set[tuple[str, str]], depth: int) -> None:
        script = scripts.get(path)
        for target, _ in script.imports if script is not None else ():
            place = resolve(path, target) if target.startswith(".") else ""
            if place.endswith(".twig"):
                kinds.setdefault(place, set()).update(how)
            elif place and depth:
                for candidate in (place, f"{place}.js", f"{place}.ts", f"{place}/index.js", f"{place}/index.ts"):
                    if candidate in scripts and not scripts[candidate].components:
                        follow(candidate, how, depth - 1)

    for path, script in scripts.items():
        uses = {(how, name) for how, name, _ in script.components}
        if uses:
            follow(path, uses, 2)
    return kinds


def _has_component(inventory: Inventory, name: str) -> bool:
    if name in inventory.names("components"):
        return True
    return any(f"/{name}/" in path for path in inventory.scripts)  # registered in a way that the scanner does not know


def _is_gone(case: Case, old: Inventory, name: str) -> bool:
    return name in old.names("components") and not _has_component(case.new, name)


def _components(case: Case, probe: Probe, script: ScriptFile, old: Inventory) -> None:
    for how, name, line in script.components:
        if how == "register" or name in case.project.components:
            continue
        probe.look()
        if _has_component(case.new, name) or name not in old.names("components"):
            continue
        # An override of nothing is never applied and raises no error; vendors leave half of them in place. A component
        # that extends nothing cannot be built.
        dead = how == "override"
        note = " The override is never applied." if dead else ""
        probe.find(
            Level.REVIEW if dead else Level.BLOCKED, script.path, line, name,
            f"Component.{how} of {name}, which is no component in {case.new.version}.{note}", effort=Effort.LARGE,
            evidence=case.link_before(old.names("components")[name]),
        )  # fmt: skip
    for name, line in script.mixins:
        probe.look()
        if name in old.names("mixins") and name not in case.new.names("mixins"):
            probe.find(
                Level.BLOCKED, script.path, line, f"mixin {name}",
                f"Mixin.getByName('{name}') fails: {case.new.version} does not register it.",
                check="admin-mixin-removed", evidence=case.link_before(old.names("mixins")[name]),
            )  # fmt: skip


def _tags(case: Case, probe: Probe, file: FileFacts, old: Inventory) -> None:
    for tag in file.tags:
        if tag.name in case.project.components:
            continue
        probe.look()
        if tag.name in old.names("components") and not _has_component(case.new, tag.name):
            probe.find(
                Level.BLOCKED, file.path, tag.line, tag.name,
                f"<{tag.name}> is no component in {case.new.version}: the element stays empty.", effort=Effort.MEDIUM,
                evidence=case.link_before(old.names("components")[tag.name]),
            )  # fmt: skip


def check_component_events(case: Case) -> Probe:
    """Listeners and `v-model` on the core's components, against the events that these emit in the target.

    Vue 3 binds a plain `v-model` to `update:modelValue`; a component that emits `update:value` needs `v-model:value`.
    """
    probe = Probe(case, CHECK_EVENT)
    if case.old is None:
        probe.skip("component events", "without the source version nothing can be said about what changed")
        return probe
    for file in case.facts.files:
        for tag in file.tags:
            old, new = case.old.emitted(tag.name), case.new.emitted(tag.name)
            if tag.name in case.project.components or not new:
                continue
            both = any(name.startswith("v-model:") or name == "@update:value" for name in tag.attributes)
            for attribute, (_, line) in tag.attributes.items():
                if both and attribute.startswith(("v-model", "@change", "@input")):
                    continue  # the tag serves both versions
                _listener(case, probe, file.path, tag.name, attribute, line, (old, new))
    return probe


def _listener(
    case: Case, probe: Probe, file: str, tag: str, attribute: str, line: int, events: tuple[set[str], set[str]]
) -> None:
    old, new = events
    if attribute == "v-model" or attribute.startswith("v-model."):
        probe.look()
        crosses = case.version_from is not None and case.version_from.major < VUE_3 <= case.version_to.major
        writes_back = new & {"update:modelValue", "input"}  # `input` still counts in Shopware's compatibility mode
        if crosses and "update:value" in new and not writes_back and old & {"input", "change", "update:value"}:
            # 89 % of these were changed by the vendors of 18 real releases: too few to block.
            probe.find(
                Level.REVIEW, file, line, f"{tag} v-model",
                f"v-model on <{tag}>: in {case.new.version} the component emits update:value: the value is not written"
                " back.", check=CHECK_MODEL, replacement="v-model:value",
            )  # fmt: skip
        return
    event = attribute.partition(".")[0].removeprefix("v-on:").removeprefix("@")
    if not attribute.startswith(("@", "v-on:")) or event not in old:
        return
    probe.look()
    if event not in new and not event.startswith("update:"):
        renamed = "update:value" if event in {"change", "input"} and "update:value" in new else ""
        probe.find(
            Level.REVIEW, file, line, f"{tag} @{event}",
            f"listens to {event} of <{tag}>, which {case.new.version} does not emit.",
            replacement=f"@{renamed}" if renamed else "",
        )  # fmt: skip


def _block(case: Case, probe: Probe, file: FileFacts, block: Block, old: Inventory, *, dead: bool) -> None:
    if block.name not in old.admin_blocks:
        return
    probe.look()
    if block.name in case.new.admin_blocks:
        homes = (old.admin_blocks[block.name][0], case.new.admin_blocks[block.name][0])
        drift(case, probe, file.path, block, (old, homes[0]), (case.new, homes[1]), CHECK_DRIFT)
        return
    outer = block.outer
    if outer and (outer not in old.admin_blocks or outer in case.new.admin_blocks):
        level, note = Level.REVIEW, " It stands within another block of the plugin and is still shown there."
    elif dead:
        level, note = Level.REVIEW, " The component itself is gone: see there."
    elif case.serves_both:
        level, note = Level.REVIEW, BOTH_VERSIONS
    else:
        level, note = Level.BLOCKED, " What the plugin puts there is no longer shown."
    path, packed = old.admin_blocks[block.name]
    probe.find(
        level, file.path, block.line, block.name,
        f"overrides the administration block {block.name}, which is removed in {case.new.version}.{note}",
        check=CHECK_BLOCK, deprecated=packed[5], effort=Effort.MEDIUM, evidence=case.link_before(path, packed[1]),
    )  # fmt: skip


def check_imports(case: Case) -> Probe:
    """Imports of the core's scripts (`src/...`) by a plugin's administration and storefront scripts."""
    probe = Probe(case, CHECK_IMPORT)
    if case.old is None:
        probe.skip("script imports", "without the source version nothing can be said about what changed")
        return probe
    old, new = ({_stem(path) for path in inventory.scripts} for inventory in (case.old, case.new))
    for file in case.facts.files:
        if file.script is None:
            continue
        root = ADMIN_ROOT if "/administration/" in file.path else STOREFRONT_JS_ROOT
        for target, line in file.script.imports:
            place = _core_place(target, root)
            if not place:
                continue
            probe.look()
            if place in old and place not in new:
                probe.find(
                    Level.BLOCKED, file.path, line, target,
                    f"imports {target}, which {case.new.version} does not have: the script cannot be built.",
                )  # fmt: skip
    return probe


def _stem(path: str) -> str:
    for ending in ("/index.js", "/index.ts", ".js", ".ts"):
        if path.endswith(ending):
            return path.removesuffix(ending)
    return path


def _core_place(target: str, root: str) -> str:
    for prefix in ("src/", "@administration/", "@storefront/", "@shopware/storefront/src/"):
        if target.startswith(prefix):
            place = _stem(root + target.removeprefix(prefix))
            return "" if place.rpartition("/")[2].endswith((".scss", ".twig", ".json", ".svg", ".css")) else place
    return ""
