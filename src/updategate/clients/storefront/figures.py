"""Reading lines and sums from a page: one pass over the DOM, so that all figures are of the same moment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from playwright.sync_api import Locator

from updategate.clients.storefront.errors import PageElementMissingError
from updategate.clients.storefront.money_text import parse_rate
from updategate.clients.storefront.page import StorefrontPage
from updategate.domain.money import Money
from updategate.domain.views import CartErrorView, CartView, LineItemView, ShippingView, TaxState, TaxView

# Texts are taken without what stands beside the amount: descriptors, reference prices, labels for narrow screens.
_READ_LINES = """(lines, css) => lines.map(line => {
    const own = selector => [...line.querySelectorAll(selector)].find(found => found.closest('.line-item') === line);
    const text = selector => {
        const found = own(selector);
        if (!found) return null;
        const copy = found.cloneNode(true);
        const extras = '.line-item-unit-price-value-descriptor, .line-item-reference-price, small, ' + css.tax_label;
        copy.querySelectorAll(extras).forEach(extra => extra.remove());
        copy.querySelectorAll('br').forEach(br => br.replaceWith('\\n'));
        return copy.textContent.trim();
    };
    const input = own(css.quantity_input);
    return {
        classes: line.className, label: text(css.label), number: text(css.number), unit: text(css.unit_price),
        total: text(css.total), tax: text(css.tax),
        quantity: input ? input.value : text(css.quantity_text),
    };
})"""

#: JavaScript that reads a definition list: the classes, text and value of each of its terms.
READ_ROWS = """rows => rows.map(row => {
    let value = row.nextElementSibling;
    return [row.className, row.textContent.trim(), value && value.tagName === 'DD' ? value.textContent.trim() : null];
})"""

_LEVELS = {"success": 0, "info": 0, "warning": 10, "danger": 20}


class FiguresPage(StorefrontPage):
    """A page that shows line items and, mostly, a summary."""

    def lines(self) -> tuple[LineItemView, ...]:
        """Return the lines as shown; none where the page shows none."""
        return tuple(self._line(raw) for raw in self._raw_lines())

    def line_taxes(self) -> dict[str, tuple[Money, ...]]:
        """Return the taxes beside each line (the page shows amounts without rates), by the key of the line."""
        taxes = {}
        for raw in self._raw_lines():
            amounts = (raw["tax"] or "").split("\n")
            taxes[self._line(raw).key] = tuple(self._money(amount) for amount in amounts if amount.strip())
        return taxes

    def summary(self) -> CartView:
        """Return lines and sums as the page shows them: what it does not show is ``None``.

        Where the page shows a total and a rounded total, ``raw_total`` is the first and ``total`` the second.
        """
        self._get("list", page="summary")
        rows = self._all("row", page="summary").evaluate_all(READ_ROWS)
        position: Money | None = None
        net: Money | None = None
        total: Money | None = None
        rounded: Money | None = None
        shipping: list[ShippingView] = []
        taxes: list[TaxView] = []
        order: list[str] = []
        for classes, label, value in rows:
            if value is None:
                raise self._missing("row", self._css("row", "summary"), "summary", f"has no value beside {label!r}")
            amount, names = self._money(value), classes.split()
            if "checkout-aside-summary-total-rounded" in names:
                rounded = amount
            elif "checkout-aside-summary-total" in names:
                total = amount
                order.append("total")
            elif "summary-net" in names:
                net = amount
                order.append("net")
            elif "summary-tax" in names:
                taxes.append(TaxView(parse_rate(label, locale=self.locale), amount))
            elif position is None:
                position = amount
            else:
                shipping.append(ShippingView(amount))
        if total is None:
            raise self._missing("row", self._css("row", "summary"), "summary", "has no row of the total")
        return CartView(
            lines=self.lines(),
            shipping=tuple(shipping),
            net_total=net,
            position_total=position,
            total=rounded or total,
            raw_total=total if rounded else None,
            tax_state=_tax_state(order, taxes),
            taxes=tuple(taxes),
            errors=tuple(
                CartErrorView(key="", level=_LEVELS.get(alert.kind, 0), message=alert.text) for alert in self.alerts()
            ),
        )

    def _lines_in(self, part: Locator) -> tuple[LineItemView, ...]:
        """Return the lines within a part of the page."""
        return tuple(self._line(raw) for raw in self._raw_lines(part))

    def _raw_lines(self, part: Locator | None = None) -> list[dict[str, Any]]:
        css = {name: self._css(name, "line") for name in _LINE_PARTS}
        lines = (part or self._page).locator(self._css("line"))
        raw: list[dict[str, Any]] = lines.evaluate_all(_READ_LINES, css)
        return raw

    def _line(self, raw: dict[str, Any]) -> LineItemView:
        label, kind = raw["label"], _line_type(raw["classes"])
        if label is None:
            raise PageElementMissingError(self.page_name, "label", self._css("label", "line"), self.url)
        if raw["total"]:
            total = self._money(raw["total"])
        elif kind == "promotion":
            # The template leaves out the price, always zero, of a discount on the shipping costs.
            total = Money(Decimal(0), self._storefront.currency or "EUR")
        else:
            raise PageElementMissingError(self.page_name, "total", self._css("total", "line"), self.url)
        return LineItemView(
            number=(raw["number"] or "").rpartition(":")[2].strip(),
            label=label,
            quantity=_quantity(raw["quantity"]),
            unit_price=self._money(raw["unit"]) if raw["unit"] else None,
            total=total,
            taxes=None,
            type=kind,
        )

    def _line_with(self, key: str) -> Locator:
        """Return the line with this product number, or promotion with this label."""
        for index, raw in enumerate(self._raw_lines()):
            if self._line(raw).key == key:
                return self._all("line").nth(index)
        there = ", ".join(line.key for line in self.lines()) or "no line"
        detail = f"has no line {key!r} (there is: {there})"
        raise PageElementMissingError(self.page_name, "line", self._css("line"), self.url, detail=detail)


_LINE_PARTS = ("label", "number", "quantity_input", "quantity_text", "unit_price", "total", "tax", "tax_label")


def _line_type(classes: str) -> str:
    for kind in ("product", "promotion", "credit", "custom", "discount", "container"):
        if f"line-item-{kind}" in classes.split():
            return kind
    return "product"


def _quantity(text: str | None) -> int:
    digits = "".join(character for character in text or "" if character.isdigit())
    return int(digits) if digits else 1  # lines that cannot be counted, such as promotions, show no quantity


def _tax_state(order: list[str], taxes: list[TaxView]) -> TaxState | None:
    """The template puts the net sum and the taxes below the total in gross mode, above it otherwise."""
    if "net" not in order:
        return None
    if order.index("total") < order.index("net"):
        return TaxState.GROSS
    return TaxState.NET if taxes else TaxState.TAX_FREE
