"""The environment that a build stands in: theme, settings that matter, counts. Only reads."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

from updategate.actors.cleaning import of_ours
from updategate.clients.admin_api import AdminApi
from updategate.clients.connection import admin_api, connection_settings, exchange_log, store_api
from updategate.clients.errors import ApiError, ShopError
from updategate.clients.transport import Call, RequestsTransport
from updategate.config.environment import Environment
from updategate.evidence.records import EnvironmentFacts

COUNTED = ("product", "customer", "customer_group", "rule", "language", "currency", "tax", "promotion", "sales_channel")
MOST_THEME_FILES = 40
_THEME_FILE = re.compile(r"""(?:href|src)=["']([^"']*/theme/[^"']+?\.(?:css|js)(?:\?[^"']*)?)["']""")
_ID = re.compile(r"[0-9a-f]{32}")
_SECRET = re.compile(r"secret|passw|token|api.?key|private|credential|dsn|licen[cs]e|certificate", re.IGNORECASE)
_PLAIN = re.compile(r"(?:true|false|-?\d{1,4}(?:\.\d+)?)?")


def environment_facts(environment: Environment, domains: Sequence[str]) -> EnvironmentFacts:
    """Theme, settings of the ``domains`` (``core.cart``) and counts of the shop's own; what cannot be read stays None.

    Raises ShopError where the shop does not answer at all.
    """
    admin = admin_api(environment)
    counts: dict[str, int | None] = {}
    settings: dict[str, Any] | None = None
    if admin is not None:
        counts = {entity: _count(admin, entity) for entity in COUNTED}
        settings = settings_of(admin, _sales_channel_id(environment), domains)
    return EnvironmentFacts(theme=theme_hash(environment), settings=settings, counts=counts)


def _count(admin: AdminApi, entity: str) -> int | None:
    try:
        # without what runs have put there: a before run leaves things for the run after the update
        return admin.count(entity) - admin.count(entity, of_ours(entity))
    except ApiError:
        return None


def _sales_channel_id(environment: Environment) -> str | None:
    try:
        return store_api(environment).context().sales_channel_id
    except (ApiError, LookupError, ValueError, TypeError):
        return None


def settings_of(admin: AdminApi, sales_channel_id: str | None, domains: Sequence[str]) -> dict[str, str] | None:
    """System settings as the sales channel has them, by key; None where the shop does not tell them.

    Values are texts, because Shopware keeps the same number now as text, now as number. Of what looks like a secret
    only ``set`` or ``not set`` is told.
    """
    found: dict[str, str] = {}
    channel = f"&salesChannelId={sales_channel_id}&inherit=1" if sales_channel_id else ""
    for domain in domains:
        answer = admin.raw("GET", f"/_action/system-config?domain={domain}{channel}", name="/_action/system-config")
        if not answer.ok:
            return None
        body = answer.json()
        # an empty domain is an empty list in PHP's JSON
        found.update(flat(body) if isinstance(body, dict) else ())
    return dict(sorted(found.items()))


def flat(values: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Nested settings as key and text, without secrets."""
    for name, value in values.items():
        key = f"{above}.{name}" if above else str(name)
        if isinstance(value, dict) and value:
            yield from flat(value, key)
        else:
            yield key, _told(key, value)


def _told(key: str, value: Any) -> str:  # noqa: ANN401 - JSON
    text = {True: "true", False: "false", None: ""}.get(value) if isinstance(value, bool | None) else str(value)
    text = "" if text is None else text
    if _SECRET.search(key) and not _PLAIN.fullmatch(text):
        return "set"
    return text


def theme_hash(environment: Environment) -> str | None:
    """SHA-256 over the theme's compiled files that the home page loads; None where it loads none.

    Addresses and ids, which differ between two shops with the same theme, do not count.
    """
    with_slash = environment.storefront_url.rstrip("/") + "/"
    parts = urlsplit(with_slash)
    origin = f"{parts.scheme}://{parts.netloc}"
    transport = RequestsTransport(origin, exchange_log(environment), connection_settings(environment))
    try:
        page = transport.send(Call("GET", parts.path, headers={"Accept": "text/html"}, follow_redirects=True))
        if not page.ok:
            return None
        digest = hashlib.sha256()
        files = _theme_files(page.text, with_slash, origin)
        for path in files:
            answer = transport.send(Call("GET", path, name="/theme/{file}"))
            if not answer.ok:
                return None
            digest.update(f"{_ID.sub('{id}', path.partition('?')[0])}\n".encode())
            digest.update(_same_everywhere(answer.text, origin).encode())
        return digest.hexdigest() if files else None
    except ShopError:
        return None
    finally:
        transport.close()


def _theme_files(page: str, url: str, origin: str) -> list[str]:
    addresses = {urljoin(url, found.replace("&amp;", "&")) for found in _THEME_FILE.findall(page)}
    # files on another host belong to a content delivery network: their address carries the same path
    paths = {address.removeprefix(origin) for address in addresses if address.startswith(f"{origin}/")}
    return sorted(paths, key=lambda path: _ID.sub("{id}", path))[:MOST_THEME_FILES]


def _same_everywhere(text: str, origin: str) -> str:
    host = urlsplit(origin).netloc
    return _ID.sub("{id}", text.replace(origin, "{shop}").replace(host, "{shop}"))
