"""A run that was killed: what its connector made in the shop, and what it made in the ERP, is found and removed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.erp.processes import ENVIRONMENT, ERP, ROOT, Embedded
from updategate.clients.admin_api import AdminApi, Criteria, Integration
from updategate.clients.erp import Article
from updategate.clients.erp.tryton import Tryton
from updategate.clients.exchange_log import ExchangeLog
from updategate.clients.transport import RequestsTransport
from updategate.config.erp import ErpSettings
from updategate.domain.money import eur
from updategate.operations.erp_cleaning import ARTICLES

UPDATEGATE = str(Path(sys.executable).with_name("updategate"))
# a connector that is never idle keeps the process where its article has reached the shop
CONNECTOR = "connector: {embedded: true, timeout: 300, mutants: [never_idle]}\n"
POLICY = "policy: test\nscopes: {chosen: {processes: [ERP-014]}}\n"
MEDIA = "a" * 31 + "1"
REACHED_WITHIN = 60.0


@pytest.fixture
def admin(reference_shop: Embedded) -> Iterator[AdminApi]:
    facts = reference_shop.facts
    transport = RequestsTransport(facts["url"], ExchangeLog())
    yield AdminApi(transport, Integration(facts["client_id"], facts["client_secret"]))
    transport.close()


@pytest.fixture
def erp(tryton: Embedded) -> Iterator[Tryton]:
    names = ("url", "database", "username", "password")
    adapter = Tryton(ErpSettings.model_validate({name: tryton.facts[name] for name in names}))
    yield adapter
    adapter.retire(["4711-MERCHANT"])
    adapter.close()


def own(variables: dict[str, str]) -> dict[str, str]:
    return {**os.environ, "UPDATEGATE_HISTORY": "off", **variables}


def products(admin: AdminApi) -> list[str]:
    return admin.ids("product", Criteria().starts_with("productNumber", "UG-ERP014").limit(100))


def killed_in_the_middle(command: list[str], variables: dict[str, str], admin: AdminApi) -> None:
    run = subprocess.Popen(
        command, cwd=ROOT, env=own(variables), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    end = time.monotonic() + REACHED_WITHIN
    while not products(admin) and time.monotonic() < end:
        assert run.poll() is None, "the run ended before its article was in the shop"
        time.sleep(0.2)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()


def test_clean_finds_what_a_killed_run_made_at_both_ends(
    admin: AdminApi, erp: Tryton, variables: dict[str, str], tmp_path: Path
) -> None:
    environment, policy = tmp_path / "environment.yaml", tmp_path / "policy.yaml"
    environment.write_text(ENVIRONMENT + ERP + CONNECTOR, encoding="utf-8")
    policy.write_text(POLICY, encoding="utf-8")
    command = [
        UPDATEGATE, "run", str(environment), "--policy", str(policy), "--scope", "chosen",
        "--run-folder", str(tmp_path / "run"), "-n", "0",
    ]  # fmt: skip
    erp.save_articles([Article("4711-MERCHANT", "A merchant's own", eur("1.00"))])
    killed_in_the_middle(command, variables, admin)
    (product,) = products(admin)
    # a connector that goes on after the run: the picture stands under a name that only the connector knows
    admin.create("media", {"id": MEDIA, "title": "connector's own name"})
    admin.raw(
        "POST", f"/_action/media/{MEDIA}/upload?extension=png&fileName=k7f", None, headers={"Content-Type": "image/png"}
    )
    link: dict[str, Any] = {"id": "b" * 32, "productId": product, "mediaId": MEDIA, "position": 0}
    admin.create("product_media", link)
    number = str(admin.get("product", product)["productNumber"])
    assert erp.left_behind("UG-", "updategate ").articles == (number,)

    done = subprocess.run(
        [UPDATEGATE, "clean", str(environment), "--json"], cwd=ROOT, env=own(variables),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    removed = json.loads(done.stdout)["removed"]
    assert (removed["product"], removed["media"], removed[ARTICLES]) == (1, 1, 1)
    assert products(admin) == []
    assert admin.ids("media", Criteria().ids(MEDIA)) == []
    assert erp.left_behind("UG-", "updategate ").articles == ()
    assert erp.left_behind("4711", "").articles == ("4711-MERCHANT",)
