"""Mailpit's HTTP API, which the embedded mail sink speaks too. Mails are parsed from their bytes."""

from __future__ import annotations

import email
import email.policy
import time
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import getaddresses
from urllib.parse import quote

from updategate.clients.errors import ApiError, ShopError
from updategate.clients.transport import Answer, Call, Transport

POLL_SECONDS = 0.2
PAGE = 200


class MailsMissingError(ShopError):
    """Fewer mails arrived in time than were awaited."""

    def __init__(self, recipient: str, wanted: int, found: list[str], seconds: float) -> None:
        told = "; ".join(found) or "none"
        super().__init__(f"{wanted} mail(s) to {recipient} were awaited for {seconds:g} s; arrived: {told}")
        self.expected = wanted
        self.actual = len(found)


@dataclass(frozen=True, slots=True)
class MailAttachment:
    """An attached file."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class DeliveredMail:
    """A mail as the recipient gets it. ``language`` is the Content-Language header, empty where there is none."""

    id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    attachments: tuple[MailAttachment, ...]
    language: str = ""

    @classmethod
    def parse(cls, mail_id: str, raw: bytes) -> DeliveredMail:
        """Read a mail from its bytes."""
        message = email.message_from_bytes(raw, policy=email.policy.default)
        text, html = message.get_body(("plain",)), message.get_body(("html",))
        return cls(
            id=mail_id,
            sender=getaddresses([str(message.get("From", ""))])[0][1],
            recipients=tuple(address for _, address in getaddresses([str(one) for one in message.get_all("To", [])])),
            subject=str(message.get("Subject", "")),
            text=str(text.get_content()) if text is not None else "",
            html=str(html.get_content()) if html is not None else "",
            attachments=tuple(_attachment(part) for part in message.iter_attachments()),
            language=str(message.get("Content-Language", "")),
        )


def _attachment(part: EmailMessage) -> MailAttachment:
    content = part.get_payload(decode=True)
    return MailAttachment(
        part.get_filename() or "", part.get_content_type(), content if isinstance(content, bytes) else b""
    )


class Mailpit:
    """One mail sink."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def mails_to(self, recipient: str) -> list[DeliveredMail]:
        """Every mail to an address, oldest first."""
        query = quote(f'to:"{recipient}"')
        path = f"/api/v1/search?query={query}&limit={PAGE}"
        rows = self._ask("GET", path).json()["messages"]
        exact = [row for row in rows if recipient.lower() in {one["Address"].lower() for one in row["To"] or []}]
        return [self.mail(str(row["ID"])) for row in reversed(exact)]

    def await_mails(self, recipient: str, number: int, within: float) -> list[DeliveredMail]:
        """Wait until that many mails to an address have arrived; ``within`` is in seconds. MailsMissingError else."""
        deadline = time.monotonic() + within
        while True:
            found = self.mails_to(recipient)
            if len(found) >= number:
                return found
            if time.monotonic() >= deadline:
                raise MailsMissingError(recipient, number, [mail.subject for mail in found], within)
            time.sleep(POLL_SECONDS)

    def mail(self, mail_id: str) -> DeliveredMail:
        """One mail, parsed from its bytes."""
        return DeliveredMail.parse(mail_id, self._ask("GET", f"/api/v1/message/{mail_id}/raw").body)

    def forget(self, *mail_ids: str) -> None:
        """Delete mails from the sink; without ids nothing is deleted."""
        if mail_ids:
            answer = self._transport.send(Call("DELETE", "/api/v1/messages", json={"IDs": list(mail_ids)}))
            if not answer.ok:
                raise ApiError.of(answer)

    def _ask(self, method: str, path: str) -> Answer:
        answer = self._transport.send(Call(method, path))
        if not answer.ok:
            raise ApiError.of(answer)
        return answer
