"""The inspector: looks at the shop itself, not at what is sold in it: plugins, tables, tasks, queue, flags."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from updategate.actors.recorder import Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.errors import ApiError
from updategate.clients.json_text import JsonObject
from updategate.clients.message_queue import messages_in
from updategate.clients.transport import Call

# what the shop sorts by in the database itself; the content of the others may be out of reach
_COLUMNS = frozenset({"uuid", "int", "float", "string", "text", "boolean", "date", "json_object", "json_list"})
# MySQL and MariaDB: 42S22 and 42S02
_MISSING = re.compile(r"Unknown column '([^']+)'|Table '([^']+)' doesn't exist|Base table or view not found: \S+ (\S+)")
_REFUSED = re.compile(r"Accessor \w+\.(\w+) is not allowed")
# which indexers migrations have asked for: system:update:finish runs them and empties this setting
_ASKED_INDEXERS = "core.scheduled_indexers"
_RESTING = ("inactive", "skipped")


@dataclass(frozen=True, slots=True)
class PluginState:
    """A plugin as the shop lists it. ``waiting`` is the version of newer code that was not installed, if any."""

    name: str
    version: str
    active: bool
    waiting: str


@dataclass(frozen=True, slots=True)
class Migrated:
    """How far migrations have come, as far as the shop tells: its version, and how many indexers were asked for."""

    version: str
    indexers: int


class Inspector:
    """Looks at the shop through the Admin API; changes nothing."""

    def __init__(self, access: ShopAccess, recorder: Recorder) -> None:
        self._access = access
        self._recorder = recorder

    @property
    def _admin(self) -> AdminApi:
        return self._access.back_office

    def sees_version(self) -> str:
        """The shop's version as it tells it now."""
        with self._recorder.step("looks at the version"):
            return self._admin.version()

    def health_check_answers(self) -> int:
        """The status with which the health check for load balancers answers."""
        with self._recorder.step("asks the health check"):
            return self._access.transport.send(Call("GET", "/api/_info/health-check")).status

    def sees_plugins(self) -> list[PluginState]:
        """Every installed plugin, by name."""
        with self._recorder.step("looks at the plugins"):
            rows = self._admin.pages("plugin", Criteria().sort("name"))
            return [
                PluginState(
                    str(row["name"]), str(row["version"]), bool(row["active"]), str(row.get("upgradeVersion") or "")
                )
                for row in rows
                if row.get("installedAt")
            ]

    def finds_active_plugins_never_installed(self) -> list[str]:
        """Names of plugins that are active, yet were never installed: their code runs without its tables."""
        with self._recorder.step("looks for active plugins that were never installed"):
            rows = self._admin.pages("plugin", Criteria().equals("active", value=True).sort("name"))
            return [str(row["name"]) for row in rows if not row.get("installedAt")]

    def finds_payments_without_their_plugin(self) -> list[str]:
        """Names of active payment methods whose plugin is not: customers choose them, and then nothing is paid."""
        with self._recorder.step("looks for payment methods without their plugin"):
            orphaned = Criteria().equals("active", value=True).equals("plugin.active", value=False)
            rows = self._admin.pages("payment_method", orphaned)
            return sorted(str((row.get("translated") or row).get("name") or row["id"]) for row in rows)

    def sees_flags(self) -> dict[str, bool]:
        """Feature flags and whether they are on; empty on versions that do not tell them (before 6.6)."""
        with self._recorder.step("looks at the feature flags"):
            answer = self._admin.raw("GET", "/_action/feature-flag")
            if answer.status == 404:
                return {}
            if not answer.ok:
                raise ApiError.of(answer)
            return {str(name): bool(flag.get("active")) for name, flag in dict(answer.json()).items()}

    def sees_closed_channels(self) -> list[str]:
        """Names of the merchant's sales channels that are in maintenance."""
        with self._recorder.step("looks which sales channels are in maintenance"):
            rows = self._admin.pages("sales_channel", Criteria().equals("maintenance", value=True))
            names = [str((row.get("translated") or row).get("name") or row["id"]) for row in rows]
            return sorted(name for name in names if not name.startswith("updategate "))

    # -- database

    def finds_what_is_unfinished(self, earlier: Migrated | None = None) -> list[str]:
        """What shows that an update was not brought to its end, in words; empty where nothing does.

        Columns and tables that this version's code knows and the database does not have: every entity is sorted by all
        its columns, which the database must know even of an empty table. And, where the version is another than
        ``earlier``, the indexers that migrations have asked for: system:update:finish runs them, and asks no more.
        A migration that changes nothing but data shows itself in neither.
        """
        found = self._missing_columns()
        now = self.sees_migrated()
        if earlier is not None and now.version != earlier.version and now.indexers:
            found.append(f"{now.indexers} indexers wait since before the update: system:update:finish did not run")
        return found

    def sees_migrated(self) -> Migrated:
        """The version, and the indexers that were asked for and not run since."""
        with self._recorder.step("looks which indexers wait to be run"):
            asked = self._admin.setting(_ASKED_INDEXERS)
            return Migrated(self._admin.version(), len(asked) if isinstance(asked, dict | list) else 0)

    def _missing_columns(self) -> list[str]:
        with self._recorder.step("looks whether the database has every column that the code knows"):
            schema = self._admin.ask("GET", "/_info/entity-schema.json")
            missing = [self._missing_of(name, dict(schema[name]["properties"])) for name in sorted(schema)]
            return sorted({f"the database lacks {one}" for found in missing for one in found})

    def _missing_of(self, entity: str, properties: JsonObject) -> list[str]:
        fields = [name for name, field in properties.items() if _is_column(field)]
        path = f"/search-ids/{entity.replace('_', '-')}"
        missing: list[str] = []
        while fields:
            body = {"limit": 1, "total-count-mode": 0, "sort": [{"field": field} for field in fields]}
            answer = self._admin.raw("POST", path, body, name="/search-ids/{entity}")
            if answer.ok:
                break
            detail = ApiError.of(answer).detail
            lacking = _MISSING.search(detail)
            if lacking is not None:
                missing.append(next(filter(None, lacking.groups())))
            # a field whose content is out of reach, or that was just found missing, is asked for no more
            refused = _REFUSED.search(detail)
            without = refused[1] if refused else _camel(missing[-1]) if lacking else ""
            if without not in fields:
                break
            fields.remove(without)
        return missing

    # -- tasks and queue

    def sees_tasks(self) -> dict[str, str]:
        """Scheduled tasks and their states."""
        with self._recorder.step("looks at the scheduled tasks"):
            return {str(row["name"]): str(row["status"]) for row in self._admin.pages("scheduled_task", Criteria())}

    def finds_stuck_tasks(self, within: float) -> list[str]:
        """Names of tasks that are in the queue all the time for so many seconds: nobody takes them from there."""
        with self._recorder.step("looks for tasks that nobody takes from the queue", within=f"{within:g} s"):
            deadline = time.monotonic() + within
            stuck = self._queued()
            while stuck and time.monotonic() < deadline:
                threading.Event().wait(1)
                stuck &= self._queued()
            return sorted(stuck)

    def _queued(self) -> set[str]:
        rows = self._admin.pages("scheduled_task", Criteria().equals("status", "queued"))
        return {str(row["name"]) for row in rows}

    def finds_overdue_tasks(self, minutes: float) -> list[str]:
        """Names of tasks that should have run longer ago than that."""
        with self._recorder.step("looks for overdue tasks"):
            limit = self._admin.time() - timedelta(minutes=minutes)
            return sorted(
                str(row["name"])
                for row in self._admin.pages("scheduled_task", Criteria())
                if row.get("status") not in _RESTING and _time(str(row["nextExecutionTime"])) < limit
            )

    def counts_messages(self) -> int:
        """Messages that wait in the queue, without those that wait by design."""
        with self._recorder.step("counts the messages in the queue"):
            return self._count()

    def _count(self) -> int:
        rows = self._admin.ask("GET", "/_info/queue.json")
        return messages_in(rows)

    def waits_until_queue_holds_at_most(self, messages: int, within: float) -> int:
        """Wait until no more messages than that wait; returns how many do."""
        with self._recorder.step(f"waits until at most {messages} messages wait", within=f"{within:g} s"):
            deadline = time.monotonic() + within
            while (waiting := self._count()) > messages and time.monotonic() < deadline:
                threading.Event().wait(1)
            return waiting

    # -- interface

    def sees_interface(self, entities: Iterable[str]) -> dict[str, dict[str, str]]:
        """Fields of entities as connectors see them, with their types; ``!`` marks what must be given."""
        with self._recorder.step("looks at the fields that connectors use"):
            schema = self._admin.ask("GET", "/_info/entity-schema.json")
            return {
                entity: {
                    str(name): _type_of(name, field)
                    for name, field in sorted(dict(schema[entity]["properties"]).items())
                }
                for entity in entities
                if entity in schema
            }

    def finds_answers_without_their_session(self) -> list[str]:
        """Requests of a known session whose answers do not name it: apps take the session from every answer."""
        with self._recorder.step("looks whether answers name the session"):
            api = self._access.session()
            token = api.context().token
            silent = []
            for path in ("/context", "/currency", "/salutation"):
                answer = api.raw("GET", path)
                if not answer.ok:
                    raise ApiError.of(answer)
                if token not in (answer.header("sw-context-token") or ""):
                    silent.append(f"GET {path}")
            return silent

    def counts_in_two_ways(self, entity: str) -> tuple[int, int]:
        """How many rows an entity has: read page by page, and as the total that a page of one row tells."""
        with self._recorder.step(f"counts {entity} in two ways"):
            return sum(1 for _ in self._admin.pages(entity)), self._admin.count(entity)


