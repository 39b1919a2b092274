"""Promotions that only apply to carts with the test's own products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from updategate.actors.test_data.products import Offer
from updategate.actors.test_data.rules import Condition, Rules, has_any_of
from updategate.actors.test_data.workbench import Workbench
from updategate.clients.json_text import JsonObject


@dataclass(frozen=True, slots=True)
class Promotion:
    """A promotion of the test; ``code`` is empty where it applies by itself.

    ``individual_codes`` are those of a promotion whose codes are good for one order each; ``code`` is the first.
    """

    id: str
    name: str
    code: str
    individual_codes: tuple[str, ...] = ()


class Promotions:
    """Creates promotions."""

    def __init__(self, workbench: Workbench, rules: Rules) -> None:
        self._workbench = workbench
        self._rules = rules

    def gives(
        self,
        key: str,
        products: Sequence[Offer],
        *,
        percent: str | None = None,
        absolute: str | None = None,
        fixed: str | None = None,
        at_most: str | None = None,
        automatic: bool = False,
        individual_codes: int = 0,
        scope: Literal["cart", "delivery", "set"] = "cart",
        only_if: Sequence[Condition] = (),
        uses: int | None = None,
        uses_per_customer: int | None = None,
        valid_from: datetime | None = None,
        valid_until: datetime | None = None,
        exclusive: bool = False,
        not_with_others: bool = False,
        excludes: Sequence[Promotion] = (),
        priority: int = 1,
        own: Mapping[str, str] | None = None,
    ) -> Promotion:
        """Create a promotion of a percentage, an absolute amount or a fixed price.

        It applies to carts with one of the products; with a code, by itself if ``automatic``, or with one of several
        ``individual_codes``, each of which is good for one order. ``own`` are amounts that were entered for other
        currencies, by their ids, instead of being converted. ``at_most`` limits what a percentage takes off, in the
        shop's default currency.
        """
        kind, value = _discount(percent, absolute, fixed)
        if at_most is not None and percent is None:
            message = "only a percentage has an amount that it takes off at most"
            raise ValueError(message)
        identity, place = self._workbench.identity, self._workbench.place
        rule = self._rules.payload(f"for promotion {key}", has_any_of([offer.id for offer in products]), *only_if)
        codes = tuple(identity.code(f"{key} {number}") for number in range(individual_codes))
        code = "" if automatic else codes[0] if codes else identity.code(key)
        promotion = Promotion(identity.id(f"promotion {key}"), identity.name(f"promotion {key}"), code, codes)
        payload: JsonObject = {
            "id": promotion.id,
            "name": promotion.name,
            "active": True,
            "useCodes": not automatic,
            "useIndividualCodes": bool(codes),
            "useSetGroups": False,
            "exclusive": exclusive,
            "preventCombination": not_with_others,
            "exclusionIds": [other.id for other in excludes],
            "priority": priority,
            "maxRedemptionsGlobal": uses,
            "maxRedemptionsPerCustomer": uses_per_customer,
            "validFrom": _date(valid_from),
            "validUntil": _date(valid_until),
            "salesChannels": [
                {
                    "id": identity.id(f"promotion {key} channel"),
                    "salesChannelId": place.sales_channel_id,
                    "priority": 1,
                }
            ],
            "cartRules": [{"id": rule["id"]}],
            "discounts": [
                {
                    "id": identity.id(f"promotion {key} discount"),
                    "scope": scope,
                    "type": kind,
                    "value": Decimal(value),
                    "maxValue": None if at_most is None else Decimal(at_most),
                    "considerAdvancedRules": False,
                    "promotionDiscountPrices": [
                        {
                            "id": identity.id(f"promotion {key} in {currency_id}"),
                            "currencyId": currency_id,
                            "price": Decimal(amount),
                        }
                        for currency_id, amount in (own or {}).items()
                    ],
                }
            ],
        }
        if codes:
            payload["individualCodes"] = [{"id": identity.id(f"code {entry}"), "code": entry} for entry in codes]
        elif code:
            payload["code"] = code
        self._workbench.create(("rule", rule, str(rule["name"])), ("promotion", payload, promotion.name))
        return promotion


def _discount(percent: str | None, absolute: str | None, fixed: str | None) -> tuple[str, str]:
    given = {"percentage": percent, "absolute": absolute, "fixed_unit": fixed}
    chosen = [(kind, value) for kind, value in given.items() if value is not None]
    if len(chosen) != 1:
        message = "a promotion gives a percentage, an absolute amount or a fixed price: exactly one of them"
        raise ValueError(message)
    return chosen[0]


def _date(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="milliseconds")
