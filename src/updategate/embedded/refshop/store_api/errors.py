"""What the Store API refuses, in Shopware's own words and codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any


class StoreApiError(Exception):
    """A request that is refused: ``errors`` are the objects of the answer's ``errors`` list."""

    def __init__(self, status: int, errors: Sequence[Mapping[str, Any]]) -> None:
        super().__init__("; ".join(str(error.get("detail")) for error in errors))
        self.status = status
        self.errors = [dict(error) for error in errors]
        #: the context token of the request, if it was known already
        self.token: str | None = None


def refused(status: int, code: str, detail: str, **parameters: Any) -> StoreApiError:
    """Return an error with a code of Shopware's; ``parameters`` are what its message was made of."""
    error = {
        "status": str(status),
        "code": code,
        "title": title_of(status),
        "detail": detail,
        "meta": {"parameters": parameters or []},
    }
    return StoreApiError(status, [error])


def plain_error(status: int, detail: str, code: str = "0") -> StoreApiError:
    """Return an error that comes from the framework below Shopware: without parameters."""
    error = {"code": code, "status": str(status), "title": title_of(status), "detail": detail}
    return StoreApiError(status, [error])


def title_of(status: int) -> str:
    """Return the reason phrase of a status."""
    return HTTPStatus(status).phrase


def violation(code: str, detail: str, pointer: str, **parameters: Any) -> dict[str, Any]:
    """Return one broken constraint of a request body; ``pointer`` says where."""
    return {
        "code": code if "::" in code else f"VIOLATION::{code}",
        "status": "400",
        "title": "Constraint violation error",
        "detail": detail,
        "source": {"pointer": pointer},
        "meta": {"parameters": {f"{{{{ {key} }}}}": value for key, value in parameters.items()}},
    }


def blank(field: str, pointer: str, value: Any = None) -> dict[str, Any]:
    """Return the violation of a field that must not be empty."""
    shown = "null" if value is None else f'"{value}"'
    return violation("IS_BLANK_ERROR", f"VIOLATION::{field}_IS_BLANK_ERROR", pointer, value=shown)


def violations(found: Sequence[Mapping[str, Any]]) -> StoreApiError:
    """Return the error for broken constraints."""
    return StoreApiError(400, found)


def not_logged_in() -> StoreApiError:
    """Return the error for what needs a customer."""
    return refused(403, "CHECKOUT__CUSTOMER_NOT_LOGGED_IN", "Customer is not logged in.")


def missing_parameter(name: str, *, with_path: bool = True) -> StoreApiError:
    """Return the error for a parameter that is missing."""
    parameters = {"parameterName": name, **({"path": ""} if with_path else {})}
    detail = f'Parameter "{name}" is missing.'
    return refused(400, "FRAMEWORK__MISSING_REQUEST_PARAMETER", detail, **parameters)


def invalid_uuid(value: str) -> StoreApiError:
    """Return the error for an id that is none."""
    return refused(400, "FRAMEWORK__INVALID_UUID", f"Value is not a valid UUID: {value}", input=value)
