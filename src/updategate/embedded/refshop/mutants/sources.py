"""One source of an order that tells another total than all the others: for each source one mutant."""

# ruff: noqa: D102 - described where they are overridden, in Behaviour

from __future__ import annotations

from decimal import Decimal
from typing import TypeVar

from updategate.embedded.refshop.behaviour import Behaviour
from updategate.embedded.refshop.behaviour.sources import Source

from .registry import Group

SOURCES = Group("sources")
_T = TypeVar("_T")
_ROUNDING = "class: total rounded once more where it is shown (shopware/shopware#18481)"


class _OneSource(Behaviour):
    source: Source

    def total_told_by(self, source: Source, total: Decimal) -> Decimal:
        told = super().total_told_by(source, total)
        return told + Decimal("0.01") if source == self.source and told > 0 else told


@SOURCES.mutant("source-page", _ROUNDING, "storefront checkout order")
class PageTellsAnotherTotal(_OneSource):
    """The pages of the checkout show one cent too much, and nothing else does."""

    source = "page"


@SOURCES.mutant("source-cart", _ROUNDING, "cart checkout")
class CartTellsAnotherTotal(_OneSource):
    """The cart API answers one cent too much; the order is right."""

    source = "cart"


@SOURCES.mutant("source-order", _ROUNDING, "order api")
class OrderTellsAnotherTotal(_OneSource):
    """The Admin API shows one cent too much in orders; what was sent and exported is right."""

    source = "order"


@SOURCES.mutant("source-document", _ROUNDING, "document tax")
class DocumentTellsAnotherTotal(_OneSource):
    """Documents name a total of one cent too much; their taxes are right."""

    source = "document"


@SOURCES.mutant("source-export", "class: serializer of JSON:API changed", "order api", needs_erp=False)
class ExportTellsAnotherTotal(_OneSource):
    """Orders exported as JSON:API, as connectors fetch them, cost one cent too much."""

    source = "export"


@SOURCES.mutant("source-transaction", "class: amount of the payment calculated anew", "order payment")
class TransactionTellsAnotherTotal(Behaviour):
    """The payment of an order is one cent more than its total."""

    def transaction_amount(self, total: Decimal) -> Decimal:
        return super().transaction_amount(total) + Decimal("0.01")


@SOURCES.mutant("source-mail", "class: variable of the mail template renamed", "mail order tax")
class MailTellsAnotherTotal(Behaviour):
    """The confirmation names the net total as the total."""

    def mail_total(self, total: _T, net: _T, locale: str) -> _T:
        super().mail_total(total, net, locale)
        return net
