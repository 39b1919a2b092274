"""Checks what customers enter, in the order and with the codes of Shopware."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from updategate.embedded.refshop.dal.store import Doc

from . import errors
from .context_endpoints import unknown_entity
from .http import Call
from .session import catalogue_of

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s.]+$")
_ADDRESS_FIELDS = (("firstName", "FIRST_NAME"), ("lastName", "LAST_NAME"), ("street", "STREET"), ("city", "CITY"))
_PASSWORD_LENGTH = 8

Violations = list[dict[str, Any]]


def setting(call: Call, key: str) -> Any:
    """Return a value of the system configuration for the call's sales channel."""
    return catalogue_of(call.shop).setting(key, call.session.channel["id"])


def not_blank(value: Any, pointer: str) -> Violations:
    """Demand a value."""
    if value not in (None, "", [], {}, False):
        return []
    shown = "null" if value is None else '""' if value == "" else str(value).lower()
    return [errors.violation("IS_BLANK_ERROR", "This value should not be blank.", pointer, value=shown)]


def email_format(value: Any, pointer: str) -> Violations:
    """Demand an address that a mail could be sent to."""
    if value in (None, "") or (isinstance(value, str) and _EMAIL.match(value)):
        return []
    return [
        errors.violation("INVALID_FORMAT_ERROR", "VIOLATION::INVALID_EMAIL_FORMAT_ERROR", pointer, value=f'"{value}"')
    ]


def password_length(call: Call, value: Any, pointer: str) -> Violations:
    """Demand a password of the configured length."""
    if value in (None, ""):
        return not_blank(value, pointer)
    least = int(setting(call, "core.loginRegistration.passwordMinLength") or _PASSWORD_LENGTH)
    if len(str(value)) >= least:
        return []
    return [
        errors.violation(
            "TOO_SHORT_ERROR",
            f"This value is too short. It should have {least} characters or more.",
            pointer,
            value=f'"{value}"',
            limit=str(least),
            value_length=str(len(str(value))),
        )
    ]


def email_unused(call: Call, email: Any, pointer: str = "/email") -> Violations:
    """Demand an address that no customer with an account has."""
    for customer in call.shop.store.where("customer", email=email) if email else ():
        bound = customer.get("boundSalesChannelId")
        if not customer.get("guest") and bound in (None, call.session.channel["id"]):
            return [
                errors.violation(
                    "CUSTOMER_EMAIL_NOT_UNIQUE",
                    f'The email address "{email}" is already in use.',
                    pointer,
                    email=f'"{email}"',
                )
            ]
    return []


def known(call: Call, entity: str, id_: Any, pointer: str) -> Violations:
    """Demand that the id leads to something."""
    if id_ in (None, "") or call.shop.store.get(entity, str(id_)) is not None:
        return []
    return [unknown_entity(entity, str(id_), pointer)]


def choice(value: Any, allowed: list[str], pointer: str) -> Violations:
    """Demand one of several values."""
    if value in allowed:
        return []
    return [
        errors.violation(
            "NO_SUCH_CHOICE_ERROR",
            "The value you selected is not a valid choice.",
            pointer,
            value=f'"{value}"',
            choices=", ".join(f'"{each}"' for each in allowed),
        )
    ]


def domains_of(call: Call) -> list[str]:
    """Return the addresses of the sales channel."""
    rows = call.shop.store.where("sales_channel_domain", salesChannelId=call.session.channel["id"])
    return [str(row["url"]).rstrip("/") for row in rows]


def address(call: Call, data: Mapping[str, Any], prefix: str = "", *, business: bool = False) -> Violations:
    """Check an address; ``prefix`` is where it stands in the body (``/billingAddress``)."""
    found = known(call, "salutation", data.get("salutationId"), f"{prefix}/salutationId")
    country_id = data.get("countryId")
    if not country_id:
        found.append(errors.blank("COUNTRY", f"{prefix}/countryId", country_id))
    found += known(call, "country", country_id, f"{prefix}/countryId")
    found += known(call, "country_state", data.get("countryStateId"), f"{prefix}/countryStateId")
    found += [
        errors.blank(name, f"{prefix}/{field}", data.get(field))
        for field, name in _ADDRESS_FIELDS
        if not str(data.get(field) or "")
    ]
    for field, name in (("additionalAddressField1", "additionalAddressLine1"), ("phoneNumberField", "phoneNumber")):
        required = setting(call, f"core.loginRegistration.{field}Required")
        shown = setting(call, f"core.loginRegistration.show{field[0].upper()}{field[1:]}")
        if required and shown:
            found += not_blank(data.get(name), f"{prefix}/{name}")
    if business and setting(call, "core.loginRegistration.showAccountTypeSelection"):
        found += not_blank(data.get("company"), f"{prefix}/company")
    country = call.shop.store.get("country", country_id) if country_id else None
    return found + (_zip_code(country, data.get("zipcode"), f"{prefix}/zipcode") if country else [])


def _zip_code(country: Doc, value: Any, pointer: str) -> Violations:
    if country.get("postalCodeRequired") and value in (None, ""):
        return [errors.violation("IS_BLANK_ERROR", "Postal code is required for that country", pointer)]
    pattern = None
    if country.get("checkPostalCodePattern"):
        pattern = country.get("defaultPostalCodePattern")
    if country.get("checkAdvancedPostalCodePattern"):
        pattern = country.get("advancedPostalCodePattern")
    if not pattern or re.fullmatch(pattern, str(value or ""), re.IGNORECASE):
        return []
    iso = country.get("iso")
    return [
        errors.violation(
            "ZIP_CODE_INVALID", f'This value is not a valid ZIP code for country "{iso}"', pointer, iso=f'"{iso}"'
        )
    ]


def vat_ids(country: Doc | None, values: Any, pointer: str = "/vatIds") -> Violations:
    """Check VAT ids by the pattern of the country, where it is to be checked."""
    listed = [str(each) for each in values or () if each] if isinstance(values, list) else []
    if country is None:
        return []
    if country.get("vatIdRequired") and not listed:
        return not_blank(None, pointer)
    pattern = country.get("vatIdPattern")
    if not country.get("checkVatIdPattern") or not pattern:
        return []
    return [
        errors.violation(
            "VAT_ID_FORMAT_NOT_CORRECT",
            f'The format of vatId "{each}" is not correct.',
            f"{pointer}/{index}",
            vatId=f'"{each}"',
        )
        for index, each in enumerate(listed)
        if not re.fullmatch(pattern, each, re.IGNORECASE)
    ]


def profile(call: Call, data: Mapping[str, Any]) -> Violations:
    """Check the name and kind of a customer."""
    found = known(call, "salutation", data.get("salutationId"), "/salutationId")
    found += not_blank(data.get("firstName"), "/firstName") + not_blank(data.get("lastName"), "/lastName")
    if data.get("accountType"):
        found += choice(data["accountType"], ["private", "business"], "/accountType")
    return found


def raise_if(found: Violations) -> None:
    """Refuse the request if anything was found."""
    if found:
        raise errors.violations(found)
