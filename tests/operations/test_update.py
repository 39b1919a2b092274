"""The update run: commands that fail, hang or tell secrets; kills at every step; the way back."""

from __future__ import annotations

import errno
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.gate.conftest import NEW, OLD, PASSED, RunOf, write_run
from updategate.config.environment import Environment
from updategate.config.errors import ConfigError
from updategate.config.exit_codes import ExitCode
from updategate.config.loading import build
from updategate.config.update_plan import Command, Settling, UpdatePlan, load_plan
from updategate.evidence.reader import read_evidence
from updategate.evidence.records import Build, Provenance, UpdateStep
from updategate.operations.run_suites import SuiteRun
from updategate.operations.update import engine, settling
from updategate.operations.update.commands import _identity_of, run_command, secrets_in, still_works
from updategate.operations.update.conclusion import seconds_of
from updategate.operations.update.engine import Update
from updategate.operations.update.journal import UpdateJournal
from updategate.operations.update.settling import Check
from updategate.operations.update.stopping import UpdateStoppedError

PROVENANCE = Provenance(environment="test", stage="test", url="http://x", machine="m", tool_version="0", python="3")


def command(run: str, name: str = "step", timeout: float = 20) -> Command:
    return Command(name=name, run=run, timeout=timeout)


def test_a_command_is_streamed_and_its_secrets_masked(tmp_path: Path) -> None:
    heard: list[str] = []
    result = run_command(
        command("echo before; echo dsn=$SHOP_DSN >&2"),
        tmp_path / "log",
        {"SHOP_DSN": "mysql://shop:very-secret@db"},
        ["mysql://shop:very-secret@db"],
        heard.append,
    )
    assert result.ok
    assert heard == ["before", "dsn=***"]
    assert (tmp_path / "log").read_text(encoding="utf-8") == "before\ndsn=***\n"


def test_a_command_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    marker = tmp_path / "child-was-here-too-long"
    begun = time.monotonic()
    result = run_command(command(f"(sleep 30; touch {marker}) & sleep 30", timeout=0.3), tmp_path / "log", {})
    assert time.monotonic() - begun < 20
    assert (result.ok, result.code) == (False, None)
    assert "was ended after 0.3 s" in result.told(command("x", timeout=0.3))


def test_a_command_that_fails_tells_its_last_words(tmp_path: Path) -> None:
    failing = command("echo 'SQLSTATE[42S22]: column not found'; exit 7", name="finish")
    result = run_command(failing, tmp_path / "log", {"PATH": "/usr/bin:/bin"})
    assert result.told(failing) == "'finish' ended with exit code 7: SQLSTATE[42S22]: column not found"


class Shop:
    """What the engine sees of a shop: its build, changed by the update commands through a file."""

    def __init__(self, folder: Path) -> None:
        self.version = folder / "version"
        self.version.write_text(OLD.core, encoding="utf-8")
        self.closed = ""

    def build(self, _: Environment) -> Build:
        core = self.version.read_text(encoding="utf-8").strip()
        return OLD if core == OLD.core else NEW


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    shop = Shop(tmp_path)
    monkeypatch.setattr(engine, "obstacle", lambda _: None)
    monkeypatch.setattr(engine, "examine", lambda _: [])
    monkeypatch.setattr(engine, "admin_api", lambda _: None)
    monkeypatch.setattr(engine, "read_build", shop.build)
    monkeypatch.setattr(engine, "closed_for_customers", lambda _: [])
    monkeypatch.setattr(engine, "still_closed", lambda _: shop.closed)
    return shop


Make = Callable[..., Update]


