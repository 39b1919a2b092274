"""Serves orders inside the load process: alone, as a master of workers, or as a worker.

Workers are Locust's own: heartbeats, spawning and loss of a worker are its business; orders and rows travel as
its messages. The plan that a master sends holds no secrets: every worker reads the environment file itself.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import gevent
import gevent.event
import gevent.fileobject
import numpy as np

from updategate.config.environment import Environment, load_environment
from updategate.config.errors import ConfigError
from updategate.config.loading import build
from updategate.config.profile import Profile
from updategate.evidence.samples import Outcome, Samples, write_samples
from updategate.load.client_watch import ClientState, worst_of
from updategate.load.engine import Engine, LoadEnvironment, spawn_users
from updategate.load.guard import LoadStoppedError
from updategate.load.journey import load_journeys
from updategate.load.orders import Row, SliceOrder
from updategate.load.pools import Pools, at_address, load_identity

CHUNK = 20_000
Played = tuple[list[Row], ClientState, dict[str, int]]


def build_engine(plan: Mapping[str, Any], environment: Environment, scenarios: Path) -> Engine:
    """The engine for a plan: profile, pools by arm, and the address of each arm's shop."""
    profile = build(plan["profile"], Profile, "plan")
    environments = {arm: at_address(environment, url) for arm, url in plan["arms"].items()}
    identity = {arm: load_identity(environments[arm], plan["run"]) for arm in environments}
    pools = {arm: Pools.from_json(body, identity[arm]) for arm, body in plan["pools"].items()}
    return Engine(profile, environments, pools, load_journeys(scenarios), plan["run"])


def write_slice(order: SliceOrder, engine: Engine, played: Played) -> dict[str, Any]:
    """Write the samples file of a slice and describe it."""
    rows, state, faults = played
    limits = engine.profile.client
    samples = Samples.of(
        engine.groups,
        sorted(rows, key=lambda row: row[1]),
        {
            "slice": order.name,
            "arm": order.arm,
            "kind": order.kind,
            "seed": order.seed,
            "seconds": order.seconds,
            "windows": [list(window) for window in order.windows],
            "client": state.to_json(),
        },
    )
    digest = write_samples(Path(order.path), samples)
    counted = np.zeros(len(samples), dtype=bool)
    for start, end in order.windows:
        counted |= (samples.intended >= start) & (samples.intended < end)
    kept = samples.only(counted)
    return {
        "name": order.name,
        "arm": order.arm,
        "path": order.path,
        "sha256": digest,
        "due": len(kept),
        "answered": int((kept.outcome == Outcome.ANSWERED).sum()),
        "client": state.to_json(),
        "faults": faults,
        "troubles": list(
            state.troubles(cpu=limits.cpu, lag_p99=limits.lag_p99_ms / 1000, late_share=limits.late_share)
        ),
    }


# -- the process that a run starts


def serve(environment_file: str, scenarios: str, *, workers: int, bind: str, port: int) -> int:
    """Serve orders from standard input until its end; returns the exit code."""
    try:
        environment = load_environment(Path(environment_file))
        lines = gevent.fileobject.FileObjectThread(sys.stdin.buffer, "rb")
        plan = json.loads(lines.readline() or b"{}")
        if not plan:
            return 0
        engine = build_engine(plan, environment, Path(scenarios))
    except ConfigError as error:
        _answer({"error": str(error), "kind": "config"})
        return 2
    halt_on_signals(engine)
    locust = LoadEnvironment(engine)
    users = int(plan["users"])
    play: Callable[[SliceOrder], Played] = engine.play
    runner: Any = None
    try:
        if workers:
            master = Master(locust, engine, workers, bind, port)
            master.gather(plan)
            play = master.play
            runner = master.runner
        else:
            runner = locust.create_local_runner()
        spawn_users(runner, users)
        _answer({"ready": True, "groups": list(engine.groups), "users": users, "workers": workers})
        _serve_lines(lines, engine, play)
    except LoadStoppedError as error:
        _answer({"error": str(error), "kind": "stopped"})
        return 3
    finally:
        if runner is not None:
            runner.quit()
    return 0


def _serve_lines(lines: Any, engine: Engine, play: Callable[[SliceOrder], Played]) -> None:  # noqa: ANN401
    inbox: gevent.queue.Queue[bytes] = gevent.queue.Queue()

    def read() -> None:
        # the end of the input means that the run is gone, even while a slice is being played
        while line := lines.readline():
            inbox.put(line)
        engine.stop_reason = engine.stop_reason or "the run that asked for this load has ended"
        inbox.put(b"")

    gevent.spawn(read)
    while line := inbox.get():
        body = json.loads(line)
        if body.get("stop"):
            return
        order = SliceOrder.from_json(body["slice"])
        try:
            _answer({"result": write_slice(order, engine, play(order))})
        except LoadStoppedError as error:
            _answer({"error": str(error), "kind": "stopped"})
            return


def halt_on_signals(engine: Engine) -> None:
    """Let SIGINT and SIGTERM stop all load at once."""

    def halt(number: int) -> None:
        engine.stop_reason = f"interrupted by {signal.Signals(number).name}"

    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, halt, number)


