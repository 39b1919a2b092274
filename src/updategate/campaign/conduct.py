"""A run of load from beginning to end: checked, prepared, measured, written down, cleaned up."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from updategate.baseline.comparison import Comparison
from updategate.baseline.quantiles import GroupSummary, summarise
from updategate.baseline.reporting import indicators_of
from updategate.baseline.server import ServerFinding
from updategate.campaign.side_by_side import Campaign, Progress, Watcher
from updategate.config.environment import Environment
from updategate.config.errors import ConfigError
from updategate.config.profile import Profile
from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import Build, Phase, Provenance, RunStarted, Slice
from updategate.evidence.samples import Outcome, Samples, read_samples
from updategate.evidence.writer import EvidenceWriter
from updategate.load.guard import KillSwitch, LoadStoppedError, check_allowed
from updategate.load.journey import Journey, load_journeys
from updategate.load.orders import SliceOrder
from updategate.load.pools import at_address
from updategate.load.preparation import Preparation
from updategate.load.process import LoadProcess
from updategate.load.schedule import measured_windows


@dataclass(frozen=True)
class Workers:
    """Where load comes from: this process alone, ``count`` processes here, or ``count`` workers elsewhere."""

    count: int = 0
    remote: bool = False
    bind: str = "127.0.0.1"
    port: int = 0


@dataclass(frozen=True)
class LoadRun:
    """What is to be done: on which shop, with which profile, into which folder.

    ``variables`` is the process environment for the load process (secrets come from there). ``builds`` are the shops
    as they stand; the one after the update goes into the evidence.
    """

    environment_file: Path
    environment: Environment
    profile: Profile
    profile_source: str
    scenarios: Path
    folder: Path
    variables: Mapping[str, str]
    provenance: Provenance
    build: Build | None = None
    phase: Phase | None = None
    workers: Workers = field(default_factory=Workers)

    @property
    def run(self) -> str:
        """The run's id."""
        return self.folder.name

    def journeys(self) -> dict[str, Journey]:
        """The journeys, checked against the profile and against what the environment permits; or a ConfigError."""
        journeys = load_journeys(self.scenarios)
        used = [name for name in (*self.profile.mix, *self.profile.background) if name in journeys]
        groups = {group for name in used for group in journeys[name].groups}
        self.profile.check_names(journeys, groups, self.profile_source)
        check_allowed(
            self.profile, self.environment, journeys, self.profile_source, steps_per_visit(self.profile, journeys)
        )
        limits = self.environment.load
        KillSwitch(Path(limits.kill_switch) if limits.kill_switch else None).check()
        return journeys

    @property
    def users(self) -> int:
        """How many users wait for visits: enough for visits of 4 s in the open model, never above the ceiling."""
        wanted = self.profile.top_users or max(8, math.ceil((self.profile.top_rate or 1.0) * 4))
        return min(self.environment.load.max_users, wanted)


def steps_per_visit(profile: Profile, journeys: Mapping[str, Journey]) -> float:
    """Steps of an average visit of the mix."""
    total = sum(profile.mix.values())
    return sum(weight * len(journeys[name].groups) for name, weight in profile.mix.items()) / total


@contextmanager
def _evidence(job: LoadRun) -> Iterator[EvidenceWriter]:
    writer = EvidenceWriter(job.folder, job.run)
    writer.write(
        RunStarted(
            kind="load",
            scope=job.profile.profile,
            phase=job.phase,
            build=job.build,
            environment={"name": job.environment.name, "machine_class": job.environment.machine_class},
            provenance=job.provenance,
        )
    )
    try:
        yield writer
    except KeyboardInterrupt:
        writer.finish(job.build, interrupted=True, reason="interrupted")
        raise
    except LoadStoppedError as error:
        writer.finish(job.build, interrupted=True, reason=str(error))
        raise
    except BaseException as error:
        writer.finish(job.build, interrupted=True, reason=f"{type(error).__name__}: {error}")
        raise
    writer.finish(job.build)


def _process(job: LoadRun, addresses: Mapping[str, str], preparation: Preparation) -> LoadProcess:
    return LoadProcess(
        environment_file=job.environment_file,
        scenarios=job.scenarios,
        profile=job.profile,
        addresses=addresses,
        pools={arm: shop.pools for arm, shop in preparation.shops.items()},
        run=job.run,
        users=job.users,
        variables=job.variables,
        workers=job.workers.count,
        remote=job.workers.remote,
        bind=job.workers.bind,
        port=job.workers.port,
        log=job.folder / "load.log",
    )


@dataclass(frozen=True)
class CampaignResult:
    """What a campaign found: the comparison of times, figures of the server, and what could not be cleaned up."""

    comparison: Comparison
    costs: tuple[ServerFinding, ...]
    left_behind: tuple[str, ...]