@pytest.fixture
def update(tmp_path: Path, shop: Shop) -> Make:
    environment = build(
        {"name": "test", "url": "http://x.test", "sales_channel": {"access_key": "k"}, "permits": {"update": True}},
        Environment,
        "environment",
    )

    def make(*, redo: tuple[str, ...] = (), done: tuple[str, ...] = (), permits: bool = True, **plan: Any) -> Update:
        def suites(phase: str, folder: Path) -> SuiteRun:
            core = shop.build(environment)
            evidence = read_evidence(write_run(folder, RunOf(PASSED, build=core, phase=phase)))
            return SuiteRun(evidence, ExitCode.PASS, folder / "pytest.log")

        given = {"update": "minor", "to": NEW.core, "commands": [set_version(shop, NEW.core)], **plan}
        tested = environment if permits else environment.model_copy(update={"permits": type(environment.permits)()})
        return Update(
            plan=build(given, UpdatePlan, "plan.yaml"),
            environment=tested,
            folder=tmp_path / "update",
            variables={"PATH": "/usr/bin:/bin"},
            run_phase=suites,
            tell=lambda _: None,
            redo=frozenset(redo),
            done=frozenset(done),
        )

    return make


def set_version(shop: Shop, version: str, name: str = "composer") -> dict[str, str]:
    return {"name": name, "run": f"echo {version} > {shop.version}; echo x >> {shop.version}.times"}


def steps(update: Update) -> dict[str, UpdateStep]:
    evidence = read_evidence(update.evidence(PROVENANCE))
    assert evidence.defects == ()
    return {step.step: step for step in evidence.of_type(UpdateStep)}


def told(found: dict[str, UpdateStep]) -> dict[str, tuple[bool, str | None, str | None]]:
    return {name: (step.ok, step.expected, step.actual) for name, step in found.items()}


def test_a_good_update_leaves_only_good_steps(update: Make) -> None:
    played = update(pending_migrations={"name": "pending", "run": "true"})
    played.play()
    assert {name: step.ok for name, step in steps(played).items()} == {
        "command-composer": True,
        "migrations": True,
        "open": True,
        "target": True,
        "plugins": True,
    }


def test_whether_migrations_are_pending_can_be_read_before_anything_is_touched(update: Make, shop: Shop) -> None:
    played = update(pending_migrations={"name": "pending", "run": "echo 'no such command'; exit 1"})
    with pytest.raises(UpdateStoppedError, match="cannot be read: 'pending' ended with exit code 1: no such command"):
        played.play()
    assert shop.version.read_text(encoding="utf-8") == OLD.core


def test_commands_are_run_in_the_folder_of_the_project(update: Make, tmp_path: Path) -> None:
    (tmp_path / "pending.txt").write_text("Migration1\n", encoding="utf-8")
    played = update(
        commands=[{"name": "composer", "run": "echo done > here"}],
        pending_migrations={"name": "pending", "run": "cat < pending.txt"},
    )
    played.root = tmp_path
    played.play()
    assert (tmp_path / "here").is_file()
    assert steps(played)["migrations"].actual == "1 pending: Migration1"


def test_pending_migrations_are_told_although_every_command_ended_well(update: Make) -> None:
    played = update(pending_migrations={"name": "pending", "run": "echo Migration1710493619ScheduledMedia"})
    played.play()
    migrations = steps(played)["migrations"]
    assert (migrations.ok, migrations.expected) == (False, "none pending")
    assert migrations.actual == "1 pending: Migration1710493619ScheduledMedia"


def test_how_long_each_step_took_is_told_once(tmp_path: Path) -> None:
    journal = UpdateJournal(tmp_path)
    journal.note("before", "started")
    for seconds in (3.2, 379.2):
        journal.note("before", "finished", seconds=seconds)
    journal.note("opening", "finished", seconds=0.6)
    assert seconds_of(journal) == ["before     379.2 s", "opening      0.6 s"]


def test_a_queue_that_nobody_works_off_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = iter([12, 12])
    monkeypatch.setattr(settling, "queue_size", lambda _: next(sizes))
    monkeypatch.setattr(settling, "overdue_tasks", lambda *_: [])
    monkeypatch.setattr(settling, "POLL_SECONDS", 0)
    admin: Any = SimpleNamespace(time=lambda: None)
    patience = iter([0.0, 0.0, 9.0])
    monkeypatch.setattr(settling, "monotonic", lambda: next(patience))
    _, queue = settling.wait_until_settled(admin, Settling(within=5), 1)
    assert (queue.ok, queue.actual) == (False, "12 messages, and none was worked off: does a worker run?")


