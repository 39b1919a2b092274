"""The one writer of a run's evidence, and the line by which other processes reach it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Protocol, TypeVar

from updategate.evidence.records import RECORD, AnyRecord, Build, ProcessFinished, RunFinished

Line = TypeVar("Line", bound=AnyRecord)
FILE_NAME = "evidence.jsonl"
# anything shorter would blank out ordinary words
SHORTEST_SECRET = 8


class EvidenceLostError(RuntimeError):
    """Evidence could not be written: the run must stop, because nothing after this would be proven."""


class Sink(Protocol):
    """Where facts go. ``write`` returns only when the fact is on disk."""

    def write(self, record: AnyRecord) -> None:
        """Append one fact."""


class EvidenceWriter:
    """Appends facts to ``<folder>/evidence.jsonl``, numbered, timed and flushed one by one. Thread-safe."""

    def __init__(
        self,
        folder: Path,
        run: str,
        *,
        secrets: Iterable[str] = (),
        listener: Callable[[AnyRecord], None] | None = None,
    ) -> None:
        """``secrets`` are texts that never reach the file; ``listener`` is told of each fact once it is on disk."""
        folder.mkdir(parents=True, exist_ok=True)
        self._secrets = tuple(json.dumps(secret)[1:-1] for secret in secrets if len(secret) >= SHORTEST_SECRET)
        self._listener = listener
        self.path = folder / FILE_NAME
        self.run = run
        self._lock = threading.Lock()
        self._next = 0
        self._counts: Counter[str] = Counter()
        self._closed = False
        try:
            self._file = self.path.open("x", encoding="utf-8")
        except FileExistsError:
            message = f"{self.path} exists already: a run never writes into another run's evidence"
            raise EvidenceLostError(message) from None

    def write(self, record: AnyRecord) -> None:
        """Number, stamp and append one fact; on disk when this returns."""
        with self._lock:
            if self._closed:
                message = f"{self.path} is closed; a late {record.type} is not evidence of this run"
                raise EvidenceLostError(message)
            now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            stamped = record.model_copy(update={"seq": self._next, "at": now, "run": self.run})
            try:
                self._file.write(self._masked(stamped.model_dump_json()) + "\n")
                self._file.flush()
                os.fsync(self._file.fileno())
            except OSError as error:
                message = f"{self.path} cannot be written: {error.strerror or error}"
                raise EvidenceLostError(message) from error
            self._next += 1
            if isinstance(record, ProcessFinished):
                self._counts[record.status] += 1
            if self._listener is not None:
                self._listener(stamped)

    def _masked(self, line: str) -> str:
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return line

    def finish(self, build: Build | None, *, interrupted: bool = False, reason: str = "") -> None:
        """Write the last line and close; a second call does nothing."""
        if self._closed:
            return
        self.write(
            RunFinished(
                counts=dict(self._counts), records=self._next, build=build, interrupted=interrupted, reason=reason
            )
        )
        with self._lock:
            self._closed = True
            self._file.close()

    @property
    def counts(self) -> dict[str, int]:
        """Finished processes by status so far."""
        return dict(self._counts)


def spoil(folder: Path, reason: str) -> None:
    """Say in finished evidence that it is doubtful after all; the gate then takes the run as interrupted."""
    path = folder / FILE_NAME
    lines = path.read_bytes().splitlines(keepends=True)
    last = json.loads(lines[-1])
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    end = last | {"seq": last["seq"] + 1, "at": now, "type": "run_finished", "interrupted": True, "reason": reason}
    end = {"counts": {}, "records": len(lines)} | end
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(end) + "\n")
        file.flush()
        os.fsync(file.fileno())


class EvidenceServer:
    """Takes facts from other processes of the run over a private socket and hands them to the writer."""

    def __init__(self, writer: EvidenceWriter) -> None:
        self._writer = writer
        self._folder = tempfile.mkdtemp(prefix="updategate-")
        self.key = secrets.token_hex(16)
        self._listener = Listener(f"{self._folder}/evidence", family="AF_UNIX", authkey=bytes.fromhex(self.key))
        self._closing = False
        threading.Thread(target=self._accept, name="evidence", daemon=True).start()

    @property
    def address(self) -> str:
        """Where a RemoteSink connects."""
        return str(self._listener.address)

    def close(self) -> None:
        """Stop listening and remove the socket."""
        self._closing = True
        self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _accept(self) -> None:
        while not self._closing:
            try:
                connection = self._listener.accept()
            except OSError:
                return
            except Exception:  # noqa: BLE001, S112 - a stranger's failed handshake is no reason to stop listening
                continue
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: Connection) -> None:
        with connection:
            while True:
                try:
                    text = connection.recv()
                except (EOFError, OSError):
                    return
                try:
                    self._writer.write(RECORD.validate_json(text))
                    answer = ""
                except (EvidenceLostError, ValueError) as error:
                    answer = str(error)
                connection.send(answer)


class RemoteSink:
    """A sink in a worker process: each fact is acknowledged by the run's writer before ``write`` returns."""

    def __init__(self, address: str, key: str, worker: str) -> None:
        self._worker = worker
        self._lock = threading.Lock()
        self._connection = Client(address, family="AF_UNIX", authkey=bytes.fromhex(key))

    def write(self, record: AnyRecord) -> None:
        """Hand one fact over; raises EvidenceLostError when the writer is gone or refused it."""
        named = record.model_copy(update={"worker": self._worker})
        with self._lock:
            try:
                self._connection.send(named.model_dump_json())
                answer = self._connection.recv()
            except (EOFError, OSError) as error:
                message = "the run's evidence writer is gone"
                raise EvidenceLostError(message) from error
        if answer:
            raise EvidenceLostError(answer)
