"""Folders of a server that speaks SFTP, and that ``known_hosts`` knows: there is no way round that."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import posixpath
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from updategate.clients.erp.errors import ErpLacksError, ErpSignInError, ErpUnreachableError
from updategate.clients.erp.file_places import INBOX, OUTBOX, FolderName, matching, partial
from updategate.config.erp import Sftp

if TYPE_CHECKING:
    import asyncssh

_T = TypeVar("_T")


class SftpFolders:
    """Folders on a server; ``seconds`` holds for one answer of it.

    Its connection lives in a thread of its own, because a browser may keep an event loop of its own in this one.
    """

    def __init__(self, settings: Sftp, folder: str, seconds: float) -> None:
        try:
            import asyncssh
        except ImportError:
            raise ErpLacksError("files", "SFTP: pip install 'updategate[sftp]'") from None
        self._ssh = asyncssh
        self._settings = settings
        self._folder = folder
        self._seconds = seconds
        self._where = f"sftp://{settings.host}:{settings.port}/{folder.lstrip('/')}"
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None

    # -- the place

    def check(self) -> None:
        """See that both folders are there, and that the first can be written."""
        self._do(self._check())

    def names(self, folder: FolderName, pattern: str) -> list[str]:
        """Return the names of the files that match a pattern, sorted."""
        return matching(self._do(self._listed(folder)), pattern)

    def read(self, folder: FolderName, name: str) -> bytes:
        """Return what a file holds."""
        return self._do(self._content(self._path(folder, name)))

    def write(self, name: str, content: bytes) -> None:
        """Put a file into ``to-shop``, whole."""
        self._do(self._written(name, content))

    def remove(self, name: str) -> None:
        """Take a file back."""
        self._do(self._removed(self._path(INBOX, name)))

    def close(self) -> None:
        """End the connection."""
        loop = self._loop
        if loop is None:
            return
        with contextlib.suppress(concurrent.futures.TimeoutError, OSError):
            asyncio.run_coroutine_threadsafe(self._disconnected(), loop).result(self._seconds)
        loop.call_soon_threadsafe(loop.stop)
        self._loop = None

    # -- what is done in the thread of the connection

    async def _check(self) -> None:
        client = await self._connected()
        for name in (INBOX, OUTBOX):
            if not await client.isdir(self._path(name)):
                raise ErpUnreachableError(self._where, f"there is no folder '{name}'")
        probe = self._path(INBOX, partial("updategate"))
        async with client.open(probe, "wb"):
            pass
        await client.remove(probe)

    async def _listed(self, folder: FolderName) -> list[str]:
        client = await self._connected()
        return [str(name) for name in await client.listdir(self._path(folder))]

    async def _content(self, path: str) -> bytes:
        client = await self._connected()
        async with client.open(path, "rb") as file:
            # asyncssh's types know files of text alone
            return cast("bytes", await file.read())

    async def _written(self, name: str, content: bytes) -> None:
        client = await self._connected()
        unfinished = self._path(INBOX, partial(name))
        async with client.open(unfinished, "wb") as file:
            await file.write(content)
        await client.rename(unfinished, self._path(INBOX, name))

    async def _removed(self, path: str) -> None:
        client = await self._connected()
        with contextlib.suppress(self._ssh.SFTPNoSuchFile):
            await client.remove(path)

    async def _connected(self) -> asyncssh.SFTPClient:
        if self._client is not None and self._connection is not None and not self._connection.is_closed():
            # the server may have ended it a moment ago, and nobody has noticed yet
            with contextlib.suppress(self._ssh.Error, OSError):
                await self._client.stat(".")
                return self._client
        settings = self._settings
        known = Path(settings.known_hosts or "~/.ssh/known_hosts").expanduser()
        if not known.is_file():
            message = f"there is no file {known} to know the server by: write 'erp.sftp.known_hosts'"
            raise ErpUnreachableError(self._where, message)
        secret = settings.password.get_secret_value() if settings.password else None
        passphrase = settings.passphrase.get_secret_value() if settings.passphrase else None
        key = [str(Path(settings.key_file).expanduser())] if settings.key_file else None
        self._connection = await self._ssh.connect(
            settings.host,
            settings.port,
            known_hosts=str(known),
            username=settings.username,
            password=secret,
            client_keys=key,
            passphrase=passphrase,
            # neither an agent nor a configuration of this machine decides who we are
            agent_path=None,
            config=None,
            connect_timeout=self._seconds,
            login_timeout=self._seconds,
        )
        self._client = await self._connection.start_sftp_client()
        return self._client

    async def _disconnected(self) -> None:
        if self._client is not None:
            self._client.exit()
        if self._connection is not None:
            self._connection.close()
            await self._connection.wait_closed()

    # -- between the threads

    def _do(self, work: Coroutine[Any, Any, _T]) -> _T:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            threading.Thread(target=_run, args=(self._loop,), name="sftp", daemon=True).start()
        task = asyncio.run_coroutine_threadsafe(work, self._loop)
        ssh = self._ssh
        try:
            # connecting, signing in and the work itself may each take their time
            return task.result(3 * self._seconds)
        except ssh.HostKeyNotVerifiable:
            known = self._settings.known_hosts or "~/.ssh/known_hosts"
            message = (
                f"its host key is not the one that {known} knows. Ask its operator for the fingerprint, and compare it "
                f"with that of ssh-keyscan -p {self._settings.port} {self._settings.host}"
            )
            raise ErpUnreachableError(self._where, message) from None
        except ssh.PermissionDenied:
            raise ErpSignInError(self._where, self._settings.username) from None
        except (ssh.KeyImportError, ssh.KeyEncryptionError) as fault:
            message = f"the key {self._settings.key_file} cannot be used ({fault})"
            raise ErpUnreachableError(self._where, message) from None
        except concurrent.futures.TimeoutError:
            task.cancel()
            raise ErpUnreachableError(self._where, "no answer in time") from None
        except (ssh.Error, OSError) as fault:
            raise ErpUnreachableError(self._where, _words(fault)) from None

    def _path(self, folder: FolderName, name: str = "") -> str:
        return posixpath.join(self._folder, folder, name) if name else posixpath.join(self._folder, folder)


def _run(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.close()


def _words(fault: Exception) -> str:
    if isinstance(fault, TimeoutError):
        return "no answer in time"
    return str(getattr(fault, "reason", "") or getattr(fault, "strerror", "")) or str(fault) or type(fault).__name__
