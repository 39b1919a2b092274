"""The environment file: which shop is tested, with what rights, and what may be done to it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from updategate.config.erp import ConnectorSettings, ErpSettings
from updategate.config.errors import ConfigError, unknown_name
from updategate.config.ledger import LedgerSettings
from updategate.config.loading import VARIABLE, Strict, build, load, read_yaml
from updategate.config.stage_sources import CanaryOrder, FingerprintSources

Stage = Literal["test", "staging", "production"]
SECRET_KEYS = frozenset(
    {"client_secret", "password", "access_key", "token", "database_url", "customer_password", "passphrase"}
)


def _http_url(value: str) -> str:
    if not re.match(r"https?://[^/\s]+", value):
        message = f"a shop's address starts with http:// or https://, not {value!r}"
        raise ValueError(message)
    return value.rstrip("/")


Url = Annotated[str, AfterValidator(_http_url)]


class SalesChannel(Strict):
    """The sales channel whose customers are played.

    ``language`` and ``currency`` name what the suites switch to, as a locale (``de-DE``) and an ISO code; unset
    means the channel's own default.
    """

    access_key: SecretStr
    language: str | None = None
    currency: str | None = None


class Admin(Strict):
    """Rights in the Admin API: an integration (client_id, client_secret) or a user (username, password)."""

    client_id: str | None = None
    client_secret: SecretStr | None = None
    username: str | None = None
    password: SecretStr | None = None

    @model_validator(mode="after")
    def _one_pair(self) -> Admin:
        integration = (self.client_id, self.client_secret)
        user = (self.username, self.password)
        if all(integration) == all(user) or any(integration) == any(user):
            message = "give either client_id and client_secret, or username and password"
            raise ValueError(message)
        return self


class Administration(Strict):
    """A user of the administration, for the process that works with it in a browser."""

    username: str
    password: SecretStr


class BasicAuth(Strict):
    """A user name and password that the web server asks for before the shop answers."""

    username: str
    password: SecretStr


class Http(Strict):
    """How the shop is reached.

    ``verify_tls`` false accepts a self-signed certificate; ``ca_file`` names a private authority instead.
    ``timeout`` is in seconds and holds for one answer.
    """

    basic_auth: BasicAuth | None = None
    verify_tls: bool = True
    ca_file: str | None = None
    proxy: Url | None = None
    timeout: float = Field(default=30.0, gt=0, le=600)


class Storefront(Strict):
    """The pages that a browser sees.

    ``selectors`` replaces the CSS selector of a page's element where a theme moved it
    (``detail: {buy: ".my-buy"}``). ``locale`` says how the pages print money.
    """

    url: Url | None = None
    locale: str = "en-GB"
    selectors: dict[str, dict[str, str]] = Field(default_factory=dict)


class Permits(Strict):
    """What a run may do to the shop; all of it is forbidden unless written.

    ``canary`` permits one order after a roll-out, which is cancelled and removed, and nothing else.
    """

    carts: bool = False
    customers: bool = False
    orders: bool = False
    admin_write: bool = False
    load: bool = False
    update: bool = False
    canary: bool = False

    def allowed(self) -> frozenset[str]:
        """The names of what is permitted."""
        return frozenset(name for name, permitted in self if permitted)


class MailSink(Strict):
    """Where test mails end: the address of a Mailpit-compatible HTTP API."""

    url: Url


class Sinks(Strict):
    """Where the effects of test orders end.

    ``payment`` and ``erp`` say in words where payments and exports of test orders go (``none`` when there is no such
    connection); orders are placed only where all three are declared.
    """

    mail: MailSink | Literal["none"] | None = None
    payment: str | None = None
    erp: str | None = None

    def undeclared(self) -> list[str]:
        """The sinks that nobody has declared."""
        return [name for name, value in self if not value]


class LoadLimits(Strict):
    """Ceilings for load: requests per second and concurrent users."""

    max_rate: float = Field(default=50.0, gt=0)
    max_users: int = Field(default=50, gt=0)
    kill_switch: str | None = None


class Environment(Strict):
    """One shop as it is tested. ``seed`` makes the ids of test data: the same before and after an update."""

    name: str = Field(min_length=1, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    stage: Stage = "test"
    url: Url
    shopware: str | None = None
    machine_class: str | None = None
    seed: str = ""
    sales_channel: SalesChannel
    admin: Admin | None = None
    administration: Administration | None = None
    http: Http = Http()
    storefront: Storefront = Storefront()
    permits: Permits = Permits()
    sinks: Sinks = Sinks()
    load: LoadLimits = LoadLimits()
    ledger: LedgerSettings | None = None
    fingerprint: FingerprintSources = FingerprintSources()
    canary: CanaryOrder | None = None
    erp: ErpSettings | None = None
    connector: ConnectorSettings | None = None
    capabilities: tuple[str, ...] | None = None
    suites: tuple[str, ...] = ()
    reference: Url | None = None

    @property
    def storefront_url(self) -> str:
        """The address of the pages; the shop's own unless given apart."""
        return self.storefront.url or self.url

    @property
    def data_seed(self) -> str:
        """What the ids of test data derive from."""
        return self.seed or self.name

    @model_validator(mode="after")
    def _orders_need_sinks(self) -> Environment:
        missing = self.sinks.undeclared()
        if (self.permits.orders or self.permits.canary) and missing:
            message = (
                f"orders are permitted, but it is not declared where their effects end: sinks.{missing[0]} is missing"
            )
            raise ValueError(message)
        if self.permits.canary and self.canary is None:
            message = "a canary order is permitted, but it is not said what is ordered: 'canary' is missing"
            raise ValueError(message)
        return self


