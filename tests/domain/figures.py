"""A calculated cart in the shape in which recorded carts are kept."""

from __future__ import annotations

from typing import Any

from updategate.domain.money import Money
from updategate.domain.views import CartView, TaxView


def figures_of(cart: CartView) -> dict[str, Any]:
    return {
        "lines": [
            {
                "type": line.type,
                "number": line.number,
                "label": line.label,
                "price": _price(line.unit_price, line.quantity, line.total, line.taxes),
            }
            for line in cart.lines
        ],
        "shipping": [_price(part.total, 1, part.total, part.taxes) for part in cart.shipping],
        "cart": {
            "netPrice": _amount(cart.net_total),
            "totalPrice": _amount(cart.total),
            "positionPrice": _amount(cart.position_total),
            "rawTotal": _amount(cart.raw_total),
            "taxStatus": str(cart.tax_state),
            "taxes": _taxes(cart.taxes),
        },
    }


def _price(unit: Money | None, quantity: int, total: Money, taxes: tuple[TaxView, ...] | None) -> dict[str, Any]:
    return {"unit": _amount(unit), "quantity": quantity, "total": _amount(total), "taxes": _taxes(taxes)}


def _taxes(taxes: tuple[TaxView, ...] | None) -> list[dict[str, Any]]:
    assert taxes is not None
    return [{"rate": tax.rate, "tax": tax.tax.amount, "price": _amount(tax.price)} for tax in taxes]


def _amount(money: Money | None) -> Any:
    assert money is not None
    return money.amount
