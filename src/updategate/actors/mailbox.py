"""The mailbox: what the shop has sent to the test's customers, as it was delivered."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from updategate.actors.purchase import Buyable
from updategate.actors.recorder import Kept, Recorder
from updategate.clients.mail import DeliveredMail, Mailpit
from updategate.clients.mail.order_mail import read_order_html, read_order_text
from updategate.clients.storefront.money_text import MoneyTextError, parse_money
from updategate.domain.money import Money
from updategate.domain.views import OrderView

_RECOVERY = re.compile(r"/account/recover/password\?hash=([A-Za-z0-9]+)")
_NUMBER = r"-?\d[\d.,'’\u00a0\u202f]*\d"
_AMOUNT = re.compile(rf"(?:[€$£]|[A-Z]{{3}})\s?{_NUMBER}|{_NUMBER}\s?(?:[€$£]|[A-Z]{{3}}\b)")
# a shop that sends through its message queue needs a worker, which polls
WITHIN_SECONDS = 60.0


class Mailbox:
    """Reads the mails of test customers; they are thrown away at the end. ``locale`` is how they print numbers."""

    def __init__(self, sink: Mailpit, recorder: Recorder, locale: str) -> None:
        self._sink = sink
        self._recorder = recorder
        self._locale = locale
        self._read: dict[str, DeliveredMail] = {}

    def awaits_recovery_link(self, email: str, within: float = WITHIN_SECONDS) -> str:
        """Wait for the mail with a link to a new password; returns what the link holds."""
        mail = self._awaits(email, "the link to a new password", within, lambda mail: _link_hash(mail) is not None)
        return _link_hash(mail) or ""

    def awaits_mail_about(self, email: str, word: str, within: float = WITHIN_SECONDS) -> DeliveredMail:
        """Wait for a mail whose subject or text holds a word, such as an order number."""
        return self._awaits(email, f"a mail about {word}", within, lambda mail: word in f"{mail.subject}\n{mail.text}")

    def awaits_another(self, email: str, *known: DeliveredMail, within: float = WITHIN_SECONDS) -> DeliveredMail:
        """Wait for a mail other than those already known."""
        ids = {mail.id for mail in known}
        return self._awaits(email, "another mail", within, lambda mail: mail.id not in ids)

    def all_with_subject(self, email: str, subject: str) -> list[DeliveredMail]:
        """Return every mail to an address with a subject, oldest first."""
        with self._recorder.step(f"reads the mails to {email} with the subject {subject!r}"):
            found = self._sink.mails_to(email)
            self._read.update((mail.id, mail) for mail in found)
            return [mail for mail in found if mail.subject == subject]

    def amounts_in(self, mail: DeliveredMail, currency: str) -> set[Money]:
        """Return every amount of money in a mail's text."""
        found = set()
        for text in _AMOUNT.findall(mail.text):
            try:
                found.add(parse_money(text, locale=self._locale, currency=currency))
            except MoneyTextError:
                continue  # a word of three capitals beside a number
        return found

    def reads_order(
        self,
        mail: DeliveredMail,
        order: str,
        products: Collection[Buyable],
        currency: str,
        locale: str | None = None,
    ) -> tuple[OrderView, OrderView]:
        """Read the order that a mail tells of, from its text and from its HTML: customers see the latter.

        ``order`` is the number that the mail has to name; ``locale`` how it prints numbers, if not as most do.
        """
        with self._recorder.step(f"reads the figures of order {order} in the mail {mail.subject!r}"):
            numbers = [product.number for product in products]
            text = read_order_text(mail, locale or self._locale, currency, order=order, products=numbers)
            html = read_order_html(mail, locale or self._locale, currency, order=order, products=numbers)
            return text, html

    def _awaits(self, email: str, what: str, within: float, fits: Callable[[DeliveredMail], bool]) -> DeliveredMail:
        with self._recorder.step(f"waits for {what} in the mailbox of {email}", within=f"{within:g} s"):
            number = 1
            while True:
                found = self._sink.await_mails(email, number, within)
                self._read.update((mail.id, mail) for mail in found)
                fitting = [mail for mail in found if fits(mail)]
                if fitting:
                    return fitting[-1]
                number = len(found) + 1

    def documents(self) -> list[Kept]:
        """Every mail that was read, with what was attached to it."""
        kept = []
        for number, mail in enumerate(self._read.values(), start=1):
            head = f"From: {mail.sender}\nTo: {', '.join(mail.recipients)}\nSubject: {mail.subject}\n\n"
            kept.append(Kept(f"mail {number}: {mail.subject}", "text/plain", f"{head}{mail.text}".encode()))
            kept += [Kept(part.name, part.content_type, part.content) for part in mail.attachments]
        return kept

    def throws_away(self) -> None:
        """Delete the mails that were read."""
        self._sink.forget(*sorted(self._read))
        self._read.clear()


def _link_hash(mail: DeliveredMail) -> str | None:
    found = _RECOVERY.search(mail.text) or _RECOVERY.search(mail.html)
    return found.group(1) if found else None
