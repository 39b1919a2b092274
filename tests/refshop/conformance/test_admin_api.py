"""The Admin API of the reference shop answers as the recorded shops did."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.refshop.conformance.harness import ROOT, Exchange, Replay, recorded, recorded_shop, recordings_dir

pytestmark = pytest.mark.recordings

VERSIONS = ("6.6.7.1", "6.6.6.1", "6.5.8.14")

#: exchanges that are replayed (later ones stand on them) but not compared, and why
NOT_COMPARED = {
    "info-routes": "lists every address of Shopware, of which this shop has those that are used",
    "openapi3": "describes every entity of Shopware in its own words",
    "open-api-schema": "describes every entity of Shopware in its own words",
    "entity-schema": "describes every entity of Shopware, with flags of its database",
    "business-events": "names PHP classes and the interfaces that they implement",
    "oauth-token-refresh": "the refresh token of the recording is masked: this shop cannot have issued it",
    "plugin-search-with-plugin": "the recorder had put a plugin on the shop's disk",
}

#: headers that are compared
HEADERS = ("access-control-allow-origin", "cache-control", "x-frame-options", "x-content-type-options")

#: places in the answers that are not compared, and why
IGNORED = [
    # what an account did last depends on the order of everything recorded, with pauses of unknown length
    r"^/data/\d+/(lastLogin|firstLogin|remoteAddress|lastPaymentMethodId)$",
    # how often the recorder wrote the same row while it seeded the shop is not recorded
    r"/updatedAt$",
    # the flow that uses this rule is not among the recorded data
    r"^/data/6/areas$",
    # the recorded shops had been installed for this, and no worker had run a task yet
    r"/lastExecutionTime$",
    # counted by a clock, not by what was asked
    r"^/handledMessages$",
]


def _names(version: str) -> list[str]:
    folder = Path(os.environ.get("UPDATEGATE_RECORDINGS") or ROOT.parent / "shared" / "recordings")
    if not folder.is_dir():
        return ["recordings"]
    return [exchange.short for exchange in recorded(version, "admin-api") if exchange.short not in NOT_COMPARED]


CASES = [pytest.param(version, name, id=f"{version}-{name}") for version in VERSIONS for name in _names(version)]


@pytest.fixture(scope="module")
def outcomes() -> dict[str, dict[str, list[str]]]:
    """Differences by version and exchange; each version is replayed once, on first use."""
    return _Outcomes()


class _Outcomes(dict[str, dict[str, list[str]]]):
    def __missing__(self, version: str) -> dict[str, list[str]]:
        recordings_dir()
        self[version] = _replayed(version)
        return self[version]


def _replayed(version: str) -> dict[str, list[str]]:
    result: dict[str, list[str]] = {}
    with recorded_shop(version) as shop:
        replay = Replay(shop, IGNORED, HEADERS)
        for exchange in recorded(version):
            _introduce(replay, exchange)
            _, differences = replay.send(exchange)
            if exchange.name.startswith("admin-api/"):
                result[exchange.short] = differences
    return result


def _introduce(replay: Replay, exchange: Exchange) -> None:
    """The recorded integration is this shop's own."""
    if exchange.short == "oauth-token":
        replay.texts[exchange.body["client_id"]] = str(replay.shop.facts["client_id"])


@pytest.mark.parametrize(("version", "name"), CASES)
def test_answers_as_recorded(outcomes: dict[str, dict[str, list[str]]], version: str, name: str) -> None:
    assert outcomes[version][name] == []


def test_enough_is_compared() -> None:
    recordings_dir()
    assert len(_names("6.6.7.1")) >= 90
    changed = [new.short for old, new in _pairs("6.5.8.14", "6.6.7.1") if _compared(old) != _compared(new)]
    assert len(set(changed) - set(NOT_COMPARED)) >= 25


def _pairs(old: str, new: str) -> list[tuple[Exchange, Exchange]]:
    before = {exchange.short: exchange for exchange in recorded(old, "admin-api")}
    return [(before[exchange.short], exchange) for exchange in recorded(new, "admin-api") if exchange.short in before]


def _compared(exchange: Exchange) -> object:
    headers = {name: exchange.answer_headers.get(name) for name in HEADERS}
    return exchange.status, headers, _shape(exchange.answer)


def _shape(value: object) -> object:
    """Keys and types only, so that differing ids and times do not count as differences between versions."""
    if isinstance(value, dict):
        return {key: _shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shape(item) for item in value]
    return type(value).__name__
