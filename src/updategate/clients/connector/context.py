"""What an adapter of a connector is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from updategate.clients.admin_api import AdminApi
from updategate.config.erp import ConnectorSettings


@dataclass(frozen=True, slots=True)
class ConnectorContext:
    """The section ``connector`` of the environment file, and what is known beside it.

    ``url`` and ``token`` are those of an embedded connector, ``admin`` the shop (for its scheduled tasks and its
    queue), ``variables`` the process environment of commands.
    """

    settings: ConnectorSettings
    url: str | None = None
    token: str = ""
    admin: AdminApi | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
