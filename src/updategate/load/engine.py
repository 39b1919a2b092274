"""Plays slices with Locust users: inside the load process only.

Users are slots that take visits from one queue. Visits are due by the schedule: one that finds no free user
waits, and its first step's time counts from when it was due; one that waits too long is dropped, and counts.
"""

from __future__ import annotations

import itertools
import math
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gevent
import gevent.event
import gevent.queue
import numpy as np
from locust import User, constant, task
from locust.env import Environment as LocustEnvironment

from updategate.actors.identity import Identity
from updategate.actors.shop_access import ShopAccess
from updategate.clients.admin_api import AdminApi
from updategate.clients.connection import connection_settings, credentials
from updategate.clients.errors import ShopError
from updategate.config.environment import Environment
from updategate.config.profile import Profile
from updategate.evidence.samples import Outcome
from updategate.load.client_watch import ClientState, LoopProbe
from updategate.load.guard import ErrorStorm, KillSwitch, LoadStoppedError
from updategate.load.journey import Journey, StopVisit, Visit
from updategate.load.locust_transport import LocustTransport
from updategate.load.orders import Row, SliceOrder
from updategate.load.pools import Pools
from updategate.load.schedule import Arrival, deck, slice_arrivals, stage_arrivals

LATEST_START = 2.0
"""Seconds after which a visitor who found no free user has gone to another shop."""
STEP_FAULTS = (ShopError, AssertionError, LookupError, TypeError, ValueError, ArithmeticError, PermissionError)
"""What a shop that answers wrongly makes actors raise; anything else is a mistake of ours and ends the run."""


@dataclass
class PlayedSlice:
    """A slice while it is played."""

    order: SliceOrder
    arrivals: Sequence[Arrival]
    storm: ErrorStorm
    begun: float = 0.0
    rows: list[Row] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    started: int = 0
    late: int = 0
    dropped: int = 0
    stop: str = ""
    open_visits: int = 0

    def now(self) -> float:
        """Seconds since the slice began."""
        return time.perf_counter() - self.begun

    @property
    def over(self) -> bool:
        """Whether no more steps may begin."""
        return bool(self.stop) or self.now() >= self.order.seconds


@dataclass(frozen=True, slots=True)
class Ticket:
    """A visit that is due; in the closed model, a seat: ``number`` visits on and on until the end."""

    played: PlayedSlice
    arrival: Arrival
    number: int | None = None


class StepClock:
    """Times the steps of one visit. The first step was due at the arrival, each other one when it begins."""

    def __init__(self, played: PlayedSlice, transport: LocustTransport, groups: Mapping[str, int], due: float) -> None:
        self._played, self._transport, self._groups = played, transport, groups
        self._due: float | None = due
        self._intended = 0.0
        self._late = 0.0
        self.told: BaseException | None = None

    def begin(self, group: str) -> None:
        """A step begins; raises StopVisit where the slice is over."""
        if group not in self._groups:
            message = f"the journey times the group {group!r}, which it does not declare"
            raise RuntimeError(message)
        if self._played.over:
            raise StopVisit
        now = self._played.now()
        self._intended = now if self._due is None else self._due
        self._due = None
        self._late = now - self._intended
        self._transport.meter.reset()

    def end(self, group: str, fault: BaseException | None) -> None:
        """The step ended."""
        if isinstance(fault, StopVisit | gevent.GreenletExit):
            return
        meter, played = self._transport.meter, self._played
        if fault is None and not meter.requests:
            message = f"a step of the group {group!r} made no request"
            raise RuntimeError(message)
        outcome = Outcome.ANSWERED
        self.told = fault
        if fault is not None:
            outcome = Outcome.UNREACHABLE if isinstance(fault, ShopError) and _no_answer(fault) else Outcome.FAILED
            played.faults[f"{group}: {type(fault).__name__}: {str(fault)[:160]}"] += 1
        elapsed = self._late + meter.seconds if meter.requests else math.nan
        row = (self._groups[group], self._intended, self._late, elapsed, int(outcome), meter.size)
        played.rows.append(row)
        if played.storm.note(failed=fault is not None):
            played.stop = played.stop or played.storm.message()

    def wait(self, seconds: float) -> None:
        """Let the visitor wait; who would come back after the end of the slice goes home."""
        if self._played.now() + seconds >= self._played.order.seconds:
            raise StopVisit
        gevent.sleep(seconds)


def _no_answer(fault: ShopError) -> bool:
    return type(fault).__name__ in {"ShopUnreachableError", "RequestFaultError"}


