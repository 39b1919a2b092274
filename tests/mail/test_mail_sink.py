"""The mail sink as a process: SMTP in, Mailpit's HTTP API out, read with the client that reads a real Mailpit."""

from __future__ import annotations

import json
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from updategate.clients.mail import Mailpit, MailsMissingError
from updategate.clients.transport import Call, RequestsTransport


@pytest.fixture(scope="module")
def sink() -> Iterator[dict[str, str]]:
    command = [sys.executable, "-m", "updategate.embedded.mail_sink", "--json", "--with-parent"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.terminate()
        assert process.wait(timeout=10) == 0


@pytest.fixture
def mailpit(sink: dict[str, str]) -> Iterator[Mailpit]:
    transport = RequestsTransport(sink["url"])
    yield Mailpit(transport)
    transport.send(Call("DELETE", "/api/v1/messages"))
    transport.close()


def send(sink: dict[str, str], recipient: str = "ada@example.com", subject: str = "Bestellbestätigung") -> None:
    message = EmailMessage()
    message["From"] = "Bench Shop <shop@example.com>"
    message["To"] = recipient
    message["Subject"] = subject
    message.set_content("Gesamtsumme: 1.234,50 €")
    message.add_alternative("<p>Gesamtsumme: <b>1.234,50 €</b></p>", subtype="html")
    message.add_attachment(b"%PDF-1.4 test", maintype="application", subtype="pdf", filename="invoice_1000.pdf")
    host, port = sink["smtp"].removeprefix("smtp://").split(":")
    with smtplib.SMTP(host, int(port)) as connection:
        connection.send_message(message, to_addrs=[recipient, "archive@example.com"])


def test_a_mail_is_read_back_as_it_was_sent(sink: dict[str, str], mailpit: Mailpit) -> None:
    send(sink)
    (mail,) = mailpit.await_mails("ada@example.com", 1, within=5)
    assert (mail.sender, mail.subject, mail.recipients) == (
        "shop@example.com",
        "Bestellbestätigung",
        ("ada@example.com",),
    )
    assert "1.234,50 €" in mail.text
    assert "<b>1.234,50 €</b>" in mail.html
    assert [(one.name, one.content_type, one.content) for one in mail.attachments] == [
        ("invoice_1000.pdf", "application/pdf", b"%PDF-1.4 test")
    ]


def test_mails_of_others_are_not_taken_for_ones_own(sink: dict[str, str], mailpit: Mailpit) -> None:
    send(sink, "ada@example.com")
    send(sink, "grace.ada@example.com")
    assert len(mailpit.mails_to("ada@example.com")) == 1


def test_mails_come_oldest_first(sink: dict[str, str], mailpit: Mailpit) -> None:
    for subject in ("one", "two", "three"):
        send(sink, subject=subject)
    assert [mail.subject for mail in mailpit.mails_to("ada@example.com")] == ["one", "two", "three"]


def test_a_missing_mail_says_what_arrived(sink: dict[str, str], mailpit: Mailpit) -> None:
    send(sink, subject="Welcome")
    with pytest.raises(MailsMissingError, match=r"2 mail\(s\) to ada@example\.com .* arrived: Welcome"):
        mailpit.await_mails("ada@example.com", 2, within=0.5)


def test_only_named_mails_are_forgotten(sink: dict[str, str], mailpit: Mailpit) -> None:
    send(sink, subject="one")
    send(sink, subject="two")
    mailpit.forget(mailpit.mails_to("ada@example.com")[0].id)
    mailpit.forget()
    assert [mail.subject for mail in mailpit.mails_to("ada@example.com")] == ["two"]


def test_the_sink_answers_as_mailpit_does(sink: dict[str, str], mailpit: Mailpit) -> None:
    send(sink)
    transport = RequestsTransport(sink["url"])
    listed = transport.send(Call("GET", "/api/v1/messages?limit=1")).json()
    assert (listed["total"], listed["count"], listed["messages"][0]["Attachments"]) == (1, 1, 1)
    assert listed["messages"][0]["Bcc"] == [{"Name": "", "Address": "archive@example.com"}]
    detail = transport.send(Call("GET", "/api/v1/message/latest")).json()
    part = detail["Attachments"][0]
    content = transport.send(Call("GET", f"/api/v1/message/{detail['ID']}/part/{part['PartID']}"))
    assert content.body == b"%PDF-1.4 test"
    assert transport.send(Call("GET", "/api/v1/message/nowhere")).status == 404
    transport.close()