def compare_side_by_side(
    job: LoadRun,
    reference: str,
    *,
    progress: Progress,
    watcher: Watcher | None = None,
    restart: Callable[[int], None] | None = None,
    resume: RunEvidence | None = None,
    allow_self: bool = False,
) -> CampaignResult:
    """Mode A against the shop at ``reference``.

    Raises:
        ConfigError: something is not permitted or does not exist; nothing was sent.
        LoadStoppedError: load was stopped; the evidence says why, and the campaign can be resumed.

    """
    journeys = job.journeys()
    if job.profile.arrivals.model != "open":
        raise ConfigError.single(
            job.profile_source,
            "arrivals.model",
            "A comparison needs the open model: a closed one sends less to the slower shop, and hides the difference.",
        )
    if reference.rstrip("/") == job.environment.url and not allow_self:
        # comparing a shop with itself is how false alarms are measured, so it is possible, but never by accident
        raise ConfigError.single(
            str(job.environment_file),
            "reference",
            "The reference is the shop itself.",
            "Name a copy of the shop as it was before the update; to measure false alarms, use --allow-self.",
        )
    addresses = {"before": reference.rstrip("/"), "after": job.environment.url}
    environments = {arm: at_address(job.environment, url) for arm, url in addresses.items()}
    preparation = Preparation(job.profile, journeys, environments, job.run)
    cold = any(rules.cache == "cold" for rules in job.profile.groups.values())
    with _evidence(job) as writer:
        try:
            preparation.prepare(writer)
            with _process(job, addresses, preparation) as process:
                campaign = Campaign(
                    job.profile,
                    process,
                    job.folder,
                    writer,
                    progress,
                    watcher,
                    restart,
                    before_slice=(lambda arm: clear_cache(preparation, arm)) if cold else None,
                )
                if resume is not None:
                    campaign.take_up(resume.folder, resume.of_type(Slice))
                found = campaign.run()
        finally:
            _, faults = preparation.clean(writer)
    return CampaignResult(found, campaign.costs, tuple(faults))


def clear_cache(preparation: Preparation, arm: str) -> None:
    """Clear one shop's caches, for groups that are measured cold."""
    access = preparation.shops[arm].access
    access.require("admin_write", "Clearing the caches for groups measured cold")
    access.back_office.clear_cache()


@dataclass(frozen=True)
class ProfileResult:
    """What a run of a whole profile found, per group; ``troubles`` say why it does not count."""

    groups: Mapping[str, GroupSummary]
    faults: Mapping[str, int]
    troubles: tuple[str, ...]
    left_behind: tuple[str, ...]


def play_profile(job: LoadRun) -> ProfileResult:
    """Play all stages of the profile on the environment's shop; evidence and indicators, no verdict."""
    journeys = job.journeys()
    preparation = Preparation(job.profile, journeys, {"after": job.environment}, job.run)
    with _evidence(job) as writer:
        try:
            preparation.prepare(writer)
            with _process(job, {"after": job.environment.url}, preparation) as process:
                path = Path("samples") / "after" / "run.npz"
                windows = tuple(measured_windows(job.profile))
                result = process.play(
                    SliceOrder(
                        name="run",
                        arm="after",
                        seed=job.profile.seed,
                        kind="run",
                        seconds=job.profile.seconds,
                        windows=windows,
                        path=str(job.folder / path),
                    )
                )
            troubles = list(result.troubles)
            if not result.due:
                troubles.append("no request was made: nothing was measured")
            elif not result.answered:
                troubles.append("every request failed: fast failures are not fast")
            writer.write(
                Slice(
                    name="run",
                    arm="before" if job.phase == "before" else "after",
                    path=str(path),
                    sha256=result.sha256,
                    due=result.due,
                    answered=result.answered,
                    troubles=tuple(troubles),
                    faults=dict(result.faults),
                    client=dict(result.client),
                )
            )
            groups = summaries(read_samples(job.folder / path, result.sha256))
            for indicator in indicators_of(groups):
                writer.write(indicator)
        finally:
            _, faults = preparation.clean(writer)
    return ProfileResult(groups, result.faults, tuple(troubles), tuple(faults))


def summaries(samples: Samples) -> dict[str, GroupSummary]:
    """Summaries per group of what was due in the windows that count."""
    windows = [(float(start), float(end)) for start, end in samples.facts["windows"]]
    mask = np.zeros(len(samples), dtype=bool)
    for start, end in windows:
        mask |= (samples.intended >= start) & (samples.intended < end)
    kept = samples.only(mask)
    times = kept.times()
    failed, lost, dropped = (kept.counts(outcome) for outcome in (Outcome.FAILED, Outcome.UNREACHABLE, Outcome.DROPPED))
    seconds = sum(end - start for start, end in windows)
    return {
        group: summarise(
            group, times[group], failed=failed[group] + lost[group], dropped=dropped[group], seconds=seconds
        )
        for group in samples.groups
    }
