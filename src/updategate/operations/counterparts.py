"""What stands beside the shop in a run: an ERP, its connector, a proxy between them. Started, shared, stopped."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from updategate.clients.adapters import adapter_named
from updategate.clients.connection import admin_api
from updategate.clients.connector import Connector, ConnectorContext, ConnectorUnreachableError, FaultControl
from updategate.clients.erp import ABILITIES, Erp, ErpUnreachableError
from updategate.clients.errors import CounterpartError
from updategate.config.environment import Environment
from updategate.config.erp import ErpSettings
from updategate.config.process_environment import for_child

# an ERP that has to be created first takes its time
ERP_STARTS_WITHIN_SECONDS = 300.0
STARTS_WITHIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Started:
    """The processes of a run, as one worker tells the others. ``fault`` says why they could not be started."""

    erp: Mapping[str, str] | None = None
    connector: Mapping[str, str] | None = None
    proxy: Mapping[str, str] | None = None
    pids: tuple[int, ...] = ()
    fault: str = ""

    def to_json(self) -> str:
        """For a file of this user's."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Started:
        """Read what ``to_json`` wrote."""
        data = json.loads(text)
        return cls(**{**data, "pids": tuple(data["pids"])})


def erp_capabilities(environment: Environment) -> set[str]:
    """What the environment file declares; whether it answers is for the processes to find out, and to say."""
    found: set[str] = set()
    if environment.erp is not None:
        found |= {"erp", *(f"erp_{ability}" for ability in _abilities(environment.erp))}
    if environment.connector is not None:
        found.add("connector")
        if environment.connector.adapter != "described" or environment.connector.idle.problems is not None:
            found.add("connector_tells")
        if environment.connector.through is not None:
            found.add("fault_proxy")
    return found


def _abilities(settings: ErpSettings) -> frozenset[str]:
    adapter = adapter_named("updategate.erp", settings.adapter, "erp.adapter")
    declared = getattr(adapter, "abilities", ABILITIES)
    # an adapter whose abilities depend on its mapping says so itself
    return adapter.abilities_of(settings) if hasattr(adapter, "abilities_of") else frozenset(declared)


class Starting:
    """Starts the embedded processes that an environment asks for; ``owner`` is the process that they end with."""

    def __init__(self, environment: Environment, owner: int) -> None:
        self._environment = environment
        self._owner = owner
        self.processes: list[subprocess.Popen[str]] = []
        self._logs: list[IO[str]] = []

    def start(self, record: Path | None = None) -> Started:
        """Start everything; ``record`` keeps the exchanges of the connector. Raises a ``CounterpartError``."""
        erp, connector = self._environment.erp, self._environment.connector
        erp_facts = proxy_facts = connector_facts = None
        if erp is not None and erp.embedded:
            # an address with a password in it is no argument: everybody can list those
            url = erp.database_url.get_secret_value() if erp.database_url else ""
            erp_facts = self._run("tryton_server", [], {"ERP_DATABASE_URL": url}, ERP_STARTS_WITHIN_SECONDS)
        if connector is not None and connector.through == "fault_proxy":
            arguments = ["--target", self._environment.url, "--port", str(connector.proxy_port)]
            if not self._environment.http.verify_tls:
                arguments.append("--no-verify-tls")
            if record is not None:
                arguments += ["--record", str(record)]
            proxy_facts = self._run("fault_proxy", arguments, {}, STARTS_WITHIN_SECONDS)
        if connector is not None and connector.embedded:
            shop_url = proxy_facts["url"] if proxy_facts else self._environment.url
            connector_facts = self._connector(shop_url, erp_facts)
        return Started(erp_facts, connector_facts, proxy_facts, tuple(process.pid for process in self.processes))

    def stop(self) -> None:
        """End what was started."""
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for process in self.processes:
            if process.stdout is not None:
                process.stdout.close()
        for log in self._logs:
            log.close()

    def _connector(self, shop_url: str, erp_facts: Mapping[str, str] | None) -> dict[str, str]:
        environment, settings = self._environment, self._environment.connector
        erp = environment.erp
        if settings is None or erp is None or erp.adapter != "tryton":
            raise ConnectorUnreachableError("'reference'", "it needs a Tryton: write 'erp: {adapter: tryton}'")
        resolved = resolved_erp(erp, erp_facts)
        client_id, secret = settings.client_id, settings.client_secret
        if client_id is None and environment.admin is not None:
            client_id, secret = environment.admin.client_id, environment.admin.client_secret
        if client_id is None or secret is None:
            message = "it needs an integration: write client_id and client_secret under 'connector' or 'admin'"
            raise ConnectorUnreachableError("'reference'", message)
        arguments = [
            "--shop-url", shop_url, "--erp-url", str(resolved.url), "--erp-database", str(resolved.database),
            "--erp-username", str(resolved.username), "--page-size", "3",
        ]  # fmt: skip
        for mutant in settings.mutants:
            arguments += ["--mutant", mutant]
        variables = {
            "CONNECTOR_CLIENT_ID": client_id,
            "CONNECTOR_CLIENT_SECRET": secret.get_secret_value(),
            "CONNECTOR_ACCESS_KEY": environment.sales_channel.access_key.get_secret_value(),
            "CONNECTOR_ERP_PASSWORD": resolved.password.get_secret_value() if resolved.password else "",
        }
        return self._run("connector", arguments, variables, STARTS_WITHIN_SECONDS)

    def _run(self, name: str, arguments: list[str], variables: dict[str, str], seconds: float) -> dict[str, str]:
        command = [sys.executable, "-m", f"updategate.embedded.{name}", "--json", "--with-parent", str(self._owner)]
        log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - it lives as long as the process
        self._logs.append(log)
        process = subprocess.Popen(  # noqa: S603 - our own module
            [*command, *arguments], stdout=subprocess.PIPE, stderr=log, text=True, env=for_child(variables)
        )
        self.processes.append(process)
        line = _line_within(process, seconds)
        if line:
            facts: dict[str, Any] = json.loads(line)
            return {key: str(value) for key, value in facts.items()}
        ended = _end_of(process)
        log.seek(0)
        told = log.read().strip()[-1500:]
        process.kill()
        why = f"it did not start within {seconds:.0f} s" if ended is None else f"it ended with {ended}: {told}"
        raise ErpUnreachableError("'tryton'", why) if name == "tryton_server" else ConnectorUnreachableError(name, why)


