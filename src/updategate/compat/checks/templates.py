"""Storefront and document templates of a plugin: vanished parents and includes, blocks removed, moved or changed."""

from __future__ import annotations

import difflib
import hashlib
import re

from updategate.compat.case import BOTH_VERSIONS, Case, Probe
from updategate.compat.inventory import Inventory
from updategate.compat.model import Effort, Level
from updategate.compat.plugin_files import FileFacts
from updategate.compat.sources import SourceTree
from updategate.compat.twig_blocks import Block, Template, TemplateRef, body_hash, normalise

CHECK_TARGET = "twig-template-removed"
CHECK_BLOCK = "twig-block-removed"
CHECK_DRIFT = "twig-block-changed"
_CORE_BUNDLES = frozenset({"Storefront", "Administration", "Framework", "Core", "Elasticsearch", "Content", "Checkout"})
_TARGET = re.compile(r"@!?(\w+)/(.+)")
_DIFF_LINES = 60
_SAME_CONTENT = 0.8  # similarity from 0 to 1 at which two overrides count as the same content


def check_templates(case: Case) -> Probe:
    """Every view of the plugin."""
    probe = Probe(case, CHECK_TARGET)
    if not any(name.startswith("storefront/") for name in case.new.template_names()):
        wanted = any(file.view is not None for file in case.facts.files)
        probe.skip("storefront templates", "the target source does not hold shopware/storefront", incomplete=wanted)
        return probe
    for file in case.facts.files:
        if file.view is not None:
            for ref in file.view.refs:
                _reference(case, probe, file, ref)
            _blocks(case, probe, file, file.view)
    return probe


def _reference(case: Case, probe: Probe, file: FileFacts, ref: TemplateRef) -> None:
    match = _TARGET.fullmatch(ref.target)
    if match is None or match[1] not in _CORE_BUNDLES:
        return
    probe.look()
    name = match[2]
    if case.new.template(name) is not None or name in case.project.views:
        return
    known = case.old is not None and case.old.template(name) is not None
    level, note = Level.BLOCKED, ""
    if ref.optional:
        level, note = Level.INFO, " The template is optional here."
    elif case.old is not None and not known:
        level, note = Level.REVIEW, f" {case.old.version} does not have it either."
    probe.find(
        level, file.path, ref.line, name,
        f"`{ref.tag}` of {ref.target}, which does not exist in {case.new.version}: the page fails to render.{note}",
        effort=Effort.MEDIUM, evidence=_template_link(case, name),
    )  # fmt: skip


def _template_link(case: Case, name: str) -> str:
    found = case.old.template(name) if case.old is not None else None
    return case.link_before(found["path"]) if found is not None else ""


def chain(inventory: Inventory, name: str) -> list[str]:
    """A view and everything whose blocks it inherits: parents and horizontally used views, by logical name."""
    names: list[str] = []
    pending = [name]
    while pending:
        current = pending.pop(0)
        found = inventory.template(current)
        if found is None or current in names:
            continue
        names.append(current)
        matches = (_TARGET.fullmatch(target) for target in found["parents"])
        pending.extend(match[2] for match in matches if match is not None)
    return names


def _blocks(case: Case, probe: Probe, file: FileFacts, template: Template) -> None:
    match = _TARGET.fullmatch(template.extends)
    parent = match[2] if match is not None and match[1] in _CORE_BUNDLES else ""
    if not parent:
        if not template.extends and case.new.template(file.view_name) is not None:
            _replaced(case, probe, file)
        return
    now = {name: home for home in reversed(chain(case.new, parent)) for name in _names(case.new, home)}
    before = {}
    if case.old is not None:
        before = {name: home for home in reversed(chain(case.old, parent)) for name in _names(case.old, home)}
    # The same content in a block that lives on shows that the template was adapted, and serves both versions.
    living = [block for block in template.blocks if block.name in now]
    for block in template.blocks:
        probe.look()
        if block.name in now:
            if case.old is not None and block.name in before:
                drift(case, probe, file.path, block, (case.old, before[block.name]), (case.new, now[block.name]))
        elif block.name in before:
            _removed(case, probe, file, block, before[block.name], adapted=_has_twin(block, living))


def _has_twin(block: Block, living: list[Block]) -> bool:
    if not block.body:
        return False
    body = normalise(block.body[:2000])
    return any(
        difflib.SequenceMatcher(None, body, normalise(other.body[:2000])).ratio() > _SAME_CONTENT for other in living
    )


def _names(inventory: Inventory, home: str) -> list[str]:
    return list(inventory.blocks(home))


def _removed(case: Case, probe: Probe, file: FileFacts, block: Block, home: str, *, adapted: bool) -> None:
    homes = [name for name in case.new.block_homes(block.name) if not name.startswith("administration")]
    outer = {other.name: other for other in (file.view.blocks if file.view is not None else ())}
    nested_in_living = bool(block.outer) and block.outer in outer
    level, note = Level.BLOCKED, " What the plugin puts there is no longer shown."
    if nested_in_living:
        level, note = Level.REVIEW, " It stands within another block of the plugin and is still shown there."
    elif block.conditional:
        level, note = Level.REVIEW, " It stands under a condition on the version."
    elif adapted:
        level, note = Level.REVIEW, " Another override of the template has the same content: it seems to be adapted."
    elif case.serves_both:
        level, note = Level.REVIEW, BOTH_VERSIONS
    where = f" It is now in {', '.join(homes)}." if homes else ""
    old = case.old.blocks(home).get(block.name) if case.old is not None else None
    found = case.old.template(home) if case.old is not None else None
    deprecated = old.deprecated if old is not None else ""
    probe.find(
        level, file.path, block.line, f"{home}#{block.name}",
        f"overrides the block {block.name} of {home}, which is {'moved' if homes else 'removed'} in"
        f" {case.new.version}.{where}{note}",
        check=CHECK_BLOCK, deprecated=deprecated, effort=Effort.MEDIUM,
        replacement=f"override it in {homes[0]}" if homes else "",
        evidence=case.link_before(found["path"], old.line) if found is not None and old is not None else "",
    )  # fmt: skip