def broken_promises(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> list[str]:
    """What a connector that worked with the interface before can stumble over now."""
    found: list[str] = []
    for entity, fields in sorted(before.items()):
        if entity not in after:
            found.append(f"{entity} is gone")
            continue
        now = after[entity]
        for name, kind in fields.items():
            if name not in now:
                found.append(f"{entity}.{name} is gone")
            elif now[name].rstrip("!") != kind.rstrip("!"):
                found.append(f"{entity}.{name} was {kind.rstrip('!')} and is {now[name].rstrip('!')}")
        found += [
            f"{entity}.{name} must be given now"
            for name, kind in now.items()
            if kind.endswith("!") and not fields.get(name, "").endswith("!")
        ]
    return found


def _is_column(field: JsonObject) -> bool:
    flags = dict(field.get("flags") or {})
    return field.get("type") in _COLUMNS and not flags.keys() & {"computed", "runtime"}


def _camel(column: str) -> str:
    head, *rest = column.rpartition(".")[2].split("_")
    return head + "".join(part.capitalize() for part in rest)


def _type_of(name: str, field: JsonObject) -> str:
    flags = dict(field.get("flags") or {})
    kind = str(field.get("relation") or field["type"])
    # what the shop fills in by itself is required of nobody, such as the version of what is referred to
    by_itself = flags.keys() & {"computed", "write_protected", "primary_key"} or name.endswith("ersionId")
    required = flags.get("required") and not by_itself
    return f"{kind}!" if required else kind


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
