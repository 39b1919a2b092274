"""Makes a message of a template and the facts."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from typing import Any

from jinja2 import DictLoader, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from updategate.embedded.refshop.dal.problems import problem
from updategate.embedded.refshop.dal.store import Doc
from updategate.embedded.refshop.dal.translate import language_chain, translated
from updategate.embedded.refshop.shop import Shop

from .parts import HTML_PARTS, TEXT_PARTS
from .wording import moment, money, rate


def rendered(template: str, facts: dict[str, Any], *, as_html: bool = False) -> str:
    """Return the template filled in; a template that is wrong is an ApiProblem, as the mail preview shows it."""
    environment = SandboxedEnvironment(
        loader=DictLoader(HTML_PARTS if as_html else TEXT_PARTS),
        autoescape=as_html,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    locale = str(facts.get("locale") or "en-GB")
    environment.filters["moment"] = lambda value: moment(str(value), locale)
    environment.filters["money"] = lambda value, iso="EUR": money(value, iso, locale)
    environment.filters["rate"] = rate
    try:
        return environment.from_string(template).render(**facts)
    except (TemplateError, TypeError, ValueError) as error:
        raise problem(
            400, "MAIL_TEMPLATE_RENDERING", f"Failed rendering mail template using Twig: {error}", {"error": str(error)}
        ) from None


def composed(
    shop: Shop, template: Doc, facts: dict[str, Any], language_id: str | None, to: dict[str, str]
) -> EmailMessage:
    """Return the message of a mail template in a language. ``to``: address → name."""
    chain = language_chain(shop.store, language_id)

    def text(name: str) -> str:
        return str(translated(template, name, chain) or "")

    return message(
        shop,
        subject=rendered(text("subject"), facts),
        plain=rendered(text("contentPlain"), facts),
        html=rendered(text("contentHtml"), facts, as_html=True),
        sender=rendered(text("senderName"), facts),
        to=to,
    )


def message(shop: Shop, *, subject: str, plain: str, html: str, sender: str, to: dict[str, str]) -> EmailMessage:
    """Return a message with a plain and an HTML body from the shop's address."""
    row = next(iter(shop.store.where("system_config", configurationKey="core.basicInformation.email")), None)
    address = str(row["configurationValue"]) if row else "shop@example.com"
    result = EmailMessage()
    result["Subject"] = " ".join(subject.split())
    result["From"] = formataddr((sender, address))
    result["To"] = ", ".join(formataddr((name, recipient)) for recipient, name in to.items())
    result["Message-ID"] = make_msgid(domain=address.partition("@")[2] or "example.com")
    result["Date"] = format_datetime(shop.clock.now())
    result.set_content(plain)
    result.add_alternative(html, subtype="html")
    return result
