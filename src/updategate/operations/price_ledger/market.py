"""The dimensions of a shop's prices: its customer groups, currencies and countries, by business keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from updategate.actors.identity import NAME_MARK
from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.json_text import Json, JsonObject
from updategate.clients.store_api import StoreApi
from updategate.config.ledger import LedgerSettings
from updategate.domain.price_cells import ranked

# beyond these, further values say less than further products
MOST_GROUPS = 6
MOST_CURRENCIES = 4
MOST_COUNTRIES = 4
_PAGE = 100


class UnknownDimensionError(LookupError):
    """The settings name a group, currency or country that the shop does not have."""


@dataclass(frozen=True, slots=True)
class Market:
    """Ids by business key, the most telling first. ``left_out`` names what the shop has and is not asked.

    ``group`` and ``country`` are those of somebody who is not logged in.
    """

    group: str
    country: str
    groups: Mapping[str, str]
    currencies: Mapping[str, str]
    countries: Mapping[str, str]
    left_out: tuple[str, ...] = ()


def look_around(
    store: StoreApi, admin: AdminApi | None, settings: LedgerSettings, seed: str, *, all_of_it: bool = False
) -> Market:
    """Find what the sales channel offers; without the Admin API only the group of guests is known.

    ``all_of_it`` takes everything, whatever the settings name: the cells of an earlier ledger say what is asked.
    Raises UnknownDimensionError where the settings name something that the shop does not have, and ShopError.
    """
    if all_of_it:
        settings = settings.model_copy(update=dict.fromkeys(("groups", "currencies", "countries")))
    context = store.ask("GET", "/context")
    default_group = context["currentCustomerGroup"]
    names = _group_names(admin) if admin else {str(default_group["id"]): _name(default_group)}
    group = names[str(default_group["id"])]
    groups, more_groups = _chosen(
        "customer group",
        {name: key for key, name in names.items()},
        [group],
        settings.groups,
        None if all_of_it else MOST_GROUPS,
    )
    currency = str(context["currency"]["isoCode"])
    currencies, more_currencies = _chosen(
        "currency", store.currencies(), [currency], settings.currencies, None if all_of_it else MOST_CURRENCIES
    )
    known = {str(entry["iso"]): entry for entry in _pages(store, "/country") if entry.get("iso")}
    country = str(((context.get("shippingLocation") or {}).get("country") or {}).get("iso") or "")
    if country not in known:
        country = next((iso for iso, entry in known.items() if entry["id"] == context["salesChannel"]["countryId"]), "")
    telling = [country, *_with_own_tax(admin, known), *_tax_free(known), *ranked(known, seed)]
    countries, more_countries = _chosen(
        "country",
        {iso: str(entry["id"]) for iso, entry in known.items()},
        [iso for iso in telling if iso in known],
        settings.countries,
        None if all_of_it else MOST_COUNTRIES,
    )
    left_out = (*more_groups, *more_currencies, *more_countries)
    return Market(group, country, groups, currencies, countries, left_out)


def _chosen(
    what: str, known: Mapping[str, str], first: Sequence[str], wanted: tuple[str, ...] | None, most: int | None
) -> tuple[dict[str, str], list[str]]:
    """The values to ask, and what is left out, in words."""
    if wanted is not None:
        for name in wanted:
            if name not in known:
                offered = ", ".join(sorted(known))
                message = f"ledger: the shop has no {what} {name!r}; it has {offered}"
                raise UnknownDimensionError(message)
        return {name: known[name] for name in wanted}, []
    order = list(dict.fromkeys([*first, *sorted(known)]))
    left = 0 if most is None else len(order) - most
    plural = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    told = [f"{left} more {plural if left > 1 else what}"] if left > 0 else []
    return {name: known[name] for name in order[:most]}, told


def _group_names(admin: AdminApi) -> dict[str, str]:
    """Names of the merchant's customer groups by id; where two have the same name, the id tells them apart."""
    found = {str(row["id"]): _name(row) for row in admin.pages("customer_group", Criteria().sort("id"))}
    own = {key: name for key, name in found.items() if not name.startswith(NAME_MARK)}
    names = list(own.values())
    return {key: name if names.count(name) == 1 else f"{name} ({key[:8]})" for key, name in own.items()}


def _name(entity: JsonObject) -> str:
    return str((entity.get("translated") or {}).get("name") or entity.get("name") or entity["id"])


def _with_own_tax(admin: AdminApi | None, known: Mapping[str, JsonObject]) -> list[str]:
    """Countries for which a tax has a rate of its own."""
    if admin is None:
        return []
    by_id = {str(entry["id"]): iso for iso, entry in known.items()}
    rules = admin.pages("tax_rule", Criteria().include(tax_rule=["countryId"]).sort("id"))
    return sorted({by_id[str(rule["countryId"])] for rule in rules if str(rule.get("countryId")) in by_id})


def _tax_free(known: Mapping[str, JsonObject]) -> list[str]:
    return sorted(
        iso
        for iso, entry in known.items()
        if any((entry.get(kind) or {}).get("enabled") for kind in ("customerTax", "companyTax"))
    )


def _pages(store: StoreApi, path: str) -> Iterable[Json]:
    page = 1
    while True:
        found = store.ask("POST", path, {"limit": _PAGE, "page": page})["elements"]
        yield from found
        if len(found) < _PAGE:
            return
        page += 1
