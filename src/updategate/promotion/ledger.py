"""The ledger of promotions: append-only JSON Lines, each entry chained to the one before it.

Every line is canonical JSON with ``hash``, the SHA-256 of what it says, and ``previous``, the SHA-256 of the whole
line before it. So a changed byte, a lost or an inserted line, and another order are found. What a chain alone cannot
show is that its end was cut off: therefore ``<ledger>.head`` beside it, whatever a pipeline's log has kept of the head,
or another copy of the ledger, say how long it was.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from updategate.config.stages import TrustedKey
from updategate.promotion.signing import SigningKey, signer_of

Event = Literal["promoted", "refused", "undecided", "checked"]
START = "0" * 64
LOCK_SECONDS = 30.0
FORMAT: Literal[1] = 1


class LedgerError(Exception):
    """The ledger cannot be used: damaged, held by somebody else, or not writable. Nothing was written."""


class Entry(BaseModel):
    """One line of the ledger.

    ``build`` and ``environment`` are the fingerprint that moved on; ``verdict`` is the SHA-256 of the verdict's file.
    ``refusals``, ``doubts`` and ``notes`` are what was told. ``signature`` is made over ``hash`` by ``key``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    v: Literal[1] = FORMAT
    seq: int = Field(ge=1)
    at: str
    event: Event
    stage: str
    from_stage: str | None = None
    environment_name: str
    build: str | None = None
    environment: str | None = None
    core: str | None = None
    verdict: str | None = None
    runs: tuple[str, ...] = ()
    policy_hash: str | None = None
    by: str = ""
    refusals: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    tool_version: str = ""
    previous: str = START
    hash: str = ""
    key: str | None = None
    signature: str | None = None

    def content(self) -> str:
        """What ``hash`` is computed over."""
        return _canonical(self.model_dump(mode="json", exclude={"hash", "key", "signature"}))

    def line(self) -> bytes:
        """The entry as it stands in the file."""
        return (_canonical(self.model_dump(mode="json")) + "\n").encode()

    @property
    def link(self) -> str:
        """SHA-256 of the whole line: what the next entry follows, and what the head is."""
        return hashlib.sha256(self.line()).hexdigest()


