"""What journeys choose from: found in the shops by their business keys, the same in both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from updategate.actors.identity import Identity
from updategate.actors.shop_access import ShopAccess
from updategate.actors.test_data.customers import GERMANY, Login
from updategate.clients.json_text import JsonObject
from updategate.config import profile as settings
from updategate.config.environment import Environment
from updategate.domain.parties import Address


class EmptyPoolError(LookupError):
    """The shop offers too little to put load on it."""


@dataclass(frozen=True, slots=True)
class Item:
    """A product that can be bought in any number."""

    id: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of the load's own."""

    email: str
    password: str

    def login(self) -> Login:
        """As an actor wants it."""
        return Login(id="", number="", email=self.email, password=self.password, address=GERMANY)


def load_identity(environment: Environment, run: str) -> Identity:
    """Names what load creates for itself in one shop."""
    return Identity(seed=environment.data_seed, process="LOAD", case="pool", run=run)


def own_customer(identity: Identity, number: int) -> Customer:
    """The customer that a shopper of this number registers."""
    key = f"registered{number}"
    return Customer(identity.email(key), identity.password(key))


def at_address(environment: Environment, url: str) -> Environment:
    """The environment as it is, but with its shop (API and pages) at another address."""
    if url == environment.url:
        return environment
    pages = environment.storefront.model_copy(update={"url": None})
    return environment.model_copy(update={"url": url, "storefront": pages})


@dataclass(frozen=True)
class Pools:
    """The pools of one shop. ``own_products`` were made for the ERP's writes."""

    products: tuple[Item, ...] = ()
    categories: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    customers: tuple[Customer, ...] = ()
    own_products: tuple[str, ...] = ()
    address: Address = GERMANY
    countries: Mapping[str, str] = field(default_factory=dict)
    salutations: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""

    def to_json(self) -> JsonObject:
        """As one object that the load process reads."""
        return {
            "products": [[item.id, item.number, item.name] for item in self.products],
            "categories": list(self.categories),
            "terms": list(self.terms),
            "customers": len(self.customers),
            "own_products": list(self.own_products),
            "countries": dict(self.countries),
            "salutations": dict(self.salutations),
            "currency": self.currency,
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any], identity: Identity) -> Pools:
        """Read what ``to_json`` wrote; the customers' passwords follow from ``identity`` and are sent nowhere."""
        return cls(
            products=tuple(Item(*entry) for entry in body["products"]),
            categories=tuple(body["categories"]),
            terms=tuple(body["terms"]),
            customers=tuple(own_customer(identity, number) for number in range(1, int(body["customers"]) + 1)),
            own_products=tuple(body["own_products"]),
            countries=dict(body["countries"]),
            salutations=dict(body["salutations"]),
            currency=str(body["currency"]),
        )


@dataclass(frozen=True)
class Catalogue:
    """What one shop offers, by business keys: products by number, categories by their path of names."""

    products: Mapping[str, Item]
    categories: Mapping[str, str]


def read_catalogue(access: ShopAccess, *, listings: int = 12, page: int = 48) -> Catalogue:
    """Read categories and buyable products over the Store API, from at most ``listings`` categories."""
    api = access.session()
    products: dict[str, Item] = {}
    categories: dict[str, str] = {}
    for path, category_id in _flat(api.navigation(depth=3)):
        if len(categories) >= listings:
            break
        answer = api.listing(category_id, limit=page)
        elements = answer.get("elements") or []
        if not elements:
            continue
        categories[path] = category_id
        for element in elements:
            if _plain(element):
                number = str(element["productNumber"])
                products.setdefault(number, Item(str(element["id"]), number, _name(element)))
    return Catalogue(products, categories)


def shared_pools(catalogues: Sequence[Catalogue], wanted: settings.Pools) -> list[Pools]:
    """Pools for each shop, of what all of them offer; raises EmptyPoolError where that is nothing."""
    numbers = sorted(set.intersection(*(set(catalogue.products) for catalogue in catalogues)))
    paths = sorted(set.intersection(*(set(catalogue.categories) for catalogue in catalogues)))
    if not numbers:
        message = "no product can be bought in every shop of the comparison: are these copies of the same shop?"
        raise EmptyPoolError(message)
    if not paths:
        message = "no category has products in every shop of the comparison"
        raise EmptyPoolError(message)
    chosen, listed = _spread(numbers, wanted.products), _spread(paths, wanted.categories)
    terms = wanted.terms or tuple(_terms(catalogues[0].products[number].name for number in chosen))
    return [
        Pools(
            products=tuple(catalogue.products[number] for number in chosen),
            categories=tuple(catalogue.categories[path] for path in listed),
            terms=terms,
        )
        for catalogue in catalogues
    ]


def _flat(tree: Iterable[JsonObject], above: str = "") -> Iterable[tuple[str, str]]:
    for node in tree:
        path = f"{above}/{_name(node)}"
        if node.get("type", "page") == "page":
            yield path, str(node["id"])
        yield from _flat(node.get("children") or [], path)


def _plain(product: JsonObject) -> bool:
    """Whether it sells on its own, endlessly: no parent of variants, no closeout, no minimum or step of quantity."""
    available = product.get("available", True)
    whole = (product.get("minPurchase") or 1) == 1 and (product.get("purchaseSteps") or 1) == 1
    return bool(available and whole and not product.get("isCloseout") and not product.get("childCount"))


def _name(body: JsonObject) -> str:
    return str((body.get("translated") or {}).get("name") or body.get("name") or "")


def _spread(values: list[str], count: int) -> list[str]:
    """At most ``count`` values, evenly over the sorted list."""
    if len(values) <= count:
        return values
    return [values[int(i * len(values) / count)] for i in range(count)]


def _terms(names: Iterable[str]) -> list[str]:
    """The longest word of each name: it is what a search engine indexes whole."""
    words = (max((word for word in name.split() if word.isalpha()), key=len, default="") for name in names)
    return list(dict.fromkeys(word for word in words if len(word) >= 4))[:20]
