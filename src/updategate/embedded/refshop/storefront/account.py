"""The customer's account: login, registration, overview, profile, orders."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from .checkout import ORDER_PARTS, order_of, page_title, register_page, with_prices
from .forms import GROUP_REGISTRATION, log_in, register, register_data
from .layout import frame
from .system import not_found
from .visit import Visit


async def login_page(visit: Visit, error: dict[str, Any] | None = None) -> Response:
    """Answer ``/account/login``: login and registration side by side."""
    customer = await visit.customer()
    if customer is not None and not customer.get("guest"):
        return visit.to_route("frontend.account.home.page")
    return await _sign_up(visit, "is-ctl-auth is-act-loginpage", "frontend.account.login.page", error)


async def account_register_page(visit: Visit) -> Response:
    """Answer ``/account/register``."""
    customer = await visit.customer()
    if customer is not None and not customer.get("guest"):
        return visit.to_route("frontend.account.home.page")
    return await _sign_up(visit, "is-ctl-register is-act-accountregisterpage", "frontend.account.register.page", None)


async def _sign_up(visit: Visit, body_class: str, route: str, error: dict[str, Any] | None) -> Response:
    title = visit.say("account.registerMetaTitle")
    return await visit.page(
        "login.html.j2",
        body_class=body_class,
        title=title if visit.shop.version.is_65 else f"{title} | {visit.channel.name}",
        no_store=True,
        redirect_to=visit.request.query_params.get("redirectTo") or "frontend.account.home.page",
        error_route=route,
        login_error=error,
        **await register_data(visit),
        **await frame(visit, route),
    )


async def post_login(visit: Visit) -> Response:
    """Answer ``POST /account/login``."""
    outcome = await log_in(visit)
    return outcome if isinstance(outcome, Response) else await login_page(visit, outcome)


async def post_register(visit: Visit) -> Response:
    """Answer ``POST /account/register``: both registration forms send here."""
    outcome = await register(visit)
    if isinstance(outcome, Response):
        return outcome
    if outcome == "group":
        group_id = str(visit.parameters_in("errorParameters").get("customerGroupId") or "")
        return await group_registration_page(visit, group_id)
    return await register_page(visit) if outcome == "checkout" else await account_register_page(visit)


async def group_registration_page(visit: Visit, group_id: str) -> Response:
    """Answer ``/customer-group-registration/{id}``: who wants to belong to a customer group asks for it here."""
    customer = await visit.customer()
    if customer is not None:
        guest = customer.get("guest")
        return visit.to_route("frontend.account.logout.page" if guest else "frontend.account.home.page")
    answer = await visit.api.call("GET", f"/customer-group-registration/config/{group_id}")
    if not answer.ok:
        return await not_found(visit)
    return await visit.page(
        "customer_group_register.html.j2",
        body_class="is-ctl-register is-act-customergroupregistration",
        title=answer.body["translated"].get("registrationTitle") or visit.channel.name,
        no_store=True,
        group=answer.body,
        redirect_to=visit.request.query_params.get("redirectTo") or "frontend.account.home.page",
        error_route=GROUP_REGISTRATION,
        **await register_data(visit),
        **await frame(visit, GROUP_REGISTRATION),
    )


async def log_out(visit: Visit) -> Response:
    """Answer ``/account/logout``."""
    if await visit.customer() is not None:
        await visit.api.call("POST", "/account/logout", {})
        visit.changed()
        if visit.config("core.loginRegistration.invalidateSessionOnLogOut"):
            visit.session.renew(visit.shop)
        visit.flash("success", "account.logoutSucceeded")
    return visit.to_route("frontend.account.login.page")


async def needs_login(visit: Visit, route: str, **parameters: str) -> Response | None:
    """Return the way to the login for who is not logged in (guests are not)."""
    customer = await visit.customer()
    if customer is not None and not customer.get("guest"):
        return None
    return visit.redirect(visit.url("frontend.account.login.page", redirectTo=route, **parameters))


async def overview(visit: Visit) -> Response:
    """Answer ``/account``."""
    if login := await needs_login(visit, "frontend.account.home.page"):
        return login
    orders = await _orders(visit, limit=1)
    return await visit.page(
        "account_overview.html.j2",
        body_class="is-ctl-accountprofile is-act-index",
        title=page_title(visit, "account.overviewMetaTitle"),
        no_store=True,
        newest_order=orders[0] if orders else None,
        **await _own_data(visit),
        **await frame(visit, "frontend.account.home.page"),
    )


async def _own_data(visit: Visit) -> dict[str, Any]:
    own = await visit.api.post("/account/customer", {"associations": {"defaultPaymentMethod": {}}})
    context = await visit.context()
    customer = context["customer"]
    addresses = await visit.api.post("/account/list-address", {"associations": {"country": {}}})
    by_id = {address["id"]: address for address in addresses["elements"]}
    billing = by_id.get(own["defaultBillingAddressId"]) or customer.get("defaultBillingAddress") or {}
    return {
        "own": own,
        "billing": billing,
        "shipping": by_id.get(own["defaultShippingAddressId"]) or customer.get("defaultShippingAddress") or billing,
        "addresses": addresses["elements"],
    }


async def orders_page(visit: Visit) -> Response:
    """Answer ``/account/order``."""
    if login := await needs_login(visit, "frontend.account.order.page"):
        return login
    return await visit.page(
        "account_orders.html.j2",
        body_class="is-ctl-accountorder is-act-orderoverview",
        title=page_title(visit, "account.ordersMetaTitle"),
        no_store=True,
        orders=await _orders(visit, limit=10),
        **await frame(visit, "frontend.account.order.page"),
    )


async def order_by_link(visit: Visit, code: str) -> Response:
    """Answer ``/account/order/{deepLinkCode}``: the single order that a mail links to."""
    if login := await needs_login(visit, "frontend.account.order.single.page", deepLinkCode=code):
        return login
    orders = [order for order in await _orders(visit, limit=100) if order.get("deepLinkCode") == code]
    return await visit.page(
        "account_orders.html.j2",
        body_class="is-ctl-accountorder is-act-ordersingleoverview",
        title=page_title(visit, "account.ordersMetaTitle"),
        no_store=True,
        orders=orders,
        **await frame(visit, "frontend.account.order.page"),
    )


async def _orders(visit: Visit, limit: int) -> list[dict[str, Any]]:
    answer = await visit.api.post(
        "/order",
        {
            "limit": limit,
            "sort": [{"field": "orderDateTime", "order": "DESC"}],
            "associations": ORDER_PARTS,
        },
    )
    return [with_prices(visit, order) for order in answer["orders"]["elements"]]


async def edit_order_page(visit: Visit, order_id: str) -> Response:
    """Answer ``/account/order/edit/{id}``: another payment method for an order."""
    if await visit.customer() is None:
        return visit.to_route("frontend.account.login.page", redirectTo="frontend.account.order.page")
    order = await order_of(visit, order_id)
    if order is None:
        visit.flash("danger", "error.CHECKOUT__ORDER_ORDER_NOT_FOUND")
        return visit.to_route("frontend.account.order.page")
    answer = await visit.api.post("/payment-method?onlyAvailable=1", {"onlyAvailable": True})
    found = answer["elements"] if isinstance(answer, dict) else answer
    paid = order["transactions"][-1]["stateMachineState"]["technicalName"] if order.get("transactions") else "open"
    current = (visit.session.facts.get("edit_payment") or {}).get(order_id)
    current = current or (order["transactions"][-1].get("paymentMethodId") if order.get("transactions") else None)
    offered = [method for method in found if method.get("afterOrderEnabled", True)]
    return await visit.page(
        "account_order_edit.html.j2",
        body_class="is-ctl-accountorder is-act-editorder",
        title=page_title(visit, "account.completePaymentMetaTitle"),
        no_store=True,
        order=order,
        payment_methods=sorted(offered, key=lambda method: method["id"] != current),
        current_payment=current,
        payment_changeable=paid in ("open", "failed", "reminded", "unconfirmed", "cancelled"),
    )


async def change_order_payment(visit: Visit, order_id: str) -> Response:
    """Answer ``POST /account/order/payment/{id}``: remember the choice until it is completed."""
    form = await visit.read_form()
    chosen = dict(visit.session.facts.get("edit_payment") or {})
    chosen[order_id] = str(form.get("paymentMethodId") or "")
    visit.session.facts = {**visit.session.facts, "edit_payment": chosen}
    return visit.to_route("frontend.account.edit-order.page", orderId=order_id)


async def update_order(visit: Visit, order_id: str) -> Response:
    """Answer ``POST /account/order/update/{id}``: complete the payment with the chosen method."""
    form = await visit.read_form()
    answer = await visit.api.call(
        "POST", "/order/payment", {"orderId": order_id, "paymentMethodId": form.get("paymentMethodId")}
    )
    if not answer.ok:
        visit.flash("danger", "error.message-default")
        return visit.to_route("frontend.account.edit-order.page", orderId=order_id)
    chosen = {id_: method for id_, method in (visit.session.facts.get("edit_payment") or {}).items() if id_ != order_id}
    visit.session.facts = {**visit.session.facts, "edit_payment": chosen}
    await visit.api.call("POST", "/handle-payment", {"orderId": order_id})
    return visit.to_route("frontend.checkout.finish.page", orderId=order_id, changedPayment=1)


async def cancel_order(visit: Visit) -> Response:
    """Answer ``POST /account/order/cancel``."""
    form = await visit.read_form()
    answer = await visit.api.call("POST", "/order/state/cancel", {"orderId": form.get("orderId")})
    if not answer.ok:
        visit.flash("danger", "error.message-default")
    return visit.to_route("frontend.account.order.page")