class Head(BaseModel):
    """Where the ledger ended when it was last written (``<ledger>.head``); ``hash`` is the link of the last entry.

    ``sum`` is the SHA-256 of the rest, so that a changed signature shows where no key is at hand to check it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    v: Literal[1] = FORMAT
    entries: int = Field(ge=0)
    hash: str
    key: str | None = None
    signature: str | None = None
    sum: str = ""

    def content(self) -> bytes:
        """The head as it stands in its file."""
        data = self.model_dump(mode="json", exclude={"sum"})
        data["sum"] = hashlib.sha256(_canonical(data).encode()).hexdigest()
        return (_canonical(data) + "\n").encode()

    @property
    def text(self) -> str:
        """``17:9f2c…``: what a person or a log keeps."""
        return f"{self.entries}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that was changed; ``line`` counts from 1, 0 is the whole file."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


@dataclass(frozen=True, slots=True)
class Examination:
    """What a look at a ledger found. ``doubts`` is what cannot be told, ``notes`` what is told and harmless."""

    entries: tuple[Entry, ...] = ()
    damages: tuple[Damage, ...] = ()
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def head(self) -> Head:
        """Where the ledger ends now."""
        return Head(entries=len(self.entries), hash=self.entries[-1].link if self.entries else START)


@dataclass(slots=True)
class _Findings:
    damages: list[Damage] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def head_path(ledger: Path) -> Path:
    """Where the head of a ledger is kept."""
    return ledger.with_name(f"{ledger.name}.head")


def examine(
    ledger: Path,
    trusted: Sequence[TrustedKey] = (),
    *,
    known_head: tuple[int, str] | None = None,
    copy: Path | None = None,
) -> Examination:
    """Look for everything that was changed in a ledger.

    ``trusted`` keys, where there are any, must have signed every entry and the head. ``known_head`` is a length and
    the link of the last entry then, kept elsewhere; ``copy`` another copy of the ledger. A ledger that does not exist
    is empty.
    """
    content = ledger.read_bytes() if ledger.is_file() else b""
    found = _Findings()
    entries = _chain(content, trusted, found)
    _check_head(head_path(ledger), entries, trusted, found, anchored=known_head is not None or copy is not None)
    if known_head is not None:
        _check_known(known_head, entries, found)
    if copy is not None:
        _check_copy(copy, content, found)
    return Examination(tuple(entries), tuple(found.damages), tuple(found.doubts), tuple(found.notes))


def _chain(content: bytes, trusted: Sequence[TrustedKey], found: _Findings) -> list[Entry]:
    entries: list[Entry] = []
    previous = START
    lines = content.split(b"\n")
    if lines and lines[-1] != b"":
        found.damages.append(Damage(len(lines), "the last entry is cut off"))
    for number, raw in enumerate(lines[:-1], start=1):
        try:
            entry = Entry.model_validate_json(raw)
        except ValidationError:
            found.damages.append(Damage(number, "this is no entry of a ledger"))
            previous = ""
            continue
        problem = _problem(entry, raw, number, previous)
        if problem:
            found.damages.append(Damage(number, problem))
        elif trusted:
            problem = _unsigned("ledger entry", entry.hash, entry, trusted)
            if problem:
                found.damages.append(Damage(number, problem))
        previous = hashlib.sha256(raw + b"\n").hexdigest()
        entries.append(entry)
    return entries


def _problem(entry: Entry, raw: bytes, number: int, previous: str) -> str | None:
    if entry.line() != raw + b"\n" or entry.hash != hashlib.sha256(entry.content().encode()).hexdigest():
        return "the entry was changed: it is not what its hash was made of"
    if entry.seq != number:
        return f"entry {entry.seq} stands in place {number}: entries are missing, doubled or in another order"
    if previous and entry.previous != previous:
        return "the entry does not follow the one before it: that one was changed, removed or put in later"
    return None


def _unsigned(
    purpose: Literal["ledger entry", "ledger head"], text: str, item: Entry | Head, trusted: Sequence[TrustedKey]
) -> str | None:
    if not item.key or not item.signature:
        return "it is not signed, although the stages file names trusted keys"
    if signer_of(purpose, text, item.signature, item.key, trusted) is None:
        return f"its signature is not one of a trusted key (it names {item.key})"
    return None


def _check_head(
    path: Path, entries: Sequence[Entry], trusted: Sequence[TrustedKey], found: _Findings, *, anchored: bool
) -> None:
    if not path.is_file():
        if entries and not anchored:
            found.doubts.append(
                f"{path.name} is missing: whether entries were cut off at the end cannot be told without it, a head "
                "that was kept elsewhere (--head) or another copy (--copy)"
            )
        return
    try:
        head = Head.model_validate_json(path.read_bytes())
    except (ValidationError, OSError):
        found.damages.append(Damage(0, f"{path.name} is no head of a ledger"))
        return
    if path.read_bytes() != head.content():
        found.damages.append(Damage(0, f"{path.name} was changed"))
    problem = _unsigned("ledger head", head.text, head, trusted) if trusted else None
    if problem:
        found.damages.append(Damage(0, f"{path.name}: {problem}"))
    _check_known((head.entries, head.hash), entries, found)
    if 0 <= head.entries < len(entries) and not found.damages:
        found.notes.append(
            f"{len(entries) - head.entries} entries were written after {path.name}: a process ended between the two"
        )


def _check_known(known: tuple[int, str], entries: Sequence[Entry], found: _Findings) -> None:
    count, hash_ = known
    if count > len(entries):
        message = f"{count - len(entries)} entries are missing at the end: there were {count}, there are {len(entries)}"
        found.damages.append(Damage(0, message))
    elif (entries[count - 1].link if count else START) != hash_:
        found.damages.append(Damage(count, "the ledger was written anew: this is not the entry that was known"))


def _check_copy(copy: Path, content: bytes, found: _Findings) -> None:
    other = copy.read_bytes() if copy.is_file() else None
    if other is None:
        found.doubts.append(f"the copy {copy} cannot be read")
    elif not content.startswith(other) and not other.startswith(content):
        found.damages.append(Damage(0, f"the ledger and its copy {copy} differ"))
    elif len(other) > len(content):
        found.damages.append(Damage(0, f"the copy {copy} holds entries that are missing here"))


def append(ledger: Path, entry: Entry, key: SigningKey | None = None, trusted: Sequence[TrustedKey] = ()) -> Entry:
    """Add an entry to the end, on disk when this returns; ``seq``, ``previous`` and ``hash`` are given here.

    Safe for several writers. Raises LedgerError: the ledger is damaged, cannot be written, or is held too long.
    """
    try:
        ledger.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{ledger}.lock", timeout=LOCK_SECONDS):
            return _append(ledger, entry, key, trusted)
    except Timeout:
        message = f"{ledger} has been held by another process for {LOCK_SECONDS:g} s"
        raise LedgerError(message) from None
    except OSError as error:
        message = f"{ledger} cannot be written: {error.strerror or error}"
        raise LedgerError(message) from error


def _append(ledger: Path, entry: Entry, key: SigningKey | None, trusted: Sequence[TrustedKey]) -> Entry:
    known = examine(ledger, trusted)
    if known.damages:
        message = (
            f"{ledger} was changed: {known.damages[0]}. Restore it from a copy; 'updategate ledger verify' tells all"
        )
        raise LedgerError(message)
    if known.doubts:
        message = f"{ledger} cannot be trusted: {known.doubts[0]}. Restore it from a copy"
        raise LedgerError(message)
    placed = entry.model_copy(update={"seq": len(known.entries) + 1, "previous": known.head.hash})
    placed = placed.model_copy(update={"hash": hashlib.sha256(placed.content().encode()).hexdigest()})
    if key is not None:
        placed = placed.model_copy(update={"key": key.id, "signature": key.sign("ledger entry", placed.hash)})
    head = Head(entries=placed.seq, hash=placed.link)
    if key is not None:
        head = head.model_copy(update={"key": key.id, "signature": key.sign("ledger head", head.text)})
    if not known.entries:
        # the head goes first, so that a process that ends in between leaves a ledger that goes on
        _write_head(head_path(ledger), known.head)
    descriptor = os.open(ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        _write_all(descriptor, placed.line())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    _write_head(head_path(ledger), head)
    return placed


def _write_head(path: Path, head: Head) -> None:
    partial = path.with_name(f"{path.name}.part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        _write_all(descriptor, head.content())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _canonical(data: dict[str, Any]) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