def secrets_of(settings: Strict) -> tuple[str, ...]:
    """Every secret value in the settings, so that writers can keep it out of what they write."""
    found: list[str] = []
    for _, value in settings:
        if isinstance(value, SecretStr):
            found.append(value.get_secret_value())
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Strict):
                found.extend(secrets_of(part))
    return tuple(found)


ENVIRONMENTS = Path("ci/environments")


def environment_path(name_or_path: str, root: Path) -> Path:
    """``staging`` is ``ci/environments/staging.yaml`` under ``root``; anything with a suffix or a slash is a path."""
    if "/" in name_or_path or name_or_path.endswith((".yaml", ".yml")):
        return Path(name_or_path)
    path = root / ENVIRONMENTS / f"{name_or_path}.yaml"
    if path.is_file():
        return path
    known = sorted(found.stem for found in (root / ENVIRONMENTS).glob("*.yaml"))
    raise ConfigError.single(str(root / ENVIRONMENTS), "", *unknown_name("environment", name_or_path, known))


def load_environment(path: Path) -> Environment:
    """Read an environment file; secrets written into it are refused before anything is done with them."""
    _refuse_written_secrets(path)
    return load(path, Environment, "environment file")


def read_only_environment(url: str, access_key: str) -> Environment:
    """What ``run --url --access-key`` tests: no rights, nothing permitted."""
    data = {"name": "url", "url": url, "sales_channel": {"access_key": access_key}}
    return build(data, Environment, "--url")


def _refuse_written_secrets(path: Path) -> None:
    data = read_yaml(path, "environment file")

    def walk(value: object, key: str) -> None:
        if isinstance(value, list):
            for position, item in enumerate(value):
                walk(item, f"{key}[{position}]")
        if isinstance(value, dict):
            for name, item in value.items():
                inner = f"{key}.{name}" if key else str(name)
                if name in SECRET_KEYS and isinstance(item, str) and not VARIABLE.fullmatch(item.strip()):
                    raise ConfigError.single(
                        str(path),
                        inner,
                        "A secret must not be written into a file.",
                        f"Write a variable instead, for example: {name}: ${{SHOP_{str(name).upper()}}}",
                    )
                walk(item, inner)

    walk(data, "")
