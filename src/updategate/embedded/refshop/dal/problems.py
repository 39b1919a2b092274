"""What the data layer refuses, in the words that Shopware's API answers with."""

from __future__ import annotations

from typing import Any


class ApiProblem(Exception):  # noqa: N818 - an answer, not a failure of the shop
    """One or more errors as the API prints them, with the HTTP status of the answer."""

    def __init__(self, status: int, errors: list[dict[str, Any]]) -> None:
        super().__init__(errors[0].get("detail") if errors else str(status))
        self.status = status
        self.errors = errors


_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    412: "Precondition Failed",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def error(
    status: int,
    code: str,
    detail: str,
    parameters: dict[str, Any] | list[Any] | None = None,
    pointer: str | None = None,
) -> dict[str, Any]:
    """Return one error object of a Shopware exception."""
    result: dict[str, Any] = {"status": str(status), "code": code, "title": _TITLES[status], "detail": detail}
    if pointer is not None:
        result["source"] = {"pointer": pointer}
    result["meta"] = {"parameters": parameters if parameters is not None else []}
    return result


def problem(
    status: int,
    code: str,
    detail: str,
    parameters: dict[str, Any] | list[Any] | None = None,
    pointer: str | None = None,
) -> ApiProblem:
    """Return a problem of one error."""
    return ApiProblem(status, [error(status, code, detail, parameters, pointer)])


def http_problem(status: int, detail: str | None, code: str = "0") -> ApiProblem:
    """Return a problem that stems from the web framework or the database: no parameters."""
    return ApiProblem(status, [{"code": code, "status": str(status), "title": _TITLES[status], "detail": detail}])


def violation(pointer: str, code: str, template: str, parameters: dict[str, str]) -> dict[str, Any]:
    """Return one violated constraint of a written row; the detail is the template with the parameters put in."""
    detail = template
    for name, value in parameters.items():
        detail = detail.replace(name, value)
    return {
        "code": code,
        "status": "400",
        "detail": detail,
        "template": template,
        "meta": {"parameters": parameters or []},
        "source": {"pointer": pointer},
    }
