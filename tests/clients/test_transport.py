"""One attempt a call, everything logged without secrets, and faults told apart."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import threading
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.clients.fake_shop import FakeShop, serving
from updategate.clients.errors import RequestFaultError, ShopUnreachableError
from updategate.clients.exchange_log import ExchangeLog
from updategate.clients.transport import Call, ConnectionSettings, RequestsTransport

SECRET = "correct-horse-battery"


@pytest.fixture
def log() -> ExchangeLog:
    return ExchangeLog(capacity=3, secrets=[SECRET])


@pytest.fixture
def transport(fake_shop: FakeShop, log: ExchangeLog) -> Iterator[RequestsTransport]:
    connection = RequestsTransport(fake_shop.url + "/", log)
    yield connection
    connection.close()


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_an_answer_is_returned_whatever_its_status(fake_shop: FakeShop, transport: RequestsTransport) -> None:
    fake_shop.answers("POST", "/x", {"price": 12.34}, status=503, Retry_After="7")

    answer = transport.send(Call("POST", "/x", json={"amount": Decimal("0.10")}))

    assert (answer.status, answer.ok, answer.header("retry-after")) == (503, False, "7")
    assert answer.json() == {"price": Decimal("12.34")}
    assert 0 < answer.elapsed < 30
    assert fake_shop.asked[0].body == b'{"amount": 0.10}'
    assert len(fake_shop.asked) == 1, "a failed request is never sent again"


def test_a_form_is_sent_as_a_form(fake_shop: FakeShop, transport: RequestsTransport) -> None:
    fake_shop.answers("POST", "/form")
    transport.send(Call("POST", "/form", form={"name": "Ada & Co"}))
    asked = fake_shop.asked[0]
    assert (asked.body, asked.headers["Content-Type"]) == (b"name=Ada+%26+Co", "application/x-www-form-urlencoded")


def test_redirects_are_followed_only_on_request(fake_shop: FakeShop, transport: RequestsTransport) -> None:
    fake_shop.answers("GET", "/from", status=302, Location="/to")
    fake_shop.answers("GET", "/to", {"here": True})
    assert transport.send(Call("GET", "/from")).status == 302
    assert transport.send(Call("GET", "/from", follow_redirects=True)).url == f"{fake_shop.url}/to"


@pytest.mark.parametrize(("keeps", "sent"), [(False, None), (True, "session-=abc")])
def test_cookies_are_kept_only_for_a_browser_like_session(fake_shop: FakeShop, keeps: bool, sent: str | None) -> None:
    fake_shop.answers("GET", "/", {}, Set_Cookie="session-=abc; path=/")
    connection = RequestsTransport(fake_shop.url, keep_cookies=keeps)
    connection.send(Call("GET", "/"))
    connection.send(Call("GET", "/"))
    connection.close()
    assert fake_shop.asked[1].headers.get("Cookie") == sent


def test_basic_auth_yields_to_the_apis_own_authorization(fake_shop: FakeShop) -> None:
    fake_shop.answers("GET", "/")
    connection = RequestsTransport(fake_shop.url, settings=ConnectionSettings(basic_auth=("stage", "pass")))
    connection.send(Call("GET", "/"))
    connection.send(Call("GET", "/", headers={"Authorization": "Bearer t"}))
    connection.close()
    assert [asked.headers["Authorization"] for asked in fake_shop.asked] == ["Basic c3RhZ2U6cGFzcw==", "Bearer t"]


def test_an_unreachable_shop_is_confirmed_by_a_second_attempt(log: ExchangeLog) -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    connection = RequestsTransport(url, log)

    with pytest.raises(ShopUnreachableError) as caught:
        connection.send(Call("GET", "/store-api/context"))
    connection.close()

    assert str(caught.value) == (
        f"The shop {url} cannot be reached: connection refused. A second attempt failed as well. Is the address right, "
        "does the shop run, is a proxy, a VPN or basic authentication missing?"
    )
    assert [exchange.note for exchange in log.last()] == ["", "probe after: GET /store-api/context"]
    assert all(exchange.status is None and exchange.fault == "connection refused" for exchange in log.last())


def test_a_lost_request_of_a_living_shop_is_not_an_unreachable_shop(
    fake_shop: FakeShop, transport: RequestsTransport
) -> None:
    fake_shop.hangs_up("POST", "/checkout")
    fake_shop.answers("GET", "/", {})

    with pytest.raises(RequestFaultError) as caught:
        transport.send(Call("POST", "/checkout"))

    assert str(caught.value) == (
        "POST /checkout got no answer (the connection was closed without an answer), although the shop answers other "
        "requests."
    )
    assert len(fake_shop.of("/checkout")) == 1


def test_a_name_that_does_not_exist_is_an_unreachable_shop() -> None:
    connection = RequestsTransport("http://shop.invalid")
    with pytest.raises(ShopUnreachableError, match=r"The shop http://shop\.invalid cannot be reached"):
        connection.send(Call("GET", "/"))
    connection.close()


def test_the_log_is_a_ring_without_secrets(fake_shop: FakeShop, transport: RequestsTransport, log: ExchangeLog) -> None:
    fake_shop.answers("POST", "/token", {"access_token": "very-secret", "expires_in": 600})
    fake_shop.answers("POST", "/login", {"said": f"hello {SECRET}"}, sw_context_token="ctx-1")
    for _ in range(3):
        transport.send(Call("POST", "/token", json={"client_id": "SWIA", "client_secret": "s3cr3t"}))
    transport.send(
        Call(
            "POST",
            "/login",
            headers={"sw-access-key": "SWSC", "Authorization": "Bearer abcdefghijkl"},
            json={"username": "ada@x.example", "password": 'pa"ss'},
        )
    )

    kept = log.as_text() + str([exchange.to_json() for exchange in log.last()])

    assert (log.count, len(log.last())) == (4, 3)
    assert log.last()[-1].url.endswith("/login")
    for secret in ("s3cr3t", "very-secret", 'pa\\"ss', SECRET, "SWSC", "abcdefghijkl", "ctx-1"):
        assert secret not in kept
    assert "ada@x.example" in kept
    assert "SWIA" in kept
    assert "-> 200 in" in kept


def test_bytes_that_are_no_text_are_described_not_kept(fake_shop: FakeShop) -> None:
    fake_shop.answers("GET", "/invoice", b"%PDF-1.4", content_type="application/pdf")
    log = ExchangeLog()
    connection = RequestsTransport(fake_shop.url, log)
    assert connection.send(Call("GET", "/invoice")).body == b"%PDF-1.4"
    connection.close()
    assert log.last()[0].response_body == "(8 bytes of application/pdf)"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private


def test_a_self_signed_certificate_is_refused_unless_allowed_or_known(certificate: tuple[Path, Path]) -> None:
    with serving(certificate) as shop:
        shop.answers("GET", "/", {"ok": True})

        strict = RequestsTransport(shop.url)
        with pytest.raises(ShopUnreachableError, match="the TLS certificate was refused"):
            strict.send(Call("GET", "/"))
        strict.close()

        for settings in (ConnectionSettings(verify_tls=False), ConnectionSettings(ca_file=certificate[0])):
            lenient = RequestsTransport(shop.url, settings=settings)
            assert lenient.send(Call("GET", "/")).json() == {"ok": True}
            lenient.close()


def test_a_proxy_is_used() -> None:
    with serving() as proxy:
        proxy.answers("GET", "http://shop.invalid/through", {"via": "proxy"})
        connection = RequestsTransport("http://shop.invalid", settings=ConnectionSettings(proxy=proxy.url))
        assert connection.send(Call("GET", "/through")).json() == {"via": "proxy"}
        connection.close()


def test_a_slow_answer_is_a_fault(fake_shop: FakeShop) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        connection = RequestsTransport(url, settings=ConnectionSettings(timeouts=(1.0, 0.2)))
        with pytest.raises(ShopUnreachableError, match="no answer in time"):
            connection.send(Call("GET", "/"))
        connection.close()


@pytest.mark.parametrize(("idle", "peers"), [(0.0, 2), (60.0, 1)])
def test_a_connection_that_was_idle_is_not_used_again(idle: float, peers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    met: set[int] = set()

    class Keeping(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            met.add(self.client_address[1])
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    monkeypatch.setattr("updategate.clients.transport.IDLE_SECONDS", idle)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Keeping)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    connection = RequestsTransport(f"http://127.0.0.1:{server.server_port}")
    try:
        assert [connection.send(Call("GET", "/")).status for _ in range(2)] == [200, 200]
    finally:
        connection.close()
        server.shutdown()
        server.server_close()
    assert len(met) == peers
