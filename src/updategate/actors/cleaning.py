"""Removes what runs have left in a shop: found by the journal, and by marks that nothing of a merchant's carries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from updategate.actors.identity import EMAIL_DOMAIN, EMAIL_MARK, NAME_MARK, NUMBER_MARK, is_test_email
from updategate.actors.removal import PAGE, REMOVAL_ORDER, all_ids, remove_entity
from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.errors import ApiError

_NAMED = (
    "number_range",
    "sales_channel",
    "promotion",
    "category",
    "shipping_method",
    "payment_method",
    "rule",
    "tax",
    "property_group",
    "product_manufacturer",
    "unit",
    "customer_group",
    "currency",
    "country",
)


@dataclass(slots=True)
class Cleaned:
    """What a cleaning did: ids removed by entity, and what could not be removed and why."""

    removed: dict[str, list[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many entities were removed."""
        return sum(len(ids) for ids in self.removed.values())


def leftovers(admin: AdminApi) -> dict[str, list[str]]:
    """Find by their marks the ids of all test data in a shop, by entity, in the order of removal."""
    found: dict[str, list[str]] = {}
    for entity, criteria in _by_mark():
        known = found.setdefault(entity, [])
        known += [entry for entry in all_ids(admin, entity, criteria) if entry not in known]
    return {entity: found[entity] for entity in REMOVAL_ORDER if found.get(entity)}


def clean(
    admin: AdminApi, journal: Iterable[tuple[str, str]] = (), *, spare: Iterable[str] = (), by_mark: bool = True
) -> Cleaned:
    """Remove all test data.

    ``journal`` holds (entity, id) as runs have written them down; what their marks show is found without it, unless
    ``by_mark`` is false: then only the journal counts, and other runs' data stay. ``spare`` are ids that an after run
    still needs. Orders and customers go first, so that nothing refers to what follows.
    """
    kept = set(spare)
    plan = leftovers(admin) if by_mark else {}
    for entity, key in journal:
        for entry in _resolved(admin, entity, key):
            if entry not in plan.setdefault(entity, []):
                plan[entity].append(entry)
    result = Cleaned()
    pictures = _pictures_of(admin, [entry for entry in plan.get("product", []) if entry not in kept])
    unknown = [entity for entity in plan if entity not in REMOVAL_ORDER]
    for entity in [*REMOVAL_ORDER, *unknown]:
        for entry in plan.get(entity, []):
            if entry not in kept:
                _remove(admin, entity, entry, result)
    for entry in _unused(admin, pictures):
        _remove(admin, "media", entry, result)
    for entry in all_ids(admin, "seo_url", Criteria().starts_with("seoPathInfo", NAME_MARK.strip() + "-")):
        _remove(admin, "seo_url", entry, result)
    return result


def _by_mark() -> list[tuple[str, Criteria]]:
    number = Criteria().starts_with("productNumber", NUMBER_MARK)
    return [
        ("order", _of_test_customer("orderCustomer.email")),
        ("customer", _of_test_customer("email")),
        ("product", number.starts_with("manufacturerNumber", NAME_MARK)),
        # a connector hands number and name on, and nothing else
        ("product", number.starts_with("name", NAME_MARK)),
        *((entity, Criteria().starts_with("name", NAME_MARK)) for entity in _NAMED),
    ]


def of_ours(entity: str) -> Criteria:
    """What finds the entities that runs have created and not removed yet, such as those carried over an update."""
    if entity == "customer":
        return _of_test_customer("email")
    return Criteria().starts_with(*(("productNumber", NUMBER_MARK) if entity == "product" else ("name", NAME_MARK)))


def _of_test_customer(name: str) -> Criteria:
    return Criteria().starts_with(name, EMAIL_MARK).ends_with(name, f"@{EMAIL_DOMAIN}")


def _pictures_of(admin: AdminApi, products: list[str]) -> list[str]:
    """The media of products: a connector gives them names of its own, and they outlive the products."""
    found: dict[str, None] = {}
    for begin in range(0, len(products), PAGE):
        criteria = Criteria().any_of("productId", products[begin : begin + PAGE])
        found.update(dict.fromkeys(str(row["mediaId"]) for row in admin.pages("product_media", criteria)))
    return list(found)


def _unused(admin: AdminApi, media: list[str]) -> list[str]:
    """Those media that no other product shows."""
    if not media:
        return []
    shown = {str(row["mediaId"]) for row in admin.pages("product_media", Criteria().any_of("mediaId", media))}
    return [entry for entry in media if entry not in shown]


def _resolved(admin: AdminApi, entity: str, key: str) -> list[str]:
    """Turn a key of the journal into ids; ``email:ada@…#1`` is an order of that customer, ``number:…`` a product."""
    if entity == "product" and key.startswith("number:" + NUMBER_MARK):
        return all_ids(admin, entity, Criteria().equals("productNumber", key.removeprefix("number:")))
    if entity == "rule" and key.startswith("name:" + NAME_MARK):
        return all_ids(admin, entity, Criteria().equals("name", key.removeprefix("name:")))
    if not key.startswith("email:"):
        return [key]
    email = key.removeprefix("email:").partition("#")[0]
    if not is_test_email(email):
        return []
    name = "orderCustomer.email" if entity == "order" else "email"
    return all_ids(admin, entity, Criteria().equals(name, email))


def _remove(admin: AdminApi, entity: str, entry: str, result: Cleaned) -> None:
    try:
        if remove_entity(admin, entity, entry):
            result.removed.setdefault(entity, []).append(entry)
    except ApiError as fault:
        result.faults.append(f"{entity} {entry}: {fault}")
