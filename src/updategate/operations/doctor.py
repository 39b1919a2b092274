"""Examine an environment before its shop is tested: each finding says what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from updategate.clients.admin_api import AdminApi
from updategate.clients.admin_api.criteria import Criteria
from updategate.clients.connection import admin_api, store_api
from updategate.clients.errors import ApiError, ShopError
from updategate.clients.transport import Call, RequestsTransport
from updategate.config.environment import Environment, MailSink
from updategate.operations.page_preflight import browser_findings
from updategate.operations.preflight import obstacle

Level = Literal["ok", "mend", "unknown", "note"]
SKEW_SECONDS = 5
# what the suites read and write in the Admin API
NEEDED_ENTITIES = (
    "product", "tax", "rule", "promotion", "shipping-method", "payment-method", "customer", "customer-group", "order",
    "sales-channel", "currency", "country", "plugin", "media", "document", "state-machine-history",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was examined. ``mend`` stands in the way of a run; ``cure`` says what to do."""

    level: Level
    subject: str
    message: str
    cure: str = ""

    def to_json(self) -> dict[str, str]:
        """A plain object."""
        return asdict(self)


def examine(environment: Environment) -> list[Finding]:
    """Every finding about the environment; ends early where the shop cannot be reached at all."""
    found = obstacle(environment)
    if found is not None:
        level: Level = "mend" if found.kind == "configuration" else "unknown"
        return [Finding(level, "shop", found.message, found.cure)]
    findings = [Finding("ok", "shop", f"{environment.url} answers")]
    for check in (_clock, _sales_channel, _methods, _rights, _mail, _permits, browser_findings_of):
        findings.extend(_guarded(check, environment))
    return findings


def browser_findings_of(environment: Environment) -> Iterator[Finding]:
    """Pages and selectors, looked at in a browser."""
    for level, subject, message, cure in browser_findings(environment):
        yield Finding(level, subject, message, cure)


def _guarded(check: Callable[[Environment], Iterator[Finding]], environment: Environment) -> list[Finding]:
    subject = check.__name__.strip("_").replace("_", " ")
    try:
        return list(check(environment))
    except ShopError as error:
        return [Finding("unknown", subject, str(error), "Look into the shop's log, then examine again.")]


def _clock(environment: Environment) -> Iterator[Finding]:
    # not a page: a cached page carries the time at which it was made
    answer = store_api(environment).raw("GET", "/context")
    date = answer.header("date")
    if not date:
        yield Finding("note", "clock", "the shop does not tell its time")
        return
    skew = (parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds()
    if abs(skew) > SKEW_SECONDS:
        yield Finding(
            "mend",
            "clock",
            f"the shop's clock differs from this machine's by {skew:+.0f} s",
            "Let both follow a time server: promotions, tokens and caches go by the clock.",
        )
    else:
        yield Finding("ok", "clock", "agrees with this machine's")


def _sales_channel(environment: Environment) -> Iterator[Finding]:
    context = store_api(environment).raw("GET", "/context").json()
    channel = context["salesChannel"]
    yield Finding("ok", "sales channel", f"{channel.get('name')} in {context['currency']['isoCode']}")
    admin = admin_api(environment)
    if admin is None:
        return
    criteria = Criteria().equals("salesChannelId", str(channel["id"]))
    urls = sorted({str(row["url"]).rstrip("/") for row in admin.pages("sales_channel_domain", criteria)})
    if environment.storefront_url in urls:
        yield Finding("ok", "domain", environment.storefront_url)
    else:
        yield Finding(
            "mend",
            "domain",
            f"the sales channel has no domain {environment.storefront_url}; it has {', '.join(urls) or 'none'}",
            "Set storefront.url in the environment file to one of them, or add the domain: customers cannot register "
            "without it.",
        )


def _methods(environment: Environment) -> Iterator[Finding]:
    api = store_api(environment)
    for kind in ("payment", "shipping"):
        answer = api.raw("POST", f"/{kind}-method", {})
        rows = answer.json().get("elements", []) if answer.ok else []
        names = ", ".join(str(row.get("translated", row).get("name") or row.get("name")) for row in rows)
        if rows:
            yield Finding("ok", f"{kind} methods", names)
        else:
            yield Finding(
                "mend",
                f"{kind} methods",
                "the sales channel offers none",
                f"Assign an active {kind} method to the sales channel in the administration.",
            )


def _rights(environment: Environment) -> Iterator[Finding]:
    admin = admin_api(environment)
    if admin is None:
        yield Finding(
            "note",
            "Admin API",
            "no credentials: only what needs no back office can be tested",
            "Give admin.client_id and admin.client_secret to test more.",
        )
        return
    refused = [entity for entity in NEEDED_ENTITIES if not _may_read(admin, entity)]
    if refused:
        yield Finding(
            "mend",
            "Admin API rights",
            f"the credentials may not read {', '.join(refused)}",
            "Give the integration these rights, or make it an administrator.",
        )
    else:
        yield Finding("ok", "Admin API rights", f"{len(NEEDED_ENTITIES)} kinds of data can be read")


def _may_read(admin: AdminApi, entity: str) -> bool:
    try:
        admin.search(entity, Criteria().limit(1))
    except ApiError as error:
        return error.status != 403
    return True


def _mail(environment: Environment) -> Iterator[Finding]:
    sink = environment.sinks.mail
    if not isinstance(sink, MailSink):
        yield Finding("note", "mail sink", "none declared: mails are not tested", "Set sinks.mail.url to a Mailpit.")
        return
    try:
        answer = RequestsTransport(sink.url).send(Call("GET", "/api/v1/info"))
    except ShopError as error:
        yield Finding("mend", "mail sink", str(error), "Start the mail sink, or correct sinks.mail.url.")
        return
    if answer.ok:
        yield Finding("ok", "mail sink", sink.url)
    else:
        yield Finding(
            "mend",
            "mail sink",
            f"{sink.url} answers {answer.status}, which is no Mailpit",
            "Correct sinks.mail.url: the address of the HTTP API, not of SMTP.",
        )


def _permits(environment: Environment) -> Iterator[Finding]:
    allowed = sorted(environment.permits.allowed())
    forbidden = sorted(set(type(environment.permits).model_fields) - set(allowed))
    if allowed:
        yield Finding("ok", "permits", ", ".join(allowed))
    if forbidden:
        yield Finding("note", "permits", f"not permitted: {', '.join(forbidden)}")
