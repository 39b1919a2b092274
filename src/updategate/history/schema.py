"""The tables of the store. A run is one row, with one row for each process and each indicator."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text

VERSION = 1
METADATA = MetaData()

META = Table(
    "updategate_meta",
    METADATA,
    Column("key", String(40), primary_key=True),
    Column("value", String(200), nullable=False),
)
RUNS = Table(
    "updategate_runs",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    # of the evidence file: the same run is never counted twice, from wherever it is imported
    Column("digest", String(64), nullable=False, unique=True),
    Column("run", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("environment", String(200), nullable=False),
    Column("scope", String(100), nullable=False),
    Column("phase", String(10)),
    Column("core", String(40)),
    Column("build", String(64)),
    Column("at", String(32), nullable=False),
    Column("complete", Integer, nullable=False),
    Column("verdict", String(20)),
    Column("folder", Text, nullable=False),
)
PROCESSES = Table(
    "updategate_processes",
    METADATA,
    Column("run_id", ForeignKey("updategate_runs.id", ondelete="CASCADE"), primary_key=True),
    Column("process", String(80), primary_key=True),
    Column("title", Text, nullable=False),
    Column("title_de", Text, nullable=False, server_default=""),
    Column("status", String(20), nullable=False),
    Column("seconds", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
)
INDICATORS = Table(
    "updategate_indicators",
    METADATA,
    Column("run_id", ForeignKey("updategate_runs.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("value", Float, nullable=False),
    Column("unit", String(20), nullable=False),
)
Index("updategate_runs_at", RUNS.c.environment, RUNS.c.at)
Index("updategate_processes_process", PROCESSES.c.process, PROCESSES.c.run_id)
Index("updategate_indicators_name", INDICATORS.c.name, INDICATORS.c.run_id)
