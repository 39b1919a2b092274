"""Before anything is tested: is this a Shopware shop, does it answer, do the keys fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from updategate.clients.connection import admin_api, store_api, transport_to
from updategate.clients.errors import ApiError, ShopError, ShopUnreachableError
from updategate.clients.transport import Call
from updategate.config.environment import Environment
from updategate.operations.fingerprint import version_of

Kind = Literal["configuration", "unreachable"]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a run cannot begin, and what to do. ``unreachable`` may pass; ``configuration`` will not by itself."""

    kind: Kind
    message: str
    cure: str

    def __str__(self) -> str:
        return f"{self.message}\n  {self.cure}"


def obstacle(environment: Environment) -> Obstacle | None:
    """The first thing that stands in the way of testing this environment, or None."""
    try:
        return _store(environment) or _admin(environment)
    except ShopUnreachableError as error:
        return Obstacle(
            "unreachable",
            f"{environment.url} cannot be reached: {error.fault}.",
            "Check the address, that the shop runs, and a proxy, a VPN or basic authentication (http: in the file).",
        )
    except ShopError as error:
        return Obstacle("unreachable", str(error), "Try again; if it stays, look into the shop's log.")


def _store(environment: Environment) -> Obstacle | None:
    answer = store_api(environment).raw("GET", "/context")
    if answer.ok:
        try:
            body = answer.json()
        except ValueError:
            body = None
        if isinstance(body, dict) and "salesChannel" in body:
            return None
        return _no_shopware(environment)
    if answer.status == 401 and transport_to(environment).send(Call("GET", "/store-api/context")).status == 401:
        if "www-authenticate" in {name.lower() for name in answer.headers} and "errors" not in answer.text:
            return Obstacle(
                "configuration",
                f"{environment.url} asks for a user name and a password before the shop answers.",
                "Give them as http.basic_auth in the environment file.",
            )
        return Obstacle(
            "configuration",
            f"{environment.url} refuses the sales channel's access key.",
            "Copy it from the administration: Sales channels, API access, and set it in the environment.",
        )
    if answer.status == 503:
        return Obstacle("unreachable", f"{environment.url} is in maintenance (503).", "End the maintenance mode.")
    if answer.status in (403, 412) and "errors" in answer.text:
        return Obstacle(
            "configuration",
            f"{environment.url} refuses the sales channel's access key ({answer.status}).",
            "Copy it from the administration: Sales channels, API access, and set it in the environment.",
        )
    if answer.status >= 500:
        return Obstacle(
            "unreachable", f"{environment.url} answers {answer.status} to the Store API.", "Look into the shop's log."
        )
    return _no_shopware(environment)


def _no_shopware(environment: Environment) -> Obstacle:
    return Obstacle(
        "configuration",
        f"{environment.url} is no Shopware 6 shop: it has no Store API.",
        "Give the address that the shop's administration has, without /admin.",
    )


def _admin(environment: Environment) -> Obstacle | None:
    admin = admin_api(environment)
    if admin is None:
        return None
    try:
        version = version_of(admin)
    except ApiError as error:
        if error.status in (400, 401, 403):
            return Obstacle(
                "configuration",
                f"{environment.url} refuses the credentials for the Admin API: {error.detail}",
                "Create an integration in the administration (Settings, System, Integrations) and set its id and key.",
            )
        raise
    wanted = environment.shopware
    if wanted and not (version == wanted or version.startswith(f"{wanted}.")):
        return Obstacle(
            "configuration",
            f"The environment file expects Shopware {wanted}, but {environment.url} is {version}.",
            "Correct 'shopware' in the environment file, or test the shop that you mean.",
        )
    return None
