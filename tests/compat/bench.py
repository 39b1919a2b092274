"""A shop of a few lines: two core trees and plugins, all written for the tests."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

from updategate.compat.analysis import Options, analyse
from updategate.compat.model import Finding, Level, Report

CORE = {
    "composer.json": json.dumps({"name": "shopware/platform", "require": {"php": "~8.2.0 || ~8.3.0"}}),
    "src/Core/Framework/Framework.php": "<?php namespace Shopware\\Core\\Framework; class Framework {}",
    "src/Core/Framework/Context.php": "<?php namespace Shopware\\Core\\Framework; class Context {}",
    "src/Storefront/Storefront.php": "<?php namespace Shopware\\Storefront; class Marker {}",
    "src/Storefront/Page/Page.php": "<?php namespace Shopware\\Storefront\\Page; class Page {}",
    "src/Administration/Administration.php": "<?php namespace Shopware\\Administration\\Base; class Administration {}",
    "src/Elasticsearch/Elasticsearch.php": "<?php namespace Shopware\\Elasticsearch\\Base; class Elasticsearch {}",
    "src/Storefront/Resources/views/storefront/base.html.twig": "{% block base_body %}<body></body>{% endblock %}",
    "src/Administration/Resources/app/administration/src/app/component/base/sw-card/sw-card.html.twig": (
        "{% block sw_card %}<div></div>{% endblock %}"
    ),
    "src/Administration/Resources/app/administration/src/app/component/base/sw-card/index.js": (
        "Component.register('sw-card', {});"
    ),
}
COMPOSER = {
    "name": "acme/example",
    "type": "shopware-platform-plugin",
    "version": "1.0.0",
    "require": {"shopware/core": "~6.6.0"},
    "autoload": {"psr-4": {"Acme\\Example\\": "src/"}},
    "extra": {"shopware-plugin-class": "Acme\\Example\\AcmeExample"},
}
PHP = "<?php declare(strict_types=1);\n"


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    """Write files below a folder."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def plugin_files(files: dict[str, str | bytes], **composer: Any) -> dict[str, str | bytes]:
    """A plugin's files with a manifest."""
    return {"composer.json": json.dumps({**COMPOSER, **composer}), **files}


def git(folder: Path, *arguments: str) -> str:
    """Run git with an author of its own."""
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", *identity, "-C", str(folder), *arguments], check=True, capture_output=True, text=True
    ).stdout


class Bench:
    """Builds the trees and runs the analysis in one process, without a cache."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.project = root / "shop"
        self.before = root / "before"
        self.after = root / "after"

    def core(self, before: dict[str, str | bytes], after: dict[str, str | bytes]) -> Bench:
        """The two core trees, on top of what every tree has."""
        write(self.before, {**CORE, **before})
        write(self.after, {**CORE, **after})
        return self

    def plugin(self, files: dict[str, str | bytes], name: str = "AcmeExample", **composer: Any) -> Bench:
        """A plugin below `custom/plugins`."""
        write(self.project / "custom" / "plugins" / name, plugin_files(files, **composer))
        return self

    def options(self, **changes: Any) -> Options:
        """Options of a run from 6.5.8.14 to 6.6.0.0."""
        values: dict[str, Any] = {
            "project": self.project,
            "cores": [self.before, self.after],
            "version_from": "6.5.8.14",
            "version_to": "6.6.0.0",
            "processes": 1,
            "today": date(2026, 1, 1),
        }
        return Options(**{**values, **changes})

    def run(self, **changes: Any) -> Report:
        """The report."""
        return analyse(self.options(**changes))


def found(report: Report, check: str = "", level: Level | None = None) -> list[Finding]:
    """Findings of a check and a level."""
    return [
        finding
        for finding in report.findings
        if (not check or finding.check == check) and (level is None or finding.level is level)
    ]


def php(name: str, body: str, kind: str = "class", head: str = "") -> dict[str, str | bytes]:
    """A core class by its full name, at the path that PSR-4 gives it."""
    namespace, _, short = name.rpartition("\\")
    path = "src/" + name.removeprefix("Shopware\\").replace("\\", "/") + ".php"
    return {path: f"<?php declare(strict_types=1);\nnamespace {namespace};\n{head}\n{kind} {short} {body}\n"}