def test_a_target_that_was_not_reached_is_told(update: Make) -> None:
    played = update(commands=[{"name": "composer", "run": "true"}])
    played.play()
    target = steps(played)["target"]
    assert (target.ok, target.expected, target.actual) == (False, "Shopware 6.6.7.1", "Shopware 6.6.6.1")


def test_a_command_that_fails_ends_the_update_and_is_told(update: Make) -> None:
    played = update(commands=[{"name": "composer", "run": "exit 3"}, {"name": "finish", "run": "true"}])
    played.play()
    assert not (played.folder / "after").exists()
    found = steps(played)
    assert found["command-composer"].actual == "'composer' ended with exit code 3"
    assert found["command-finish"].actual == "it was not run"


def test_without_a_backup_nothing_is_touched(update: Make, shop: Shop) -> None:
    played = update(preflight={"backup": {"name": "restore-test", "run": "exit 1"}})
    with pytest.raises(UpdateStoppedError, match="no backup that can be restored"):
        played.play()
    assert shop.version.read_text(encoding="utf-8") == OLD.core


def test_a_full_disk_is_noticed_before_anything_is_touched(update: Make) -> None:
    with pytest.raises(UpdateStoppedError, match=r"GB free; the plan wants 1e\+09 GB"):
        update(preflight={"free_disk": {"path": "/", "gigabytes": 1e9}}).play()


def test_what_is_not_permitted_is_not_updated(update: Make) -> None:
    with pytest.raises(UpdateStoppedError, match=r"permits: \{update: true\}") as caught:
        update(permits=False).play()
    assert caught.value.code == ExitCode.USAGE


def _journal(played: Update) -> list[str]:
    return played.journal.path.read_text(encoding="utf-8").splitlines(keepends=True)


def test_killed_after_any_line_of_the_journal_it_resumes_to_the_same_end(update: Make, shop: Shop) -> None:
    plan: dict[str, Any] = {
        "snapshot": {"name": "snapshot", "run": "true"},
        "maintenance": {"on": {"name": "close", "run": "true"}, "off": {"name": "open", "run": "true"}},
        "pending_migrations": {"name": "pending", "run": "true"},
    }
    played = update(**plan)
    played.play()
    whole, wanted = _journal(played), told(steps(played))
    for kept in range(len(whole)):
        played.journal.path.write_text("".join(whole[:kept]), encoding="utf-8")
        updated = any('"command-composer", "event": "started"' in line for line in whole[:kept])
        shop.version.write_text(NEW.core if updated else OLD.core, encoding="utf-8")
        times = shop.version.with_suffix(".times")
        times.write_text("", encoding="utf-8")
        resumed = update(**plan)
        try:
            resumed.play()
        except UpdateStoppedError as stopped:
            asked = re.search(r"--done (\S+)", str(stopped))
            assert asked is not None
            resumed = update(done=(asked[1],), **plan)
            resumed.play()
        assert told(steps(resumed)) == wanted, f"killed after line {kept}"
        assert times.read_text(encoding="utf-8").count("x") == (0 if updated else 1)


def test_a_command_under_way_runs_again_only_when_asked(update: Make, shop: Shop) -> None:
    played = update()
    played.play()
    lines = _journal(played)
    begun = next(n for n, line in enumerate(lines) if '"command-composer", "event": "started"' in line)
    played.journal.path.write_text("".join(lines[: begun + 1]), encoding="utf-8")
    with pytest.raises(UpdateStoppedError, match="--redo command-composer if it must run again"):
        update().play()
    update(redo=("command-composer",)).play()
    assert shop.version.with_suffix(".times").read_text(encoding="utf-8").count("x") == 2


