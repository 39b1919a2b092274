"""What an update may leave behind: these act only where an older version served the same data before."""

# ruff: noqa: D102, FBT001 - described and signed where they are overridden, in Behaviour

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from updategate.embedded.refshop.behaviour import Behaviour, UpdatedStore

from .registry import Group

UPDATES = Group("update-run")
_T = TypeVar("_T")


@UPDATES.mutant(
    "maintenance-left-on",
    "class: maintenance mode not ended",
    "storefront checkout cart account catalogue",
    silent=False,
    acts="after_update",
)
class MaintenanceLeftOn(Behaviour):
    """After the update, the sales channel stays closed."""

    def after_update(self, store: UpdatedStore) -> None:
        super().after_update(store)
        for channel in store.all("sales_channel"):
            store.upsert("sales_channel", {"id": channel["id"], "maintenance": True})


@UPDATES.mutant("migration-half-done", "shopware/shopware#16260", "price product cart", acts="after_update")
class MigrationHalfDone(Behaviour):
    """A migration of advanced prices stopped after the first half of them; the others are gone."""

    def after_update(self, store: UpdatedStore) -> None:
        super().after_update(store)
        prices = store.all("product_price")
        for price in prices[len(prices) // 2 :]:
            store.delete("product_price", str(price["id"]))


@UPDATES.mutant(
    "old-customer-locked-out", "shopware/shopware#11155", "account checkout", silent=False, acts="after_update"
)
class OldCustomerLockedOut(Behaviour):
    """Customers of before the update cannot log in; new ones can."""

    def may_log_in(self, created_at: datetime | None) -> bool:
        return not self.started.is_from_before(created_at) and super().may_log_in(created_at)


@UPDATES.mutant(
    "old-carts-lost", "class: serialised carts cannot be read", "cart checkout account", acts="after_update"
)
class OldCartsLost(Behaviour):
    """Carts of before the update are empty after it."""

    def after_update(self, store: UpdatedStore) -> None:
        super().after_update(store)
        for cart in store.all("cart"):
            store.delete("cart", str(cart["id"]))


@UPDATES.mutant(
    "old-invoice-not-creditable", "shopware/shopware#17982", "document order", silent=False, acts="after_update"
)
class OldInvoiceNotCreditable(Behaviour):
    """No credit note can be made for an invoice of before the update."""

    def invoice_can_be_credited(self, created_at: datetime | None) -> bool:
        return not self.started.is_from_before(created_at) and super().invoice_can_be_credited(created_at)


@UPDATES.mutant(
    "queue-not-consumed", "FriendsOfShopware/FroshTools#255", "queue product catalogue search", acts="after_update"
)
class QueueNotConsumed(Behaviour):
    """After the update, what is written waits in a queue that nobody reads: new products are never indexed."""

    _waiting = 0

    def indexes_at_once(self) -> bool:
        if self.started.updated_from is None:
            return super().indexes_at_once()
        self._waiting += 1
        return False

    def waiting_messages(self, waiting: int) -> int:
        return super().waiting_messages(waiting) + self._waiting


@UPDATES.mutant(
    "cache-never-invalidated", "shopware/shopware#15388", "cache storefront price stock", acts="after_update"
)
class CacheNeverInvalidated(Behaviour):
    """After the update, a page in the cache stays as it is whatever changes."""

    def cached_page_is_fresh(self, fresh: bool) -> bool:
        return self.started.updated_from is not None or super().cached_page_is_fresh(fresh)


@UPDATES.mutant("theme-style-missing", "shopware/shopware#4736", "storefront", acts="after_update")
class ThemeStyleMissing(Behaviour):
    """After the update, the theme's style sheet is not there: pages answer 200 and look naked."""

    def has_static_file(self, name: str) -> bool:
        gone = self.started.updated_from is not None and name.endswith(".css")
        return not gone and super().has_static_file(name)


@UPDATES.mutant(
    "language-pack-lost", "shopware/shopware#11455", "storefront language theme catalogue", acts="after_update"
)
class LanguagePackLost(Behaviour):
    """After the update, German pages show the names of texts instead of the texts; English ones are right."""

    def shown_text(self, key: str, text: str, locale: str) -> str:
        lost = self.started.updated_from is not None and locale.startswith("de")
        return key if lost else super().shown_text(key, text, locale)


@UPDATES.mutant("script-throws-in-categories", "shopware/shopware#13833", "storefront theme", acts="after_update")
class ScriptThrowsInCategories(Behaviour):
    """After the update, a script throws on the pages of categories: they answer 200 and look as ever."""

    _addition = b"\nif (document.body.matches('.is-ctl-navigation.is-act-index')) null.dataset;\n"

    def delivered_file(self, name: str, content: bytes) -> bytes:
        usual = super().delivered_file(name, content)
        broken = self.started.updated_from is not None and name.endswith(".js")
        return usual + self._addition if broken else usual


@UPDATES.mutant("tasks-not-scheduled", "FriendsOfShopware/FroshTools#345", "queue api", acts="after_update")
class TasksNotScheduled(Behaviour):
    """After the update, scheduled tasks are queued for ever and never run."""

    def after_update(self, store: UpdatedStore) -> None:
        super().after_update(store)
        for task in store.all("scheduled_task"):
            store.upsert("scheduled_task", {"id": task["id"], "status": "queued"})


@UPDATES.mutant("plugin-deactivated", "shopware/shopware#15251", "price account cart product", acts="after_update")
class PluginDeactivated(Behaviour):
    """The update switches the plugin for trade prices off, and its prices with it."""

    def after_update(self, store: UpdatedStore) -> None:
        super().after_update(store)
        for plugin in store.all("plugin"):
            if plugin["name"] == "AcmeB2bPrices":
                store.upsert("plugin", {"id": plugin["id"], "active": False})

    def tiers(self, tiers: list[_T]) -> list[_T]:
        return [] if self.started.updated_from is not None else super().tiers(tiers)


@UPDATES.mutant("order-numbers-start-again", "class: number range reset", "order number_range", acts="after_update")
class OrderNumbersStartAgain(Behaviour):
    """After the update, numbers of orders begin again where they began once."""

    def after_update(self, store: UpdatedStore) -> None:
        super().after_update(store)
        for state in store.all("number_range_state"):
            store.delete("number_range_state", str(state["id"]))


@UPDATES.mutant("payment-method-gone", "mollie/Shopware6#1440", "payment checkout", acts="after_update")
class PaymentMethodGone(Behaviour):
    """The update switches a payment method off; the others are offered."""

    def after_update(self, store: UpdatedStore) -> None:
        super().after_update(store)
        for method in store.all("payment_method"):
            if method.get("technicalName") == "payment_cashpayment":
                store.upsert("payment_method", {"id": method["id"], "active": False})
