"""Decisions about customers' accounts."""

# ruff: noqa: FBT001 - decisions are asked for with positional facts

from __future__ import annotations


class AccountDecisions:
    """See ``Behaviour``."""

    def email_case_counts(self) -> bool:
        """Tell whether a login wants the address in the same capital and small letters."""
        return False

    def merges_cart_at_login(self) -> bool:
        """Tell whether the cart of a visitor is put into the cart that the customer had."""
        return True

    def registers_as_guest(self, wanted: bool, after_guest: bool) -> bool:
        """Tell whether a registration makes a guest; ``after_guest``: the visitor was one before."""
        del after_guest
        return wanted

    def requested_group(self, group_id: str | None) -> str | None:
        """Return the id of the customer group that a registration is kept with as a request."""
        return group_id

    def keeps_changed_address(self) -> bool:
        """Tell whether a changed address is kept."""
        return True

    def keeps_recovered_password(self) -> bool:
        """Tell whether the new password of a recovery is kept."""
        return True

    def keeps_payment_choice(self) -> bool:
        """Tell whether the payment method that a customer chooses in the account is kept."""
        return True

    def orders_offset(self, offset: int) -> int:
        """Return how many orders a page of the account's list passes over."""
        return offset

    def greets_customer(self, body_class: str) -> bool:
        """Tell whether a page of the storefront knows who is logged in."""
        del body_class
        return True