def test_a_command_that_outlived_a_killed_update_is_waited_for(update: Make, shop: Shop) -> None:
    commands = [{**set_version(shop, NEW.core), "timeout": 0.3}]
    played = update(commands=commands)
    played.play()
    lines = _journal(played)
    begun = next(n for n, line in enumerate(lines) if '"command-composer", "event": "running"' in line)
    with subprocess.Popen(["sleep", "30"]) as alive:
        process = _identity_of(alive.pid)
        running = re.sub(r'"process": "[^"]*"', f'"process": "{process}"', lines[begun])
        played.journal.path.write_text("".join([*lines[:begun], running]), encoding="utf-8")
        for options in ({"done": ("command-composer",)}, {"redo": ("command-composer",)}):
            with pytest.raises(UpdateStoppedError, match="still working"):
                update(commands=commands, **options).play()
        threading.Timer(0.2, alive.kill).start()
        update(commands=[{**commands[0], "timeout": 20}], done=("command-composer",)).play()


def test_a_snapshot_that_failed_is_made_again_only_when_asked(update: Make, tmp_path: Path) -> None:
    snapshot = {"name": "snapshot", "run": f"echo no space; test -f {tmp_path}/room"}
    for _ in range(2):
        with pytest.raises(UpdateStoppedError, match="Mend what it says, then resume with --redo snapshot"):
            update(snapshot=snapshot).play()
    (tmp_path / "room").touch()
    update(snapshot=snapshot, redo=("snapshot",)).play()


OUTLIVED = """
import sys
from pathlib import Path
from updategate.config.update_plan import Command
from updategate.operations.update.commands import run_command
run = "echo first; sleep 1; echo second; echo $SECRET; touch " + sys.argv[2] + "; exit " + sys.argv[3]
command = Command(name="composer", run=run, timeout=20)
variables = {"PATH": "/usr/bin:/bin", "SECRET": "very-secret"}
run_command(command, Path(sys.argv[1]), variables, ["very-secret"], lambda line: print(line, flush=True),
            lambda process: print(process, flush=True))
"""


