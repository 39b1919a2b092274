"""What the connector remembers between runs: how far it has read, and what it has already sent."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any


class Memory:
    """Facts by kind and key, in one SQLite file."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._database.execute(
            "create table if not exists fact (kind text, key text, value text, primary key (kind, key))"
        )

    def get(self, kind: str, key: str, default: Any = None) -> Any:
        """Return a fact."""
        with self._lock:
            row = self._database.execute("select value from fact where kind = ? and key = ?", (kind, key)).fetchone()
        return default if row is None else json.loads(row[0])

    def put(self, kind: str, key: str, value: Any) -> None:
        """Keep a fact."""
        with self._lock, self._database:
            self._database.execute("insert or replace into fact values (?, ?, ?)", (kind, key, json.dumps(value)))

    def all(self, kind: str) -> dict[str, Any]:
        """Return all facts of a kind."""
        with self._lock:
            rows = self._database.execute("select key, value from fact where kind = ?", (kind,)).fetchall()
        return {key: json.loads(value) for key, value in rows}

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()
