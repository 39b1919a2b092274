"""Where files are exchanged: two folders, of this machine or of a server that speaks SFTP."""

from __future__ import annotations

import contextlib
import fnmatch
import os
from pathlib import Path
from typing import Literal, Protocol

from updategate.clients.erp.errors import ErpUnreachableError

FolderName = Literal["to-shop", "from-shop"]
INBOX: FolderName = "to-shop"
OUTBOX: FolderName = "from-shop"


class FilePlace(Protocol):
    """The folders ``to-shop``, for the connector to read, and ``from-shop``, for it to write.

    Every method raises an ``ErpError`` where the place cannot be used.
    """

    def check(self) -> None:
        """See that both folders are there, and that the first can be written."""

    def names(self, folder: FolderName, pattern: str) -> list[str]:
        """Return the names of the files that match a pattern (``*``), sorted."""

    def read(self, folder: FolderName, name: str) -> bytes:
        """Return what a file holds."""

    def write(self, name: str, content: bytes) -> None:
        """Put a file into ``to-shop``: the connector must never see half of one."""

    def remove(self, name: str) -> None:
        """Take a file back from ``to-shop``; one that is gone is no error."""

    def close(self) -> None:
        """End all connections."""


def matching(names: list[str], pattern: str) -> list[str]:
    """The names that match; hidden ones, as those that are being written, never do."""
    return sorted(name for name in names if not name.startswith(".") and fnmatch.fnmatchcase(name, pattern))


def partial(name: str) -> str:
    """What a file is called while it is written."""
    return f".{name}.part"


class LocalFolders:
    """Folders of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def check(self) -> None:
        """See that both folders are there, and that the first can be written."""
        for name in (INBOX, OUTBOX):
            if not (self._folder / name).is_dir():
                raise ErpUnreachableError(str(self._folder), f"there is no folder '{name}'")
        if not os.access(self._folder / INBOX, os.W_OK):
            raise ErpUnreachableError(str(self._folder), f"the folder '{INBOX}' cannot be written")

    def names(self, folder: FolderName, pattern: str) -> list[str]:
        """Return the names of the files that match a pattern, sorted."""
        try:
            return matching([file.name for file in (self._folder / folder).iterdir()], pattern)
        except OSError as fault:
            raise self._unreachable(folder, fault) from None

    def read(self, folder: FolderName, name: str) -> bytes:
        """Return what a file holds."""
        try:
            return (self._folder / folder / name).read_bytes()
        except OSError as fault:
            raise self._unreachable(f"{folder}/{name}", fault) from None

    def write(self, name: str, content: bytes) -> None:
        """Put a file into ``to-shop``, whole."""
        unfinished = self._folder / INBOX / partial(name)
        try:
            unfinished.write_bytes(content)
            unfinished.replace(unfinished.with_name(name))
        except OSError as fault:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise self._unreachable(f"{INBOX}/{name}", fault) from None

    def remove(self, name: str) -> None:
        """Take a file back."""
        try:
            (self._folder / INBOX / name).unlink(missing_ok=True)
        except OSError as fault:
            raise self._unreachable(f"{INBOX}/{name}", fault) from None

    def close(self) -> None:
        """Nothing is kept open."""

    def _unreachable(self, what: str, fault: OSError) -> ErpUnreachableError:
        return ErpUnreachableError(str(self._folder / what), str(fault.strerror or fault))
