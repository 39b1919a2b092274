"""The onlooker: reads the shop's own catalogue as an anonymous visitor, and writes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from updategate.actors.identity import NAME_MARK, is_test_number
from updategate.actors.new_taxes import with_new_taxes
from updategate.actors.recorder import Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.clients.errors import ApiError
from updategate.clients.json_text import JsonObject
from updategate.clients.store_api import StoreApi
from updategate.clients.transport import Call
from updategate.domain.money import Money

# the product page states the price for machines, in the same words since 6.5
_PAGE_PRICE = re.compile(rb'<meta\s+itemprop="price"\s+content="([0-9.]+)"')


@dataclass(frozen=True, slots=True)
class OfferedProduct:
    """A product of the merchant's as one source shows it. ``price`` is for one piece, as a visitor pays it."""

    id: str
    number: str
    name: str
    price: Money
    tiered: bool


@dataclass(frozen=True, slots=True)
class Category:
    """A category of the main navigation."""

    id: str
    name: str


class UnpricedError(AssertionError):
    """The shop lists a product for sale and names no price."""

    def __init__(self, number: str) -> None:
        super().__init__(f"the shop shows the product {number} without a price")


class Onlooker:
    """Looks at what everybody can see."""

    def __init__(self, access: ShopAccess, recorder: Recorder) -> None:
        self._access = access
        self._recorder = recorder
        self._api: StoreApi | None = None

    def sees_categories(self) -> list[Category]:
        """The categories of the main navigation, down to the second level, that lead to a listing."""
        with self._recorder.step("looks at the navigation"):
            return list(_categories(self._session().navigation()))

    def sees_listing(self, category: Category, limit: int = 24) -> list[OfferedProduct]:
        """The merchant's products among the first ``limit`` of a category."""
        with self._recorder.step(f"opens the category {category.name}"):
            body = with_new_taxes(lambda: self._session().listing(category.id, limit=limit))
            return self._own(body.get("elements") or [])

    def sees_product(self, product_id: str) -> OfferedProduct:
        """A product as its own page asks for it."""
        with self._recorder.step("opens a product"):
            return self._offered(self._session().product(product_id)["product"])

    def finds(self, term: str, limit: int = 24) -> list[OfferedProduct]:
        """The merchant's products that the search finds for a term, best first."""
        with self._recorder.step(f"searches for {term}"):
            return self._own(with_new_taxes(lambda: self._session().search(term, limit=limit)).get("elements") or [])

    def sees_page_price(self, product_id: str) -> Decimal | None:
        """The price that the product's page states; None where the page states none."""
        with self._recorder.step("reads the price on the product's page"):
            page = self._page(f"/detail/{product_id}")
            match = _PAGE_PRICE.search(page)
            return Decimal(match[1].decode()) if match else None

    def opens_home_page(self) -> int:
        """Open the home page; its size in bytes."""
        with self._recorder.step("opens the home page"):
            return len(self._page("/"))

    def _page(self, path: str) -> bytes:
        call = Call("GET", path, headers={"Accept": "text/html"}, follow_redirects=True)
        answer = self._access.transport.send(call)
        if answer.status != 200 or b"is-ctl-error" in answer.body:
            raise ApiError.of(answer)
        return answer.body

    def _session(self) -> StoreApi:
        if self._api is None:
            self._api = self._access.session()
        return self._api

    def _own(self, rows: list[JsonObject]) -> list[OfferedProduct]:
        """Without the test data of processes that run beside this one: it is gone before it could be looked at."""
        own = [row for row in rows if not is_test_number(str(row["productNumber"]))]
        return [self._offered(row) for row in own if _priced(row) or self._is_for_sale(str(row["id"]))]

    def _is_for_sale(self, product_id: str) -> bool:
        """Whether a product that was listed without a price is still there; one that is removed loses it first."""
        return self._session().raw_product(product_id).ok

    def _offered(self, row: JsonObject) -> OfferedProduct:
        tiers = row.get("calculatedPrices") or []
        if not _priced(row):
            raise UnpricedError(str(row["productNumber"]))
        price = tiers[0] if tiers else row["calculatedPrice"]
        translated = row.get("translated") or row
        return OfferedProduct(
            id=str(row["id"]),
            number=str(row["productNumber"]),
            name=str(translated.get("name") or row.get("name") or ""),
            price=Money.from_json_number(price["unitPrice"], self._session().currency),
            tiered=len(tiers) > 1,
        )


def _priced(row: JsonObject) -> bool:
    return bool(row.get("calculatedPrices") or row.get("calculatedPrice"))


def _categories(rows: list[JsonObject]) -> Iterator[Category]:
    for row in rows:
        if row.get("type") in (None, "page") and row.get("active", True):
            name = str((row.get("translated") or row).get("name") or row.get("name"))
            if not name.startswith(NAME_MARK):
                yield Category(str(row["id"]), name)
        yield from _categories(row.get("children") or [])
