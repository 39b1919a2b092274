"""Reads from a real shop what it charges for planned carts, and keeps it as plain figures.

The calculator in ``domain`` is held to such figures. Only carts are filled, nothing is ordered, and the shop is left
as it was found:

    python -m updategate.operations.read_carts https://shop.example carts.json

with the credentials of an integration in ``UPDATEGATE_CLIENT_ID`` and ``UPDATEGATE_CLIENT_SECRET``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from updategate.clients.admin_api import AdminApi
from updategate.clients.admin_api.sign_in import Integration
from updategate.clients.errors import ApiError, ShopError
from updategate.clients.exchange_log import ExchangeLog
from updategate.clients.store_api import StoreApi
from updategate.clients.transport import RequestsTransport, Transport
from updategate.domain.money import Money
from updategate.domain.views import CartView, TaxView
from updategate.operations.cart_kinds import plan
from updategate.operations.cart_payloads import CartShop
from updategate.operations.cart_plan import Plan
from updategate.operations.cart_shop import standing

_USAGE_ERROR = 2


def read_carts(
    admin: AdminApi,
    transport: Transport,
    planned: Plan,
    keep: Callable[[Plan], None],
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Set the planned shop up, fill its carts, and keep the plan with the version and the figures of each cart.

    ``keep`` gets them before the shop is taken down, so that a fault in doing so loses no figures.

    Each line of ``figures`` has ``type, number, label, price``; prices have ``unit, quantity, total, taxes``; all
    amounts are texts in the currency of the cart. Product numbers and codes are those of the plan.
    """
    version = admin.version()
    with standing(admin, planned["shop"], f"{planned['seed']}", tell) as shop:
        carts = []
        for cart in planned["carts"]:
            tell(f"cart {cart['no']}: {cart['kind']}")
            carts.append({**cart, "figures": _figures(_fill(transport, shop, cart), shop, planned["shop"])})
        keep({"shopware": version, **planned, "carts": carts})


def _fill(transport: Transport, shop: CartShop, cart: Plan) -> CartView:
    session = StoreApi(transport, shop.access_key(cart["channel"]))
    changes = {
        "currencyId": shop.id("currency", cart["currency"]),
        "shippingMethodId": shop.id("shipping", cart["shipping"]),
    }
    if cart["customer"] is not None:
        session.login(shop.email(cart["customer"]), shop.password(cart["customer"]))
    elif cart["country"] is not None:
        changes["countryId"] = shop.id("country", cart["country"])
    session.switch(**changes)
    ids = {key: shop.id("product", key) for key, _ in cart["lines"]}
    answer = session.raw_add(
        *(
            {"type": "product", "id": ids[key], "referencedId": ids[key], "quantity": quantity}
            for key, quantity in cart["lines"]
        )
    )
    if not answer.ok:
        raise ApiError.of(answer)
    for code in cart["codes"]:
        session.add_code(shop.code(code))
    view = session.cart()
    session.delete_cart()
    return view


def _figures(view: CartView, shop: CartShop, planned: Plan) -> Plan:
    keys = {shop.number(row["key"]): row["key"] for row in planned["products"]}
    keys |= {shop.code(row["code"]): row["code"] for row in planned["promotions"] if row["code"] is not None}
    named = (row["key"] for row in (*planned["products"], *planned["promotions"]))
    labels = {shop.identity.name(key): key for key in named}
    return {
        "lines": [
            {
                "type": line.type,
                "number": keys.get(line.number, line.number),
                "label": labels.get(line.label, line.label),
                "price": _price(line.unit_price, line.quantity, line.total, line.taxes),
            }
            for line in view.lines
        ],
        "shipping": [_price(part.total, 1, part.total, part.taxes) for part in view.shipping],
        "cart": {
            "netPrice": _text(view.net_total),
            "totalPrice": _text(view.total),
            "positionPrice": _text(view.position_total),
            "rawTotal": _text(view.raw_total),
            "taxStatus": str(view.tax_state),
            "taxes": _taxes(view.taxes),
        },
        "errors": sorted({error.key for error in view.errors}),
    }


def _price(unit: Money | None, quantity: int, total: Money, taxes: tuple[TaxView, ...] | None) -> Plan:
    return {"unit": _text(unit), "quantity": quantity, "total": _text(total), "taxes": _taxes(taxes)}


def _taxes(taxes: tuple[TaxView, ...] | None) -> list[Plan]:
    return [
        {"rate": f"{tax.rate.normalize():f}", "tax": _text(tax.tax), "price": _text(tax.price)} for tax in taxes or ()
    ]


def _text(money: Money | None) -> str | None:
    return None if money is None else f"{money.amount + Decimal(0):f}"


def write(document: Plan, path: Path) -> None:
    """Write a cart a line, so that a difference between two readings can be read."""
    carts = ",\n".join(json.dumps(cart, ensure_ascii=False) for cart in document["carts"])
    rest = {name: value for name, value in document.items() if name != "carts"}
    head = json.dumps(rest, ensure_ascii=False)[:-1]
    path.write_text(f'{head},\n"carts": [\n{carts}\n]}}\n', encoding="utf-8")


@click.command()
@click.argument("url")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--seed", default=1, show_default=True, help="Which carts to draw.")
@click.option("--client-id", envvar="UPDATEGATE_CLIENT_ID", required=True)
@click.option("--client-secret", envvar="UPDATEGATE_CLIENT_SECRET", required=True)
def main(url: str, out: Path, seed: int, client_id: str, client_secret: str) -> None:
    """Read what the shop at URL charges for planned carts, and write it to OUT."""
    transport = RequestsTransport(url, ExchangeLog(secrets=[client_secret]))
    admin = AdminApi(transport, Integration(client_id, client_secret))
    tell: Callable[[Any], None] = lambda text: click.echo(text, err=True)  # noqa: E731 - a name for its type
    try:
        read_carts(admin, transport, plan(seed), lambda document: write(document, out), tell)
    except (ShopError, LookupError, RuntimeError) as fault:
        click.echo(f"{url}: {fault}", err=True)
        raise SystemExit(_USAGE_ERROR) from None


if __name__ == "__main__":
    main()
