"""The frame of the Allure results of one run, as the plugin knows it."""

from __future__ import annotations

from pathlib import Path

from updategate.config.process_environment import pipeline_build
from updategate.operations.capabilities import Shop
from updategate.plugin.settings import RunSettings
from updategate.reports.allure.files import write_frame


def write_allure_files(folder: Path, settings: RunSettings, shop: Shop, run: str) -> None:
    """Write environment.properties, categories.json and executor.json into a folder of Allure results."""
    properties = {
        "Environment": settings.environment.name,
        "Stage": settings.environment.stage,
        "Shop": settings.environment.url,
        "Shopware": shop.version or "unknown",
        "Scope": settings.scope,
        "Phase": settings.phase or "single",
        "Policy": settings.policy.policy,
    }
    own = {"name": "updategate", "type": "updategate", "buildName": run, "reportName": f"updategate {run}"}
    write_frame(folder, properties, pipeline_build() or own)
