"""Reads from a real shop what it charges for planned carts, and keeps it as plain figures.

The calculator in ``domain`` is held to such figures. Only carts are filled, nothing is ordered, and the shop is left
as it was found:

    python -m updategate.operations.read_carts ENVIRONMENT carts.json

where the environment permits ``admin_write``, ``customers`` and ``carts``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import click

from updategate.actors.shop_access import PermitMissingError
from updategate.clients.admin_api import AdminApi
from updategate.clients.connection import admin_api, exchange_log, transport_to
from updategate.clients.errors import ApiError, ShopError
from updategate.clients.store_api import StoreApi
from updategate.clients.transport import Transport
from updategate.config.environment import Environment, environment_path, load_environment
from updategate.config.errors import ConfigError
from updategate.domain.money import Money
from updategate.domain.views import CartView, TaxView
from updategate.operations.cart_keys import CartShop
from updategate.operations.cart_kinds import plan
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


def read_carts_of(environment: Environment, seed: int, out: Path, tell: Callable[[str], None]) -> None:
    """Read what an environment's shop charges for planned carts, and write it to ``out``.

    Raises ``PermitMissingError`` where the environment does not permit to write, and ``ShopError`` where the shop
    does not answer as it should.
    """
    for permit in ("admin_write", "customers", "carts"):
        if permit not in environment.permits.allowed():
            raise PermitMissingError(permit, "Reading what carts cost")
    log = exchange_log(environment)
    admin = admin_api(environment, log)
    if admin is None:
        message = f"environment {environment.name} gives no credentials for the Admin API: write them under admin"
        raise LookupError(message)
    transport = transport_to(environment, log)
    read_carts(admin, transport, plan(seed), lambda document: write(document, out), tell)


@click.command()
@click.argument("env")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--seed", default=1, show_default=True, help="Which carts to draw.")
def main(env: str, out: Path, seed: int) -> None:
    """Read what the shop of ENV charges for planned carts, and write it to OUT."""
    try:
        environment = load_environment(environment_path(env, Path.cwd()))
        read_carts_of(environment, seed, out, lambda text: click.echo(text, err=True))
    except (ConfigError, PermitMissingError, ShopError, LookupError, RuntimeError) as fault:
        click.echo(str(fault), err=True)
        raise SystemExit(_USAGE_ERROR) from None


if __name__ == "__main__":
    main()
