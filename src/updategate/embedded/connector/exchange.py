"""Both ends and what lies between: handed to every flow."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from .behaviour import Behaviour
from .erp import Erp
from .memory import Memory
from .problems import ShopRefusedError
from .shop import Shop, any_of, equals

SYSTEM_CURRENCY = "b7d2554b0ce847cd82f3ac9bd1c0dfca"


@dataclass
class Exchange:
    """One ERP and one sales channel of one shop. ``page_size`` is of order pages."""

    shop: Shop
    erp: Erp
    memory: Memory
    behaviour: Behaviour
    access_key: str
    page_size: int = 25
    _channel: str = ""
    _taxes: dict[str, str] = field(default_factory=dict)
    _countries: dict[str, str] = field(default_factory=dict)

    def channel_id(self) -> str:
        """The sales channel that is exchanged with."""
        if not self._channel:
            found = self.shop.search("sales_channel", {"filter": [equals("accessKey", self.access_key)], "limit": 1})
            if not found:
                raise ShopRefusedError("the sales channel", 404, [{"code": "CHANNEL", "detail": "no such access key"}])
            self._channel = str(found[0]["id"])
        return self._channel

    def tax_id(self, rate: Decimal) -> str:
        """The shop's tax of a rate in percent."""
        key = f"{rate.normalize():f}"
        if key not in self._taxes:
            for row in self.shop.search("tax", {"limit": 100, "sort": [{"field": "position"}]}):
                self._taxes.setdefault(f"{Decimal(str(row['taxRate'])).normalize():f}", str(row["id"]))
        if key not in self._taxes:
            raise ShopRefusedError("the tax", 404, [{"code": "TAX", "detail": f"the shop has no tax of {key} %"}])
        return self._taxes[key]

    def country_id(self, iso: str) -> str:
        """The shop's country of an ISO code."""
        if iso not in self._countries:
            found = self.shop.search("country", {"filter": [equals("iso", iso)], "limit": 1})
            self._countries[iso] = str(found[0]["id"]) if found else ""
        return self._countries[iso]

    def product_ids(self, numbers: list[str]) -> dict[str, str]:
        """The shop's ids of articles."""
        found: dict[str, str] = {}
        for begin in range(0, len(numbers), 100):
            part = numbers[begin : begin + 100]
            criteria = {"filter": [any_of("productNumber", part)], "includes": {"product": ["id", "productNumber"]}}
            for row in self.shop.everything("product", criteria):
                found[str(row["productNumber"])] = str(row["id"])
        return found
