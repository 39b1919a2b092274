"""The mails that were taken, in memory, newest first."""

from __future__ import annotations

import base64
import email
import email.policy
import re
import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import getaddresses
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class StoredMail:
    """A mail as it came. ``recipients`` are those of the envelope, blind copies included.

    It is parsed once: whoever waits for a mail has all mails looked through several times a second.
    """

    id: str
    raw: bytes
    recipients: tuple[str, ...]
    received: str

    @cached_property
    def message(self) -> EmailMessage:
        """The parsed mail."""
        parsed = email.message_from_bytes(self.raw, policy=email.policy.default)
        if not isinstance(parsed, EmailMessage):
            message = "the default policy makes EmailMessage objects"
            raise TypeError(message)
        return parsed

    def summary(self) -> dict[str, Any]:
        """What Mailpit lists of a mail."""
        return self._summary

    @cached_property
    def _summary(self) -> dict[str, Any]:
        message = self.message
        text, _ = self.bodies()
        return {
            "ID": self.id,
            "MessageID": str(message.get("Message-ID", "")).strip("<>"),
            "From": next(iter(_addresses(message, "From")), None),
            "To": _addresses(message, "To"),
            "Cc": _addresses(message, "Cc"),
            "Bcc": self._blind(),
            "ReplyTo": _addresses(message, "Reply-To"),
            "Subject": str(message.get("Subject", "")),
            "Created": self.received,
            "Size": len(self.raw),
            "Attachments": len(self.attachments()),
            "Read": False,
            "Tags": [],
            "Snippet": " ".join(text.split())[:250],
        }

    def detail(self) -> dict[str, Any]:
        """What Mailpit tells of one mail: bodies, and attachments by part id."""
        text, html = self.bodies()
        attachments = [
            {
                "PartID": str(number),
                "FileName": part.get_filename() or "",
                "ContentType": part.get_content_type(),
                "ContentID": str(part.get("Content-ID", "")).strip("<>"),
                "Size": len(_payload(part)),
            }
            for number, part in self.attachments()
        ]
        return {
            **self.summary(),
            "Date": self.received,
            "Text": text,
            "HTML": html,
            "Attachments": attachments,
            "Inline": [],
        }

    def headers(self) -> dict[str, list[str]]:
        """All headers by name."""
        found: dict[str, list[str]] = {}
        for name, value in self.message.items():
            found.setdefault(name, []).append(str(value))
        return found

    def part(self, part_id: str) -> tuple[str, bytes] | None:
        """Content type and bytes of an attachment."""
        for number, part in self.attachments():
            if str(number) == part_id:
                return part.get_content_type(), _payload(part)
        return None

    def bodies(self) -> tuple[str, str]:
        """Plain text and HTML of the mail."""
        message = self.message
        text, html = message.get_body(("plain",)), message.get_body(("html",))
        return (
            str(text.get_content()) if text is not None else "",
            str(html.get_content()) if html is not None else "",
        )

    def attachments(self) -> list[tuple[int, EmailMessage]]:
        """Attached parts with their number, counted over all parts from 1 as Mailpit does."""
        return [
            (number, part)
            for number, part in enumerate(self.message.walk(), start=0)
            if part.is_attachment() or part.get_filename()
        ]

    def _blind(self) -> list[dict[str, str]]:
        shown = {entry["Address"].lower() for name in ("To", "Cc") for entry in _addresses(self.message, name)}
        return [{"Name": "", "Address": address} for address in self.recipients if address.lower() not in shown]


def _addresses(message: EmailMessage, header: str) -> list[dict[str, str]]:
    return [
        {"Name": name, "Address": address}
        for name, address in getaddresses([str(value) for value in message.get_all(header, [])])
        if address
    ]


def _payload(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


class MailStore:
    """All mails, newest first. Thread-safe: SMTP and HTTP run in different threads."""

    TERM = re.compile(r'(?:(to|from|subject|addressed):)?(?:"([^"]*)"|(\S+))')

    def __init__(self) -> None:
        self._mails: list[StoredMail] = []
        self._lock = threading.Lock()

    def add(self, raw: bytes, recipients: tuple[str, ...]) -> StoredMail:
        """Keep one mail."""
        name = base64.b32encode(secrets.token_bytes(10)).decode().rstrip("=")
        received = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        mail = StoredMail(name, raw, recipients, received)
        with self._lock:
            self._mails.insert(0, mail)
        return mail

    def all(self) -> list[StoredMail]:
        """Every mail."""
        with self._lock:
            return list(self._mails)

    def get(self, mail_id: str) -> StoredMail | None:
        """One mail, or the newest as ``latest``."""
        mails = self.all()
        if mail_id == "latest":
            return mails[0] if mails else None
        return next((mail for mail in mails if mail.id == mail_id), None)

    def delete(self, ids: list[str]) -> None:
        """Forget these mails, or all if none is named."""
        with self._lock:
            self._mails = [mail for mail in self._mails if ids and mail.id not in ids]

    def search(self, query: str) -> list[StoredMail]:
        """Mails that fit every term: ``to:``, ``from:``, ``subject:``, ``addressed:`` or words of subject and text."""
        terms = [(match[1] or "", (match[2] or match[3]).lower()) for match in self.TERM.finditer(query)]
        return [mail for mail in self.all() if all(_fits(mail, kind, wanted) for kind, wanted in terms)]


def _fits(mail: StoredMail, kind: str, wanted: str) -> bool:
    summary = mail.summary()
    told: dict[str, list[str]] = {
        "to": [entry["Address"] for entry in summary["To"]],
        "from": [summary["From"]["Address"]] if summary["From"] else [],
        "addressed": [entry["Address"] for key in ("To", "Cc", "Bcc") for entry in summary[key]],
        "subject": [summary["Subject"]],
    }
    places = told[kind] if kind else [summary["Subject"], *mail.bodies()]
    return any(wanted in place.lower() for place in places)
