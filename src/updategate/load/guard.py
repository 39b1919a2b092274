"""What stops load: missing permits and ceilings before it begins, an error storm or the kill switch while it runs."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from updategate.config.environment import Environment
from updategate.config.errors import ConfigError
from updategate.config.profile import Profile, Storm
from updategate.load.journey import Journey


class LoadStoppedError(RuntimeError):
    """Load was stopped before its end; what was measured is no result."""


def needed_permits(profile: Profile, journeys: Mapping[str, Journey]) -> dict[str, str]:
    """Permit by permit, the journey that first needs it."""
    needed = {"load": "load"}
    for name, weight in {**profile.mix, **profile.background}.items():
        if weight > 0:
            for permit in journeys[name].needs:
                needed.setdefault(permit, f"the journey '{name}'")
    return needed


def check_allowed(
    profile: Profile, environment: Environment, journeys: Mapping[str, Journey], source: str, requests_per_visit: float
) -> None:
    """Raise ConfigError unless the environment permits this load.

    ``requests_per_visit`` is the greatest number of steps of a journey in the mix: the ceiling of the environment file
    is on requests a second, and a profile's rate is in journeys.
    """
    allowed = environment.permits.allowed()
    for permit, why in needed_permits(profile, journeys).items():
        if permit not in allowed:
            raise ConfigError.single(
                environment.name,
                f"permits.{permit}",
                f"The profile '{profile.profile}' is not permitted here: {why} needs 'permits.{permit}'.",
                f"Write '{permit}: true' under 'permits' if this shop may be loaded so, or choose another profile.",
            )
    for name, weight in {**profile.mix, **profile.background}.items():
        if weight > 0 and journeys[name].admin and environment.admin is None:
            raise ConfigError.single(
                environment.name, "admin", f"The journey '{name}' uses the Admin API, but there is no 'admin' section."
            )
    limits = environment.load
    rate = (profile.top_rate or 0.0) * requests_per_visit
    if rate > limits.max_rate:
        raise ConfigError.single(
            source,
            "arrivals.rate",
            f"Up to {rate:g} requests a second ({profile.top_rate:g} journeys, {requests_per_visit:g} steps each) are "
            f"above the ceiling of {limits.max_rate:g} in the environment '{environment.name}'.",
            "Lower the rate or a stage's factor, or raise load.max_rate in the environment file.",
        )
    users = profile.top_users or 0
    if users > limits.max_users:
        raise ConfigError.single(
            source,
            "arrivals.users",
            f"{users} users are above the ceiling of {limits.max_users} in the environment '{environment.name}'.",
            "Lower the users or a stage's factor, or raise load.max_users in the environment file.",
        )


class ErrorStorm:
    """Counts the last steps; tells when too many of them failed."""

    def __init__(self, settings: Storm) -> None:
        self._settings = settings
        self._last: deque[bool] = deque(maxlen=settings.window)
        self._failed = 0

    def note(self, *, failed: bool) -> bool:
        """Take one step's outcome; whether this is a storm now."""
        if len(self._last) == self._settings.window:
            self._failed -= self._last[0]
        self._last.append(failed)
        self._failed += failed
        full = len(self._last) == self._settings.window
        return full and self._failed >= self._settings.share * self._settings.window

    def message(self) -> str:
        """What happened, for people."""
        return f"error storm: {self._failed} of the last {len(self._last)} steps failed; load was stopped at once"


class KillSwitch:
    """A file whose mere existence stops all load; looked for at most every ``every`` seconds."""

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.monotonic, every: float = 0.25) -> None:
        self.path = path
        self._clock, self._every = clock, every
        self._looked = -every

    def pulled(self) -> bool:
        """Whether the file is there."""
        if self.path is None or self._clock() - self._looked < self._every:
            return False
        self._looked = self._clock()
        return self.path.exists()

    def check(self) -> None:
        """Raise LoadStoppedError where the file is there."""
        if self.path is not None and self.path.exists():
            message = f"the kill switch {self.path} is pulled: no load while this file exists"
            raise LoadStoppedError(message)
