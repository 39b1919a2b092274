"""A sales channel of the test's own: with methods of its own to order with, and numbers that nobody else draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from updategate.actors.purchase import Choosable
from updategate.actors.shop_access import ShopAccess
from updategate.actors.test_data.customers import GERMANY
from updategate.actors.test_data.products import Offer
from updategate.actors.test_data.workbench import CHANNEL_SETTINGS, STOREFRONT_TYPE, Workbench
from updategate.clients.admin_api import Criteria
from updategate.clients.json_text import JsonObject

# the methods of the sales channel under test are in use elsewhere and stay
_LIKE = (*CHANNEL_SETTINGS, "taxCalculationType")
# Shopware\\Core\\Content\\Product\\Aggregate\\ProductVisibility: VISIBILITY_ALL
_EVERYWHERE = 30


class OwnChannel:
    """Opens a sales channel beside the merchant's own, whose customers notice nothing."""

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench
        identity = workbench.identity
        self._id = identity.id("own channel")
        self._path = f"/ug-{identity.id('own path')[:8]}"
        self._key = f"SWSC{identity.id('own key')[:22].upper()}"

    def opens(
        self,
        products: Sequence[Offer],
        *,
        shipping: Choosable,
        payments: Sequence[Choosable],
        order_numbers: tuple[str, int] | None = None,
        taxes: Literal["horizontal", "vertical"] | None = None,
    ) -> ShopAccess:
        """Create the channel with products and methods, and return the way into it.

        ``order_numbers`` are a pattern such as ``UG{n}`` and the first number: a number range of the channel's own.
        ``taxes`` of each line (``horizontal``) or of their sum (``vertical``); if not said, as where the test is.
        """
        bench = self._workbench
        access, place = bench.access, bench.place
        own = bench.admin.get("sales_channel", place.sales_channel_id)
        criteria = Criteria().equals("salesChannelId", place.sales_channel_id).limit(1)
        domain = bench.admin.search("sales_channel_domain", criteria).data[0]
        payload: JsonObject = {
            "id": self._id,
            "typeId": STOREFRONT_TYPE,
            "name": bench.identity.name("own channel"),
            "accessKey": self._key,
            "active": True,
            **{name: own[name] for name in _LIKE if own.get(name)},
            **({} if taxes is None else {"taxCalculationType": taxes}),
            "languages": [{"id": own["languageId"]}],
            "currencies": [{"id": own["currencyId"]}],
            "paymentMethods": [{"id": entry} for entry in {own["paymentMethodId"], *(way.id for way in payments)}],
            "shippingMethods": [{"id": entry} for entry in {own["shippingMethodId"], shipping.id}],
            # the others may be those of other tests, and soon be gone
            "countries": [{"id": entry} for entry in {own["countryId"], access.countries()[GERMANY.country]}],
            "domains": [
                {
                    "id": bench.identity.id("own domain"),
                    "url": access.storefront_url + self._path,
                    "languageId": own["languageId"],
                    "currencyId": own["currencyId"],
                    "snippetSetId": domain["snippetSetId"],
                }
            ],
        }
        bench.create(("sales_channel", payload, str(payload["name"])))
        for offer in products:
            visibility = {
                "id": bench.identity.id(f"visible {offer.number}"),
                "salesChannelId": self._id,
                "visibility": _EVERYWHERE,
            }
            bench.change("product", offer.id, {"visibilities": [visibility]})
        if order_numbers is not None:
            self._draws(*order_numbers)
        return ShopAccess(
            transport=access.transport,
            access_key=self._key,
            storefront_url=access.storefront_url + self._path,
            admin=access.admin,
            permits=access.permits,
            version=access.version,
        )

    def _draws(self, pattern: str, first: int) -> None:
        bench = self._workbench
        kind = bench.admin.search("number_range_type", Criteria().equals("technicalName", "order")).first()
        if kind is None:
            message = "the shop has no number range for orders"
            raise LookupError(message)
        name = bench.identity.name("own numbers")
        payload: JsonObject = {
            "id": bench.identity.id("own numbers"),
            "typeId": kind["id"],
            "global": False,
            "name": name,
            "pattern": pattern,
            "start": first,
            "numberRangeSalesChannels": [
                {
                    "id": bench.identity.id("own numbers here"),
                    "salesChannelId": self._id,
                    "numberRangeTypeId": kind["id"],
                }
            ],
        }
        bench.create(("number_range", payload, name))
