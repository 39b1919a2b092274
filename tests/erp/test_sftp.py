"""File exchange over SFTP, against a server of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from pydantic import ValidationError

from tests.erp.test_files import CSV, ORDERS
from updategate.clients.erp import Article, Erp, ErpSignInError, ErpUnreachableError
from updategate.clients.erp.files import FileExchange
from updategate.config.environment import Environment, load_environment
from updategate.config.erp import ErpSettings
from updategate.config.errors import ConfigError
from updategate.domain.money import eur

PASSWORD = "password-of-the-exchange"


@dataclass
class Server:
    """A running server; ``root`` is what its users see as ``/``."""

    port: int
    root: Path
    known_hosts: Path
    user_key: Path
    connections: list[asyncssh.SSHServerConnection]
    loop: asyncio.AbstractEventLoop

    def forgets_everybody(self) -> None:
        """End all connections, as servers do with idle ones."""

        async def end() -> None:
            for connection in self.connections:
                connection.close()
                await connection.wait_closed()
            self.connections.clear()

        asyncio.run_coroutine_threadsafe(end(), self.loop).result(10)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("sftp")
    root = folder / "root"
    root.mkdir()
    host_key = asyncssh.generate_private_key("ssh-ed25519")
    user_key = asyncssh.generate_private_key("ssh-ed25519")
    user_key.write_private_key(folder / "id", passphrase="phrase")
    user_key.write_public_key(folder / "authorized_keys")
    connections: list[asyncssh.SSHServerConnection] = []

    class Gate(asyncssh.SSHServer):
        def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
            connections.append(conn)

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == ("erp", PASSWORD)

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def begin() -> asyncssh.SSHAcceptor:
        return await asyncssh.create_server(
            Gate, "127.0.0.1", 0, server_host_keys=[host_key], authorized_client_keys=str(folder / "authorized_keys"),
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=bytes(root)),
        )  # fmt: skip

    acceptor = asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
    port = acceptor.get_port()
    known = folder / "known_hosts"
    public = host_key.export_public_key().decode()
    known.write_text(f"[127.0.0.1]:{port} {public}", encoding="utf-8")
    running = Server(port, root, known, folder / "id", connections, loop)
    yield running

    async def end() -> None:
        acceptor.close()
        for connection in connections:
            connection.close()
            await connection.wait_closed()
        await acceptor.wait_closed()

    asyncio.run_coroutine_threadsafe(end(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def shared(server: Server, request: pytest.FixtureRequest) -> Path:
    """The folder of one test on the server."""
    folder = server.root / str(request.node.name).replace("[", "-").replace("]", "")
    for name in ("to-shop", "from-shop"):
        (folder / name).mkdir(parents=True)
    return folder


def exchange(server: Server, shared: Path, tmp_path: Path, **changed: Any) -> FileExchange:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(CSV, encoding="utf-8")
    sftp: dict[str, Any] = {
        "host": "127.0.0.1", "port": server.port, "username": "erp", "password": PASSWORD,
        "known_hosts": str(server.known_hosts), **changed,
    }  # fmt: skip
    sftp = {name: value for name, value in sftp.items() if value is not None}
    given = {"adapter": "files", "mapping": str(mapping), "folder": f"/{shared.name}", "sftp": sftp, "timeout": 5}
    return FileExchange(ErpSettings.model_validate(given))


def test_articles_leave_and_orders_arrive(server: Server, shared: Path, tmp_path: Path) -> None:
    erp = exchange(server, shared, tmp_path)
    port: Erp = erp
    port.check()
    assert list((shared / "to-shop").iterdir()) == []
    erp.save_articles([Article("UG-1", "Größe; L", eur("84.03"))])
    (file,) = (shared / "to-shop").iterdir()
    assert file.name.startswith("art-")
    assert file.read_bytes().decode("cp1252") == 'ArtNr;Bezeichnung;Preis;MwSt\r\nUG-1;"Größe; L";84,03;19\r\n'
    (shared / "from-shop" / "auftrag-1.csv").write_bytes(ORDERS.encode("cp1252"))
    (shared / "from-shop" / ".auftrag-2.csv.part").write_bytes(b"half a fi")
    (order,) = erp.orders("10001")
    assert order.total == eur("1249.50")
    erp.retire(["UG-1"])
    assert list((shared / "to-shop").iterdir()) == []
    erp.close()


def test_a_key_with_a_passphrase(server: Server, shared: Path, tmp_path: Path) -> None:
    erp = exchange(server, shared, tmp_path, password=None, key_file=str(server.user_key), passphrase="phrase")
    erp.check()
    erp.close()
    wrong = exchange(server, shared, tmp_path, password=None, key_file=str(server.user_key), passphrase="another")
    with pytest.raises(ErpUnreachableError, match=r"the key .*id cannot be used"):
        wrong.check()
    wrong.close()


def test_a_connection_that_was_ended_is_made_again(server: Server, shared: Path, tmp_path: Path) -> None:
    erp = exchange(server, shared, tmp_path)
    erp.check()
    server.forgets_everybody()
    erp.count_stock({"UG-1": 5})
    assert len(list((shared / "to-shop").iterdir())) == 1
    erp.close()


def test_a_server_under_another_key_is_never_spoken_to(server: Server, shared: Path, tmp_path: Path) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{server.port} {other}", encoding="utf-8")
    for file in (known, tmp_path / "empty"):
        (tmp_path / "empty").touch()
        erp = exchange(server, shared, tmp_path, known_hosts=str(file))
        with pytest.raises(ErpUnreachableError, match=r"its host key is not the one .*ssh-keyscan -p \d+ 127\.0\.0\.1"):
            erp.check()
        erp.close()
    erp = exchange(server, shared, tmp_path, known_hosts=str(tmp_path / "none"))
    with pytest.raises(ErpUnreachableError, match=r"there is no file .*none to know the server by"):
        erp.check()
    erp.close()


def test_credentials_and_folders(server: Server, shared: Path, tmp_path: Path) -> None:
    stranger = exchange(server, shared, tmp_path, password="guess")
    with pytest.raises(ErpSignInError, match="refuses the credentials of erp"):
        stranger.check()
    stranger.close()
    (shared / "from-shop").rmdir()
    erp = exchange(server, shared, tmp_path)
    with pytest.raises(ErpUnreachableError, match="there is no folder 'from-shop'"):
        erp.check()
    erp.close()


def test_a_server_that_is_not_there_or_says_nothing(server: Server, shared: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        erp = exchange(server, shared, tmp_path, port=port)
        erp._place._seconds = 1.0  # type: ignore[attr-defined]
        with pytest.raises(ErpUnreachableError, match="no answer in time"):
            erp.check()
        erp.close()
    gone = exchange(server, shared, tmp_path, port=port)
    with pytest.raises(ErpUnreachableError, match=f"sftp://127.0.0.1:{port}/.* cannot be reached"):
        gone.check()
    gone.close()


@pytest.mark.parametrize(
    ("sftp", "told"),
    [
        ({"host": "x", "username": "u"}, "exactly one of password and key_file"),
        ({"host": "x", "username": "u", "password": "p", "key_file": "k"}, "exactly one of password and key_file"),
        ({"host": "x", "username": "u", "password": "p", "passphrase": "k"}, "a passphrase is that of a key_file"),
        ({"host": "x", "username": "u", "password": "p", "verify": False}, "Extra inputs are not permitted"),
    ],
)
def test_mistakes_in_the_section(sftp: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        ErpSettings.model_validate({"adapter": "files", "folder": "x", "sftp": sftp})
    with pytest.raises(ValidationError, match="exchanges no files"):
        ErpSettings.model_validate(
            {"adapter": "odata", "sftp": {"host": "x", "username": "u", "password": "p"}, "url": "http://x"}
        )


@pytest.mark.parametrize("secret", ["password: geheim", "key_file: id, passphrase: geheim"])
def test_secrets_come_from_the_environment(secret: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "SWSC")
    file = tmp_path / "environment.yaml"
    file.write_text(
        "name: x\nurl: http://127.0.0.1:9\nsales_channel: {access_key: '${KEY}'}\n"
        f"erp: {{adapter: files, folder: /, mapping: m.yaml, sftp: {{host: h, username: u, {secret}}}}}\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match=rf"erp\.sftp\.{'passphrase' if 'phrase' in secret else 'password'}"):
        load_environment(file)
    monkeypatch.setenv("SECRET", "geheim")
    file.write_text(file.read_text(encoding="utf-8").replace("geheim", "'${SECRET}'"), encoding="utf-8")
    loaded: Environment = load_environment(file)
    assert "geheim" not in repr(loaded)
