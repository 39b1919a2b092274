"""Products that a process sells: own ones, with own taxes, reachable by their address but in no listing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from updategate.actors.test_data.workbench import Workbench
from updategate.clients.admin_api import Criteria
from updategate.clients.errors import violations_of
from updategate.clients.json_text import JsonObject
from updategate.clients.transport import Answer, Call
from updategate.domain.money import Money
from updategate.domain.rounding import CENTS

# Shopware's product_visibility.visibility
BY_LINK_ONLY, IN_SEARCH, EVERYWHERE = 10, 20, 30


_TRIES = 20
# words with digits are looked for in another way
_LETTERS = str.maketrans("0123456789", "ghijklmnop")


class NotKnownError(Exception):
    """What was written in the back office does not reach the sessions of customers."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as the test offers it. ``tax_rate`` is in percent."""

    id: str
    number: str
    name: str
    net: Money
    gross: Money
    tax_rate: Decimal

    def __str__(self) -> str:
        return self.number


@dataclass(frozen=True, slots=True)
class Category:
    """A category of the test's own."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Tier:
    """A price from a quantity on, for carts that match a rule: Shopware's advanced price.

    ``own`` is a price of another currency that no factor makes: the currency's id, net and gross.
    """

    from_quantity: int
    net: Money
    gross: Money
    to_quantity: int | None = None
    own: tuple[str, str, str] | None = None


class Catalogue:
    """Offers products."""

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench
        self._taxes: dict[Decimal, str] = {}

    def offers(
        self,
        key: str,
        *,
        gross: Money | None = None,
        net: Money | None = None,
        tax_rate: str | int = 19,
        stock: int = 100,
        name: str | None = None,
        visibility: int = BY_LINK_ONLY,
        category: Category | None = None,
        manufacturer: str | None = None,
        list_price: tuple[Money, Money] | None = None,
        regulation_price: tuple[Money, Money] | None = None,
        extra: JsonObject | None = None,
    ) -> Offer:
        """Create a product with a gross price, a net price, or both.

        The missing one follows from the tax rate and is rounded to the cent, as the administration does where both
        are linked. ``list_price`` and ``regulation_price`` (gross, net) are shown beside it. ``extra`` holds further
        fields of Shopware's product, e.g. ``isCloseout``.
        """
        identity = self._workbench.identity
        rate = Decimal(str(tax_rate))
        gross, net = both(gross, net, rate)
        offer = Offer(
            id=identity.id(f"product {key}"),
            number=identity.number(key),
            name=name or identity.name(key),
            net=net,
            gross=gross,
            tax_rate=rate,
        )
        place = self._workbench.place
        tax_id, new_tax = self._tax(rate)
        payload: JsonObject = {
            "id": offer.id,
            "productNumber": offer.number,
            "name": offer.name,
            "manufacturerNumber": identity.tag,
            "stock": stock,
            "active": True,
            "taxId": tax_id,
            "price": place.price_json(net, gross),
            "visibilities": [
                {
                    "id": identity.id(f"visibility {key}"),
                    "salesChannelId": place.sales_channel_id,
                    "visibility": visibility,
                }
            ],
            **(extra or {}),
        }
        for name, amounts in (("listPrice", list_price), ("regulationPrice", regulation_price)):
            if amounts is not None:
                beside = {"gross": amounts[0].amount, "net": amounts[1].amount, "linked": False}
                payload["price"] = [{**price, name: beside} for price in payload["price"]]
        if category is not None:
            payload["categories"] = [{"id": category.id}]
        if manufacturer is not None:
            payload["manufacturerId"] = manufacturer
        self._workbench.create(*new_tax, ("product", payload, offer.number))
        if new_tax:
            self._waits_for_tax(offer, tax_id)
        return offer

    def taxed_abroad(self, offer: Offer, country_id: str, tax_rate: str | int) -> None:
        """Let deliveries of a product to a country have another tax rate, in percent."""
        bench = self._workbench
        kind = bench.admin.search("tax_rule_type", Criteria().equals("technicalName", "entire_country")).first()
        if kind is None:
            message = "the shop has no tax rules for entire countries"
            raise LookupError(message)
        tax_id = self._taxes[offer.tax_rate]
        rule_id = bench.identity.id(f"tax rule {country_id} {offer.tax_rate:f}")
        rule = {"id": rule_id, "taxId": tax_id, "countryId": country_id, "taxRuleTypeId": kind["id"]}
        bench.admin.create("tax_rule", {**rule, "taxRate": Decimal(str(tax_rate))})
        # the country cannot go before it
        bench.afterwards(lambda: bench.admin.remove(("tax_rule", [{"id": rule_id}])))
        self._waits_for_rate(offer, country_id, Decimal(str(tax_rate)))

    def category(self, key: str, *, parent: Category | None = None) -> Category:
        """Create a category of the main navigation, or below another one."""
        identity = self._workbench.identity
        category = Category(identity.id(f"category {key}"), identity.name(key))
        payload: JsonObject = {
            "id": category.id,
            "name": category.name,
            "parentId": parent.id if parent else self._workbench.place.navigation_category_id,
            "active": True,
            "visible": True,
            "type": "page",
            "displayNestedProducts": True,
        }
        self._workbench.create(("category", payload, category.name))
        return category

    def manufacturer(self, key: str) -> str:
        """Create a manufacturer; returns its id."""
        identity = self._workbench.identity
        payload: JsonObject = {"id": identity.id(f"manufacturer {key}"), "name": identity.name(f"maker {key}")}
        self._workbench.create(("product_manufacturer", payload, str(payload["name"])))
        return str(payload["id"])

    def offers_many(self, key: str, number: int, *, gross: Money, tax_rate: str | int = 19) -> list[Offer]:
        """Create many like products at once."""
        identity, place = self._workbench.identity, self._workbench.place
        rate = Decimal(str(tax_rate))
        own_gross, own_net = both(gross, None, rate)
        tax_id, entries = self._tax(rate)
        offers = []
        for position in range(1, number + 1):
            name = f"{key} {position}"
            offer = Offer(
                identity.id(f"product {name}"), identity.number(name), identity.name(name), own_net, own_gross, rate
            )
            visibility = {
                "id": identity.id(f"visibility {name}"),
                "salesChannelId": place.sales_channel_id,
                "visibility": BY_LINK_ONLY,
            }
            payload: JsonObject = {
                "id": offer.id,
                "productNumber": offer.number,
                "name": offer.name,
                "manufacturerNumber": identity.tag,
                "stock": 100,
                "active": True,
                "taxId": tax_id,
                "price": place.price_json(own_net, own_gross),
                "visibilities": [visibility],
            }
            entries.append(("product", payload, offer.number))
            offers.append(offer)
        new_tax = entries[0][0] == "tax"
        self._workbench.create(*entries)
        if new_tax:
            self._waits_for_tax(offers[0], tax_id)
        return offers

    def unit(self, name: str) -> str:
        """Create a unit of measure; returns its id."""
        identity = self._workbench.identity
        payload: JsonObject = {"id": identity.id(f"unit {name}"), "name": identity.name(name), "shortCode": name}
        self._workbench.create(("unit", payload, str(payload["name"])))
        return str(payload["id"])

    def offers_closeout(self, key: str, *, gross: Money, stock: int, tax_rate: str | int = 19) -> Offer:
        """Create a product that can be sold only while there is stock."""
        return self.offers(key, gross=gross, tax_rate=tax_rate, stock=stock, extra={"isCloseout": True})

    def offers_in_steps(self, key: str, *, gross: Money, least: int, most: int, step: int) -> Offer:
        """Create a product that is sold in steps, from a least to a greatest quantity."""
        limits = {"minPurchase": least, "maxPurchase": most, "purchaseSteps": step}
        return self.offers(key, gross=gross, extra=limits)

    def properties(self, key: str, options: Iterable[str], *, name: str = "") -> dict[str, str]:
        """Create a property with options, such as colours; returns the ids of the options by their names."""
        identity = self._workbench.identity
        option_ids = {option: identity.id(f"option {key} {option}") for option in options}
        group = {
            "id": identity.id(f"property {key}"),
            "name": identity.name(name or key),
            "displayType": "text",
            "sortingType": "alphanumeric",
            "options": [{"id": option_id, "name": option} for option, option_id in option_ids.items()],
        }
        self._workbench.create(("property_group", group, str(group["name"])))
        return option_ids

    def offers_variants(
        self, key: str, options: Mapping[str, Money | None], *, gross: Money, tax_rate: str | int = 19, stock: int = 100
    ) -> tuple[Offer, dict[str, Offer]]:
        """Create a product with variants by one property; an option's price overrides the parent's.

        Returns the parent, which cannot be bought, and the variants by option.
        """
        identity = self._workbench.identity
        option_ids = self.properties(key, options, name=f"size of {key}")
        configurator = [
            {"id": identity.id(f"setting {key} {option}"), "optionId": option_id}
            for option, option_id in option_ids.items()
        ]
        parent = self.offers(key, gross=gross, tax_rate=tax_rate, stock=0, extra={"configuratorSettings": configurator})
        place = self._workbench.place
        variants = {}
        for option, own_price in options.items():
            own_gross, own_net = both(own_price or gross, None, parent.tax_rate)
            variant = Offer(
                id=identity.id(f"product {key} {option}"),
                number=identity.number(f"{key}.{option}"),
                name=parent.name,
                net=own_net,
                gross=own_gross,
                tax_rate=parent.tax_rate,
            )
            payload: JsonObject = {
                "id": variant.id,
                "parentId": parent.id,
                "productNumber": variant.number,
                "manufacturerNumber": identity.tag,
                "stock": stock,
                "options": [{"id": option_ids[option]}],
            }
            if own_price is not None:
                payload["price"] = place.price_json(own_net, own_gross)
            self._workbench.create(("product", payload, variant.number))
            variants[option] = variant
        return parent, variants

    def prices(self, offer: Offer, rule_id: str, tiers: Sequence[Tier]) -> None:
        """Give a product advanced prices for carts that match a rule."""
        place, identity = self._workbench.place, self._workbench.identity
        payload = [
            {
                "id": identity.id(f"price {offer.number} {rule_id} {tier.from_quantity}"),
                "productId": offer.id,
                "ruleId": rule_id,
                "quantityStart": tier.from_quantity,
                "quantityEnd": tier.to_quantity,
                "price": [*place.price_json(tier.net, tier.gross), *_own(tier)],
            }
            for tier in tiers
        ]
        self._workbench.change("product", offer.id, {"prices": payload})

    def shows_only_where(self, offer: Offer, rule_id: str) -> None:
        """Hide a product from everybody for whom a rule does not hold: the plugin SwagDynamicAccess does it."""
        self._workbench.change("product", offer.id, {"swagDynamicAccessRules": [{"id": rule_id}]})

    def reprices(self, offer: Offer, gross: Money) -> None:
        """Change the price of a product that is already offered."""
        own_gross, own_net = both(gross, None, offer.tax_rate)
        price = self._workbench.place.price_json(own_net, own_gross)
        self._workbench.change("product", offer.id, {"price": price})

    def renames_through_the_queue(self, offer: Offer, key: str) -> str:
        """Rename a product so that the search learns of it only from the message queue; returns the word to search for.

        One word that no other product has: 6.5 looks for the eight best keywords of a term only, and those of a whole
        name are shared by all test data.
        """
        identity = self._workbench.identity
        word = key + identity.id(f"word {key}")[:6].translate(_LETTERS)
        self._workbench.admin.upsert(("product", [{"id": offer.id, "name": identity.name(word)}]), queued=True)
        return word

    def restocks(self, offer: Offer, stock: int) -> None:
        """Set the stock of a product."""
        self._workbench.change("product", offer.id, {"stock": stock})

    def _waits_for_tax(self, offer: Offer, tax_id: str) -> None:
        """Wait until sessions know a new tax: in the API, and on pages, which keep contexts of their own.

        Shopware caches all taxes with the context. Where another request has read them just before the tax was written
        and stores them just after, sessions do without it until a tax is written again.
        """
        for _ in range(_TRIES):
            answer = self._workbench.access.session().raw_product(offer.id)
            if not _tax_unknown(answer) and not (answer.ok and self._page_is_missing(offer)):
                return
            self._workbench.admin.upsert(("tax", [{"id": tax_id, "position": 99}]))
        message = f"the shop's sessions do not know the new tax {tax_id} after {_TRIES} attempts"
        raise NotKnownError(message)

    def _page_is_missing(self, offer: Offer) -> bool:
        access = self._workbench.access
        if not access.once("has pages", lambda: access.transport.send(_page("/")).ok):
            return False
        return access.transport.send(_page(f"/detail/{offer.id}")).status == 404

    def _waits_for_rate(self, offer: Offer, country_id: str, rate: Decimal) -> None:
        """Wait until sessions that deliver to a country know its tax rate; the reason is that of ``_waits_for_tax``."""
        for _ in range(_TRIES):
            session = self._workbench.access.session()
            session.switch(countryId=country_id)
            # the cart, because answers about products are cached without regard to the country
            lines = session.add_product(offer.id, 1).lines
            session.delete_cart()
            if [tax.rate for line in lines for tax in line.taxes or ()] == [rate]:
                return
            self._workbench.admin.upsert(("tax", [{"id": self._taxes[offer.tax_rate], "position": 99}]))
        message = f"the shop's sessions do not know the rate of {rate:f} % after {_TRIES} attempts"
        raise NotKnownError(message)

    def _tax(self, rate: Decimal) -> tuple[str, list[tuple[str, JsonObject, str]]]:
        """Return the id of the tax of a rate, and what has to be created for it."""
        if rate in self._taxes:
            return self._taxes[rate], []
        identity = self._workbench.identity
        tax_id = self._taxes[rate] = identity.id(f"tax {rate:f}")
        payload: JsonObject = {
            "id": tax_id,
            "taxRate": rate,
            "name": identity.name(f"{rate:f} percent"),
            "position": 99,
        }
        return tax_id, [("tax", payload, str(payload["name"]))]


def _page(path: str) -> Call:
    return Call("GET", path, headers={"Accept": "text/html"}, follow_redirects=True)


def _tax_unknown(answer: Answer) -> bool:
    return not answer.ok and any(violation.code == "SYSTEM__TAX_NOT_FOUND" for violation in violations_of(answer))


def _own(tier: Tier) -> list[JsonObject]:
    if tier.own is None:
        return []
    currency_id, net, gross = tier.own
    return [{"currencyId": currency_id, "net": Decimal(net), "gross": Decimal(gross), "linked": False}]


def both(gross: Money | None, net: Money | None, rate: Decimal) -> tuple[Money, Money]:
    """Complete a price: the figure that is missing follows from the tax rate, rounded to the cent."""
    factor = 1 + rate / 100
    if gross is not None and net is not None:
        return gross, net
    if gross is not None:
        return gross, Money(CENTS.to_decimals(gross.amount / factor), gross.currency)
    if net is not None:
        return Money(CENTS.to_decimals(net.amount * factor), net.currency), net
    message = "a product needs a gross price, a net price, or both"
    raise ValueError(message)
