"""A small sweep for real: one mutant is caught, and nothing outlives the sweep, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from updategate.config.registry import load_registry
from updategate.operations.mutants.carrying_out import Workplace
from updategate.operations.mutants.catalogue import Mutant
from updategate.operations.mutants.children import Children
from updategate.operations.mutants.reference_shop import ReferenceShop, ShopNotStartedError
from updategate.operations.mutants.results import Results
from updategate.operations.mutants.sweep import Extent, Sweep

ROOT = Path(__file__).parents[2]
PROCESSES = ("CHK-004", "CHK-009", "CAT-010")


def tax_one_cent() -> Mutant:
    return Mutant("tax-one-cent", "shop", "money", "Tax is a cent too high", "class: rounding", ("tax",))


def test_a_mutant_is_caught_and_its_result_kept(tmp_path: Path) -> None:
    registry = load_registry(ROOT / "suites" / "processes.yaml").by_id()
    place = Workplace(ROOT, "default", Children())
    heard: list[str] = []
    sweep = Sweep(place, [registry[name] for name in PROCESSES], tmp_path, "s1", Extent(lanes=1), heard.append)
    sweep.prepare([tax_one_cent()])
    assert sweep.unusable == {}
    assert sweep.play([tax_one_cent()])
    found = Results(tmp_path).all("s1")["tax-one-cent"]
    assert (found.outcome, found.verdict) == ("caught", "fail")
    assert {catch.by for catch in found.by} <= {"CHK-004", "CHK-009"}
    assert found.by[0].expected != found.by[0].actual
    assert "✓ tax-one-cent caught" in heard[-1]
    assert not list(tmp_path.rglob("mutants/**/shop.sqlite"))


def test_a_shop_that_does_not_start_says_why(tmp_path: Path) -> None:
    with (
        pytest.raises(ShopNotStartedError, match="There is no mutant 'no-such'"),
        ReferenceShop(Children(), tmp_path / "shop.sqlite", "6.6.7.1", ("--mutant", "no-such")),
    ):
        pytest.fail("it started")


@pytest.fixture
def sweeping(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A sweep that has begun to start its shops."""
    command = [sys.executable, "-c", "from updategate.cli import main; main()"]
    command += ["mutants", "--only", "tax-one-cent", "--folder", str(tmp_path / "sweep"), "--lanes", "1"]
    sweep = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # heed Ctrl-C even where the tests themselves run in the background
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 60
    while not any("--data" in child for child in map(_command, _alive(psutil.Process(sweep.pid)))):
        assert time.monotonic() < deadline, "no shop was started"
        time.sleep(0.1)
    yield sweep
    sweep.kill()
    sweep.wait()


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 3), (signal.SIGTERM, 3), (signal.SIGKILL, -9)])
def test_however_a_sweep_ends_its_servers_are_gone_and_its_state_can_be_read(
    sweeping: subprocess.Popen[bytes], tmp_path: Path, how: signal.Signals, code: int
) -> None:
    children = _alive(psutil.Process(sweeping.pid))
    os.kill(sweeping.pid, how)
    assert sweeping.wait(30) == code
    _, left = psutil.wait_procs(children, 20)
    assert [child.cmdline() for child in left] == []
    # what it had not finished is not there, so the next call begins with it
    assert Results(tmp_path / "sweep").all() == {}


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _alive(process: psutil.Process) -> list[psutil.Process]:
    try:
        return [child for child in process.children(recursive=True) if child.is_running() and _command(child)]
    except psutil.Error:
        return []