def _answer(body: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(body) + "\n")
    sys.stdout.flush()


# -- master and workers


class Master:
    """Hands slices to workers and puts their rows together."""

    def __init__(self, locust: LoadEnvironment, engine: Engine, workers: int, bind: str, port: int) -> None:
        self._engine, self._wanted = engine, workers
        self.runner = locust.create_master_runner(bind, port)
        self.runner.register_message("updategate_rows", self._take_rows)
        self.runner.register_message("updategate_done", self._take_done)
        self._rows: dict[str, list[Row]] = {}
        self._done: dict[str, dict[str, Any]] = {}
        self._changed = gevent.event.Event()

    def gather(self, plan: Mapping[str, Any], timeout: float = 60.0) -> None:
        """Wait until all workers have come, and give them the plan."""
        deadline = time.monotonic() + timeout
        while self._count() < self._wanted:
            if time.monotonic() > deadline or self._engine.stop_reason:
                message = f"only {self._count()} of {self._wanted} load workers came within {timeout:g} s"
                raise LoadStoppedError(self._engine.stop_reason or message)
            gevent.sleep(0.05)
        self._ask("updategate_plan", dict(plan), timeout)

    def play(self, order: SliceOrder) -> Played:
        """Play one slice on all workers at once."""
        self._ask("updategate_slice", order.to_json(), order.seconds + 60.0)
        states = [ClientState(**answer["client"]) for answer in self._done.values()]
        faults: Counter[str] = Counter()
        for answer in self._done.values():
            faults.update(answer["faults"])
        rows = [row for found in self._rows.values() for row in found]
        return rows, worst_of(states), dict(faults.most_common(20))

    def _ask(self, what: str, body: dict[str, Any], timeout: float) -> None:
        names = sorted(client.id for client in self.runner.clients.all if client.state not in {"missing", "quit"})
        if len(names) < self._wanted:
            message = f"only {len(names)} of {self._wanted} load workers are left"
            raise LoadStoppedError(message)
        self._rows, self._done = {name: [] for name in names}, {}
        for number, name in enumerate(names):
            share = {"worker": number, "workers": len(names)}
            self.runner.send_message(what, {"body": {**body, **share}}, client_id=name)
        deadline = time.monotonic() + timeout
        while len(self._done) < len(names):
            self._changed.clear()
            self._changed.wait(0.25)
            lost = {client.id for client in self.runner.clients.all if client.state == "missing"} & set(names)
            if lost or time.monotonic() > deadline:
                missing = sorted(lost or set(names) - set(self._done))
                message = f"load workers were lost during a slice: {', '.join(missing)}"
                raise LoadStoppedError(message)
        for answer in self._done.values():
            if answer.get("error"):
                raise LoadStoppedError(str(answer["error"]))

    def _count(self) -> int:
        return len([client for client in self.runner.clients.all if client.state != "missing"])

    def _take_rows(self, msg: Any, **_kwargs: object) -> None:  # noqa: ANN401 - Locust's message
        flat = np.frombuffer(msg.data["rows"], dtype=np.float64).reshape(-1, 6)
        self._rows[msg.node_id] += [(int(r[0]), r[1], r[2], r[3], int(r[4]), int(r[5])) for r in flat.tolist()]

    def _take_done(self, msg: Any, **_kwargs: object) -> None:  # noqa: ANN401
        self._done[msg.node_id] = msg.data
        self._changed.set()


def serve_as_worker(environment_file: str, scenarios: str, host: str, port: int) -> int:
    """Take plan and slices from a master until it quits; returns the exit code."""
    try:
        environment = load_environment(Path(environment_file))
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    locust = LoadEnvironment(None)
    runner = locust.create_worker_runner(host, port)

    def take_plan(msg: Any, **_kwargs: object) -> None:  # noqa: ANN401
        try:
            locust.updategate_engine = build_engine(msg.data["body"], environment, Path(scenarios))
            halt_on_signals(locust.updategate_engine)
            runner.send_message("updategate_done", {"error": ""})
        except (ConfigError, KeyError, ValueError) as error:
            runner.send_message("updategate_done", {"error": f"a load worker cannot play this plan: {error}"})

    def take_slice(msg: Any, **_kwargs: object) -> None:  # noqa: ANN401
        engine = locust.updategate_engine
        order = SliceOrder.from_json(msg.data["body"])
        if engine is None:
            runner.send_message("updategate_done", {"error": "a load worker has got no plan"})
            return
        try:
            rows, state, faults = engine.play(order)
        except LoadStoppedError as error:
            runner.send_message("updategate_done", {"error": str(error)})
            return
        for start in range(0, len(rows), CHUNK):
            flat = np.asarray(rows[start : start + CHUNK], dtype=np.float64)
            runner.send_message("updategate_rows", {"rows": flat.tobytes()})
        named = replace(state, worker=str(order.worker))
        runner.send_message("updategate_done", {"client": named.to_json(), "faults": faults})

    runner.register_message("updategate_plan", take_plan, concurrent=True)
    runner.register_message("updategate_slice", take_slice, concurrent=True)
    runner.greenlet.join()
    return 0
