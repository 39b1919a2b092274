"""The files that Allure shows but allure-pytest does not write."""

from __future__ import annotations

import json
from pathlib import Path

from updategate.operations.capabilities import Shop
from updategate.plugin.settings import RunSettings

CATEGORIES = [
    {"name": "Shop answered wrongly", "matchedStatuses": ["failed"], "messageRegex": "(?s).*AssertionError.*"},
    {"name": "Shop refused a request", "matchedStatuses": ["failed", "broken"], "messageRegex": "(?s).*ApiError.*"},
    {
        "name": "Page element missing",
        "matchedStatuses": ["failed", "broken"],
        "messageRegex": "(?s).*PageElementMissing.*",
    },
    {
        "name": "Environment fault: shop unreachable",
        "matchedStatuses": ["failed", "broken"],
        "messageRegex": "(?s).*(ShopUnreachable|RequestFault).*",
    },
    {"name": "Set-up or clean-up fault", "matchedStatuses": ["broken"]},
    {"name": "Not carried out", "matchedStatuses": ["skipped"]},
]


def write_allure_files(folder: Path, settings: RunSettings, shop: Shop, run: str) -> None:
    """Write environment.properties, categories.json and executor.json into a folder of Allure results."""
    folder.mkdir(parents=True, exist_ok=True)
    properties = {
        "Environment": settings.environment.name,
        "Stage": settings.environment.stage,
        "Shop": settings.environment.url,
        "Shopware": shop.version or "unknown",
        "Scope": settings.scope,
        "Phase": settings.phase or "single",
        "Policy": settings.policy.policy,
    }
    lines = [f"{name}={_escaped(value)}" for name, value in properties.items()]
    (folder / "environment.properties").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "categories.json").write_text(json.dumps(CATEGORIES, indent=2), encoding="utf-8")
    executor = {"name": "updategate", "type": "updategate", "buildName": run, "reportName": f"updategate {run}"}
    (folder / "executor.json").write_text(json.dumps(executor, indent=2), encoding="utf-8")


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", " ")
