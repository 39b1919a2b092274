"""Records the exchanges of a connector's run, through a proxy before the shop."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from updategate.clients.connection import admin_api
from updategate.clients.connector import ConnectorUnreachableError
from updategate.clients.errors import ShopError
from updategate.clients.json_text import write_json
from updategate.config.environment import Environment
from updategate.config.process_environment import for_child
from updategate.operations.contract.schema import schema_of
from updategate.operations.counterparts import Starting, connector_of

PROXY_VARIABLE = "UPDATEGATE_PROXY_URL"


@dataclass(frozen=True, slots=True)
class Recording:
    """What was recorded: the file, how many exchanges, and the shop's schema beside it, if it has one."""

    file: Path
    exchanges: int
    schema: Path | None
    code: int = 0


def schema_file(tape: Path) -> Path:
    """Where the schema of a recording stands."""
    return tape.with_suffix(".schema.json")


def record(
    environment: Environment,
    tape: Path,
    *,
    flows: Sequence[str] = (),
    command: Sequence[str] = (),
    ready: Callable[[str], None],
    until_interrupted: Callable[[], None],
) -> Recording:
    """Put a recording proxy before the shop, and let the connector run.

    ``flows`` are exchanged by the connector of the environment; a ``command`` runs with the proxy's address in
    ``UPDATEGATE_PROXY_URL``; with neither, this waits until it is interrupted. ``ready`` is told the address.
    """
    starting = Starting(_through_proxy(environment), os.getpid())
    code = 0
    try:
        started = starting.start(record=tape)
        url = (started.proxy or {}).get("url", "")
        ready(url)
        if flows:
            connector = connector_of(environment, started)
            connector.start(*flows).until_idle()
            connector.close()
        elif command:
            try:
                code = subprocess.call(list(command), env=for_child({PROXY_VARIABLE: url}))  # noqa: S603 - as asked for
            except OSError as fault:
                raise ConnectorUnreachableError(f"command '{command[0]}'", str(fault.strerror)) from None
        else:
            until_interrupted()
    finally:
        starting.stop()
    count = len(tape.read_text(encoding="utf-8").splitlines()) if tape.is_file() else 0
    return Recording(tape, count, _keep_schema(environment, tape), code)


def _through_proxy(environment: Environment) -> Environment:
    """The same environment with a proxy before its shop; without a connector, only the proxy is started."""
    described = {"adapter": "described", "through": "fault_proxy", "idle": {"quiet_seconds": 1}}
    settings = environment.connector.model_dump() if environment.connector else described
    data = environment.model_dump()
    return Environment.model_validate({**data, "connector": {**settings, "through": "fault_proxy"}})


def _keep_schema(environment: Environment, tape: Path) -> Path | None:
    try:
        admin = admin_api(environment)
        schema = schema_of(admin) if admin is not None else None
    except ShopError:
        schema = None
    if schema is None:
        return None
    file = schema_file(tape)
    file.write_text(write_json(schema), encoding="utf-8")
    return file
