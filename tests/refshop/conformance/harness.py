"""Replays recorded exchanges of a real shop against the reference shop and tells every difference.

How it works: one shop a version, seeded with the recorded catalogue. Exchanges are replayed in the order in which they
were recorded. Where the answers hold different ids at the same place, the pair is remembered, so that a later request
speaks of the reference shop's own row. Compared are status, error codes, keys and types of the JSON, and amounts.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).resolve().parents[3]
_ID = re.compile(r"[0-9a-f]{32}")

#: where the recorded shops were: their addresses stand in requests and answers
RECORDED_URLS = {
    "6.6.7.1": "http://127.0.0.1:8000",
    "6.6.6.1": "http://127.0.0.1:8001",
    "6.5.8.14": "http://127.0.0.1:8002",
}

#: keys whose texts are the same in every shop
_COMPARED_TEXTS = ("code", "pointer", "apiAlias", "technicalName", "status", "type")

#: keys whose numbers are amounts of money, or decide about them
MONEY = {
    *("unitPrice", "totalPrice", "netPrice", "rawTotal", "positionPrice", "price", "tax", "taxRate", "percentage"),
    *("gross", "net", "amountTotal", "amountNet", "shippingTotal", "quantity", "factor", "interval", "decimals"),
}


def recordings_dir() -> Path:
    """Return the folder of the recordings; skip the test without it, except in CI, where it must be there."""
    folder = Path(os.environ.get("UPDATEGATE_RECORDINGS") or ROOT.parent / "shared" / "recordings")
    if folder.is_dir():
        return folder
    reason = f"no recordings of a real Shopware in {folder}; name their folder in UPDATEGATE_RECORDINGS"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass(frozen=True)
class Exchange:
    """One recorded request with its answer."""

    name: str
    method: str
    path: str
    headers: dict[str, str]
    body: Any
    status: int
    answer_headers: dict[str, str]
    answer: Any

    @property
    def short(self) -> str:
        """The name without the API it belongs to."""
        return self.name.rpartition("/")[2]


def recorded(version: str, api: str | None = None) -> list[Exchange]:
    """Return the exchanges of a version in the order of recording; ``api``: ``store-api`` or ``admin-api`` only."""
    folder = recordings_dir() / version
    exchanges = []
    for entry in json.loads((folder / "index-api.json").read_text(encoding="utf-8")):
        file = folder / f"{entry['name']}.json"
        if (api is None or entry["name"].startswith(f"{api}/")) and file.is_file():
            exchanges.append(_read(file))
    return exchanges


def _read(file: Path) -> Exchange:
    content = json.loads(file.read_text(encoding="utf-8"))
    request, response = content["request"], content["response"]
    return Exchange(
        name=content["name"],
        method=request["method"],
        path=request["path"],
        headers=dict(request["headers"]),
        body=request.get("body"),
        status=response["status"],
        answer_headers=dict(response["headers"]),
        answer=response["body"],
    )


@dataclass
class RunningShop:
    """A reference shop in a process of its own, and what it said when it was ready."""

    process: subprocess.Popen[str]
    facts: dict[str, Any]

    @property
    def url(self) -> str:
        """Its address."""
        return str(self.facts["url"])


@contextmanager
def running_shop(*options: str) -> Iterator[RunningShop]:
    """Start the reference shop, and stop it afterwards."""
    command = [sys.executable, "-m", "updategate.embedded.refshop", "--port", "0", "--json", "--with-parent", *options]
    # a file takes what a pipe that nobody reads would not: tracebacks of many requests
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=ROOT)
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                process.wait(timeout=10)
                errors.seek(0)
                pytest.fail(f"the reference shop did not start: {errors.read()}")
            yield RunningShop(process, json.loads(line))
        finally:
            process.terminate()
            process.communicate(timeout=10)


@contextmanager
def recorded_shop(version: str, *options: str) -> Iterator[RunningShop]:
    """Start the reference shop with the recorded catalogue of a version."""
    folder = str(recordings_dir())
    with running_shop("--shopware-version", version, "--seed", "recordings", "--recordings", folder, *options) as shop:
        yield shop


@dataclass
class Comparison:
    """Compares two answers; differences are texts that name the place."""

    learned: dict[str, str]
    texts: dict[str, str]
    ignored: list[re.Pattern[str]]
    differences: list[str] = field(default_factory=list)

    def compare(self, expected: Any, actual: Any, path: str = "") -> None:
        """Note every difference at and below ``path``."""
        if any(pattern.search(path) for pattern in self.ignored):
            return
        if isinstance(expected, dict) and isinstance(actual, dict):
            self._objects(expected, actual, path)
        elif isinstance(expected, list) and isinstance(actual, list):
            self._lists(expected, actual, path)
        elif _kind(expected) != _kind(actual):
            self.differences.append(f"{path}: {_kind(expected)} expected, {_kind(actual)} found ({_short(actual)})")
        elif isinstance(expected, str) and isinstance(actual, str):
            self._texts(expected, actual, path)
        elif path.rpartition("/")[2] in MONEY and expected != actual:
            self.differences.append(f"{path}: {expected} expected, {actual} found")

    def _objects(self, expected: dict[str, Any], actual: dict[str, Any], path: str) -> None:
        missing = [key for key in expected if key not in actual and not self._is_ignored(f"{path}/{key}")]
        more = [key for key in actual if key not in expected and not self._is_ignored(f"{path}/{key}")]
        if missing:
            self.differences.append(f"{path}: without {', '.join(missing)}")
        if more:
            self.differences.append(f"{path}: with {', '.join(more)}")
        for key in expected:
            if key in actual:
                self.compare(expected[key], actual[key], f"{path}/{key}")

    def _lists(self, expected: list[Any], actual: list[Any], path: str) -> None:
        if len(expected) != len(actual):
            self.differences.append(f"{path}: {len(expected)} items expected, {len(actual)} found")
        for position, (left, right) in enumerate(zip(expected, actual, strict=False)):
            self.compare(left, right, f"{path}/{position}")

    def _texts(self, expected: str, actual: str, path: str) -> None:
        if _ID.fullmatch(expected) and _ID.fullmatch(actual):
            self.learned.setdefault(expected, actual)
        elif path.endswith("/deepLinkCode"):
            self.texts.setdefault(expected, actual)
        elif path.rpartition("/")[2] in _COMPARED_TEXTS and expected != actual:
            self.differences.append(f"{path}: {expected!r} expected, {actual!r} found")

    def _is_ignored(self, path: str) -> bool:
        return any(pattern.search(path) for pattern in self.ignored)


def _header(headers: dict[str, str], name: str) -> str | None:
    return next((value for key, value in headers.items() if key.lower() == name), None)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return {str: "text", dict: "object", list: "list", type(None): "null"}[type(value)]


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) < 60 else text[:57] + "..."


@dataclass(frozen=True)
class Tokens:
    """Access tokens of the Admin API for what the recording masked."""

    integration: str
    user: str
    limited: str

    @classmethod
    def of(cls, shop: RunningShop) -> Tokens:
        """Ask the shop for them."""

        def token(**body: str) -> str:
            answer = requests.post(f"{shop.url}/api/oauth/token", json=body, timeout=10)
            return str(answer.json()["access_token"])

        facts = shop.facts
        return cls(
            integration=token(
                grant_type="client_credentials", client_id=facts["client_id"], client_secret=facts["client_secret"]
            ),
            user=token(
                grant_type="password", client_id="administration", scope="write", username="admin", password="shopware"
            ),
            limited=token(
                grant_type="client_credentials",
                client_id="SWIAREFSHOPREADONLYKEY0001",
                client_secret="refshop-readonly-secret",
            ),
        )

    def header(self, exchange: Exchange) -> dict[str, str]:
        """Return the Authorization header that the recorded request had in its place."""
        special = {"bad-token": "not.a.token", "forbidden-by-acl": self.limited}
        return {"Authorization": f"Bearer {special.get(exchange.short, self.user)}"}


class Replay:
    """Sends exchanges to a shop, as the client did that was recorded. ``headers``: those of the answer to compare.

    Context tokens were masked in requests; the answer's header tells which one it was. Where that is seen for the first
    time (a registration), and where somebody logs in, the request had the token of a new visitor.
    """

    def __init__(self, shop: RunningShop, ignored: list[str], headers: tuple[str, ...] = ()) -> None:
        self.shop = shop
        self._headers = headers
        self.tokens = Tokens.of(shop)
        self.learned: dict[str, str] = {}
        self.texts = {
            RECORDED_URLS[str(shop.facts["version"])]: shop.url,
            "<secret>": str(shop.facts["client_secret"]),
        }
        self._contexts: dict[str, str] = {}
        self._last_context = ""
        self._ignored = [re.compile(pattern) for pattern in ignored]
        self._session = requests.Session()

    def send(self, exchange: Exchange) -> tuple[requests.Response, list[str]]:
        """Return the answer of the reference shop, and how it differs from the recorded one."""
        headers = {name: value for name, value in exchange.headers.items() if value != "<masked>"}
        headers.update(self._unmasked(exchange))
        body = self._mine(json.dumps(exchange.body)) if exchange.body is not None else None
        answer = self._session.request(
            exchange.method,
            self.shop.url + self._mine(exchange.path),
            headers=headers,
            data=body.encode() if body is not None else None,
            allow_redirects=False,
            timeout=20,
        )
        differences = []
        if answer.status_code != exchange.status:
            differences.append(f"status {exchange.status} expected, {answer.status_code} found: {answer.text[:300]}")
        type_ = exchange.answer_headers.get("content-type", "").partition(";")[0]
        if type_ != answer.headers.get("content-type", "").partition(";")[0]:
            differences.append(f"content-type {type_!r} expected, {answer.headers.get('content-type')!r} found")
        for name in self._headers:
            expected, found = _header(exchange.answer_headers, name), answer.headers.get(name)
            if expected != found:
                differences.append(f"{name} {expected!r} expected, {found!r} found")
        self._remember(exchange, answer)
        comparison = Comparison(self.learned, self.texts, self._ignored)
        comparison.compare(exchange.answer, _content(answer))
        return answer, differences + comparison.differences

    def _unmasked(self, exchange: Exchange) -> dict[str, str]:
        masked = {name.lower() for name, value in exchange.headers.items() if value == "<masked>"}
        headers: dict[str, str] = {}
        if "authorization" in masked:
            headers |= self.tokens.header(exchange)
        if "sw-access-key" in masked:
            unknown = exchange.short == "context-bad-access-key"
            headers["sw-access-key"] = "SWSCUNKNOWN" if unknown else str(self.shop.facts["access_key"])
        if "sw-context-token" in masked:
            recorded_token = _header(exchange.answer_headers, "sw-context-token")
            if recorded_token and re.search(r"[^A-Za-z0-9]|^thistoken", recorded_token):
                headers["sw-context-token"] = recorded_token
            else:
                known = None if exchange.path.endswith("/account/login") else self._contexts.get(recorded_token or "")
                headers["sw-context-token"] = known or self._unseen(exchange)
        return headers

    def _unseen(self, exchange: Exchange) -> str:
        """Return the token that was replaced by one not seen before: a logged-out one, or a visitor's new one."""
        if exchange.short == "account-logout":
            return self._last_context
        access_key = str(self.shop.facts["access_key"])
        answer = self._session.get(
            f"{self.shop.url}/store-api/context", headers={"sw-access-key": access_key}, timeout=10
        )
        return str(answer.headers["sw-context-token"])

    def _remember(self, exchange: Exchange, answer: requests.Response) -> None:
        recorded_token = _header(exchange.answer_headers, "sw-context-token")
        own = answer.headers.get("sw-context-token")
        if recorded_token and own:
            self._contexts.setdefault(recorded_token, own)
            if "sw-context-token" in {name.lower() for name in exchange.headers} or not self._last_context:
                self._last_context = own

    def _mine(self, text: str) -> str:
        for theirs, mine in self.texts.items():
            text = text.replace(theirs, mine)
        return _ID.sub(lambda match: self.learned.get(match.group(), match.group()), text)


def _content(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return answer.text
