"""Mails and documents that are wrong."""

# ruff: noqa: D102 - described where they are overridden, in Behaviour

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from updategate.embedded.refshop.behaviour import Behaviour

from .registry import Group

PAPERS = Group("papers")
_T = TypeVar("_T")


# -- mails ------------------------------------------------------------------------------------------------------------


@PAPERS.mutant("confirmation-twice", "shopware/shopware#18510", "mail order")
class ConfirmationTwice(Behaviour):
    """An order is confirmed twice."""

    def mails_for(self, event: str) -> int:
        return 2 if event == "checkout.order.placed" else super().mails_for(event)


@PAPERS.mutant("state-mail-missing", "FriendsOfShopware/FroshPlatformMailArchive#122", "mail order")
class StateMailMissing(Behaviour):
    """Changes of state are not told."""

    def mails_for(self, event: str) -> int:
        return 0 if event.startswith("state_enter.") else super().mails_for(event)


@PAPERS.mutant(
    "no-mail-after-plugin-update",
    "FriendsOfShopware/FroshPlatformMailArchive#122",
    "mail order account",
    options=("--plugin", "AcmeCheckoutNotes=3.2.0"),
)
class NoMailAfterPluginUpdate(Behaviour):
    """From version 3.2 of a plugin on, orders are placed and not confirmed."""

    def mails_for(self, event: str) -> int:
        silent = event == "checkout.order.placed" and self.started.has_plugin("AcmeCheckoutNotes", 3, 2)
        return 0 if silent else super().mails_for(event)


@PAPERS.mutant("german-mail-shows-net", "class: variable renamed in one language only", "mail order tax language")
class GermanMailShowsNet(Behaviour):
    """German mails call the net total the total; English ones are right."""

    def mail_total(self, total: _T, net: _T, locale: str) -> _T:
        return net if locale.startswith("de") else super().mail_total(total, net, locale)


@PAPERS.mutant("state-mail-in-english", "class: mail in the system's language", "mail order language")
class StateMailInEnglish(Behaviour):
    """Customers who ordered in German are told of changes of state in English."""

    def mail_language(self, event: str, language_id: str | None) -> str | None:
        return None if event.startswith("state_enter.") else super().mail_language(event, language_id)


@PAPERS.mutant("mail-shows-three-lines", "class: nested association with a limit", "mail order")
class MailShowsThreeLines(Behaviour):
    """Mails list the first three lines of an order; the total is right."""

    def mail_lines(self, lines: Sequence[_T]) -> Sequence[_T]:
        return super().mail_lines(lines)[:3]


# -- documents --------------------------------------------------------------------------------------------------------


@PAPERS.mutant("invoice-tax-one-cent", "class: tax calculated anew for a document", "document tax")
class InvoiceTaxOneCent(Behaviour):
    """An invoice shows one cent too much tax."""

    def document_tax(self, tax: Decimal) -> Decimal:
        return tax + Decimal("0.01")


@PAPERS.mutant("invoice-without-sender", "shopware/shopware#11534", "document")
class InvoiceWithoutSender(Behaviour):
    """An invoice does not say who it comes from; other documents do."""

    def document_sender(self, kind: str, lines: tuple[str, ...]) -> tuple[str, ...]:
        return () if kind == "invoice" else super().document_sender(kind, lines)


@PAPERS.mutant("cancellation-charges-again", "class: sign of an amount lost", "document order")
class CancellationChargesAgain(Behaviour):
    """The cancellation of an invoice shows its amounts without a minus."""

    def cancellation_sign(self) -> int:
        return 1


@PAPERS.mutant("delivery-note-makes-invoice", "shopware/shopware#14360", "document order shipping")
class DeliveryNoteMakesInvoice(Behaviour):
    """Making a delivery note makes an invoice too."""

    def documents_made_with(self, kind: str) -> tuple[str, ...]:
        return ("invoice",) if kind == "delivery_note" else super().documents_made_with(kind)
