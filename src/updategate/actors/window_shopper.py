"""The window shopper: looks at the assortment, in the API and on its pages, and buys nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import cycle

from bs4 import BeautifulSoup, Tag

from updategate.actors.new_taxes import with_new_taxes
from updategate.actors.purchase import Buyable
from updategate.actors.recorder import Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.clients.errors import ApiError, ShopError
from updategate.clients.json_text import Json, JsonObject
from updategate.clients.store_api import StoreApi
from updategate.clients.transport import Call
from updategate.domain.money import Money

_POLL_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Shown:
    """A product as a listing, a search or its own page shows it."""

    number: str
    name: str
    price: Money


@dataclass(frozen=True, slots=True)
class Listing:
    """What a category or a search shows: the exact total, and the products of the first page in their order."""

    total: int
    products: tuple[Shown, ...]

    @property
    def numbers(self) -> list[str]:
        """The product numbers in their order."""
        return [product.number for product in self.products]


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A product's page: the address it was reached under in the end, its canonical address, the price it states."""

    address: str
    redirected: bool
    canonical: str | None
    price: Decimal | None


class NotInTimeError(ShopError):
    """Something that had to become visible did not within its time limit."""

    def __init__(self, what: str, seconds: float, last: object) -> None:
        self.actual = str(last)
        super().__init__(f"{what} was awaited for {seconds:g} s; last seen: {last}")


class WindowShopper:
    """Somebody who only looks."""

    def __init__(self, access: ShopAccess, recorder: Recorder) -> None:
        self._access = access
        self._recorder = recorder
        self._api: StoreApi | None = None

    def sees_category_names(self, depth: int = 3) -> list[str]:
        """Return the names of all categories of the main navigation, level by level."""
        with self._recorder.step("looks at the navigation"):
            return [str(entry["translated"]["name"]) for entry in _flat(self._session().navigation(depth=depth))]

    def sees_listing(self, category_id: str, **wishes: Json) -> Listing:
        """Open a category; ``wishes`` are Shopware's own words: ``order``, ``min-price``, ``manufacturer`` …."""
        told = {name.replace("_", "-"): value for name, value in wishes.items()}
        with self._recorder.step("opens a category", **{name: str(value) for name, value in wishes.items()}):
            return self._listing(self._session().listing(category_id, **{"limit": 24, **told}))

    def searches(self, term: str) -> Listing:
        """Search for a term."""
        with self._recorder.step(f"searches for {term!r}"):
            return self._found(term)

    def sees_product(self, product: Buyable) -> Shown:
        """Open a product in the API."""
        with self._recorder.step(f"looks at {product.number}"):
            return self._shown(self._session().product(product.id)["product"])

    def cannot_see(self, product: Buyable) -> str:
        """Ask for a product that is not for sale; returns Shopware's error code."""
        with self._recorder.step(f"asks for {product.number}, which is not for sale"):
            answer = self._session().raw_product(product.id)
            if answer.ok:
                message = f"the shop shows {product.number}"
                raise AssertionError(message)
            return ApiError.of(answer).code

    def opens_page(self, product: Buyable) -> ProductPage:
        """Open a product's page by its id, as old links do."""
        with self._recorder.step(f"opens the page of {product.number}"):
            return self._page(f"/detail/{product.id}")

    def opens_address(self, address: str) -> ProductPage:
        """Open a product's page under its readable address."""
        path = address.removeprefix(self._access.storefront_url)
        with self._recorder.step(f"opens {path}"):
            return self._page(path)

    def waits_for_page_price(self, product: Buyable, price: Decimal, within: float) -> float:
        """Wait until a product's page states a price; returns how long it took, in seconds."""
        with self._recorder.step(f"waits until the page of {product.number} states {price}", within=f"{within:g} s"):
            return _wait(
                f"the price {price} on the page of {product.number}",
                lambda: self._page(f"/detail/{product.id}").price,
                price,
                within,
            )

    def waits_until_found(self, product: Buyable, term: str, within: float) -> float:
        """Wait until the search finds a product by a term; returns how long it took, in seconds.

        Each time a little more is asked for: Shopware 6.5 keeps the answer to a search, and an empty one is kept for an
        hour although the product is found by now.
        """
        sizes = cycle(range(24, 100))
        with self._recorder.step(f"waits until {term!r} is found", within=f"{within:g} s"):
            return _wait(
                f"{product.number} among what is found for {term!r}",
                lambda: product.number in self._found(term, next(sizes)).numbers,
                wanted=True,
                within=within,
            )

    def _found(self, term: str, limit: int = 24) -> Listing:
        return self._listing(with_new_taxes(lambda: self._session().search(term, limit=limit)))

    def _session(self) -> StoreApi:
        if self._api is None:
            self._api = self._access.session()
        return self._api

    def _page(self, path: str) -> ProductPage:
        call = Call("GET", path, headers={"Accept": "text/html"}, follow_redirects=True, name="/detail/{id}")
        answer = self._access.transport.send(call)
        if not answer.ok:
            raise ApiError.of(answer)
        page = BeautifulSoup(answer.body, "html.parser")
        price = _attribute(page, 'meta[itemprop="price"]', "content")
        return ProductPage(
            address=answer.url,
            redirected=not answer.url.endswith(path),
            canonical=_attribute(page, 'link[rel="canonical"]', "href"),
            price=None if price is None else Decimal(price),
        )

    def _listing(self, body: JsonObject) -> Listing:
        return Listing(int(body["total"]), tuple(self._shown(entry) for entry in body["elements"]))

    def _shown(self, body: JsonObject) -> Shown:
        price = body["calculatedPrice"]["unitPrice"]
        return Shown(
            number=str(body["productNumber"]),
            name=str(body["translated"]["name"]),
            price=Money.from_json_number(price, self._session().currency),
        )


def _flat(tree: list[JsonObject]) -> Iterator[JsonObject]:
    for entry in tree:
        yield entry
        yield from _flat(entry.get("children") or [])


def _attribute(page: BeautifulSoup, selector: str, name: str) -> str | None:
    found = page.select_one(selector)
    value = found.get(name) if isinstance(found, Tag) else None
    return value if isinstance(value, str) else None


def _wait(what: str, look: Callable[[], object], wanted: object, within: float) -> float:
    begun = time.monotonic()
    while True:
        seen = look()
        passed = time.monotonic() - begun
        if seen == wanted:
            return passed
        if passed > within:
            raise NotInTimeError(what, within, seen)
        time.sleep(_POLL_SECONDS)
