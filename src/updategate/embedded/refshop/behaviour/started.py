"""What a mutant may know of the start of its shop: was it updated, and which plugins has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Started:
    """How the shop was started.

    ``updated_from`` is the version that the data were served with before, if another version is served now;
    ``updated_at`` the moment at which that was noticed first. ``plugins`` are the versions by name.
    """

    updated_from: str | None = None
    updated_at: datetime | None = None
    plugins: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def has_plugin(self, name: str, *least: int) -> bool:
        """Tell whether the plugin has this version or a newer one."""
        version = self.plugins.get(name)
        return version is not None and tuple(int(part) for part in version.split(".") if part.isdigit()) >= least

    def is_from_before(self, moment: datetime | None) -> bool:
        """Tell whether something of this moment was there when the shop was updated."""
        return self.updated_at is not None and (moment is None or moment < self.updated_at)
