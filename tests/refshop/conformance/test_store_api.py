"""The Store API of the reference shop answers as the recorded shops did."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import requests

from tests.refshop.conformance.harness import ROOT, Exchange, Replay, recorded, recorded_shop, recordings_dir

pytestmark = pytest.mark.recordings

VERSIONS = ("6.6.7.1", "6.6.6.1", "6.5.8.14")

#: exchanges that are replayed (later ones stand on them) but not compared, and why
NOT_COMPARED = {
    "openapi3": "describes every address of Shopware in its own words",
    "info-routes": "lists every address of Shopware, of which this shop has those that are used",
    "product-list-malformed-json": "the recording keeps the broken text as a JSON text; see test_malformed_json",
}
#: only in one version
NOT_COMPARED_IN = {
    ("6.5.8.14", "sitemap"): "the recorded shop had not written its site map yet",
    ("6.6.6.1", "sitemap"): "the recorded shop had not written its site map yet",
}

#: places in the answers that are not compared, and why
IGNORED = [
    # a matter of how the recorded shop was filled: in one write or in several
    r"/updatedAt$",
    # before 6.6 it depends on how often the recorded cart was calculated for one request
    r"/dataTimestamp$",
]

_ATTEMPTS_BEFORE_LIMIT = 10


def _names(version: str) -> list[str]:
    folder = Path(os.environ.get("UPDATEGATE_RECORDINGS") or ROOT.parent / "shared" / "recordings")
    if not folder.is_dir():
        return ["recordings"]
    return [
        exchange.short
        for exchange in recorded(version, "store-api")
        if exchange.short not in NOT_COMPARED and (version, exchange.short) not in NOT_COMPARED_IN
    ]


CASES = [pytest.param(version, name, id=f"{version}-{name}") for version in VERSIONS for name in _names(version)]


class _Outcomes(dict[str, dict[str, list[str]]]):
    """Differences by version and exchange; each version is replayed once, on first use."""

    def __missing__(self, version: str) -> dict[str, list[str]]:
        recordings_dir()
        self[version] = _replayed(version)
        return self[version]


@pytest.fixture(scope="module")
def outcomes() -> _Outcomes:
    return _Outcomes()


def _replayed(version: str) -> dict[str, list[str]]:
    result: dict[str, list[str]] = {}
    with recorded_shop(version) as shop:
        replay = Replay(shop, IGNORED)
        for exchange in recorded(version, "store-api"):
            if exchange.short == "account-login-rate-limited":
                for _ in range(_ATTEMPTS_BEFORE_LIMIT):
                    replay.send(exchange)
            _, result[exchange.short] = replay.send(exchange)
    return result


@pytest.mark.parametrize(("version", "name"), CASES)
def test_answers_as_recorded(outcomes: _Outcomes, version: str, name: str) -> None:
    assert outcomes[version][name] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_malformed_json(version: str) -> None:
    exchanges = {exchange.short: exchange for exchange in recorded(version, "store-api")}
    exchange = exchanges["product-list-malformed-json"]
    with recorded_shop(version) as shop:
        answer = requests.post(
            shop.url + exchange.path,
            data=exchange.body,
            headers={"sw-access-key": str(shop.facts["access_key"]), "Content-Type": "application/json"},
            timeout=10,
        )
    assert answer.status_code == exchange.status
    assert answer.json() == exchange.answer


def test_enough_is_compared() -> None:
    recordings_dir()
    assert len(_names("6.6.7.1")) >= 80
    assert len(_changed_between("6.5.8.14", "6.6.7.1") & set(_names("6.5.8.14"))) >= 25


def test_comparison_sees_what_changed_between_versions() -> None:
    """The recordings of 6.5 replayed against 6.6.7 must differ: otherwise the comparison sees nothing."""
    recordings_dir()
    with recorded_shop("6.6.7.1") as shop:
        replay = Replay(shop, IGNORED)
        found = {exchange.short for exchange in recorded("6.5.8.14", "store-api") if replay.send(exchange)[1]}
    assert len(found & _changed_between("6.5.8.14", "6.6.7.1")) >= 25


def _changed_between(old: str, new: str) -> set[str]:
    before = {exchange.short: exchange for exchange in recorded(old, "store-api")}
    return {
        exchange.short
        for exchange in recorded(new, "store-api")
        if exchange.short in before and _form(before[exchange.short]) != _form(exchange)
    }


def _form(exchange: Exchange) -> object:
    return exchange.status, _shape(exchange.answer)


def _shape(value: object) -> object:
    """Keys and types only, so that differing ids and times do not count as differences between versions."""
    if isinstance(value, dict):
        return {key: _shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shape(item) for item in value]
    return type(value).__name__