def _replaced(case: Case, probe: Probe, file: FileFacts) -> None:
    """A view at a core template's path that extends nothing replaces it entirely."""
    if case.old is None or case.source_before is None or case.old.template(file.view_name) is None:
        return
    probe.look()
    old, new = case.old.template(file.view_name), case.new.template(file.view_name)
    texts = [_text(tree, found) for tree, found in ((case.source_before, old), (case.source_after, new))]
    if normalise(texts[0]) != normalise(texts[1]):
        probe.find(
            Level.REVIEW, file.path, 1, file.view_name,
            f"replaces the whole template {file.view_name}, which changed in {case.new.version}.",
            check=CHECK_DRIFT, effort=Effort.MEDIUM, diff=_diff(texts[0], texts[1]),
            evidence=case.source_after.link(new["path"]) if new is not None else "",
        )  # fmt: skip


def _text(tree: SourceTree, found: dict[str, str] | None) -> str:
    content = tree.read(found["path"]) if found is not None else None
    return (content or b"").decode("utf-8", "replace")


# ---- drift -----------------------------------------------------------------------------------------------------


def drift(
    case: Case,
    probe: Probe,
    file: str,
    block: Block,
    old: tuple[Inventory, str],
    new: tuple[Inventory, str],
    check: str = CHECK_DRIFT,
) -> None:
    """Report a block whose core body changed since the version the override was written for.

    A `shopware-block` comment with the target's hash says that the override was adapted already. An override that
    calls `parent()` shows the new body anyway, and is only information.
    """
    if case.source_before is None:
        return
    bodies = []
    for tree, (inventory, home) in ((case.source_before, old), (case.source_after, new)):
        found = inventory.template(home)
        path = found["path"] if found is not None else home
        place = inventory.blocks(home).get(block.name) if found is not None else inventory.admin_block(block.name)
        content = (tree.read(path) or b"").decode("utf-8", "replace")
        blocks = list(inventory.blocks(home).values()) if found is not None else _file_blocks(inventory, path)
        bodies.append((content, place, blocks, path))
    (old_text, old_block, old_blocks, _), (new_text, new_block, new_blocks, path) = bodies
    if old_block is None or new_block is None:
        return
    before, after = _own_body(old_text, old_block, old_blocks), _own_body(new_text, new_block, new_blocks)
    if block.known_hash and block.known_hash in known_hashes(new_text, new_block):
        return
    if normalise(before) == normalise(after):
        if block.known_hash and block.known_hash not in known_hashes(old_text, old_block):
            probe.find(
                Level.INFO, file, block.line, f"{new[1]}#{block.name}" if check == CHECK_DRIFT else block.name,
                f"The override of {block.name} was made for {block.known_version}; the block has changed since, but not"
                f" with this update.", check=check, evidence=case.source_after.link(path, new_block.line),
            )  # fmt: skip
        return
    level = Level.INFO if block.calls_parent else Level.REVIEW
    note = (
        "The override calls parent(), so the new body is shown."
        if block.calls_parent
        else "Compare the override with it."
    )
    since = f"since {block.known_version}" if block.known_version else f"between {old[0].version} and {new[0].version}"
    probe.find(
        level, file, block.line, f"{new[1]}#{block.name}" if check == CHECK_DRIFT else block.name,
        f"The body of the block {block.name} changed {since}. {note}",
        check=check, effort=Effort.SMALL, diff=_diff(before, after),
        evidence=case.source_after.link(path, new_block.line),
    )  # fmt: skip


def _file_blocks(inventory: Inventory, path: str) -> list[Block]:
    found = [inventory.admin_block(name) for name, (home, _) in inventory.admin_blocks.items() if home == path]
    return [block for block in found if block is not None]


def _own_body(text: str, block: Block, blocks: list[Block]) -> str:
    """A block's body with nested blocks replaced by their names: a nested change is the nested block's affair."""
    inner = sorted(
        (
            other
            for other in blocks
            if other.outer == block.name and block.start <= other.start and other.end <= block.end
        ),
        key=lambda other: other.start,
    )
    parts, position = [], block.start
    for other in inner:
        opening = text.rfind("{%", position, other.start)
        closing = text.find("%}", other.end)
        if opening < position or closing < 0:
            continue
        parts += [text[position:opening], f"[[{other.name}]]"]
        position = closing + 2
    parts.append(text[position : block.end])
    return "".join(parts)


def known_hashes(text: str, block: Block) -> set[str]:
    """Hashes by which a `shopware-block` comment may name a block: SHA-256 of it with or without its tags, or ours."""
    body = text[block.start : block.end]
    start, end = text.rfind("{%", 0, block.start), text.find("%}", block.end)
    texts = {body, body.strip(), body.strip("\n"), text[start : end + 2] if start >= 0 and end >= 0 else body}
    return {body_hash(body), *(hashlib.sha256(item.encode()).hexdigest() for item in texts)}


def _diff(before: str, after: str) -> str:
    old, new = ([line.strip() for line in text.splitlines() if line.strip()] for text in (before, after))
    lines = list(difflib.unified_diff(old, new, "before", "after", lineterm="", n=1))
    cut = [f"… {len(lines) - _DIFF_LINES} more lines"] if len(lines) > _DIFF_LINES else []
    return "\n".join(lines[:_DIFF_LINES] + cut)
