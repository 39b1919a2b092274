"""The porter: opens a small sales channel that is closed for maintenance, and looks who gets in."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from updategate.actors.recorder import Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.actors.test_data.workbench import CHANNEL_SETTINGS, STOREFRONT_TYPE, Workbench
from updategate.clients.admin_api import Criteria
from updategate.clients.json_text import JsonObject
from updategate.clients.transport import Call


@dataclass(frozen=True, slots=True)
class Doorway:
    """What somebody met at an address: the status of the page on which they ended, and whether they were led there."""

    status: int
    led_to: str


class Porter:
    """Keeps one sales channel of the test, beside the merchant's own, whose customers notice nothing."""

    def __init__(self, access: ShopAccess, recorder: Recorder, workbench: Workbench) -> None:
        self._access = access
        self._recorder = recorder
        self._bench = workbench
        identity = workbench.identity
        self._id = identity.id("channel")
        self._path = f"/ug-{identity.id('path')[:8]}"
        self._key = f"SWSC{identity.id('key')[:22].upper()}"

    def opens_channel(self) -> None:
        """Create a sales channel like the tested one, under a path of its own."""
        with self._recorder.step("opens a sales channel"):
            admin, place = self._bench.admin, self._bench.place
            own = admin.get("sales_channel", place.sales_channel_id)
            criteria = Criteria().equals("salesChannelId", place.sales_channel_id).limit(1)
            domain = admin.search("sales_channel_domain", criteria).data[0]
            payload: JsonObject = {
                "id": self._id,
                "typeId": STOREFRONT_TYPE,
                "name": self._bench.identity.name("closed shop"),
                "accessKey": self._key,
                "active": True,
                "maintenance": False,
                **{name: own[name] for name in CHANNEL_SETTINGS},
                "languages": [{"id": own["languageId"]}],
                "currencies": [{"id": own["currencyId"]}],
                "paymentMethods": [{"id": own["paymentMethodId"]}],
                "shippingMethods": [{"id": own["shippingMethodId"]}],
                "countries": [{"id": own["countryId"]}],
                "domains": [
                    {
                        "id": self._bench.identity.id("domain"),
                        "url": self._access.storefront_url + self._path,
                        "languageId": own["languageId"],
                        "currencyId": own["currencyId"],
                        "snippetSetId": domain["snippetSetId"],
                    }
                ],
            }
            self._bench.create(("sales_channel", payload, str(payload["name"])))

    def closes_for_maintenance(self) -> None:
        """Put the sales channel into maintenance."""
        with self._recorder.step("puts the sales channel into maintenance"):
            self._bench.change("sales_channel", self._id, {"maintenance": True})

    def opens_again(self) -> None:
        """End the maintenance."""
        with self._recorder.step("ends the maintenance"):
            self._bench.change("sales_channel", self._id, {"maintenance": False})

    def lets_in(self, page: str = "/") -> Doorway:
        """Go to a page of the sales channel as a customer does."""
        with self._recorder.step(f"goes to {page}"):
            path = self._path + page
            call = Call("GET", path, headers={"Accept": "text/html"}, follow_redirects=True)
            answer = self._access.transport.send(call)
            led_to = urlsplit(answer.url).path.removeprefix(self._path) if answer.url else page
            return Doorway(answer.status, led_to)

    def lets_an_app_in(self) -> int:
        """Ask the Store API of the sales channel as an app does; the status of the answer."""
        with self._recorder.step("asks the Store API"):
            call = Call("GET", "/store-api/context", headers={"sw-access-key": self._key})
            return self._access.transport.send(call).status
