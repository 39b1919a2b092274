"""A project with three stages, and shops that answer what promotion asks, written down by requests."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.conftest import POLICY, REGISTRY
from updategate.config.loading import build
from updategate.config.policy import Policy
from updategate.evidence.reader import read_evidence
from updategate.evidence.records import Build, Plugin, ProcessFinished, ProcessStarted, Provenance, RunStarted
from updategate.evidence.writer import EvidenceWriter
from updategate.gate.judge import judge

LOCK = {
    "packages": [
        {"name": "shopware/core", "version": "v6.6.7.1", "source": {"reference": "c0ffee"}, "dist": {"shasum": ""}}
    ]
}


@dataclass
class Shop:
    """A shop as promotion sees it; ``asked`` lists every request that it got.

    It has ``counts`` of its own, and two more that a run has put there.
    """

    version: str = "6.6.6.1"
    plugins: dict[str, str] = field(default_factory=lambda: {"AcmeB2bPrices": "1.0.0"})
    settings: dict[str, Any] = field(default_factory=lambda: {"core.cart.maxQuantity": 100})
    css: str = "body{color:red}"
    flags: tuple[str, ...] = ("V6_6_0_0",)
    counts: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    url: str = ""

    def answer(self, method: str, path: str, sent: bytes) -> tuple[int, str, bytes]:
        self.asked.append(f"{method} {path}")
        bare = path.partition("?")[0]
        if bare in self.broken:
            return 500, "text/plain", b"broken"
        if bare == "/":
            page = '<link href="/theme/' + "a" * 32 + '/css/all.css?1"><p>' + "home " * 400
            return 200, "text/html", page.encode()
        if bare.startswith("/theme/"):
            return 200, "text/css", self.css.encode()
        if re.match(r"/(navigation|detail|search)", bare):
            return 200, "text/html", b"<html>page</html>"
        body = self._json(bare, sent)
        return (404, "application/json", b'{"errors":[]}') if body is None else (200, "application/json", _dump(body))

    def _json(self, path: str, sent: bytes) -> Any:
        if path.startswith("/api/search/"):
            entity = path.removeprefix("/api/search/").replace("-", "_")
            if entity == "plugin":
                rows = [{"name": n, "version": v, "active": True} for n, v in self.plugins.items()]
                return {"total": len(rows), "data": rows}
            ours = any(mark in sent for mark in (b'"UG-"', b'"ug-"', b'"updategate "'))
            return {"total": 2 if ours else 2 + self.counts.get(entity, 3), "data": []}
        product = {
            "id": "b" * 32,
            "productNumber": "SW-1",
            "name": "Mug",
            "calculatedPrice": {"unitPrice": 1.5, "totalPrice": 1.5, "quantity": 1},
        }
        return {
            "/api/_info/version": {"version": self.version},
            "/api/oauth/token": {"token_type": "Bearer", "expires_in": 600, "access_token": "t"},
            "/api/_action/feature-flag": {flag: {"active": True} for flag in self.flags},
            "/api/_action/system-config": self.settings,
            "/store-api/context": {
                "token": "t",
                "salesChannel": {"id": "c" * 32, "name": "shop", "languageId": "e" * 32, "countryId": "1" * 32},
                "paymentMethod": {"id": "2" * 32},
                "shippingMethod": {"id": "3" * 32},
                "currentCustomerGroup": {"id": "4" * 32},
                "currency": {"id": "d" * 32, "isoCode": "EUR"},
                "context": {"languageIdChain": ["e" * 32]},
            },
            "/store-api/navigation/main-navigation/main-navigation": [{"id": "f" * 32, "name": "All", "type": "page"}],
            f"/store-api/product-listing/{'f' * 32}": {"elements": [product]},
        }.get(path)


def _dump(body: Any) -> bytes:
    return json.dumps(body).encode()


@pytest.fixture
def new_shop() -> Iterator[Callable[..., Shop]]:
    servers: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def start(**facts: Any) -> Shop:
        shop = Shop(**facts)

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, content, data = shop.answer(self.command, self.path, sent)
                self.send_response(status)
                self.send_header("Content-Type", content)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = do_DELETE = _serve

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        shop.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        servers.append((server, thread))
        return shop

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


BEFORE = Build(
    core="6.6.6.1", plugins=(Plugin(name="AcmeB2bPrices", version="1.0.0", active=True),), flags=("V6_6_0_0",)
)
AFTER = BEFORE.model_copy(
    update={"core": "6.6.7.1", "plugins": (Plugin(name="AcmeB2bPrices", version="1.1.0", active=True),)}
)


@dataclass
class World:
    """A project with the stages test, staging and production, and their shops."""

    root: Path
    test: Shop
    staging: Shop
    production: Shop
    verdicts: int = 0

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, name: str, stage: str, phase: str, build_: Build, **more: Any) -> Path:
        """A run of the scope as ``updategate run`` would leave it, with the facts of the stage's shop."""
        shop: Shop = getattr(self, stage)
        folder = self.root / "reports" / name
        writer = EvidenceWriter(folder, name)
        settings = {key: str(value) for key, value in shop.settings.items()}
        facts = {"theme": more.pop("theme", THEME_OF_THE_SHOPS), "settings": settings, "counts": {"product": 3}}
        writer.write(
            RunStarted(
                kind="processes",
                scope="full",
                phase=phase,  # type: ignore[arg-type]
                processes=("CHK-001",),
                registry=(REGISTERED,),  # type: ignore[arg-type]
                build=build_,
                environment=more.pop("environment", facts),
                provenance=Provenance(
                    environment=stage, stage=stage, url=shop.url, machine="m", tool_version="0", python="3"
                ),
                **more,
            )
        )
        writer.write(ProcessStarted(process="CHK-001"))
        writer.write(ProcessFinished(process="CHK-001", status="passed", seconds=1.0))
        writer.finish(build_)
        return folder

    def verdict(self, stage: str = "test", **changes: Any) -> Path:
        """A verdict over a run before and after at a stage, as ``updategate gate`` would write it."""
        self.verdicts += 1
        name = f"verdict-{self.verdicts}"
        before = self.run(f"{name}-{stage}-before", stage, "before", BEFORE)
        after = self.run(f"{name}-{stage}-after", stage, "after", changes.pop("after", AFTER))
        policy = build({"policy": "test", "scopes": {"full": {"all": True}}}, Policy, "policy")
        judged = judge(
            [read_evidence(after)], [read_evidence(before)], policy, datetime.now(UTC), policy_source="policy"
        )
        assert judged.verdict == "pass", judged.reasons
        return self.write(f"reports/{name}-{stage}.json", judged.model_copy(update=changes).to_json())

    def validated(self, shop: Shop) -> None:
        """Bring a shop to what was validated."""
        shop.version, shop.plugins = "6.6.7.1", {"AcmeB2bPrices": "1.1.0"}

    def grow_old(self, verdict: Path, hours: float) -> None:
        body = json.loads(verdict.read_text(encoding="utf-8"))
        for run in body["provenance"]["runs"]:
            run["at"] = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
        verdict.write_text(json.dumps(body), encoding="utf-8")


