"""The store of runs. Several pipelines may write at once: each run goes in whole, once, or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, delete, event, func, insert, make_url, select, text, update
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, OperationalError, SQLAlchemyError

from updategate.config.errors import ConfigError
from updategate.evidence.provenance import file_hash
from updategate.evidence.reader import RunEvidence
from updategate.evidence.records import Indicator
from updategate.evidence.writer import FILE_NAME
from updategate.gate.verdict import Verdict
from updategate.history.schema import INDICATORS, META, METADATA, PROCESSES, RUNS, VERSION

WAIT_SECONDS = 60
"""How long a writer waits for another one."""
_LOCK = 7_214_311
"""Key of the advisory lock under which PostgreSQL's tables are made."""


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run of the store; ``at`` is when it began (ISO 8601, UTC), ``build`` a hash of core and plugins."""

    id: int
    run: str
    kind: str
    environment: str
    scope: str
    phase: str | None
    core: str | None
    build: str | None
    at: str
    complete: bool
    verdict: str | None
    folder: str


@dataclass(frozen=True, slots=True)
class ProcessPoint:
    """What a process did in a run."""

    run: StoredRun
    status: str
    seconds: float
    attempts: int


@dataclass(slots=True)
class ProcessSeries:
    """A process over time, with the titles that it had last."""

    title: str = ""
    title_de: str = ""
    points: list[ProcessPoint] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class IndicatorPoint:
    """What was measured in a run."""

    run: StoredRun
    value: float
    unit: str


class History:
    """Runs over time at a database URL; use as a context manager."""

    def __init__(self, url: str) -> None:
        """``sqlite:///reports/history.sqlite`` or ``postgresql+psycopg://user@host/name``; raises ConfigError."""
        self._engine = _engine(url)
        try:
            self._prepare()
        except SQLAlchemyError as error:
            self._engine.dispose()
            raise _refused(self._engine, error) from None
        except ConfigError:
            self._engine.dispose()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    def _prepare(self) -> None:
        with self.bulk() as connection:
            if self._engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            METADATA.create_all(connection)
            found = connection.execute(select(META.c.value).where(META.c.key == "version")).scalar()
            if found is None:
                connection.execute(insert(META).values(key="version", value=str(VERSION)))
            elif int(found) > VERSION:
                raise ConfigError.single(
                    self._engine.url.render_as_string(),
                    "",
                    f"This history was written in format {found}; this version knows up to {VERSION}.",
                    "Use a newer updategate, or another history.",
                )

    @contextmanager
    def bulk(self) -> Iterator[Connection]:
        """A transaction for rows of one's own making.

        SQLite takes its one write lock at the beginning, so that nobody is refused at the end.
        """
        with self._engine.connect() as connection:
            if self._engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    # -- writing

    def add(self, run: RunEvidence) -> bool:
        """Store a run with its processes and indicators; False where it is known already (by its evidence's hash).

        A run without a readable first line is not stored: nobody knows what it was.
        """
        if run.started is None:
            return False
        started = run.started
        entries = {entry.id: entry for entry in started.registry}
        row = {
            "digest": file_hash(run.folder / FILE_NAME),
            "run": run.name,
            "kind": started.kind,
            "environment": started.provenance.environment,
            "scope": started.scope,
            "phase": started.phase,
            "core": started.build.core if started.build else None,
            "build": _build_hash(run),
            "at": started.at,
            "complete": int(not run.defects),
            "folder": str(run.folder),
        }
        processes = [
            {"process": name, "title": entries[name].title if name in entries else "",
             "title_de": entries[name].title_de if name in entries else "", "status": found[-1].status,
             "seconds": found[-1].seconds, "attempts": found[-1].attempts}
            for name, found in run.processes.items()
        ]  # fmt: skip
        latest = {record.name: record for record in run.of_type(Indicator)}
        indicators = [{"name": one.name, "value": one.value, "unit": one.unit} for one in latest.values()]
        return self.add_rows(row, processes, indicators)

    def add_rows(
        self, run: dict[str, Any], processes: Sequence[dict[str, Any]], indicators: Sequence[dict[str, Any]]
    ) -> bool:
        """Store one run as rows of the tables; False where its digest is known already."""
        try:
            with self.bulk() as connection:
                known = connection.execute(select(RUNS.c.id).where(RUNS.c.digest == run["digest"])).scalar()
                if known is not None:
                    return False
                number = connection.execute(insert(RUNS).values(**run).returning(RUNS.c.id)).scalar_one()
                if processes:
                    connection.execute(insert(PROCESSES), [{"run_id": number, **one} for one in processes])
                if indicators:
                    connection.execute(insert(INDICATORS), [{"run_id": number, **one} for one in indicators])
        except IntegrityError as error:
            if self._knows(run["digest"]):
                return False  # another writer stored the same run meanwhile
            raise _refused(self._engine, error) from None
        except SQLAlchemyError as error:
            raise _refused(self._engine, error) from None
        return True

    def _knows(self, digest: str) -> bool:
        with self._engine.connect() as connection:
            return connection.execute(select(RUNS.c.id).where(RUNS.c.digest == digest)).scalar() is not None

    def judge(self, verdict: Verdict) -> int:
        """Note a verdict at the runs from after the update that it rests on; returns how many are known here."""
        names = [reference.run for reference in verdict.provenance.runs if reference.phase == "after"]
        moments = [reference.at for reference in verdict.provenance.runs if reference.phase == "after"]
        with self.bulk() as connection:
            return connection.execute(
                update(RUNS)
                .where(RUNS.c.run.in_(names), RUNS.c.at.in_(moments), RUNS.c.environment == verdict.environment)
                .values(verdict=verdict.verdict)
            ).rowcount

    def prune(self, *, keep_days: int | None = None, keep_runs: int | None = None, now: datetime | None = None) -> int:
        """Forget runs that began before so many days, or beyond the newest so many of each environment."""
        gone: set[int] = set()
        with self.bulk() as connection:
            if keep_days is not None:
                limit = ((now or datetime.now(UTC)) - timedelta(days=keep_days)).isoformat()
                gone |= set(connection.execute(select(RUNS.c.id).where(RUNS.c.at < limit)).scalars())
            if keep_runs is not None:
                place = func.row_number().over(partition_by=RUNS.c.environment, order_by=(RUNS.c.at.desc(), RUNS.c.id))
                ranked = select(RUNS.c.id, place.label("place")).subquery()
                gone |= set(connection.execute(select(ranked.c.id).where(ranked.c.place > keep_runs)).scalars())
            numbers = sorted(gone)
            for start in range(0, len(numbers), 500):
                part = numbers[start : start + 500]
                for table in (PROCESSES, INDICATORS):
                    connection.execute(delete(table).where(table.c.run_id.in_(part)))
                connection.execute(delete(RUNS).where(RUNS.c.id.in_(part)))
        return len(gone)

    # -- reading

    def runs(self, *, environment: str | None = None, kind: str | None = None, last: int = 50) -> list[StoredRun]:
        """The newest runs, oldest first."""
        query = select(*_RUN_COLUMNS).order_by(RUNS.c.at.desc(), RUNS.c.id.desc()).limit(last)
        if environment is not None:
            query = query.where(RUNS.c.environment == environment)
        if kind is not None:
            query = query.where(RUNS.c.kind == kind)
        with self._engine.connect() as connection:
            return [_stored(row) for row in reversed(connection.execute(query).all())]

    def environments(self) -> list[str]:
        """All environments that have runs."""
        with self._engine.connect() as connection:
            return list(
                connection.execute(select(RUNS.c.environment).distinct().order_by(RUNS.c.environment)).scalars()
            )

    def count(self) -> int:
        """How many runs there are."""
        with self._engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(RUNS)).scalar_one()

    def processes(self, runs: Sequence[StoredRun]) -> dict[str, ProcessSeries]:
        """Process → its titles and what it did in the given runs, in their order."""
        found: dict[str, ProcessSeries] = {}
        query = select(PROCESSES).join(RUNS).order_by(RUNS.c.at, RUNS.c.id, PROCESSES.c.process)
        for run, row in self._of(runs, query):
            series = found.setdefault(row.process, ProcessSeries())
            series.points.append(ProcessPoint(run, row.status, row.seconds, row.attempts))
            series.title, series.title_de = row.title or series.title, row.title_de or series.title_de
        return found

    def indicators(self, runs: Sequence[StoredRun]) -> dict[str, list[IndicatorPoint]]:
        """Indicator → its values in the given runs, in their order."""
        found: dict[str, list[IndicatorPoint]] = {}
        query = select(INDICATORS).join(RUNS).order_by(RUNS.c.at, RUNS.c.id, INDICATORS.c.name)
        for run, row in self._of(runs, query):
            found.setdefault(row.name, []).append(IndicatorPoint(run, row.value, row.unit))
        return found

    def of_process(self, process: str, environment: str, last: int = 10_000) -> list[ProcessPoint]:
        """What one process did in the newest runs of an environment, oldest first."""
        query = (
            select(*_RUN_COLUMNS, PROCESSES.c.status, PROCESSES.c.seconds, PROCESSES.c.attempts)
            .join(PROCESSES, PROCESSES.c.run_id == RUNS.c.id)
            .where(PROCESSES.c.process == process, RUNS.c.environment == environment)
            .order_by(RUNS.c.at.desc(), RUNS.c.id.desc())
            .limit(last)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [ProcessPoint(_stored(row), row.status, row.seconds, row.attempts) for row in reversed(rows)]

    def of_indicator(self, name: str, environment: str, last: int = 10_000) -> list[IndicatorPoint]:
        """The values of one indicator in the newest runs of an environment, oldest first."""
        query = (
            select(*_RUN_COLUMNS, INDICATORS.c.value, INDICATORS.c.unit)
            .join(INDICATORS, INDICATORS.c.run_id == RUNS.c.id)
            .where(INDICATORS.c.name == name, RUNS.c.environment == environment)
            .order_by(RUNS.c.at.desc(), RUNS.c.id.desc())
            .limit(last)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [IndicatorPoint(_stored(row), row.value, row.unit) for row in reversed(rows)]

    def _of(self, runs: Sequence[StoredRun], query: Any) -> Iterator[tuple[StoredRun, Any]]:  # noqa: ANN401 - a select
        known = {run.id: run for run in runs}
        if not known:
            return
        # the environments too, because the index of runs begins with them
        environments = sorted({run.environment for run in runs})
        first, last = min(run.at for run in runs), max(run.at for run in runs)
        wanted = query.where(RUNS.c.environment.in_(environments), RUNS.c.at.between(first, last))
        with self._engine.connect() as connection:
            # all rows at once: one by one they cost twice the time
            for row in connection.execute(wanted).all():
                run = known.get(row.run_id)
                if run is not None:
                    yield run, row


_RUN_COLUMNS = tuple(RUNS.c[name] for name in StoredRun.__slots__)


def _stored(row: Any) -> StoredRun:  # noqa: ANN401 - a row of SQLAlchemy
    values = {name: getattr(row, name) for name in StoredRun.__slots__}
    return StoredRun(**{**values, "complete": bool(values["complete"])})


def _build_hash(run: RunEvidence) -> str | None:
    build = run.started.build if run.started else None
    return hashlib.sha256(build.model_dump_json().encode()).hexdigest() if build else None


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigError.single(
            "history", "", "This is no database URL.", "Write sqlite:///reports/history.sqlite or postgresql://…"
        ) from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        message = f"A history is kept in SQLite or PostgreSQL, not in {parsed.get_backend_name()}."
        raise ConfigError.single("history", "", message, "Write sqlite:///reports/history.sqlite or postgresql://…")
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, connect_args={"timeout": WAIT_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    try:
        return create_engine(parsed, connect_args={"connect_timeout": 15})
    except (NoSuchModuleError, ImportError):
        message = "PostgreSQL needs a driver that is not installed."
        raise ConfigError.single("history", "", message, "pip install 'psycopg[binary]'") from None


def _prepare_sqlite(connection: Any, _: object) -> None:  # noqa: ANN401 - a connection of the driver
    # the driver begins no transactions by itself: this store does
    connection.isolation_level = None
    cursor = connection.cursor()
    # no write-ahead log: where two pipelines open a new file together, switching it on is refused without waiting
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _refused(engine: Engine, error: SQLAlchemyError) -> ConfigError:
    where = engine.url.render_as_string(hide_password=True)
    first = str(getattr(error, "orig", None) or error).strip().splitlines()
    told = first[0] if first else type(error).__name__
    cure = "Is the server running, and may this user create tables?" if isinstance(error, OperationalError) else ""
    return ConfigError.single(where, "", f"The history cannot be used: {told}.", cure)
