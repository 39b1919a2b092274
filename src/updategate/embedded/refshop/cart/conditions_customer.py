"""Conditions on the customer. Without a login they hold only for ``!=`` and ``empty``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from . import comparison
from .comparison import NEGATIVE
from .conditions_cart import operator_of
from .conditions_item import custom_field_matches
from .context import Address, Customer
from .money import decimal
from .rules import Condition, Scope, condition_type
from .stored import moment_of

Check = Callable[[Condition, Scope], bool]
CustomerCheck = Callable[[Condition, Scope, Customer], bool]


def _of_customer(check: CustomerCheck, *, unless: bool | None = None) -> Check:
    def of_scope(condition: Condition, scope: Scope) -> bool:
        customer = scope.context.customer
        if customer is None:
            return operator_of(condition) in NEGATIVE if unless is None else unless
        return check(condition, scope, customer)

    return of_scope


def _ids(field: str, actual: Callable[[Customer], Iterable[str | None]]) -> Check:
    return _of_customer(
        lambda condition, _, customer: comparison.ids(
            actual(customer), operator_of(condition), condition.value.get(field)
        )
    )


def _text(field: str, actual: Callable[[Customer], str | None]) -> Check:
    return _of_customer(
        lambda condition, _, customer: comparison.text(
            actual(customer), operator_of(condition), condition.value.get(field)
        )
    )


def _number(field: str, actual: Callable[[Customer], Any]) -> Check:
    return _of_customer(
        lambda condition, scope, customer: comparison.number(
            actual(customer), operator_of(condition), condition.value.get(field), scope.behaviour
        )
    )


def _flag(field: str, actual: Callable[[Customer], bool]) -> Check:
    return _of_customer(
        lambda condition, _, customer: actual(customer) is bool(condition.value.get(field, True)), unless=False
    )


@condition_type("customerCustomerGroup")
def _group(condition: Condition, scope: Scope) -> bool:
    return comparison.ids(
        [scope.context.customer_group_id], operator_of(condition), condition.value.get("customerGroupIds")
    )


@condition_type("customerLoggedIn")
def _logged_in(condition: Condition, scope: Scope) -> bool:
    return (scope.context.customer is not None) is bool(condition.value.get("isLoggedIn"))


def _register_address_conditions(title: str, address_of: Callable[[Customer], Address]) -> None:
    condition_type(f"customer{title}Country")(_ids("countryIds", lambda customer: [address_of(customer).country.id]))
    condition_type(f"customer{title}State")(_ids("stateIds", lambda customer: [address_of(customer).state_id]))
    condition_type(f"customer{title}City")(_text("cityName", lambda customer: address_of(customer).city))
    condition_type(f"customer{title}Street")(_text("streetName", lambda customer: address_of(customer).street))


_register_address_conditions("Billing", lambda customer: customer.billing)
_register_address_conditions("Shipping", lambda customer: customer.shipping)


@condition_type("customerBillingZipCode", "customerShippingZipCode")
def _zip_code(condition: Condition, scope: Scope) -> bool:
    customer, operator = scope.context.customer, operator_of(condition)
    if customer is None:
        return operator in NEGATIVE
    address = customer.billing if condition.type == "customerBillingZipCode" else customer.shipping
    actual = (address.zipcode or "").strip()
    wanted = [str(each) for each in condition.value.get("zipCodes") or ()]
    if operator == "empty":
        return not actual
    if operator in ("=", "!="):
        patterns = [re.escape(each).replace(r"\*", ".*") for each in wanted]
        found = any(re.fullmatch(pattern, actual, re.IGNORECASE) for pattern in patterns)
        return found is (operator == "=")
    if not actual.isdigit() or not wanted or not wanted[0].isdigit():
        return False
    return comparison.number(decimal(actual), operator, wanted[0], scope.behaviour)


@condition_type("customerCustomerNumber")
def _customer_number(condition: Condition, scope: Scope) -> bool:
    customer = scope.context.customer
    if customer is None:
        return operator_of(condition) in NEGATIVE
    return comparison.one_of(customer.number, operator_of(condition), condition.value.get("numbers") or ())


@condition_type("customerEmail")
def _email(condition: Condition, scope: Scope) -> bool:
    customer, operator = scope.context.customer, operator_of(condition)
    if customer is None:
        return operator in NEGATIVE
    wanted, actual = str(condition.value.get("email") or ""), str(customer.facts.get("email") or "")
    if "*" in wanted:
        pattern = re.escape(wanted).replace(r"\*", "(.*?)")
        return (re.fullmatch(pattern, actual, re.IGNORECASE) is not None) is (operator == "=")
    return comparison.text(actual, operator, wanted)


condition_type("customerTag")(_ids("identifiers", lambda customer: customer.tag_ids))
condition_type("customerSalutation")(_ids("salutationIds", lambda customer: [customer.facts.get("salutationId")]))
condition_type("customerDefaultPaymentMethod")(
    _ids("methodIds", lambda customer: [customer.facts.get("defaultPaymentMethodId")])
)
condition_type("customerLastName")(_text("lastName", lambda customer: customer.facts.get("lastName")))
condition_type("customerAffiliateCode")(_text("affiliateCode", lambda customer: customer.facts.get("affiliateCode")))
condition_type("customerCampaignCode")(_text("campaignCode", lambda customer: customer.facts.get("campaignCode")))
condition_type("customerOrderCount")(_number("count", lambda customer: customer.facts.get("orderCount") or 0))
condition_type("customerOrderTotalAmount")(
    _number("amount", lambda customer: customer.facts.get("orderTotalAmount") or 0)
)
condition_type("numberOfReviews")(_number("count", lambda customer: customer.facts.get("reviewCount") or 0))
condition_type("customerIsCompany")(_flag("isCompany", lambda customer: bool(customer.company)))
condition_type("customerIsGuest")(_flag("isGuest", lambda customer: customer.guest))
condition_type("customerIsActive")(_flag("isActive", lambda customer: bool(customer.facts.get("active", True))))
condition_type("customerDifferentAddresses")(
    _flag("isDifferent", lambda customer: customer.billing.id != customer.shipping.id)
)
condition_type("customerCreatedByAdmin")(
    _flag("shouldCustomerBeCreatedByAdmin", lambda customer: bool(customer.facts.get("createdById")))
)
condition_type("customerIsNewsletterRecipient")(
    _flag("isNewsletterRecipient", lambda customer: bool(customer.facts.get("newsletter")))
)


@condition_type("customerCustomField")
def _custom_field(condition: Condition, scope: Scope) -> bool:
    customer = scope.context.customer
    if customer is None:
        return operator_of(condition) in NEGATIVE
    return custom_field_matches(condition, customer.facts.get("customFields") or {})


def _years(since: datetime, now: datetime) -> int:
    return now.year - since.year - ((now.month, now.day) < (since.month, since.day))


@condition_type("customerAge")
def _age(condition: Condition, scope: Scope) -> bool:
    customer = scope.context.customer
    birthday = moment_of(customer.facts.get("birthday")) if customer else None
    age = _years(birthday, scope.context.now) if birthday else None
    return comparison.number(age, operator_of(condition), condition.value.get("age"), scope.behaviour)


@condition_type("customerBirthday")
def _birthday(condition: Condition, scope: Scope) -> bool:
    customer = scope.context.customer
    birthday = moment_of(customer.facts.get("birthday")) if customer else None
    return comparison.moment(birthday, operator_of(condition), moment_of(condition.value.get("birthday")))


@condition_type("customerDaysSinceLastLogin", "customerDaysSinceFirstLogin", "customerDaysSinceLastOrder")
def _days_since(condition: Condition, scope: Scope) -> bool:
    fields = {
        "customerDaysSinceLastLogin": "lastLogin",
        "customerDaysSinceFirstLogin": "firstLogin",
        "customerDaysSinceLastOrder": "lastOrderDate",
    }
    customer = scope.context.customer
    since = moment_of(customer.facts.get(fields[condition.type])) if customer else None
    days = (scope.context.now.date() - since.date()).days if since else None
    return comparison.number(days, operator_of(condition), condition.value.get("daysPassed"), scope.behaviour)
