"""A container that was just started: waited for, given its address and mail server; anything else is left alone."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.refshop.conformance.harness import running_shop
from updategate.cli import execute
from updategate.clients.admin_api import AdminApi, Criteria, User
from updategate.clients.transport import RequestsTransport
from updategate.operations.fresh_shop import NotReadyError, is_container, make_ready


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, Any]]:
    with running_shop() as shop:
        yield shop.facts


def test_a_fresh_shop_gets_its_addresses_and_mail_server(
    served: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = served["url"].rpartition(":")[2]
    # the same container under another name, which is no domain of it yet
    url = f"http://localhost:{port}"
    command = [
        "fresh-shop",
        url,
        "--also",
        "http://shop",
        "--mail",
        "mailpit:1025",
        "--write-env",
        str(tmp_path / "env"),
    ]
    for _ in range(2):
        assert execute(command) == 0, capsys.readouterr().err
    text = (tmp_path / "env").read_text(encoding="utf-8")
    assert text == f"export SHOP_URL={url}\nexport SHOP_ACCESS_KEY={served['access_key']}\n"
    transport = RequestsTransport(served["url"])
    admin = AdminApi(transport, User("admin", "shopware"))
    domains = [str(row["url"]) for row in admin.pages("sales_channel_domain", Criteria())]
    assert sorted(domains.count(wanted) for wanted in (url, "http://shop")) == [1, 1]
    assert admin.setting("core.mailerSettings.host") == "mailpit"
    transport.close()


def test_a_wrong_password_is_told_at_once(served: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["fresh-shop", served["url"], "--password", "wrong", "--within", "60"]) == 2
    assert "The shop refuses this user" in capsys.readouterr().err


def test_a_shop_that_does_not_get_ready_is_3(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    assert execute(["fresh-shop", url, "--within", "0"]) == 3
    assert "did not get ready in time" in capsys.readouterr().err
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_ready(url, "admin", "shopware", within=60, wait_to_look_again=wait)
    assert waits == [2.0, 2.0, 2.0]
    with pytest.raises(NotReadyError):
        make_ready(url, "admin", "shopware", within=0)


@pytest.mark.parametrize("url", ["https://shop.example.com", "http://10.0.0.5", "http://192.168.1.2:8000", "nothing"])
def test_a_shop_that_is_no_container_is_left_alone(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert not is_container(url)
    assert execute(["fresh-shop", url]) == 2
    assert "is no container of this pipeline" in capsys.readouterr().err


@pytest.mark.parametrize("mail", ["mailpit", "mailpit:smtp", ":1025"])
def test_a_mail_server_is_a_host_and_a_port(mail: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["fresh-shop", "http://localhost:1", "--mail", mail]) == 2
    assert "--mail is written HOST:PORT" in capsys.readouterr().err
