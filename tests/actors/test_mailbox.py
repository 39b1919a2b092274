from __future__ import annotations

import pytest

from tests.actors.fakes import SpyRecorder
from updategate.actors.mailbox import Mailbox
from updategate.clients.mail import DeliveredMail, MailsMissingError
from updategate.domain.money import Money, eur

ADA = "ug-ada@updategate.example"


def mail(mail_id: str, subject: str, text: str = "") -> DeliveredMail:
    return DeliveredMail(mail_id, "shop@example.com", (ADA,), subject, text, "", ())


class FakeSink:
    """Delivers one more mail each time that it is asked."""

    def __init__(self, *mails: DeliveredMail) -> None:
        self.coming = list(mails)
        self.here: list[DeliveredMail] = []
        self.forgotten: list[str] = []

    def mails_to(self, _: str) -> list[DeliveredMail]:
        if self.coming:
            self.here.append(self.coming.pop(0))
        return list(self.here)

    def await_mails(self, recipient: str, number: int, within: float) -> list[DeliveredMail]:
        while len(found := self.mails_to(recipient)) < number:
            if not self.coming:
                raise MailsMissingError(recipient, number, [one.subject for one in found], within)
        return found

    def forget(self, *ids: str) -> None:
        self.forgotten += ids


def box(sink: FakeSink, locale: str = "en-GB") -> Mailbox:
    return Mailbox(sink, SpyRecorder(), locale)  # type: ignore[arg-type]


def test_the_link_is_found_behind_other_mails() -> None:
    link = "Reset it: https://shop.example/account/recover/password?hash=AbC123xyz\n"
    sink = FakeSink(mail("1", "Your sign-up"), mail("2", "Password recovery", link))
    mailbox = box(sink)
    assert mailbox.awaits_recovery_link(ADA) == "AbC123xyz"
    mailbox.throws_away()
    assert sink.forgotten == ["1", "2"]


def test_a_mail_that_never_comes_is_an_error_that_names_what_came() -> None:
    with pytest.raises(MailsMissingError, match="arrived: Your sign-up"):
        box(FakeSink(mail("1", "Your sign-up"))).awaits_mail_about(ADA, "10042")


def test_another_mail_is_one_that_was_not_known() -> None:
    first, second = mail("1", "Order confirmation", "10042"), mail("2", "Paid", "10042")
    mailbox = box(FakeSink(first, second))
    assert mailbox.awaits_mail_about(ADA, "10042") == first
    assert mailbox.awaits_another(ADA, first) == second


def test_a_confirmation_that_came_twice_is_seen() -> None:
    mailbox = box(FakeSink(mail("1", "Order confirmation"), mail("2", "Order confirmation"), mail("3", "Paid")))
    mailbox.awaits_another(ADA, mail("1", ""), mail("2", ""))
    assert [one.id for one in mailbox.all_with_subject(ADA, "Order confirmation")] == ["1", "2"]


@pytest.mark.parametrize(
    ("locale", "currency", "text", "amounts"),
    [
        ("en-GB", "EUR", "Total gross: €1,425.43\nShipping costs: €0.00<br>", {eur("1425.43"), eur("0.00")}),
        ("de-DE", "EUR", "Gesamtkosten Brutto: 1.425,43 €\nRabatt: -47,27 €", {eur("1425.43"), eur("-47.27")}),
        ("de-CH", "CHF", "Total: CHF 1’425.45", {Money.of("1425.45", "CHF")}),
        ("en-GB", "EUR", "Order number: 10042 of 24 Nov 2026, 2 pieces", set()),
    ],
)
def test_amounts_are_read_as_the_language_prints_them(
    locale: str, currency: str, text: str, amounts: set[Money]
) -> None:
    assert box(FakeSink(), locale).amounts_in(mail("1", "", text), currency) == amounts
