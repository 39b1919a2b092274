"""The merchant's own catalogue as the ledger sees it: what is on sale, in which quantities, under which price rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from updategate.actors.identity import NUMBER_MARK
from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.json_text import JsonObject
from updategate.clients.store_api import StoreApi
from updategate.domain.money import Money
from updategate.domain.price_cells import Offered, asked_quantities, ranked

# a catalogue is read up to here; of a larger one, the rest is told as left out
MOST_PRODUCTS = 5_000
_PAGE = 100
_CENT = Decimal("0.01")
_FIELDS = [
    "id", "parentId", "productNumber", "childCount", "minPurchase", "calculatedMaxPurchase", "purchaseSteps",
    "calculatedPrices",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class OnSale:
    """A product that can be put into a cart. ``boundaries`` are the quantities at which a guest's tiers end."""

    id: str
    parent_id: str | None
    number: str
    least: int
    most: int | None
    steps: int
    boundaries: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RulePrice:
    """One row of a product's advanced prices; ``amounts`` are (net, gross) by currency id."""

    rule_id: str
    rule: str
    start: int
    end: int | None
    amounts: Mapping[str, tuple[Decimal, Decimal]]

    def applies(self, quantity: int) -> bool:
        """Whether the row is for this quantity."""
        return self.start <= quantity and (self.end is None or quantity <= self.end)


@dataclass(frozen=True, slots=True)
class PriceRules:
    """Advanced prices by product id, as far as the Admin API tells them; a variant without any has its parent's."""

    rows: Mapping[str, Sequence[RulePrice]] = field(default_factory=dict)

    def of(self, product: OnSale) -> Sequence[RulePrice]:
        """The rows that hold for a product."""
        return self.rows.get(product.id) or self.rows.get(product.parent_id or "") or ()

    def responsible(
        self, product: OnSale, quantity: int, charged: Money, currency_id: str, matching: Sequence[str]
    ) -> str | None:
        """The name of the rule whose price is charged.

        ``matching`` are the ids of the rules that hold, the most important first: the first that has a price for the
        product counts. A rule that holds only for a filled cart is known by its price.
        """
        rows = [row for row in self.of(product) if row.applies(quantity)]
        order = {rule_id: position for position, rule_id in enumerate(matching)}
        holding = sorted((row for row in rows if row.rule_id in order), key=lambda row: order[row.rule_id])
        if holding and _charges(holding[0], charged.amount, currency_id) is not False:
            return holding[0].rule
        return self.charging(product, quantity, charged.amount, currency_id)

    def charging(self, product: OnSale, quantity: int, charged: Decimal, currency_id: str) -> str | None:
        """The name of a rule that has this price for this quantity, whether or not it holds."""
        rows = (row for row in self.of(product) if row.applies(quantity))
        return next((row.rule for row in rows if _charges(row, charged, currency_id)), None)


def _charges(row: RulePrice, charged: Decimal, currency_id: str) -> bool | None:
    """Whether a row's price is the one charged; None where it has none in this currency, and a factor decides."""
    own = row.amounts.get(currency_id)
    if own is None:
        return None
    return charged in {amount.quantize(_CENT, ROUND_HALF_UP) for amount in own} | set(own)


def on_sale(store: StoreApi) -> tuple[list[OnSale], bool]:
    """Everything that the sales channel sells, by number; and whether that is all of it.

    Products of other runs are left out, and those that are sold only as variants.
    """
    found: list[OnSale] = []
    page = 1
    while len(found) < MOST_PRODUCTS:
        body = {"limit": _PAGE, "page": page, "sort": [{"field": "productNumber"}], "includes": {"product": _FIELDS}}
        rows = store.ask("POST", "/product", body)["elements"]
        found += [_read(row) for row in rows if _sold_itself(row)]
        if len(rows) < _PAGE:
            return found, True
        page += 1
    return found, False


