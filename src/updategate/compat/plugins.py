"""Finds the plugins, themes, apps and project code of a shop, and reads what their manifests say."""

from __future__ import annotations

import json
import os
import xml.parsers.expat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from updategate.compat.model import CompatError, OwnerKind, Skipped

_STORE_FOLDERS = ("custom/plugins", "custom/static-plugins", "custom/apps")
_SKIP_DISCOVERY = frozenset({".git", "node_modules", "vendor", "var", "public", "files", "cache", "dist", "tests"})
CORE_FOLDERS = frozenset({"Core", "Storefront", "Administration", "Elasticsearch", "WebInstaller"})
PLUGIN_TYPES = frozenset({"shopware-platform-plugin", "shopware-bundle"})


@dataclass(slots=True)
class Plugin:
    """One unit that is judged and updated as a whole."""

    name: str
    root: Path
    kind: str  # plugin | app | project
    owner: OwnerKind
    version: str = ""
    composer: dict[str, Any] = field(default_factory=dict)
    composer_file: str = ""  # relative path of the manifest that holds the constraints
    manifest_constraint: str = ""  # an app's <compatibility>
    problems: list[str] = field(default_factory=list)

    @property
    def requires(self) -> dict[str, str]:
        """Package -> constraint of `require`."""
        found = self.composer.get("require")
        return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}

    @property
    def conflicts(self) -> dict[str, str]:
        """Package -> constraint of `conflict`."""
        found = self.composer.get("conflict")
        return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def discover(project: Path, own: frozenset[str] = frozenset()) -> tuple[list[Plugin], list[Skipped]]:
    """Everything of a shop that an update can break.

    Args:
        project: a shop's repository, a folder of plugins, or one plugin.
        own: names of plugins that the shop's own team maintains; the rest belongs to a store vendor.

    Raises:
        CompatError: the folder does not exist.

    """
    if not project.is_dir():
        raise CompatError(f"Project {project} does not exist or is no folder. Give the shop's repository or a plugin.")
    found: list[Plugin] = []
    skipped: list[Skipped] = []
    for root in _roots(project):
        try:
            plugin = _read(root, project, own)
        except CompatError as error:
            skipped.append(Skipped(root.name, "whole plugin", str(error)))
            continue
        if plugin is not None:
            found.append(plugin)
    _project_code(project, found)
    _unique_names(found)
    return found, skipped


def _roots(project: Path) -> Iterator[Path]:
    """Folders with a manifest: the project itself, the shop's plugin folders, composer-managed ones, then any."""
    seen: set[Path] = set()

    def fresh(folder: Path) -> bool:
        real = Path(os.path.realpath(folder))
        if real in seen:
            return False
        seen.add(real)
        return True

    if _is_plugin(project):
        yield project
        return
    for folder in _manifest_folders(project, depth=4):
        if fresh(folder):
            yield folder
    vendor = project / "vendor"
    for manifest in sorted(vendor.glob("*/*/composer.json")) if vendor.is_dir() else ():
        folder = manifest.parent
        if folder.parent.name != "shopware" and _is_plugin(folder) and fresh(folder):
            yield folder


def _manifest_folders(folder: Path, depth: int) -> Iterator[Path]:
    try:
        children = sorted(child for child in folder.iterdir() if child.is_dir())
    except OSError:
        return
    for child in children:
        if child.name in _SKIP_DISCOVERY or child.name.startswith("."):
            continue
        if _is_plugin(child):
            yield child
        elif depth > 1:
            yield from _manifest_folders(child, depth - 1)


def _is_plugin(folder: Path) -> bool:
    if (folder / "manifest.xml").is_file():
        return True
    composer = folder / "composer.json"
    if not composer.is_file():
        return False
    try:
        data = json.loads(composer.read_bytes())
    except (ValueError, OSError):
        # A damaged manifest is no reason to overlook the plugin; it is reported when it is read.
        return folder.parent.name in {"plugins", "static-plugins"} or (folder / "src").is_dir()
    if not isinstance(data, dict):
        return False
    extra = data.get("extra")
    named = isinstance(extra, dict) and "shopware-plugin-class" in extra
    return data.get("type") in PLUGIN_TYPES or named


