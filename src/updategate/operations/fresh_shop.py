"""Make a freshly started container with a shop ready to be tested: wait for it, find its key, add its address.

It writes to the shop, so it takes only addresses that a container has: this machine, or a name without a domain.
"""

from __future__ import annotations

import ipaddress
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from urllib.parse import urlsplit

from updategate.clients.admin_api import AdminApi, Criteria, User
from updategate.clients.errors import ApiError, ShopError
from updategate.clients.json_text import JsonObject
from updategate.clients.transport import RequestsTransport

# Shopware\Core\Defaults::SALES_CHANNEL_TYPE_STOREFRONT
STOREFRONT = "8a243080f92e4c719546314b577cf82b"
LOOK_AGAIN = 2.0


class FreshShopError(Exception):
    """The container cannot be made ready; the message says why and what to do."""


class NotReadyError(FreshShopError):
    """The shop did not answer in time: this may pass by itself."""


@dataclass(frozen=True, slots=True)
class FreshShop:
    """A shop that is ready: what an environment file needs to know of it."""

    url: str
    access_key: str
    version: str
    waited: float


def is_container(url: str) -> bool:
    """Whether an address can be that of a container: localhost, a loopback address, or a name without a domain."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "" and "." not in host


def make_ready(
    url: str,
    username: str,
    password: str,
    *,
    within: float,
    mail: tuple[str, int] | None = None,
    also: tuple[str, ...] = (),
    wait_to_look_again: Callable[[float], object] | None = None,
) -> FreshShop:
    """Wait at most ``within`` seconds for the shop, then give it its address and, if named, its mail server.

    ``also`` are other addresses of the same container, as other containers see it. Raises FreshShopError.
    """
    address = url.rstrip("/")
    if not is_container(address):
        message = (
            f"{address} is no container of this pipeline. This verb writes to the shop; it takes localhost, or the "
            "name of a service without a domain."
        )
        raise FreshShopError(message)
    begun = time.monotonic()
    admin = AdminApi(RequestsTransport(address), User(username, password))
    version = _version(admin, begun + within, wait_to_look_again or Event().wait)
    channel = _storefront(admin)
    for domain in (address, *(other.rstrip("/") for other in also)):
        _has_domain(admin, channel, domain)
    if mail is not None:
        _sends_mail_to(admin, *mail)
    return FreshShop(address, str(channel["accessKey"]), version, time.monotonic() - begun)


def _version(admin: AdminApi, deadline: float, wait: Callable[[float], object]) -> str:
    """Ask until the shop answers; wrong credentials are no reason to wait, but a shop that still starts is."""
    while True:
        try:
            return admin.version()
        except ApiError as error:
            if error.status in (400, 401):
                message = f"The shop refuses this user: {error.detail} Give --user and --password of an administrator."
                raise FreshShopError(message) from None
            told = f"it answers {error.status}"
        except (ShopError, ValueError, KeyError) as error:
            told = str(error)
        if time.monotonic() >= deadline:
            message = (
                f"The shop did not get ready in time: {told}. Look into the container's log, or wait --within longer."
            )
            raise NotReadyError(message)
        wait(LOOK_AGAIN)


def _storefront(admin: AdminApi) -> JsonObject:
    criteria = Criteria().equals("typeId", STOREFRONT).equals("active", value=True).associate("domains").sort("name")
    found = admin.search("sales_channel", criteria).first()
    if found is None:
        message = "The shop has no active storefront. Use an image that brings one, or create a sales channel first."
        raise FreshShopError(message)
    return found


def _has_domain(admin: AdminApi, channel: JsonObject, address: str) -> None:
    """Customers can only register at a domain of the sales channel: it gets this one, in the words of its first."""
    domains = list(admin.pages("sales_channel_domain", Criteria().equals("salesChannelId", str(channel["id"]))))
    if any(str(domain["url"]).rstrip("/") == address for domain in domains):
        return
    if not domains:
        message = "The storefront has no domain whose language and currency could be taken over."
        raise FreshShopError(message)
    taken = {name: domains[0][name] for name in ("languageId", "currencyId", "snippetSetId")}
    domain = {"id": secrets.token_hex(16), "url": address, "salesChannelId": channel["id"], **taken}
    admin.create("sales_channel_domain", domain)


def _sends_mail_to(admin: AdminApi, host: str, port: int) -> None:
    admin.change_settings(
        {
            "core.mailerSettings.emailAgent": "smtp",
            "core.mailerSettings.host": host,
            "core.mailerSettings.port": str(port),
            "core.mailerSettings.encryption": "null",
        }
    )