def _end_of(process: subprocess.Popen[str]) -> int | None:
    """How a process that says nothing has ended; one that closes its output ends a moment later."""
    with suppress(subprocess.TimeoutExpired):
        return process.wait(1)
    return None


def _line_within(process: subprocess.Popen[str], seconds: float) -> str:
    """The first line of a process; empty where it ends, or says nothing in time."""
    stream = process.stdout
    if stream is None:
        return ""
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.append(stream.readline()), daemon=True)
    reader.start()
    reader.join(seconds)
    return lines[0] if lines else ""


def resolved_erp(settings: ErpSettings, facts: Mapping[str, str] | None) -> ErpSettings:
    """The settings of the ERP, with the address and password of the one that was started."""
    if facts is None:
        return settings
    known = {"url": facts["url"], "database": facts["database"], "username": facts["username"]}
    return ErpSettings.model_validate({**settings.model_dump(), **known, "password": facts["password"]})


def erp_of(environment: Environment, started: Started) -> Erp:
    """The ERP of an environment, signed in to. Raises an ``ErpError``."""
    if started.fault:
        raise CounterpartError(started.fault)
    if environment.erp is None:
        raise ErpUnreachableError("", "the environment file has no section 'erp'")
    adapter = adapter_named("updategate.erp", environment.erp.adapter, "erp.adapter")
    erp: Erp = adapter(resolved_erp(environment.erp, started.erp))
    try:
        erp.check()
    except CounterpartError:
        erp.close()
        raise
    return erp


def connector_of(environment: Environment, started: Started) -> Connector:
    """The connector of an environment. Raises a ``ConnectorError``."""
    if started.fault:
        raise CounterpartError(started.fault)
    settings = environment.connector
    if settings is None:
        raise ConnectorUnreachableError("", "the environment file has no section 'connector'")
    adapter = adapter_named("updategate.connector", settings.adapter, "connector.adapter")
    facts = started.connector or {}
    context = ConnectorContext(
        settings, facts.get("url"), facts.get("token", ""), admin_api(environment), for_child({})
    )
    connector: Connector = adapter(context)
    connector.check()
    return connector


def fault_control_of(started: Started) -> FaultControl | None:
    """The controls of the proxy, where there is one."""
    facts = started.proxy
    return FaultControl(facts["control_url"], facts["token"]) if facts else None