def by_numbers(store: StoreApi, numbers: Iterable[str]) -> dict[str, OnSale]:
    """The products of these numbers that are still on sale."""
    wanted = sorted(set(numbers))
    found: dict[str, OnSale] = {}
    for start in range(0, len(wanted), _PAGE):
        body = {
            "limit": _PAGE,
            "filter": [{"type": "equalsAny", "field": "productNumber", "value": wanted[start : start + _PAGE]}],
            "includes": {"product": _FIELDS},
        }
        found |= {str(row["productNumber"]): _read(row) for row in store.ask("POST", "/product", body)["elements"]}
    return found


def _sold_itself(row: JsonObject) -> bool:
    return not row.get("childCount") and not str(row["productNumber"]).startswith(NUMBER_MARK)


def _read(row: JsonObject) -> OnSale:
    tiers = [int(price["quantity"]) for price in row.get("calculatedPrices") or []]
    # all but the last tell the quantity up to which they hold
    boundaries = [quantity + 1 for quantity in tiers[:-1]]
    most = row.get("calculatedMaxPurchase")
    return OnSale(
        id=str(row["id"]),
        parent_id=str(row["parentId"]) if row.get("parentId") else None,
        number=str(row["productNumber"]),
        least=int(row.get("minPurchase") or 1),
        most=int(most) if most else None,
        steps=int(row.get("purchaseSteps") or 1),
        boundaries=tuple(boundaries),
    )


def price_rules(admin: AdminApi | None, products: Sequence[OnSale]) -> PriceRules:
    """The advanced prices of these products; none without the Admin API."""
    if admin is None:
        return PriceRules()
    ids = sorted({key for product in products for key in (product.id, product.parent_id) if key})
    rows: dict[str, list[RulePrice]] = {}
    for start in range(0, len(ids), _PAGE):
        for product_id, row in _advanced(admin, ids[start : start + _PAGE]):
            rows.setdefault(product_id, []).append(row)
    return PriceRules(rows)


def _advanced(admin: AdminApi, ids: list[str]) -> Iterator[tuple[str, RulePrice]]:
    criteria = Criteria().any_of("productId", ids).associate("rule").sort("id")
    fields = ["productId", "ruleId", "rule", "quantityStart", "quantityEnd", "price"]
    criteria = criteria.include(product_price=fields, rule=["id", "name"])
    for row in admin.pages("product_price", criteria, size=500):
        amounts = {
            str(price["currencyId"]): (Decimal(str(price["net"])), Decimal(str(price["gross"])))
            for price in _prices(row.get("price"))
        }
        name = str((row.get("rule") or {}).get("name") or row["ruleId"])
        end = row.get("quantityEnd")
        yield (
            str(row["productId"]),
            RulePrice(str(row["ruleId"]), name, int(row["quantityStart"]), int(end) if end else None, amounts),
        )


def _prices(price: object) -> list[JsonObject]:
    if isinstance(price, dict):
        return [entry for entry in price.values() if isinstance(entry, dict)]
    return [entry for entry in price if isinstance(entry, dict)] if isinstance(price, list) else []


def offered(products: Iterable[OnSale], rules: PriceRules) -> list[Offered]:
    """The products with the quantities to ask: around each boundary of a tier, whoever it is for."""
    return [_offered(product, rules.of(product)) for product in products]


def _offered(product: OnSale, rows: Sequence[RulePrice]) -> Offered:
    boundaries = {row.start for row in rows} | {row.end + 1 for row in rows if row.end} | {*product.boundaries}
    quantities = asked_quantities(boundaries, product.least, product.most, product.steps)
    return Offered(product.number, quantities, advanced=bool(rows or product.boundaries))


def sample(products: Sequence[OnSale], seed: str, most: int) -> list[OnSale]:
    """At most so many products, drawn by the seed: more than there are cells cannot be asked."""
    by_number = {product.number: product for product in products}
    return [by_number[number] for number in ranked(by_number, seed)[:most]]
