"""Articles of a test: named in the ERP, created in the shop by the connector, removed from both."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from updategate.actors.removal import all_ids, remove_addresses_of
from updategate.actors.test_data.workbench import Workbench
from updategate.clients.admin_api import Criteria
from updategate.clients.erp import Article, Erp
from updategate.domain.erp import Attribute
from updategate.domain.money import Money

_TOGETHER = 100


class ErpGoods:
    """Names articles, and takes care that the shop's products, rules and pictures of them go again."""

    def __init__(self, erp: Erp, workbench: Workbench) -> None:
        self._erp = erp
        self._workbench = workbench
        self._numbers: dict[str, None] = {}
        self._pictured: set[str] = set()
        self._price_list = ""

    def article(
        self,
        key: str,
        *,
        net: Money,
        name: str | None = None,
        tax_rate: Decimal = Decimal(19),
        attributes: Mapping[str, Attribute] | None = None,
    ) -> Article:
        """Name an article; the connector will create a product of its number."""
        identity = self._workbench.identity
        number = identity.number(key)
        if number not in self._numbers:
            self._workbench.journal.created("product", f"number:{number}", number)
            self._numbers[number] = None
        return Article(number, name or identity.name(key), net, tax_rate, dict(attributes or {}), identity.tag)

    def price_list(self) -> str:
        """Name the price list of this test; the connector will create a rule of this name."""
        if not self._price_list:
            self._price_list = self._workbench.identity.name("price list")
            self._workbench.journal.created("rule", f"name:{self._price_list}", self._price_list)
        return self._price_list

    def expects_picture(self, article: Article) -> None:
        """Remember that the connector will upload media for an article."""
        self._pictured.add(article.number)

    def clear(self) -> None:
        """Take everything out of use in the ERP first, so that no sync brings it back, then remove it from the shop."""
        if not self._numbers:
            return
        numbers = list(self._numbers)
        self._erp.retire(numbers, [self._price_list] if self._price_list else [])
        for begin in range(0, len(numbers), _TOGETHER):
            self._remove(numbers[begin : begin + _TOGETHER])
        if self._price_list:
            admin = self._workbench.admin
            rules = all_ids(admin, "rule", Criteria().equals("name", self._price_list))
            admin.remove(("rule", [{"id": entry} for entry in rules]))
            self._workbench.journal.removed("rule", f"name:{self._price_list}")

    def _remove(self, numbers: list[str]) -> None:
        admin = self._workbench.admin
        ids = all_ids(admin, "product", Criteria().any_of("productNumber", numbers))
        media = self._media_of(ids) if self._pictured.intersection(numbers) else []
        if ids:
            admin.remove(("product", [{"id": entry} for entry in ids]))
            remove_addresses_of(admin, ids)
        if media:
            admin.remove(("media", [{"id": entry} for entry in media]))
        for number in numbers:
            self._workbench.journal.removed("product", f"number:{number}")

    def _media_of(self, product_ids: list[str]) -> list[str]:
        admin = self._workbench.admin
        rows = admin.pages("product_media", Criteria().any_of("productId", product_ids))
        return list(dict.fromkeys(str(row["mediaId"]) for row in rows))
