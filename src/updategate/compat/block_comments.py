"""Writes `{# shopware-block: hash@version #}` before Twig overrides: for which state of the core they were made.

The hash is SHA-256 of the core block's text from its opening to its closing tag. Only overrides of core blocks of the
target get a comment; a comment that is there already is brought up to date. Nothing else of a file is touched.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from updategate.compat.building import InventoryCache, build_inventories
from updategate.compat.checks.templates import chain
from updategate.compat.inventory import Inventory
from updategate.compat.plugin_files import list_files
from updategate.compat.plugins import discover
from updategate.compat.sources import SourceTree, open_sources
from updategate.compat.twig_blocks import Block, read_template

if TYPE_CHECKING:
    from updategate.compat.analysis import Options

_TARGET = re.compile(r"@!?Storefront/(.+)")


def write_block_comments(options: Options) -> list[Path]:
    """Mark every Storefront override of the project's plugins; returns the changed files."""
    _, tree = open_sources(options.cores, options.version_from, options.version_to)
    try:
        inventory = build_inventories([tree], InventoryCache(options.cache), options.processes)[0]
        changed: list[Path] = []
        plugins, _ = discover(options.project, options.own)
        for plugin in plugins:
            if options.only and plugin.name not in options.only:
                continue
            views = (path for path in list_files(plugin)[0] if path.suffix == ".twig" and "views" in path.parts)
            changed.extend(path for path in views if mark_file(path, inventory, tree))
        return changed
    finally:
        tree.close()


def mark_file(path: Path, inventory: Inventory, tree: SourceTree) -> bool:
    """Mark one template; whether it changed."""
    source = path.read_bytes().decode("utf-8")
    marked = mark_source(source, inventory, tree)
    if marked == source:
        return False
    path.write_bytes(marked.encode("utf-8"))
    return True


def mark_source(source: str, inventory: Inventory, tree: SourceTree) -> str:
    """A template's text with the comments of its overrides brought up to date."""
    template = read_template("", source.encode("utf-8"))
    match = _TARGET.fullmatch(template.extends)
    if match is None:
        return source
    homes = chain(inventory, match[1])
    lines = source.splitlines(keepends=True)
    for block in reversed(template.blocks):
        home = next((home for home in homes if block.name in inventory.blocks(home)), None)
        if home is None:
            continue
        digest = core_hash(tree, inventory, home, inventory.blocks(home)[block.name])
        if digest:
            _mark(lines, block, f"{{# shopware-block: {digest}@v{tree.version} #}}")
    return "".join(lines)


def _mark(lines: list[str], block: Block, comment: str) -> None:
    if block.comment_line:
        line = lines[block.comment_line - 1]
        lines[block.comment_line - 1] = re.sub(r"\{#\s*shopware-block:.*?#\}", lambda _: comment, line, count=1)
        return
    line = lines[block.line - 1]
    if not line.lstrip().startswith("{%"):
        return  # the block begins within a line: a comment there would change what is printed
    indent = line[: len(line) - len(line.lstrip())]
    ending = "\r\n" if line.endswith("\r\n") else "\n"
    lines.insert(block.line - 1, f"{indent}{comment}{ending}")


def core_hash(tree: SourceTree, inventory: Inventory, home: str, block: Block) -> str:
    """SHA-256 of a core block's text with its tags; empty where it cannot be cut out."""
    found = inventory.template(home)
    text = ((tree.read(found["path"]) if found is not None else None) or b"").decode("utf-8", "replace")
    whole = whole_block(text, block)
    return hashlib.sha256(whole.encode()).hexdigest() if whole else ""


def whole_block(text: str, block: Block) -> str:
    """A block's text from the opening of its first tag to the end of its last one."""
    start, end = text.rfind("{%", 0, block.start), text.find("%}", block.end)
    return text[start : end + 2] if start >= 0 and end >= 0 else ""
