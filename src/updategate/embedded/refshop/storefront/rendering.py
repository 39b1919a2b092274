"""Jinja with what every template may use."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from . import formats

if TYPE_CHECKING:
    from .visit import Visit


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__ or "", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = formats.plain
    environment.filters["shorten"] = _shorten
    environment.globals["icon"] = _icon
    return environment


def render(visit: Visit, template: str, data: dict[str, Any]) -> str:
    """Render a template for a visitor."""
    locale = visit.language.locale
    version = visit.shop.version
    default_currency = ((data.get("context") or {}).get("currency") or {}).get("isoCode", "EUR")

    def money(amount: object, iso: str | None = None, decimals: int | None = None) -> str:
        text = formats.currency(amount, iso or default_currency, locale, 2 if decimals is None else decimals)
        return visit.shop.behaviour.printed_price(text, locale)

    def page_total(total: object) -> Decimal:
        return visit.shop.behaviour.total_told_by("page", Decimal(str(total)))

    def day(value: datetime | str, width: str = "medium") -> str:
        return formats.date(value, locale, width)

    def trans(key: str, **values: object) -> Markup:
        # the texts are the shop's own; only what is put into them comes from elsewhere
        escaped = {name: str(Markup.escape(str(value))) for name, value in values.items()}
        return Markup(visit.say(key, **escaped))  # noqa: S704

    return (
        _environment()
        .get_template(template)
        .render(
            data
            | {
                "visit": visit,
                "shop_name": visit.channel.name,
                "locale": locale,
                "base": visit.language.path,
                "version": version,
                "v65": version.is_65,
                "v667": version.at_least(6, 6, 7),
                "money": money,
                "page_total": page_total,
                "day": day,
                "t": trans,
                "field": _field,
            }
        )
    )


def _field(values: object, name: str) -> str:
    """Return what a form field held when it was sent: ``billingAddress[street]``."""
    current = values
    for key in name.replace("]", "").split("["):
        current = current.get(key) if isinstance(current, dict) else None
    return current if isinstance(current, str) else ""


def _shorten(text: str, length: int = 60) -> str:
    return text if len(text) <= length else text[:length].rstrip() + "..."


_ICONS = {
    "minus": "M4 12h16",
    "plus": "M4 12h16M12 4v16",
    "x": "M5 5l14 14M19 5L5 19",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13M15.5 15.5L21 21",
    "bag": "M6 8h12l1 13H5zM9 8V6a3 3 0 0 1 6 0v2",
    "avatar": "M12 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8M4 21c0-4 4-6 8-6s8 2 8 6",
    "checkmark": "M4 13l5 5L20 6",
    "marketing": "M4 10v4h3l8 5V5l-8 5zM18 9c1.500 1.500 1.500 4.500 0 6",
    "blocked": "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M6 6l12 12",
    "warning": "M12 3L2 21h20zM12 10v5M12 18v.5",
    "info": "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 11v6M12 7.500v.5",
    "checkmark-circle": "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M8 12l3 3l5-6",
    "arrow-left": "M15 5l-7 7l7 7",
    "arrow-up": "M5 15l7-7l7 7",
    "more": "M5 12h.5M12 12h.5M19 12h.5",
    "stack": "M4 6h16M4 12h16M4 18h16",
}


def _icon(name: str) -> Markup:
    """Return a line drawing as inline SVG."""
    return Markup(
        '<span class="icon icon-{}" aria-hidden="true"><svg viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        ' stroke-width="1.600" stroke-linecap="round" stroke-linejoin="round"><path d="{}"/></svg></span>'
    ).format(name, _ICONS[name])
