"""Customers' accounts that are wrong."""

# ruff: noqa: D102, FBT001 - described and signed where they are overridden, in Behaviour

from __future__ import annotations

from updategate.embedded.refshop.behaviour import Behaviour

from .registry import Group

ACCOUNTS = Group("account")


@ACCOUNTS.mutant("email-case-counts", "class: collation of the database", "account", silent=False)
class EmailCaseCounts(Behaviour):
    """Who writes the address with a capital letter cannot log in."""

    def email_case_counts(self) -> bool:
        return True


@ACCOUNTS.mutant(
    "cart-lost-at-second-login", "class: carts not merged although a customer has one context", "account cart checkout"
)
class CartLostAtSecondLogin(Behaviour):
    """What a visitor put into the cart is gone after a login, if the customer has been logged in before."""

    def merges_cart_at_login(self) -> bool:
        return False


@ACCOUNTS.mutant("registration-after-guest-order", "shopware/shopware#10025", "account checkout storefront")
class RegistrationAfterGuestOrder(Behaviour):
    """Who registers after an order as a guest stays a guest, and is not told."""

    def registers_as_guest(self, wanted: bool, after_guest: bool) -> bool:
        return after_guest or super().registers_as_guest(wanted, after_guest)


@ACCOUNTS.mutant("requested-group-lost", "class: B2B registration without its request", "account price")
class RequestedGroupLost(Behaviour):
    """Who registers for the group of trade customers is never asked for."""

    def requested_group(self, group_id: str | None) -> str | None:
        del group_id
        return None


@ACCOUNTS.mutant("changed-address-lost", "shopware/shopware#12885", "account checkout")
class ChangedAddressLost(Behaviour):
    """A change of an address is answered with success and forgotten; new addresses are kept."""

    def keeps_changed_address(self) -> bool:
        return False


@ACCOUNTS.mutant("recovered-password-lost", "class: recovery without effect", "account mail")
class RecoveredPasswordLost(Behaviour):
    """A new password by the link of a mail is answered with success and does not work; the old one does."""

    def keeps_recovered_password(self) -> bool:
        return False


@ACCOUNTS.mutant("payment-choice-lost", "shopware/shopware#12338", "account payment checkout")
class PaymentChoiceLost(Behaviour):
    """The payment method that a customer chooses in the account is not the one of the next order."""

    def keeps_payment_choice(self) -> bool:
        return False


@ACCOUNTS.mutant("second-page-of-orders", "class: offset ignored", "account order")
class SecondPageOfOrders(Behaviour):
    """The second page of a customer's orders shows the first ones again."""

    def orders_offset(self, offset: int) -> int:
        del offset
        return 0


@ACCOUNTS.mutant("menu-offers-login", "shopware/shopware#7964", "account storefront")
class MenuOffersLogin(Behaviour):
    """Lists and product pages offer a login to who is logged in."""

    def greets_customer(self, body_class: str) -> bool:
        in_shop = "is-ctl-navigation" in body_class or "is-ctl-product" in body_class
        return not in_shop and super().greets_customer(body_class)