REGISTERED = {"id": "CHK-001", "title": "A guest orders", "owner": "shop", "critical": True, "areas": ["cart"]}
STAGES = """\
stages:
  - {name: test}
  - {name: staging, plan: minor}
  - {name: production, plan: minor}
"""
PLAN = """\
update: minor
to: 6.6.7.1
plugins: {AcmeB2bPrices: 1.1.0}
commands: [{name: nothing, run: "true"}]
"""
# the theme of a Shop, as surroundings.theme_hash computes it: see test_surroundings
THEME_OF_THE_SHOPS = "fe376980daf5730eb7d34493e08982507321d8cddfc1b35dbe6f29500717c4d6"


@pytest.fixture
def world(tmp_path: Path, new_shop: Callable[..., Shop], monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TEST_KEY", "SWSC-key-of-the-tests")
    monkeypatch.setenv("TEST_SECRET", "secret-of-the-tests")
    for name in ("UPDATEGATE_SIGNING_KEY", "UPDATEGATE_SIGNING_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    made = World(tmp_path, new_shop(), new_shop(), new_shop())
    made.validated(made.test)
    made.write("suites/processes.yaml", REGISTRY)
    made.write("ci/policies/default.yaml", POLICY)
    made.write("ci/stages.yaml", STAGES)
    made.write("ci/updates/minor.yaml", PLAN)
    for stage in ("test", "staging", "production"):
        made.write(
            f"ci/environments/{stage}.yaml",
            f"name: {stage}\nstage: {stage}\nurl: {getattr(made, stage).url}\n"
            "sales_channel: {access_key: '${TEST_KEY}'}\n"
            "admin: {client_id: id, client_secret: '${TEST_SECRET}'}\n",
        )
    return made
