"""Reads the files of a plugin into facts, in worker processes; nothing unreadable passes silently."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

from updategate.compat.container import ConfigFile, ConfigUnreadableError, read_xml, read_yaml
from updategate.compat.core_files import snippet_keys
from updategate.compat.facts_cache import FactsCache
from updategate.compat.model import Skipped
from updategate.compat.php_facts import PhpFile
from updategate.compat.php_references import read_php
from updategate.compat.plugins import CORE_FOLDERS, Plugin, is_platform
from updategate.compat.rule_matching import RuleHit, TextRule, match_text_rules
from updategate.compat.scripts import ScriptFile, StyleFile, blank_comments, read_script, read_style
from updategate.compat.twig_blocks import Template, read_template
from updategate.compat.vue_templates import VueTag, read_vue_tags

MAX_BYTES = 3 * 1024 * 1024
_SKIPPED_FOLDERS = {
    ".git": "version control",
    "node_modules": "third-party scripts",
    "vendor": "third-party libraries shipped with the plugin",
    "dist": "compiled scripts: their source is read",
    "public": "compiled or static assets",
    "var": "generated files",
}
_TEST_FOLDERS = frozenset({"tests", "test", "Tests", "Test", "__tests__", "e2e", "cypress", "_fixtures", "spec"})
_SUFFIXES = frozenset({".php", ".xml", ".yaml", ".yml", ".twig", ".js", ".ts", ".scss", ".json"})
_PROJECT_FOLDERS = frozenset({"src", "templates", "config"})
_VIEWS = re.compile(r"(?:^|/)Resources/views/(.+)$")


@dataclass(slots=True)
class FileFacts:
    """Facts of one file; only the part of its kind is filled."""

    path: str
    php: PhpFile | None = None
    config: ConfigFile | None = None
    view: Template | None = None  # storefront or document template, `view_name` is its logical name
    view_name: str = ""
    admin: Template | None = None
    script: ScriptFile | None = None
    style: StyleFile | None = None
    tags: list[VueTag] = field(default_factory=list)
    hits: list[RuleHit] = field(default_factory=list)
    texts: list[tuple[str, int]] = field(default_factory=list)  # snippet keys that a template prints
    route_names: list[tuple[str, int]] = field(default_factory=list)  # path('...') in templates
    snippets: list[str] = field(default_factory=list)  # keys that the plugin brings
    problem: str = ""
    problem_line: int = 0


@dataclass(slots=True)
class PluginFacts:
    """All facts of a plugin."""

    plugin: Plugin
    files: list[FileFacts] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def php(self) -> Iterator[PhpFile]:
        """PHP files."""
        return (file.php for file in self.files if file.php is not None)

    @property
    def configs(self) -> Iterator[ConfigFile]:
        """Service and route configuration."""
        return (file.config for file in self.files if file.config is not None)


def list_files(plugin: Plugin) -> tuple[list[Path], list[Skipped]]:
    """Files to read, and what is left out with the reason. Symbolic links are followed once."""
    found: list[Path] = []
    left: dict[str, int] = {}
    seen: set[tuple[int, int]] = set()
    pending = [plugin.root]
    while pending:
        folder = pending.pop()
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in seen:
                left["symbolic link to a folder already read"] = (
                    left.get("symbolic link to a folder already read", 0) + 1
                )
                continue
            seen.add((status.st_dev, status.st_ino))
            children = sorted(os.scandir(folder), key=lambda child: child.name, reverse=True)
        except OSError as error:
            left[f"folder {folder.name} cannot be read: {error.strerror}"] = 1
            continue
        files = []
        for child in children:
            reason = _folder_reason(child, plugin, top=folder == plugin.root)
            if reason is None:
                pending.append(Path(child.path))
            elif reason:
                left[reason] = left.get(reason, 0) + 1
            elif Path(child.name).suffix in _SUFFIXES:
                files.append(Path(child.path))
        found.extend(reversed(files))
    skipped = [Skipped(plugin.name, f"{count} folder(s)", reason) for reason, count in sorted(left.items())]
    return sorted(found), skipped


def _folder_reason(child: os.DirEntry[str], plugin: Plugin, *, top: bool) -> str | None:
    """None: a folder to enter. Text: why it is left out. Empty: a file."""
    try:
        if not child.is_dir():
            return "" if child.is_file() else "broken symbolic link or special file"
    except OSError:
        return "symbolic link loop"
    if plugin.kind == "project" and child.name in CORE_FOLDERS and Path(child.path).parent == plugin.root / "src":
        return f"{child.name}/: Shopware itself" if is_platform(plugin.root) else None
    if child.name in _SKIPPED_FOLDERS:
        return f"{child.name}/: {_SKIPPED_FOLDERS[child.name]}"
    if child.name in _TEST_FOLDERS:
        return f"{child.name}/: test code, not part of the running shop"
    if top and plugin.kind == "project" and child.name not in _PROJECT_FOLDERS:
        return (
            f"{child.name}/: no project code"
            if child.name != "custom"
            else "custom/: its plugins are judged one by one"
        )
    return None


def read_plugins(
    plugins: Iterable[Plugin], rules: tuple[TextRule, ...], pool: Executor | None, cache: FactsCache | None = None
) -> list[PluginFacts]:
    """Facts of all plugins, in order; batches of files that are known already come from the cache."""
    cache = cache or FactsCache(None, rules)
    result: list[PluginFacts] = []
    parts: list[tuple[PluginFacts, str, list[FileFacts] | None]] = []
    work = []
    for plugin in plugins:
        paths, skipped = list_files(plugin)
        facts = PluginFacts(plugin, [], skipped)
        result.append(facts)
        for batch in _batches(paths):
            key = cache.key(plugin.root, batch)
            known = cache.get(key)
            parts.append((facts, key, known))
            if known is None:
                work.append((str(plugin.root), [str(path) for path in batch], rules))
    done = iter(pool.map(_read_batch, work) if pool is not None and work else map(_read_batch, work))
    for facts, key, known in parts:
        files = known
        if files is None:
            files = next(done)
            cache.put(key, files)
        facts.files.extend(files)
    if work:
        cache.prune()
    return result


def _batches(paths: list[Path], count: int = 120) -> Iterator[list[Path]]:
    for start in range(0, len(paths), count):
        yield paths[start : start + count]


def _read_batch(batch: tuple[str, list[str], tuple[TextRule, ...]]) -> list[FileFacts]:
    root, paths, rules = batch
    return [read_file(Path(root), Path(path), rules) for path in paths]


def read_file(root: Path, path: Path, rules: tuple[TextRule, ...]) -> FileFacts:
    """Facts of one file. What cannot be read is a problem, never an exception."""
    facts = FileFacts(path.relative_to(root).as_posix())
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            facts.problem = f"{size / 1048576:.0f} MiB: larger than {MAX_BYTES // 1048576} MiB, not read"
            return facts
        content = path.read_bytes()
    except OSError as error:
        facts.problem = f"cannot be read: {error.strerror}"
        return facts
    if b"\0" in content[:8192]:
        facts.problem = "binary content under the name of a source file, not read"
        return facts
    try:
        _fill(facts, content, rules)
    except ConfigUnreadableError as error:
        facts.problem = f"not well-formed: {error}"
    except RecursionError:
        facts.problem = "nested too deeply to be read"
    return facts


def _fill(facts: FileFacts, content: bytes, rules: tuple[TextRule, ...]) -> None:
    path, suffix = facts.path, facts.path.rpartition(".")[2]
    source = content.decode("utf-8", "replace")
    if suffix == "php":
        facts.php = read_php(path, content)
        if facts.php.error_line:
            facts.problem, facts.problem_line = "could not be parsed completely", facts.php.error_line
    elif suffix == "xml" and _is_config(path):
        facts.config = read_xml(path, content)
    elif suffix in {"yaml", "yml"} and _is_config(path):
        facts.config = read_yaml(path, content)
    elif suffix == "twig":
        _fill_template(facts, content, source)
    elif suffix in {"js", "ts"} and not path.endswith((".spec.js", ".spec.ts", ".d.ts", ".min.js")):
        facts.script = read_script(path, source)
        source = blank_comments(source)
    elif suffix == "json" and "snippet" in path:
        _fill_snippets(facts, source)
    elif suffix == "scss":
        facts.style = read_style(path, source)
    facts.hits = match_text_rules(rules, path, source)


def _fill_snippets(facts: FileFacts, source: str) -> None:
    try:
        facts.snippets = snippet_keys(source)
    except ValueError as error:
        facts.problem = f"no JSON: {error}"


def _is_config(path: str) -> bool:
    return "Resources/config" in path or path.startswith(("config/", "src/config/")) or "/DependencyInjection/" in path


_TEXT_KEY = re.compile(r"['\"]([\w-]+(?:\.[\w-]+)+)['\"]\s*\|\s*(?:trans|striptags\|trans)\b")
_ADMIN_TEXT = re.compile(r"\$tc?\(\s*['\"]([\w.-]+)['\"]")
_ROUTE_CALL = re.compile(r"\b(?:path|url|seoUrl)\(\s*['\"]([\w.-]+)['\"]")


def _fill_template(facts: FileFacts, content: bytes, source: str) -> None:
    template = read_template(facts.path, content, keep_bodies=True)
    if template.broken_line:
        facts.problem, facts.problem_line = "a block is never closed", template.broken_line

    def found(pattern: re.Pattern[str]) -> list[tuple[str, int]]:
        return [(match[1], source.count("\n", 0, match.start()) + 1) for match in pattern.finditer(source)]

    if "/administration/" in facts.path:
        facts.admin = template
        facts.tags = read_vue_tags(source)
        facts.texts = found(_ADMIN_TEXT)
        return
    facts.view = template
    match = _VIEWS.search(facts.path)
    facts.view_name = match[1] if match else facts.path.removeprefix("templates/")
    facts.texts, facts.route_names = found(_TEXT_KEY), found(_ROUTE_CALL)
