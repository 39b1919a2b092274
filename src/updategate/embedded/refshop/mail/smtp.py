"""Delivery by SMTP, behind the back of the request."""

from __future__ import annotations

import queue
import smtplib
import sys
import threading
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from updategate.embedded.refshop.shop import Mailer, NoMailer


class MailerUrlError(ValueError):
    """The address of the mail server cannot be used."""


class SmtpMailer:
    """Sends one mail after the other in a thread of its own; ``close`` waits for what is under way."""

    def __init__(self, host: str, port: int, user: str | None = None, password: str | None = None) -> None:
        self._address = (host, port)
        self._login = (user, password) if user and password else None
        self._queue: queue.Queue[EmailMessage | None] = queue.Queue()
        self._thread = threading.Thread(target=self._work, name="mailer", daemon=True)
        self._thread.start()

    def send(self, message: EmailMessage) -> None:
        """Take the message; it is sent as soon as those before it are."""
        self._queue.put(message)

    def close(self) -> None:
        """Send what waits, at most for five seconds."""
        self._queue.put(None)
        self._thread.join(timeout=5)

    def _work(self) -> None:
        while (message := self._queue.get()) is not None:
            try:
                with smtplib.SMTP(*self._address, timeout=5) as server:
                    if self._login:
                        server.login(*self._login)
                    server.send_message(message)
            except (OSError, smtplib.SMTPException) as error:
                print(f"refshop: mail to {message['To']} was not delivered: {error}", file=sys.stderr)


def mailer_of(url: str | None) -> Mailer:
    """Return the mailer for ``smtp://[user:password@]host[:port]``; ``null://null`` or nothing drops all mail."""
    if not url or url.startswith("null://"):
        return NoMailer()
    parts = urlsplit(url)
    if parts.scheme != "smtp" or not parts.hostname:
        raise MailerUrlError(f"--mailer wants smtp://HOST:PORT, not {url!r}")
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return SmtpMailer(parts.hostname, parts.port or 25, user, password)