@pytest.mark.parametrize(("code", "event"), [(0, "finished"), (3, "failed")])
def test_a_command_outlives_a_killed_updategate_and_tells_how_it_ended(
    update: Make, shop: Shop, tmp_path: Path, code: int, event: str
) -> None:
    played = update()
    log, done = played.folder / "logs" / "command-composer.log", tmp_path / "done"
    arguments = [sys.executable, "-c", OUTLIVED, str(log), str(done), str(code)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        process = killed.stdout.readline().strip()
        assert killed.stdout.readline() == "first\n"
        killed.kill()
    deadline = time.monotonic() + 15
    while still_works(process) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert done.exists()
    assert log.read_text(encoding="utf-8") == "first\nsecond\n***\n"

    played.journal.note("command-composer", "started")
    played.journal.note("command-composer", "running", process=process)
    update().play()
    last = played.journal.last("command-composer")
    assert last is not None
    assert (last.event, last.detail["by"]) == (event, "its own end")
    # it was not run again
    assert not shop.version.with_suffix(".times").exists()


def test_the_way_back_is_checked(update: Make, shop: Shop) -> None:
    played = update(rollback=[set_version(shop, OLD.core, "restore")])
    played.play()
    (check,) = played.roll_back()
    assert (check.ok, check.actual) == (True, "Shopware 6.6.6.1, open")
    forgetful = update(rollback=[{"name": "restore", "run": "true"}], redo=("rollback",))
    shop.version.write_text(NEW.core, encoding="utf-8")
    (check,) = forgetful.roll_back()
    assert (check.ok, check.expected, check.actual) == (False, "Shopware 6.6.6.1, open", "Shopware 6.6.7.1")


def test_a_plan_keeps_variables_for_the_shell(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(
        "update: minor\nto: '6.6'\ncommands: [{name: ssh, run: 'ssh shop \"PASS=${SHOP_DB_PASSWORD} ./update\"'}]\n",
        encoding="utf-8",
    )
    assert "${SHOP_DB_PASSWORD}" in load_plan(path).commands[0].run


def test_plugin_theme_and_index_follow_the_update_in_this_order(update: Make, tmp_path: Path) -> None:
    said = tmp_path / "said"
    played = update(
        theme={"name": "theme", "run": f"echo theme >> {said}"},
        index={"name": "index", "run": f"echo index >> {said}"},
        plugin_lifecycle=[{"name": "plugin", "run": f"echo plugin >> {said}"}],
    )
    played.play()
    assert said.read_text(encoding="utf-8").split() == ["plugin", "theme", "index"]
    assert {"command-composer", "command-plugin", "command-theme", "command-index"} <= steps(played).keys()


def test_a_theme_that_does_not_compile_fails_the_update(update: Make) -> None:
    played = update(theme={"name": "theme", "run": "echo 'Unable to compile the theme'; exit 1"})
    played.play()
    assert steps(played)["command-theme"].actual == "'theme' ended with exit code 1: Unable to compile the theme"
    assert not (played.folder / "after").exists()


MAINTENANCE = {"on": {"name": "close", "run": "true"}, "off": {"name": "open", "run": "true"}}


def test_a_shop_that_stays_in_maintenance_is_told_and_not_tested(update: Make, shop: Shop) -> None:
    shop.closed = "in maintenance: Storefront"
    played = update(maintenance=MAINTENANCE)
    played.play()
    opened = steps(played)["open"]
    assert (opened.ok, opened.expected, opened.actual) == (
        False,
        "the shop is open again",
        "in maintenance: Storefront",
    )
    assert not (played.folder / "after").exists()


def test_a_shop_that_cannot_be_opened_fails_the_update_with_the_reason(update: Make, shop: Shop) -> None:
    shop.closed = "the home page answers 503"
    off = {"name": "open", "run": "echo \"Unknown column 'app.checkout_gateway_url'\"; exit 1"}
    played = update(maintenance={**MAINTENANCE, "off": off})
    played.play()
    assert steps(played)["maintenance-off"].actual == (
        "'open' ended with exit code 1: Unknown column 'app.checkout_gateway_url'"
    )
    assert not steps(played)["open"].ok


def test_customers_who_get_in_during_the_update_are_told(update: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Check("maintenance-page", ok=False, expected="customers get 503", actual="customers get 200")]
    monkeypatch.setattr(engine, "closed_for_customers", lambda _: found)
    played = update(maintenance=MAINTENANCE)
    played.play()
    assert steps(played)["maintenance-page"].actual == "customers get 200"


WAY_BACK: dict[str, Any] = {"snapshot": {"name": "snapshot", "run": "true"}, "rehearse_rollback": True}


def test_the_way_back_is_rehearsed_before_anything_is_updated(update: Make, shop: Shop) -> None:
    played = update(rollback=[set_version(shop, OLD.core, "restore")], **WAY_BACK)
    played.play()
    assert [entry.step for entry in played.journal.entries() if entry.event == "finished"][2:5] == [
        "snapshot",
        "rehearsal-restore",
        "rollback-rehearsal",
    ]
    assert steps(played)["rollback-rehearsal"].ok


def test_a_way_back_that_leads_elsewhere_stops_the_update(update: Make, shop: Shop) -> None:
    played = update(rollback=[set_version(shop, NEW.core, "restore")], **WAY_BACK)
    with pytest.raises(UpdateStoppedError, match="The way back does not lead back") as caught:
        played.play()
    assert "Nothing was updated" in str(caught.value)
    assert "command-composer" not in {entry.step for entry in played.journal.entries()}


def test_a_rollback_can_be_rehearsed_only_with_a_snapshot(update: Make) -> None:
    with pytest.raises(ConfigError, match="only where 'snapshot' and 'rollback' say how"):
        update(rehearse_rollback=True)


def test_a_resumed_update_does_not_go_back_twice(update: Make, shop: Shop) -> None:
    played = update(rollback=[set_version(shop, OLD.core, "restore")])
    played.play()
    played.roll_back()
    times = shop.version.with_suffix(".times").read_text(encoding="utf-8")
    again = update(rollback=[set_version(shop, OLD.core, "restore")])
    again.play()
    (check,) = again.roll_back()
    assert check.ok
    assert shop.version.with_suffix(".times").read_text(encoding="utf-8") == times


def test_the_verdict_of_a_resumed_update_is_about_the_updated_shop(update: Make, shop: Shop) -> None:
    played = update(rollback=[set_version(shop, OLD.core, "restore")])
    played.play()
    wanted = told(steps(played))
    played.roll_back()
    again = update(rollback=[set_version(shop, OLD.core, "restore")])
    again.play()
    assert told(steps(again)) == wanted


def test_speed_is_compared_last_and_once(update: Make) -> None:
    folders: list[Path] = []
    played = update()
    played.compare_speed = folders.append
    played.play()
    assert folders == [played.folder / "performance"]
    again = update()
    again.compare_speed = folders.append
    again.play()
    assert len(folders) == 1


def plan(**given: Any) -> UpdatePlan:
    return build(
        {"update": "minor", "to": "6.6.7.1", "commands": [{"name": "do", "run": "true"}], **given}, UpdatePlan, ""
    )


@pytest.mark.parametrize(
    ("given", "to", "plugins", "scope"),
    [
        ({"scope": "demo"}, None, {}, "demo"),
        ({"scope": "demo"}, "6.6.8.0", {"Acme": "2.0.0"}, "demo"),
        # nobody knows what the plugin touches
        ({"scope": "demo"}, None, {"Acme": "2.0.0"}, "full"),
        # the areas that compat found have made their processes critical
        ({"scope": "demo", "compat": ["reports/compat"]}, None, {"Acme": "2.0.0"}, "critical"),
    ],
)
def test_a_plugin_alone_is_validated_by_what_its_areas_call_for(
    given: dict[str, Any], to: str | None, plugins: dict[str, str], scope: str
) -> None:
    assert plan(**given).targeting(to, plugins).scope == scope


def test_commands_are_told_the_target() -> None:
    assert plan().targeting(None, {"Acme": "2.0.0"}).variables() == {
        "UPDATEGATE_TO": "",
        "UPDATEGATE_PLUGINS": "Acme=2.0.0",
        "UPDATEGATE_PLUGIN": "Acme",
        "UPDATEGATE_PLUGIN_VERSION": "2.0.0",
    }


def test_passwords_in_addresses_are_secret_in_every_spelling(tmp_path: Path) -> None:
    variables = {"SHOP_DB": "mysql://shop:p%40ss-word@db/shop", "API_TOKEN": 'quo"ted-token', "HOME": "/root"}
    hidden = secrets_in(variables)
    printed = r"""printf '%s\n' 'p%40ss-word' 'p@ss-word' 'quo"ted-token' '{"t": "quo\"ted-token"}' '/root'"""
    heard: list[str] = []
    run_command(command(printed), tmp_path / "log", {"PATH": "/usr/bin:/bin"}, hidden, heard.append)
    assert heard == ["***", "***", "***", '{"t": "***"}', "/root"]


def test_a_full_disk_does_not_end_an_update_command_half_way(tmp_path: Path) -> None:
    done = tmp_path / "done"
    heard: list[str] = []
    result = run_command(
        command(f"echo one; echo two; touch {done}"), Path("/dev/full"), {"PATH": "/usr/bin:/bin"}, (), heard.append
    )
    assert result.ok
    assert done.exists()
    assert heard == ["one", "two"]


def test_a_journal_that_cannot_be_written_stops_before_the_next_step(
    update: Make, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = update()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("updategate.operations.update.journal.os.fsync", full)
    with pytest.raises(ConfigError, match="No space left on device") as caught:
        played.play()
    assert "take the update up with --resume" in str(caught.value)
    assert shop.version.read_text(encoding="utf-8") == OLD.core


def test_a_clock_that_jumps_changes_no_verdict(update: Make, shop: Shop) -> None:
    """Times in the journal are for people; only the order of its lines counts."""
    played = update()
    played.play()
    wanted = told(steps(played))
    text = played.journal.path.read_text(encoding="utf-8")
    played.journal.path.write_text(re.sub(r'"at": "\d{4}', '"at": "1999', text, count=5), encoding="utf-8")
    again = update()
    again.play()
    assert told(steps(again)) == wanted
    assert shop.version.with_suffix(".times").read_text(encoding="utf-8").count("x") == 1
