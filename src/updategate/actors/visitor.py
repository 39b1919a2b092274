"""The visitor: looks at pages of the storefront without a browser, and checks that each is the one asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlencode

from updategate.actors.recorder import Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.clients.errors import ApiError
from updategate.clients.store_api import StoreApi
from updategate.clients.transport import Answer, Call, Transport

PageKind = Literal["home", "listing", "detail", "search", "cart", "confirm"]

# what only the right page holds, in every version since 6.5: a marker of its controller or of its main element
MARKERS: Mapping[PageKind, tuple[bytes, ...]] = {
    "home": (b"header-cart",),
    "listing": (b"product-box",),
    "detail": (b"product-detail-ordernumber", b"product-detail-name"),
    "search": (b"product-box",),
    "cart": (b"checkout-container", b"is-ctl-checkout"),
    "confirm": (b"confirmOrderForm", b"confirmFormSubmit"),
}


class WrongPageError(AssertionError):
    """The shop answered, but not with the page that was asked for."""


class Visitor:
    """Someone who looks around. ``variant`` makes a page's address new to every cache, so that the shop renders it."""

    def __init__(self, transport: Transport, recorder: Recorder) -> None:
        self._transport = transport
        self._recorder = recorder

    def opens_home(self, *, variant: str = "") -> int:
        """Open the home page; returns its size in bytes."""
        return self._opens("home", "/", {}, variant, "opens the home page")

    def opens_listing(self, category_id: str, *, variant: str = "", **filters: str) -> int:
        """Open a category, with filters as the page's own form sends them (``order``, ``p``, ``min-price`` …)."""
        query = {name.replace("_", "-"): value for name, value in filters.items()}
        return self._opens("listing", f"/navigation/{category_id}", query, variant, "opens a category")

    def opens_detail(self, product_id: str, *, variant: str = "") -> int:
        """Open a product; returns the page's size in bytes."""
        return self._opens("detail", f"/detail/{product_id}", {}, variant, "opens a product")

    def searches(self, term: str, *, variant: str = "") -> int:
        """Search for a term that the shop has products for; returns the page's size in bytes."""
        return self._opens("search", "/search", {"search": term}, variant, f"searches for {term}")

    def opens_cart(self) -> int:
        """Open the cart page; returns its size in bytes."""
        return self._opens("cart", "/checkout/cart", {}, "", "opens the cart")

    def fills_cart(self, product_id: str) -> None:
        """Put one product into the session's cart through the page's own form, so that pages come with a session."""
        with self._recorder.step("puts a product into the cart of the page"):
            form = {
                f"lineItems[{product_id}][{name}]": value
                for name, value in {
                    "id": product_id,
                    "referencedId": product_id,
                    "type": "product",
                    "quantity": "1",
                    "stackable": "1",
                    "removable": "1",
                }.items()
            }
            form["redirectTo"] = "frontend.cart.offcanvas"
            answer = self._transport.send(
                Call("POST", "/checkout/line-item/add", form=form, name="/checkout/line-item/add")
            )
            if answer.status not in {200, 302, 303}:
                raise ApiError.of(answer)

    def _opens(self, kind: PageKind, path: str, query: Mapping[str, str], variant: str, title: str) -> int:
        with self._recorder.step(title):
            full = dict(query) | ({"ug": variant} if variant else {})
            address = f"{path}?{urlencode(full)}" if full else path
            answer = self._transport.send(
                Call("GET", address, headers={"Accept": "text/html"}, name=kind, follow_redirects=True)
            )
            return _checked(kind, answer)


def _checked(kind: PageKind, answer: Answer) -> int:
    if answer.status != 200:
        raise ApiError.of(answer)
    if not any(marker in answer.body for marker in MARKERS[kind]):
        message = f"{answer.request} answered 200, but this is no {kind} page ({len(answer.body)} bytes)"
        raise WrongPageError(message)
    return len(answer.body)


class HeadlessVisitor:
    """Someone who looks around in an app: the same shop over the Store API, without pages."""

    def __init__(self, access: ShopAccess, recorder: Recorder) -> None:
        # the session asks for no context: looking around needs none
        self._api = StoreApi(access.transport, access.access_key, language_id=access.language_id)
        self._recorder = recorder

    def opens_listing(self, category_id: str, limit: int = 24) -> int:
        """Open a category that has products; returns the answer's size in bytes."""
        with self._recorder.step("opens a category"):
            answer = self._api.raw(
                "POST", f"/product-listing/{category_id}", {"limit": limit}, name="/product-listing/{id}"
            )
            return _products_in(answer)

    def opens_detail(self, product_id: str) -> int:
        """Open a product; returns the answer's size in bytes."""
        with self._recorder.step("opens a product"):
            answer = self._api.raw_product(product_id)
            return _holding(answer, b'"calculatedPrice"')

    def searches(self, term: str) -> int:
        """Search for a term that the shop has products for; returns the answer's size in bytes."""
        with self._recorder.step(f"searches for {term}"):
            return _products_in(self._api.raw("POST", "/search", {"search": term, "limit": 24}))

    def opens_context(self) -> int:
        """Ask what the session is set to; returns the answer's size in bytes."""
        with self._recorder.step("opens the shop"):
            return _holding(self._api.raw("GET", "/context"), b'"salesChannel"')


def _holding(answer: Answer, marker: bytes) -> int:
    # under load an answer is looked through, not parsed: parsing costs more than asking
    if not answer.ok:
        raise ApiError.of(answer)
    # what an answer is stands at its end, where it is found without looking through all of it
    if answer.body.find(marker, -2048) < 0 and marker not in answer.body:
        message = f"{answer.request} answered {answer.status} without {marker.decode()}"
        raise WrongPageError(message)
    return len(answer.body)


def _products_in(answer: Answer) -> int:
    _holding(answer, b'"product_listing"')
    if b'"calculatedCheapestPrice"' not in answer.body:
        message = f"{answer.request} answered with no products"
        raise WrongPageError(message)
    return len(answer.body)
