"""The processes around an update, over real updates of the reference shop: a good one, and ones that break things."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.erp.conftest import shop_variables
from tests.erp.processes import ENVIRONMENT, Embedded, start
from updategate.actors.cleaning import leftovers
from updategate.cli import execute
from updategate.clients.connection import admin_api
from updategate.config.environment import load_environment
from updategate.config.exit_codes import ExitCode
from updategate.evidence.handover import Handover
from updategate.evidence.reader import read_evidence
from updategate.operations.cleaning import clean_environment

ROOT = Path(__file__).parents[2]
POLICY = """
policy: test
scopes:
  around:
    processes: [UPD-001, UPD-002, UPD-003, UPD-004, UPD-005, UPD-008, UPD-009, UPD-010, UPD-011, UPD-012, UPD-013,
      UPD-015, UPD-017]
"""
PLUGIN = "AcmeB2bPrices=2.1.0"
Statuses = dict[str, str]


class World:
    """One shop's data, and what was left in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "environment.yaml").write_text(ENVIRONMENT, encoding="utf-8")
        (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")

    def copy(self, to: Path) -> World:
        shutil.copytree(self.folder, to, dirs_exist_ok=True)
        return World(to)

    def serve(self, version: str, *arguments: str) -> Embedded:
        data = str(self.folder / "shop.sqlite")
        more = ["--with-parent", "--shopware-version", version, "--data", data, "--plugin", PLUGIN]
        shop = start("refshop", *more, *arguments, seconds=60)
        os.environ.update(shop_variables(shop))
        return shop

    def run(self, phase: str, into: str, *arguments: str) -> tuple[ExitCode, Statuses]:
        command = ["run", str(self.folder / "environment.yaml"), "--policy", str(self.folder / "policy.yaml")]
        command += ["--scope", "around", "--phase", phase, "--run-folder", str(self.folder / into), "-n", "2"]
        code = execute([*command, *arguments])
        evidence = read_evidence(self.folder / into)
        assert evidence.defects == ()
        return code, {process: results[-1].status for process, results in evidence.processes.items()}

    def left(self) -> dict[str, int]:
        admin = admin_api(load_environment(self.folder / "environment.yaml"))
        assert admin is not None
        return {entity: len(ids) for entity, ids in leftovers(admin).items()}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A shop of 6.6.6.1 after a green run before its update."""
    kept = {name: os.environ.get(name) for name in ("TEST_SHOP_URL", "TEST_ACCESS_KEY")}
    here = Path.cwd()
    os.chdir(ROOT)
    world = World(tmp_path_factory.mktemp("before"))
    shop = world.serve("6.6.6.1")
    try:
        code, statuses = world.run("before", "before")
        assert (code, set(statuses.values())) == (ExitCode.PASS, {"passed"})
        # three orders, carts and customers wait on purpose
        assert world.left()["order"] == 6
        assert world.left()["customer"] == 9
    finally:
        shop.stop()
    yield world
    os.chdir(here)
    os.environ.update({name: value for name, value in kept.items() if value})


@pytest.fixture
def updated(before: World, tmp_path: Path) -> Iterator[Callable[..., World]]:
    """A copy of that shop, updated to 6.6.7.1, with defects."""
    shops: list[Embedded] = []

    def update(*mutants: str) -> World:
        world = before.copy(tmp_path / "world")
        shops.append(world.serve("6.6.7.1", *(part for name in mutants for part in ("--mutant", name))))
        return world

    yield update
    for shop in shops:
        shop.stop()


def test_over_a_good_update_everything_goes_on_and_nothing_is_left(updated: Callable[..., World]) -> None:
    world = updated()
    code, statuses = world.run("after", "after", "--carry", str(world.folder / "before"))
    assert (code, set(statuses.values())) == (ExitCode.PASS, {"passed"})
    assert world.left() == {}
    assert Handover.found(world.folder / "before").closed


def test_each_thing_that_an_update_breaks_is_found_by_its_process(updated: Callable[..., World]) -> None:
    broken = {
        "plugin-deactivated": "UPD-002",
        "theme-style-missing": "UPD-005",
        "cache-never-invalidated": "UPD-008",
        "old-carts-lost": "UPD-010",
        "old-invoice-not-creditable": "",  # the invoice of UPD-011 is made after the update
        "old-customer-locked-out": "UPD-012",
    }
    world = updated(*broken)
    code, statuses = world.run("after", "after", "--carry", str(world.folder / "before"))
    assert code == ExitCode.FAIL
    failed = {process for process, status in statuses.items() if status == "failed"}
    # without their plugin, products lose tier prices, which carts charged and pages stated
    assert failed == set(broken.values()) - {""} | {"UPD-015", "UPD-017"}

    # what failed can be repeated: another copy is there
    assert not Handover.found(world.folder / "before").closed
    _, again = world.run("after", "again", "--carry", str(world.folder / "before"))
    assert again == statuses
    environment = load_environment(world.folder / "environment.yaml")
    assert clean_environment(environment, world.folder, carried=True).problems == ()
    assert world.left() == {}
    assert Handover.found(world.folder / "before").closed


def test_without_a_run_before_it_is_said_what_is_not_tested(
    updated: Callable[..., World], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = updated()
    shutil.rmtree(world.folder / "before")
    monkeypatch.setattr("updategate.cli.run.project_root", lambda: ROOT)
    code, statuses = world.run("after", "after")
    assert code == ExitCode.INCONCLUSIVE
    assert {process for process, status in statuses.items() if status == "passed"} == {"UPD-001", "UPD-003"}
    assert "No run before the update has left anything" in capsys.readouterr().out
    message = read_evidence(world.folder / "after").processes["UPD-011"][0].message
    assert message == "it is not known what there was before the update: no run with --phase before, or not found"


def test_a_run_without_a_phase_leaves_out_what_is_about_an_update(updated: Callable[..., World]) -> None:
    world = updated()
    command = ["run", str(world.folder / "environment.yaml"), "--policy", str(world.folder / "policy.yaml")]
    code = execute([*command, "--scope", "around", "--run-folder", str(world.folder / "plain"), "-n", "0"])
    evidence = read_evidence(world.folder / "plain")
    assert code == ExitCode.PASS
    assert set(evidence.processes) == {"UPD-001", "UPD-003"}
    verdict_of = world.folder / "plain"
    gate = ["gate", "--after", str(verdict_of), "--policy", str(world.folder / "policy.yaml")]
    assert execute(gate) == ExitCode.INCONCLUSIVE
    verdict = json.loads((verdict_of / "verdict.json").read_text(encoding="utf-8"))
    untested = {reason["process"] for reason in verdict["reasons"] if reason["code"] == "no_record"}
    assert {"UPD-010", "UPD-011", "UPD-012"} <= untested
