"""Looking at what the shop sells: start page, category, search result, product."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from updategate.clients.storefront.errors import PageElementMissingError, UnexpectedPageError
from updategate.clients.storefront.page import StorefrontPage
from updategate.domain.money import Money

if TYPE_CHECKING:
    from updategate.clients.storefront.cart import Offcanvas


@dataclass(frozen=True, slots=True)
class ProductBox:
    """A product in a listing. ``from_price`` says that the price is the lowest of several."""

    name: str
    price: Money
    url: str
    list_price: Money | None = None
    from_price: bool = False


@dataclass(frozen=True, slots=True)
class Tier:
    """A row of the table of tier prices: the price for a quantity up to (``last``: from) ``quantity``."""

    quantity: int
    price: Money
    last: bool = False


_READ_BOXES = """(boxes, css) => boxes.map(box => {
    const name = box.querySelector(css.name), price = box.querySelector(css.price);
    const listed = box.querySelector(css.list_price);
    const own = price && [...price.childNodes].filter(node => node.nodeType === Node.TEXT_NODE)
        .map(node => node.textContent.trim()).find(text => text);
    const wrapper = price && price.parentElement, before = [];
    if (wrapper) for (const node of wrapper.childNodes) {
        if (node === price) break;
        if (node.nodeType === Node.TEXT_NODE && node.textContent.trim()) before.push(node.textContent.trim());
    }
    return {name: name && name.textContent.trim(), url: name && name.getAttribute('href'), price: own,
            list: listed && listed.textContent.trim(), before: before.join(' ')};
})"""

# A colour has no text but a title.
_READ_OPTIONS = "labels => labels.map(label => label.textContent.trim() || label.title.trim())"


class WithHeader(StorefrontPage):
    """A page with the shop's full header: search, cart, account, language and currency."""

    def cart_total(self) -> Money:
        """Return the sum beside the cart symbol."""
        return self._money(self._text("cart_widget_total", page="shared"))

    def search_for(self, term: str) -> None:
        """Send the search form."""
        field = self._get("search_input", page="shared")
        field.fill(term)
        with self._leaving("the search result"):
            field.press("Enter", no_wait_after=True)

    def suggestions(self, term: str) -> tuple[str, ...]:
        """Type into the search field and return the product names that the shop proposes."""
        field = self._get("search_input", page="shared")
        self._when_ready(field.locator("xpath=ancestor::form"))
        with self._loading("/suggest", replaces=None):
            field.press_sequentially(term)
        # The list itself has no height; its container has.
        self._get("search_suggestions", page="shared")
        return tuple(self._page.locator(".search-suggest-product-name").all_inner_texts())

    def open_cart(self) -> None:
        """Click the cart symbol and wait for the off-canvas cart."""
        with self._loading("/checkout/offcanvas", replaces=None):
            self._click("cart_widget", page="shared")
        self._get("cart", page="offcanvas")

    def switch_currency(self, iso_code: str, name: str | None = None) -> None:
        """Choose a currency by its ISO code, which menus show up to 6.6; ``name`` is what they show from 6.7 on."""
        self._switch("currency", *(each for each in (iso_code, name) if each))
        if self._storefront.currency is not None:
            self._storefront.currency = iso_code

    def switch_language(self, name: str) -> None:
        """Choose a language by its name in the menu, such as ``Deutsch``."""
        self._switch("language", name)

    def _switch(self, kind: str, *names: str) -> None:
        self._click(f"{kind}_toggle", page="shared")
        form = self._get(f"{kind}_form", page="shared", hidden=True)
        self._when_ready(form)
        wanted = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names))
        choice = form.locator("label, button.dropdown-item").filter(has_text=wanted).first
        if choice.count() == 0:
            css, detail = self._css(f"{kind}_form", "shared"), f"offers no {' or '.join(names)}"
            raise PageElementMissingError("shared", f"{kind}_form", css, self.url, detail=detail)
        with self._leaving(f"the shop in the {kind} {names[0]}"):
            choice.click(no_wait_after=True)


class Home(WithHeader):
    """The start page."""

    page_name = "home"

    def open(self, path: str = "/") -> None:
        """Go to the start page; ``path`` for one in another language, such as ``/de``."""
        self._open(path)
        self._get("logo")

    def categories(self) -> tuple[str, ...]:
        """Return the names in the main navigation."""
        self._get("navigation")
        return tuple(text.strip() for text in self._all("navigation_link").all_inner_texts() if text.strip())

    def open_category(self, name: str) -> None:
        """Click a category in the main navigation."""
        link = self._all("navigation_link").filter(has_text=name).first
        if link.count() == 0:
            css = self._css("navigation_link")
            detail = f"has no category {name!r} (there is: {', '.join(self.categories())})"
            raise PageElementMissingError(self.page_name, "navigation_link", css, self.url, detail=detail)
        with self._leaving(f"the category {name}"):
            link.click(no_wait_after=True)


