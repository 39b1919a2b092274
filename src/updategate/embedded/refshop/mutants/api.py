"""Answers that other programs, an ERP above all, do not expect."""

# ruff: noqa: D102, FBT001 - described and signed where they are overridden, in Behaviour

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from updategate.embedded.refshop.behaviour import Behaviour

from .registry import Group

API = Group("api")
_T = TypeVar("_T")


# -- reading ----------------------------------------------------------------------------------------------------------


@API.mutant("token-not-echoed", "shopware/shopware#19547", "api cart checkout account")
class TokenNotEchoed(Behaviour):
    """Answers of the Store API have a context token in their header only if it is a new one."""

    def tells_context_token(self, changed: bool) -> bool:
        return changed


@API.mutant("total-is-page", "class: total-count-mode ignored", "api order product")
class TotalIsPage(Behaviour):
    """The total of a search is the number of rows on the page."""

    def told_total(self, total: int, on_page: int) -> int:
        del total
        return on_page


@API.mutant("row-lost-between-pages", "class: offset one too great", "api order product", needs_erp=True)
class RowLostBetweenPages(Behaviour):
    """From the second page on, a search passes over one row."""

    def search_offset(self, offset: int) -> int:
        usual = super().search_offset(offset)
        return usual + 1 if usual else usual


@API.mutant("sixth-line-missing", "class: nested association with a limit", "api order", needs_erp=True)
class SixthLineMissing(Behaviour):
    """An order that is read with its lines has five of them at most."""

    def loaded(self, entity: str, rows: Sequence[_T]) -> Sequence[_T]:
        usual = super().loaded(entity, rows)
        return usual[:5] if entity == "order_line_item" else usual


@API.mutant("order-amounts-as-text", "class: decimals as text", "api order")
class OrderAmountsAsText(Behaviour):
    """Totals of orders are texts."""

    def admin_entity(self, entity: str, shown: dict[str, Any]) -> dict[str, Any]:
        usual = super().admin_entity(entity, shown)
        if entity != "order":
            return usual
        return {**usual, **{name: str(usual[name]) for name in ("amountTotal", "amountNet") if name in usual}}


@API.mutant("payment-method-null", "shopware/SwagMigrationAssistant#37", "api account payment")
class PaymentMethodNull(Behaviour):
    """Customers have no defaultPaymentMethodId any more."""

    def admin_entity(self, entity: str, shown: dict[str, Any]) -> dict[str, Any]:
        usual = super().admin_entity(entity, shown)
        return {**usual, "defaultPaymentMethodId": None} if entity == "customer" else usual


@API.mutant("language-header-ignored", "class: sw-language-id ignored", "api product language")
class LanguageHeaderIgnored(Behaviour):
    """The Admin API reads and writes English texts whatever language is asked for."""

    def language_header(self, language_id: str | None) -> str | None:
        del language_id
        return None


# -- writing ----------------------------------------------------------------------------------------------------------


@API.mutant("sync-half-written", "class: a sync that is not all or nothing (UPGRADE-6.5.md)", "api product price")
class SyncHalfWritten(Behaviour):
    """A sync keeps what stands before a faulty operation."""

    def sync_is_atomic(self) -> bool:
        return False


@API.mutant("fifth-sync-deadlocks", "shopware/shopware#6540", "api product price stock", silent=False, needs_erp=True)
class FifthSyncDeadlocks(Behaviour):
    """Every fifth sync ends in a deadlock of the database."""

    _syncs = 0

    def sync_breaks(self) -> bool:
        self._syncs += 1
        return self._syncs % 5 == 0


@API.mutant("unknown-deletes-not-told", "class: notFound always empty", "api product")
class UnknownDeletesNotTold(Behaviour):
    """A sync does not tell which rows to be deleted were not there."""

    def tells_unknown_deletes(self) -> bool:
        return False


@API.mutant("wrong-row-blamed", "shopware/shopware#1666", "api product", needs_erp=True)
class WrongRowBlamed(Behaviour):
    """An error in any row of a batch points to the first one."""

    def told_row(self, position: int) -> int:
        del position
        return 0


@API.mutant("custom-fields-replaced", "class: custom fields not merged", "api product order account")
class CustomFieldsReplaced(Behaviour):
    """Custom fields that a write does not name are lost."""

    def keeps_other_custom_fields(self) -> bool:
        return False


@API.mutant("second-currency-lost", "class: price field reduced to the system's currency", "api price currency product")
class SecondCurrencyLost(Behaviour):
    """Of a written price only the first currency is kept."""

    def written(self, entity: str, changes: dict[str, Any]) -> dict[str, Any]:
        usual = super().written(entity, changes)
        price = usual.get("price")
        if not entity.startswith("product") or not price:
            return usual
        first = dict(list(price.items())[:1]) if isinstance(price, dict) else price[:1]
        return {**usual, "price": first}


@API.mutant("second-tracking-code-lost", "class: list reduced to its first entry", "api shipping order", needs_erp=True)
class SecondTrackingCodeLost(Behaviour):
    """Of several tracking codes only the first is kept."""

    def written(self, entity: str, changes: dict[str, Any]) -> dict[str, Any]:
        usual = super().written(entity, changes)
        codes = usual.get("trackingCodes")
        return {**usual, "trackingCodes": codes[:1]} if entity == "order_delivery" and codes else usual


@API.mutant("deleted-price-stays", "class: 204 without effect", "api price product")
class DeletedPriceStays(Behaviour):
    """Deleting a tier price is answered with success, and the price still counts."""

    def really_deletes(self, entity: str) -> bool:
        return entity != "product_price" and super().really_deletes(entity)


@API.mutant("state-change-undated", "class: updatedAt not set by a change of state", "api order", needs_erp=True)
class StateChangeUndated(Behaviour):
    """An order whose state changes keeps its updatedAt: who asks for changes misses it."""

    def state_change_is_dated(self) -> bool:
        return False


@API.mutant("merge-refused", "shopware/shopware#14592", "api order", silent=False)
class MergeRefused(Behaviour):
    """Saving an edited order ends in an exception."""

    def merge_breaks(self) -> bool:
        return True
