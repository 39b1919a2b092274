"""The files of a results folder that allure-pytest does not write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

_ENVIRONMENT = "ShopUnreachable|RequestFault|CounterpartError|NoBrowserError|EvidenceLost"
# the first that fits is the one that Allure 3 shows; Allure 2 shows all that fit
CATEGORIES = [
    {
        "name": "Regressed by the update",
        "matchedStatuses": ["failed", "broken"],
        "messageRegex": r"(?s)\[(regressed|new|failed)\].*",
    },
    {
        "name": "Failed before the update too",
        "matchedStatuses": ["failed", "broken"],
        "messageRegex": r"(?s)\[pre_existing\].*",
    },
    {
        "name": "Waived or intended",
        "matchedStatuses": ["failed", "broken"],
        "messageRegex": r"(?s)\[(waived|intended)\].*",
    },
    {
        "name": "Environment fault",
        "matchedStatuses": ["failed", "broken"],
        "messageRegex": rf"(?s).*({_ENVIRONMENT}).*",
    },
    {
        "name": "Inconclusive",
        "matchedStatuses": ["failed", "broken", "skipped", "unknown"],
        "messageRegex": r"(?s)\[(inconclusive|not_tested)\].*",
    },
    {
        "name": "Test fault",
        "matchedStatuses": ["failed", "broken"],
        "messageRegex": r"(?s).*\b(TypeError|NameError|AttributeError|KeyError|LookupError|fixture '.*' not found)\b.*",
    },
    {"name": "The shop answered wrongly", "matchedStatuses": ["failed"]},
    {"name": "Set-up or clean-up fault", "matchedStatuses": ["broken"]},
    {"name": "Not carried out", "matchedStatuses": ["skipped"]},
]


def write_frame(folder: Path, properties: Mapping[str, str], executor: Mapping[str, str]) -> None:
    """Write environment.properties, categories.json and executor.json into a folder of Allure results."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{_escaped(name).replace(' ', chr(92) + ' ')}={_escaped(value)}" for name, value in properties.items()]
    (folder / "environment.properties").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "categories.json").write_text(json.dumps(CATEGORIES, indent=2), encoding="utf-8")
    (folder / "executor.json").write_text(json.dumps(dict(executor), indent=2), encoding="utf-8")


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\r", " ").replace("\n", " ")
