"""The back office: what the merchant's people do and see, over the Admin API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from updategate.actors.account import Profile
from updategate.actors.purchase import Buyable, Placed, RefusedError
from updategate.actors.recorder import Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.actors.test_data.customers import Login
from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.cart_reading import last_transaction, main_delivery, read_order, read_transaction
from updategate.clients.errors import ApiError
from updategate.clients.json_text import JsonObject
from updategate.clients.mail import DeliveredMail
from updategate.clients.mail.subjects import languages_of_subject
from updategate.domain.parties import Address
from updategate.domain.views import OrderView

_ORDER_ASSOCIATIONS = (
    "currency",
    "lineItems",
    "orderCustomer",
    "stateMachineState",
    "transactions.stateMachineState",
    "transactions.paymentMethod",
    "deliveries.stateMachineState",
    "deliveries.shippingMethod",
)


@dataclass(frozen=True, slots=True)
class Stock:
    """The stock of a product: stock in the warehouse, ``available`` not promised, ``sellable`` whether it sells."""

    stock: int
    available: int
    sellable: bool


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who ordered, as the order has kept it."""

    email: str
    first_name: str
    last_name: str
    company: str | None
    vat_ids: tuple[str, ...]


class BackOffice:
    """Someone with an account in the administration."""

    def __init__(self, access: ShopAccess, recorder: Recorder) -> None:
        self._access = access
        self._recorder = recorder

    @property
    def _admin(self) -> AdminApi:
        return self._access.back_office

    # -- orders

    def sees(self, order: Placed) -> OrderView:
        """Look at an order."""
        with self._recorder.step(f"looks at {order} in the administration"):
            return read_order(self._order(order))

    def sees_transaction(self, order: Placed) -> OrderView:
        """Look at what is to be paid for an order."""
        with self._recorder.step(f"looks at the transaction of {order}"):
            body = self._order(order)
            return read_transaction(body, str(body["currency"]["isoCode"]))

    def sees_buyer(self, order: Placed) -> Buyer:
        """Look who ordered."""
        with self._recorder.step(f"looks who placed {order}"):
            body = self._order(order)["orderCustomer"]
            return Buyer(
                email=str(body["email"]),
                first_name=str(body["firstName"]),
                last_name=str(body["lastName"]),
                company=body.get("company"),
                vat_ids=tuple(body.get("vatIds") or ()),
            )

    def sees_comment(self, order: Placed) -> str:
        """Read what the customer wrote with an order."""
        with self._recorder.step(f"reads the comment of {order}"):
            return str(self._admin.get("order", order.id).get("customerComment") or "")

    def payments_of(self, order: Placed) -> list[tuple[str, str]]:
        """Return every payment of an order, oldest first: the method's name and the state."""
        with self._recorder.step(f"looks at all payments of {order}"):
            transactions = sorted(self._order(order)["transactions"], key=lambda entry: str(entry["createdAt"]))
            return [
                (
                    str(entry["paymentMethod"]["translated"]["name"]),
                    str(entry["stateMachineState"]["technicalName"]),
                )
                for entry in transactions
            ]

    def reads_language_of(self, mail: DeliveredMail, *, rather: str) -> str:
        """Tell the language of a mail by its subject, as locale; empty if it is that of no mail template of the shop.

        ``rather`` is the locale to return where the shop writes the same in several languages.
        """
        with self._recorder.step(f"looks in which language the shop writes {mail.subject!r}"):
            locales = {
                str(language["id"]): str(language["locale"]["code"])
                for language in self._admin.pages("language", Criteria().associate("locale"))
            }
            templates = []
            for template in self._admin.pages("mail_template", Criteria().associate("translations")):
                own = {locales[str(text["languageId"])]: text.get("subject") for text in template["translations"]}
                templates.append({**dict.fromkeys(locales.values()), **own})
            found = languages_of_subject(mail.subject, templates)
            return rather if rather in found else ", ".join(sorted(found))

    def counts_orders_of(self, email: str) -> int:
        """Count the orders of a customer."""
        with self._recorder.step(f"counts the orders of {email}"):
            return self._admin.count("order", Criteria().equals("orderCustomer.email", email))

    def moves_order(self, order: Placed, action: str, *, attached: Sequence[str] = ()) -> str:
        """Move an order along its state machine (``process``, ``complete``, ``cancel``, ``reopen``).

        ``attached`` are ids of documents that the mail about it shall carry.
        """
        with self._recorder.step(f"moves {order}: {action}"):
            body = {"sendMail": True, "documentIds": list(attached)} if attached else None
            return self._admin.transition("order", order.id, action, body)

    def cannot_move_order(self, order: Placed, action: str) -> str:
        """Try a transition that is not allowed; returns Shopware's error code."""
        return self._refused("order", order.id, action, f"tries to move {order}: {action}")

    def moves_payment(self, order: Placed, action: str) -> str:
        """Move the transaction (``paid``, ``paid_partially``, ``refund_partially``, ``cancel`` …)."""
        with self._recorder.step(f"moves the payment of {order}: {action}"):
            return self._admin.transition("order_transaction", self._transaction_id(order), action)

    def cannot_move_payment(self, order: Placed, action: str) -> str:
        """Try a transition of the payment that is not allowed; returns Shopware's error code."""
        transaction_id = self._transaction_id(order)
        return self._refused("order_transaction", transaction_id, action, f"tries to move the payment: {action}")

    def moves_delivery(self, order: Placed, action: str) -> str:
        """Move the delivery (``ship``, ``ship_partially``, ``retour`` …)."""
        with self._recorder.step(f"moves the delivery of {order}: {action}"):
            return self._admin.transition("order_delivery", self._delivery_id(order), action)

    def cannot_move_delivery(self, order: Placed, action: str) -> str:
        """Try a transition of the delivery that is not allowed; returns Shopware's error code."""
        delivery_id = self._delivery_id(order)
        return self._refused("order_delivery", delivery_id, action, f"tries to move the delivery: {action}")

    def state_history(self, order: Placed) -> list[tuple[str, str]]:
        """Return the transitions of an order as pairs of states, oldest first."""
        with self._recorder.step(f"reads the state history of {order}"):
            return self._history(order.id)

    def payment_history(self, order: Placed) -> list[tuple[str, str]]:
        """Return the transitions of an order's payment as pairs of states, oldest first."""
        with self._recorder.step(f"reads the state history of the payment of {order}"):
            return self._history(self._transaction_id(order))

    def delivery_history(self, order: Placed) -> list[tuple[str, str]]:
        """Return the transitions of an order's delivery as pairs of states, oldest first."""
        with self._recorder.step(f"reads the state history of the delivery of {order}"):
            return self._history(self._delivery_id(order))

    # -- products

    def stock_of(self, product: Buyable) -> Stock:
        """Look at a product's stock."""
        with self._recorder.step(f"looks at the stock of {product.number}"):
            body = self._admin.get("product", product.id)
            return Stock(
                stock=int(body["stock"]),
                available=int(body.get("availableStock") or 0),
                sellable=bool(body.get("available")),
            )

    # -- customers

    def sees_customer(self, email: str) -> Profile:
        """Look at a customer; ``LookupError`` where there is none with this address."""
        with self._recorder.step(f"looks at the customer {email}"):
            found = self._admin.search("customer", Criteria().equals("email", email)).first()
            if found is None:
                message = f"the administration knows no customer {email}"
                raise LookupError(message)
            return Profile.of(found)

    def is_guest(self, email: str) -> bool:
        """Whether the customer of an address is a guest, who has no account; ``LookupError`` for none or several."""
        with self._recorder.step(f"looks whether {email} is a guest"):
            rows = self._admin.search("customer", Criteria().equals("email", email)).data
            if len(rows) != 1:
                message = f"the administration knows {len(rows)} customers {email}, not one"
                raise LookupError(message)
            return bool(rows[0]["guest"])

    def taxes_each_line(self) -> bool:
        """Whether the sales channel rounds the tax of each line (horizontally), not that of their sum."""
        with self._recorder.step("looks how the sales channel calculates taxes"):
            channel = self._access.session().context().sales_channel_id
            return self._admin.get("sales_channel", channel).get("taxCalculationType") != "vertical"

    def moves_customer(self, login: Login, group_id: str) -> None:
        """Put a customer into another group."""
        with self._recorder.step(f"puts the customer {login.email} into another group"):
            self._access.require("admin_write", "Changing a customer")
            self._admin.patch("customer", login.id, {"groupId": group_id})

    def removes_customer(self, login: Login) -> None:
        """Delete a customer."""
        with self._recorder.step(f"deletes the customer {login.email}"):
            self._access.require("admin_write", "Deleting a customer")
            self._admin.delete("customer", login.id)

    def delivery_address_of(self, order: Placed) -> Address:
        """Look where the goods of an order go."""
        with self._recorder.step(f"looks at the delivery address of {order}"):
            found = self._admin.get("order", order.id, "deliveries.shippingOrderAddress.country")
            return _address(main_delivery(found["deliveries"])["shippingOrderAddress"])

    def billing_address_of(self, order: Placed) -> Address:
        """Look where the invoice of an order goes."""
        with self._recorder.step(f"looks at the billing address of {order}"):
            return _address(self._admin.get("order", order.id, "billingAddress.country")["billingAddress"])

    def customer_exists(self, email: str) -> bool:
        """Whether there is a customer with this address."""
        with self._recorder.step(f"looks for the customer {email}"):
            return self._admin.count("customer", Criteria().equals("email", email)) > 0

    # -- reading

    def _order(self, order: Placed) -> JsonObject:
        return self._admin.get("order", order.id, *_ORDER_ASSOCIATIONS)

    def _history(self, entity_id: str) -> list[tuple[str, str]]:
        criteria = (
            Criteria()
            .equals("referencedId", entity_id)
            .associate("fromStateMachineState", "toStateMachineState")
            .sort("createdAt")
            .limit(100)
        )
        return [
            (str(entry["fromStateMachineState"]["technicalName"]), str(entry["toStateMachineState"]["technicalName"]))
            for entry in self._admin.search("state_machine_history", criteria).data
        ]

    def _transaction_id(self, order: Placed) -> str:
        return str(last_transaction(self._order(order))["id"])

    def _delivery_id(self, order: Placed) -> str:
        return str(main_delivery(self._order(order).get("deliveries") or [])["id"])

    def _refused(self, entity: str, entity_id: str, action: str, title: str) -> str:
        with self._recorder.step(title):
            answer = self._admin.raw_transition(entity, entity_id, action)
            if answer.ok:
                message = f"the shop accepted the transition {action}"
                raise RefusedError(message)
            return ApiError.of(answer).code


def _address(body: JsonObject) -> Address:
    return Address(
        first_name=str(body["firstName"]),
        last_name=str(body["lastName"]),
        street=str(body["street"]),
        zipcode=str(body["zipcode"]),
        city=str(body["city"]),
        country=str((body.get("country") or {}).get("iso") or ""),
        company=body.get("company"),
    )