class VisitorUser(User):
    """One of Locust's users: takes the next visit, and the next."""

    wait_time = constant(0)

    def on_start(self) -> None:
        """Join the engine."""
        self.engine: Engine = self.environment.updategate_engine
        self.transports: dict[str, LocustTransport] = {}
        self.accesses: dict[str, ShopAccess] = {}

    @task
    def next_visit(self) -> None:
        """Take one visit from the queue and make it."""
        self.engine.serve(self)


class Engine:
    """Owns the queue of visits and plays one slice at a time."""

    def __init__(
        self,
        profile: Profile,
        environments: Mapping[str, Environment],
        pools: Mapping[str, Pools],
        journeys: Mapping[str, Journey],
        run: str,
    ) -> None:
        self.profile, self.environments, self.pools, self.journeys, self.run = (
            profile,
            environments,
            pools,
            journeys,
            run,
        )
        used = [journeys[name] for name in (*profile.mix, *profile.background)]
        self.groups = tuple(dict.fromkeys(group for journey in used for group in journey.groups))
        self._group_index = {name: i for i, name in enumerate(self.groups)}
        self.queue: gevent.queue.Queue[Ticket] = gevent.queue.Queue()
        self._visits = itertools.count()
        self.probe = LoopProbe(gevent.sleep)
        self.broken: BaseException | None = None
        self.stop_reason = ""
        first = next(iter(environments.values()))
        self._kill_switch = KillSwitch(Path(first.load.kill_switch) if first.load.kill_switch else None)
        self._cache = {name: rules.cache for name, rules in profile.groups.items()}
        gevent.spawn(self.probe.run)

    # -- users

    def serve(self, user: VisitorUser) -> None:
        """Make one visit with this user; called again and again by Locust."""
        ticket = self.queue.get()
        played = ticket.played
        played.open_visits += 1
        try:
            if ticket.number is None:
                self._visit(user, played, ticket.arrival)
            else:
                self._sit(user, played, ticket.number, ticket.arrival.seed)
        except gevent.GreenletExit:
            raise
        except BaseException as fault:  # noqa: BLE001 - a mistake of ours must end the run, not one greenlet
            self.broken = self.broken or fault
            played.stop = played.stop or f"the load engine broke: {type(fault).__name__}: {fault}"
        finally:
            played.open_visits -= 1

    def _visit(self, user: VisitorUser, played: PlayedSlice, arrival: Arrival) -> None:
        closed = self.profile.arrivals.model == "closed"
        now = played.now()
        journey = self.journeys[arrival.journey]
        if played.over or (not closed and now - arrival.at > LATEST_START):
            self._drop(played, journey, arrival)
            return
        played.started += 1
        played.late += not closed and now - arrival.at > 0.05
        transport, access = self._connection(user, played.order.arm)
        transport.new_visitor()
        clock = StepClock(played, transport, self._group_index, now if closed else arrival.at)
        visit = Visit(
            access=access,
            identity=Identity(
                seed=self.environments[played.order.arm].data_seed,
                process="LOAD",
                case=f"{played.order.name} {arrival.seed} {next(self._visits)}",
                run=self.run,
            ),
            pools=self.pools[played.order.arm],
            clock=clock,
            seed=arrival.seed,
            think_range=self.profile.arrivals.think,
            cache=self._cache,
        )
        try:
            journey.walk(visit)
        except StopVisit:
            pass
        except STEP_FAULTS as fault:
            if fault is not clock.told:  # raised between steps
                played.faults[f"{journey.name}: {type(fault).__name__}: {str(fault)[:160]}"] += 1
        try:
            visit.finish()
        except STEP_FAULTS as fault:
            played.faults[f"leaving {journey.name}: {type(fault).__name__}: {str(fault)[:160]}"] += 1

    def _drop(self, played: PlayedSlice, journey: Journey, arrival: Arrival) -> None:
        played.dropped += 1
        for group in journey.groups:
            row = (self._group_index[group], arrival.at, math.nan, math.nan, int(Outcome.DROPPED), 0)
            played.rows.append(row)

    def _connection(self, user: VisitorUser, arm: str) -> tuple[LocustTransport, ShopAccess]:
        if arm not in user.transports:
            environment, pools = self.environments[arm], self.pools[arm]
            transport = LocustTransport(environment.url, connection_settings(environment))
            user.transports[arm] = transport
            user.accesses[arm] = ShopAccess(
                transport=transport,
                access_key=environment.sales_channel.access_key.get_secret_value(),
                storefront_url=environment.storefront_url,
                admin=AdminApi(transport, credentials(environment.admin)) if environment.admin else None,
                permits=environment.permits.allowed(),
                known_currency=pools.currency or None,
                _countries=dict(pools.countries),
                _salutations=dict(pools.salutations),
            )
        return user.transports[arm], user.accesses[arm]

    # -- slices

    def play(self, order: SliceOrder) -> tuple[list[Row], ClientState, dict[str, int]]:
        """Play one slice to its end and return its rows, the client's state, and faults by message.

        Raises:
            LoadStoppedError: the kill switch, an error storm, a signal, or a mistake of ours.

        """
        if self.stop_reason:
            raise LoadStoppedError(self.stop_reason)
        self._kill_switch.check()
        whole = self._arrivals(order)
        played = PlayedSlice(order, whole[order.worker :: order.workers], ErrorStorm(self.profile.storm))
        self.probe.begin()
        played.begun = time.perf_counter()
        if self.profile.arrivals.model == "closed":
            self._dispatch_closed(played)
        else:
            self._dispatch(played)
        self._drain(played)
        state = self.probe.end(
            late_share=played.late / played.started if played.started else 0.0,
            dropped=played.dropped,
            busy_users=played.open_visits,
        )
        if self.broken is not None:
            raise LoadStoppedError(played.stop) from self.broken
        if played.stop:
            raise LoadStoppedError(played.stop)
        return played.rows, state, dict(played.faults.most_common(20))

    def _arrivals(self, order: SliceOrder) -> Sequence[Arrival]:
        if self.profile.arrivals.model == "closed":
            return ()
        if order.kind == "slice":
            return slice_arrivals(self.profile, order.seed)
        return stage_arrivals(self.profile, order.seed)

    def _dispatch(self, played: PlayedSlice) -> None:
        for arrival in played.arrivals:
            while (wait := arrival.at - played.now()) > 0 and not self._halted(played):
                gevent.sleep(min(wait, 0.25))
            if self._halted(played):
                return
            self.queue.put(Ticket(played, arrival))
        while (wait := played.order.seconds - played.now()) > 0 and not self._halted(played):
            gevent.sleep(min(wait, 0.25))

    def _dispatch_closed(self, played: PlayedSlice) -> None:
        rng = np.random.default_rng([played.order.seed, played.order.worker])
        users = self.profile.top_users or 1
        for number in range(played.order.worker, users, played.order.workers):
            self.queue.put(Ticket(played, Arrival(0.0, "", int(rng.integers(2**31))), number))
        while played.now() < played.order.seconds and not self._halted(played):
            gevent.sleep(0.05)

    def _sit(self, user: VisitorUser, played: PlayedSlice, number: int, seed: int) -> None:
        """Make one visit after the other, while the stage has room for a user of this number."""
        chance = random.Random(seed)  # noqa: S311 - choices of a visitor, not a secret
        rng = np.random.default_rng(seed)
        users, (least, most) = self.profile.arrivals.users or 1, self.profile.arrivals.pause
        names: list[str] = []
        while not played.over:
            if number >= users * self._factor(played.now()):
                gevent.sleep(0.1)
                continue
            names = names or deck(self.profile.mix, 20, rng)
            self._visit(user, played, Arrival(played.now(), names.pop(), chance.getrandbits(31)))
            gevent.sleep(chance.uniform(least, most) if most else 0)

    def _factor(self, at: float) -> float:
        passed = 0.0
        for stage in self.profile.stages:
            passed += stage.seconds
            if at < passed:
                return stage.factor
        return 0.0

    def _halted(self, played: PlayedSlice) -> bool:
        if self._kill_switch.pulled():
            played.stop = played.stop or f"the kill switch {self._kill_switch.path} was pulled"
        if self.stop_reason:
            played.stop = played.stop or self.stop_reason
        return bool(played.stop)

    def _drain(self, played: PlayedSlice) -> None:
        """Let open visits end: no new step begins, but one that began is waited for, and visitors leave."""
        deadline = time.perf_counter() + self.profile.comparison.drain
        while (self.queue.qsize() or played.open_visits) and time.perf_counter() < deadline:
            gevent.sleep(0.005)
        while self.queue.qsize():
            left = self.queue.get_nowait()
            self._drop(left.played, self.journeys[left.arrival.journey], left.arrival)


class LoadEnvironment(LocustEnvironment):
    """Locust's environment, with the engine that its users serve."""

    def __init__(self, engine: Engine | None) -> None:
        super().__init__(user_classes=[VisitorUser], catch_exceptions=False, reset_stats=False)
        self.updategate_engine = engine


def spawn_users(runner: Any, users: int, timeout: float = 30.0) -> None:  # noqa: ANN401 - Locust's runners
    """Start ``users`` users and wait until they are there; raises LoadStoppedError otherwise."""
    runner.start(users, spawn_rate=users)
    deadline = time.monotonic() + timeout
    while runner.user_count < users:
        if time.monotonic() > deadline:
            message = f"only {runner.user_count} of {users} users started within {timeout:g} s"
            raise LoadStoppedError(message)
        gevent.sleep(0.05)