def _read(root: Path, project: Path, own: frozenset[str]) -> Plugin | None:
    if (root / "manifest.xml").is_file():
        return _read_app(root, own)
    try:
        data = json.loads((root / "composer.json").read_bytes())
        problem = "" if isinstance(data, dict) else "composer.json holds no object"
    except (ValueError, OSError) as error:
        data, problem = {}, f"composer.json cannot be read ({error}): its constraints are not judged"
    composer = data if isinstance(data, dict) else {}
    extra = composer.get("extra") if isinstance(composer.get("extra"), dict) else {}
    cls = str((extra or {}).get("shopware-plugin-class", ""))
    name = cls.rpartition("\\")[2] or root.name
    owner = _owner(root, project, name, own)
    plugin = Plugin(name, root, "plugin", owner, str(composer.get("version", "")), composer, "composer.json")
    if problem:
        plugin.problems.append(problem)
    if owner is not OwnerKind.OWN and _is_theme(root):
        plugin.owner = OwnerKind.THEME
    return plugin


def _is_theme(root: Path) -> bool:
    return any((root / place).is_file() for place in ("src/Resources/theme.json", "Resources/theme.json"))


def _owner(root: Path, project: Path, name: str, own: frozenset[str]) -> OwnerKind:
    if name in own or root.name in own or "static-plugins" in root.parts[len(project.parts) :]:
        return OwnerKind.OWN
    return OwnerKind.STORE


def _read_app(root: Path, own: frozenset[str]) -> Plugin:
    values: dict[str, str] = {}
    path: list[str] = []
    parser = xml.parsers.expat.ParserCreate()

    def start(tag: str, _attributes: dict[str, str]) -> None:
        path.append(tag)

    def end(_tag: str) -> None:
        path.pop()

    def characters(data: str) -> None:
        key = "/".join(path[-2:])
        values[key] = values.get(key, "") + data.strip()

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    problems = []
    try:
        parser.Parse((root / "manifest.xml").read_bytes(), True)  # noqa: FBT003 - expat takes no keywords
    except (xml.parsers.expat.ExpatError, OSError) as error:
        problems.append(f"manifest.xml cannot be read ({error})")
    name = values.get("meta/name") or root.name
    owner = OwnerKind.OWN if name in own or root.name in own else OwnerKind.APP
    plugin = Plugin(name, root, "app", owner, values.get("meta/version", ""), {}, "manifest.xml")
    plugin.manifest_constraint = values.get("meta/compatibility", "")
    plugin.problems = problems
    return plugin


def _project_code(project: Path, found: list[Plugin]) -> None:
    """The shop's own `src/`, `templates/` and `config/`, when the project is a shop and not a plugin."""
    composer = project / "composer.json"
    if any(plugin.root == project for plugin in found) or not composer.is_file():
        return
    try:
        data = json.loads(composer.read_bytes())
    except (ValueError, OSError):
        return
    requires = data.get("require") if isinstance(data, dict) else None
    is_shop = isinstance(requires, dict) and any(str(name).startswith("shopware/") for name in requires)
    if is_platform(project):
        is_shop = any(child.is_dir() and child.name not in CORE_FOLDERS for child in (project / "src").iterdir())
    if is_shop and ((project / "src").is_dir() or (project / "templates").is_dir()):
        found.append(Plugin("project", project, "project", OwnerKind.OWN, "", data, "composer.json"))


def is_platform(project: Path) -> bool:
    """Whether the shop is a checkout of the platform repository, whose `src/` is Shopware itself."""
    return (project / "src" / "Core" / "Framework").is_dir()


def _unique_names(found: list[Plugin]) -> None:
    counts: dict[str, int] = {}
    for plugin in found:
        counts[plugin.name] = counts.get(plugin.name, 0) + 1
    for plugin in found:
        if counts[plugin.name] > 1:
            plugin.name = f"{plugin.name} ({plugin.root.name})"