class Listing(WithHeader):
    """A category with its products."""

    page_name = "listing"

    def open(self, category_id: str, *, language_path: str = "") -> None:
        """Go to a category by its id."""
        self._open(f"{language_path}/navigation/{category_id}")
        self._get("listing")

    def products(self) -> tuple[ProductBox, ...]:
        """Return the products shown."""
        self._get("box")
        css = {name: self._css(name) for name in ("name", "price")} | {"list_price": self._css("list_price", "listing")}
        boxes = self._all("box").evaluate_all(_READ_BOXES, css)
        products = []
        for box in boxes:
            for part in ("name", "price"):
                if not box[part]:
                    raise PageElementMissingError(self.page_name, part, css[part], self.url)
            products.append(
                ProductBox(
                    name=box["name"],
                    price=self._money(box["price"]),
                    url=box["url"],
                    list_price=self._money(box["list"]) if box["list"] else None,
                    from_price=bool(box["before"]),
                )
            )
        return tuple(products)

    def sort(self, key: str) -> None:
        """Sort by Shopware's key, such as ``price-asc``, and wait for the new list."""
        field = self._get("sorting")
        self._when_ready(field.locator("xpath=ancestor::*[contains(@class,'sorting')][1]"))
        shown = self._get("box").element_handle()
        with self._loading("/widgets/", replaces=shown):
            field.select_option(key)
        self._get("box")

    def next_page(self) -> None:
        """Turn to the next page of the list."""
        shown = self._get("box").element_handle()
        with self._loading("/widgets/", replaces=shown):
            self._click("next_page")
        self._get("box")

    def buy(self, name: str) -> Offcanvas:
        """Put one of a product into the cart from the list, and wait for the off-canvas cart."""
        box = self._all("box").filter(has=self._page.get_by_text(name, exact=True)).first
        self._when_ready(self._get("buy_form", within=box))
        with self._loading("/checkout/offcanvas", replaces=None):
            self._click("buy", within=box)
        self._get("cart", page="offcanvas")
        return self._storefront.offcanvas


class Search(Listing):
    """The search result."""

    page_name = "search"

    def open_term(self, term: str, *, language_path: str = "") -> None:
        """Go to the result of a search."""
        self._open(f"{language_path}/search?{urlencode({'search': term})}")
        self._get("headline")

    def headline(self) -> str:
        """Return the headline with the number of products found."""
        return self._text("headline")


class Detail(WithHeader):
    """A product."""

    page_name = "detail"

    def open(self, product_id: str, *, language_path: str = "") -> None:
        """Go to a product by its id; the shop leads on to its readable address."""
        self._open(f"{language_path}/detail/{quote(product_id)}")
        self._get("name")

    def open_url(self, url: str) -> None:
        """Go to a product by the address in a listing."""
        self._open(url)
        self._get("name")

    def name(self) -> str:
        """Return the product's name."""
        return self._text("name")

    def number(self) -> str:
        """Return the product number."""
        return self._text("number")

    def price(self) -> Money:
        """Return the price as printed; a product with tier prices has none, see ``tiers``."""
        text = self._get("price").evaluate(
            "found => [...found.childNodes].filter(node => node.nodeType === Node.TEXT_NODE)"
            ".map(node => node.textContent.trim()).join(' ').trim() || found.textContent.trim()"
        )
        return self._money(text)

    def raw_price(self) -> Decimal:
        """Return the price for machines (``meta itemprop=price``), in the currency of the page."""
        content = self._get("raw_price", hidden=True).get_attribute("content") or ""
        try:
            return Decimal(content)
        except InvalidOperation as wrong:
            css = self._css("raw_price")
            detail = f"holds {content!r}, which is no number"
            raise PageElementMissingError(self.page_name, "raw_price", css, self.url, detail=detail) from wrong

    def tiers(self) -> tuple[Tier, ...]:
        """Return the rows of the tier price table; empty where the product has a single price."""
        rows = self._all("tier_row")
        tiers = []
        for index in range(rows.count()):
            row = rows.nth(index)
            quantity = self._get("tier_quantity", within=row).inner_text()
            price = self._get("tier_price", within=row).inner_text()
            tiers.append(Tier(int(quantity), self._money(price), last=index == rows.count() - 1))
        return tuple(tiers)

    def delivery(self) -> str:
        """Return what the page says about availability."""
        return self._text("delivery")

    def buyable(self) -> bool:
        """Return whether there is a button to buy the product."""
        return self._all("buy").count() > 0

    def choose_option(self, label: str) -> None:
        """Choose an option of the configurator, such as ``Red``, and wait for the variant's page."""
        self._when_ready(self._get("configurator").locator("[data-variant-switch]"))
        names = self._all("option_label").evaluate_all(_READ_OPTIONS)
        if label not in names:
            detail = f"offers no {label!r} (there is: {', '.join(names)})"
            raise PageElementMissingError(
                self.page_name, "option_label", self._css("option_label"), self.url, detail=detail
            )
        with self._leaving(f"the variant with {label}"):
            self._all("option_label").nth(names.index(label)).click(no_wait_after=True)

    def buy(self, quantity: int = 1) -> Offcanvas:
        """Put the product into the cart and wait for the off-canvas cart."""
        form = self._get("buy_form")
        self._when_ready(form)
        if quantity != 1:
            field = self._get("quantity")
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(str(quantity))
            else:
                field.fill(str(quantity))
        with self._loading("/checkout/offcanvas", replaces=None):
            self._click("buy")
        if urlsplit(self.url).path.startswith("/checkout"):
            raise UnexpectedPageError("the off-canvas cart", self.url, self._said())
        self._get("cart", page="offcanvas")
        return self._storefront.offcanvas
