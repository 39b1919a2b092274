"""Waivers: findings that somebody accepts, with a reason and an end date. An expired one is ignored and reported."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from updategate.compat.model import CompatError, Finding

_KEYS = ("id", "expires", "reason", "by")


@dataclass(frozen=True, slots=True)
class Waiver:
    """`id` is a finding's id, or a pattern with `*`; `expires` is the last day it holds."""

    id: str
    expires: date
    reason: str
    by: str = ""

    def covers(self, finding: Finding) -> bool:
        """Whether the pattern matches the finding's id."""
        return fnmatchcase(finding.id, self.id) or finding.id == self.id


def read_waivers(path: Path) -> list[Waiver]:
    """Read `waivers: [{id, expires, reason, by}]`.

    Raises:
        CompatError: file, key and cure.

    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise CompatError(f"Waiver file {path} cannot be read: {error}") from error
    if not isinstance(data, dict) or set(data) != {"waivers"} or not isinstance(data["waivers"], list):
        raise CompatError(f"{path}: expected one key `waivers` with a list of {{{', '.join(_KEYS)}}}.")
    return [_waiver(item, f"{path}: waiver {number}") for number, item in enumerate(data["waivers"], 1)]


def _waiver(item: Any, where: str) -> Waiver:  # noqa: ANN401 - parsed YAML
    if not isinstance(item, dict):
        raise CompatError(f"{where}: expected {{{', '.join(_KEYS)}}}.")
    for key in item:
        if key not in _KEYS:
            near = get_close_matches(str(key), _KEYS, 1)
            raise CompatError(f"{where}: unknown key '{key}'.{f' Did you mean {near[0]!r}?' if near else ''}")
    for key in ("id", "expires", "reason"):
        if not item.get(key):
            raise CompatError(f"{where}: '{key}' is missing. A waiver needs what it covers, why, and until when.")
    expires = item["expires"]
    if not isinstance(expires, date):
        raise CompatError(f"{where}: 'expires' must be a date like 2026-12-31, not '{expires}'.")
    if set(str(item["id"])) <= {"*", "/"}:
        raise CompatError(f"{where}: '{item['id']}' would cover everything. Name at least the plugin.")
    return Waiver(str(item["id"]), expires, str(item["reason"]), str(item.get("by", "")))


@dataclass(slots=True)
class Waived:
    """Findings that still count, those that a waiver covers, and what is to be said of the waivers."""

    findings: list[Finding]
    suppressed: list[Finding]
    notes: list[str]


def apply_waivers(findings: list[Finding], waivers: list[Waiver], today: date) -> Waived:
    """Take out what living waivers cover; report expired waivers and those that cover nothing."""
    living = [waiver for waiver in waivers if waiver.expires >= today]
    kept, suppressed = [], []
    used: set[Waiver] = set()
    for finding in findings:
        waiver = next((waiver for waiver in living if waiver.covers(finding)), None)
        if waiver is None:
            kept.append(finding)
            continue
        used.add(waiver)
        by = f" ({waiver.by})" if waiver.by else ""
        suppressed.append(replace(finding, waived=f"{waiver.reason}{by}, until {waiver.expires}"))
    notes = [
        f"Waiver {waiver.id} expired on {waiver.expires} and is ignored."
        for waiver in waivers
        if waiver.expires < today
    ]
    notes += [f"Waiver {waiver.id} covers nothing any more: remove it." for waiver in living if waiver not in used]
    return Waived(kept, suppressed, notes)
