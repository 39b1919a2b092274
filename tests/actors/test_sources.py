"""Seven sources of an order on the reference shop: they agree, and a mutant of one is that one's disagreement alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from tests.actors.fakes import SpyRecorder
from tests.clients.storefront.conftest import browser
from tests.refshop.conformance.harness import running_shop
from updategate.actors.auditor import Auditor, SourcesDisagreeError
from updategate.actors.back_office import BackOffice
from updategate.actors.browser_shopper import BrowserShopper
from updategate.actors.costs import Costs
from updategate.actors.identity import Identity
from updategate.actors.mailbox import Mailbox
from updategate.actors.order_desk import OrderDesk
from updategate.actors.recorder import MemoryJournal
from updategate.actors.shop_access import ShopAccess
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.customers import Customers
from updategate.actors.test_data.delivery import Delivery, Rate
from updategate.actors.test_data.products import Catalogue
from updategate.actors.test_data.rules import Rules
from updategate.actors.test_data.workbench import Workbench
from updategate.clients.admin_api import AdminApi, Integration
from updategate.clients.browser import WindowSettings, window
from updategate.clients.mail import Mailpit
from updategate.clients.storefront import Storefront
from updategate.clients.transport import RequestsTransport
from updategate.domain.money import eur
from updategate.domain.sources import REQUIRED_FIELDS
from updategate.embedded.refshop.mutants.sources import SOURCES

__all__ = ["browser"]

ALL = frozenset({"carts", "customers", "orders", "admin_write"})
COSTS = Costs.of(positions="45.20", shipping="4.52", total="49.72", net="44.00", tax={"7": "1.54", "19": "4.18"})
WRONG = {
    "source-page": {"storefront"},
    "source-cart": {"cart"},
    "source-order": {"order"},
    "source-transaction": {"transaction"},
    "source-document": {"document"},
    "source-mail": {"mail", "mail as HTML"},
    "source-export": {"export"},
}


@pytest.fixture(scope="module")
def sink() -> Iterator[dict[str, str]]:
    command = [sys.executable, "-m", "updategate.embedded.mail_sink", "--json", "--with-parent"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.terminate()


@dataclass(frozen=True)
class Stage:
    sink: dict[str, str]
    browser: Browser

    def audits(self, *options: str) -> None:
        """Buy on a shop of its own, and compare everything that tells of the order."""
        with ExitStack() as stack:
            shop = stack.enter_context(running_shop("--mailer", self.sink["smtp"], *options))
            transport, mails = RequestsTransport(shop.url), RequestsTransport(self.sink["url"])
            stack.callback(transport.close)
            stack.callback(mails.close)
            admin = AdminApi(transport, Integration(shop.facts["client_id"], shop.facts["client_secret"]))
            access = ShopAccess(transport, shop.facts["access_key"], shop.url, admin, ALL, version="6.6.7.1")
            recorder = SpyRecorder()
            identity = Identity("tests", "TST-013", "-".join(options), "run")
            bench = Workbench(access, identity, MemoryJournal())
            catalogue, delivery = Catalogue(bench), Delivery(bench, Rules(bench))
            view = stack.enter_context(window(self.browser, WindowSettings(base_url=shop.url), tracing=False))
            shopper = Shopper(access, identity, recorder, bench)
            storefront = Storefront(view, version="6.6.7.1")
            in_the_browser = BrowserShopper(storefront, access, identity, recorder, bench)

            mug = catalogue.offers("mug", gross=eur("11.90"), tax_rate=19)
            book = catalogue.offers("book", gross=eur("21.40"), tax_rate=7)
            parcel = delivery.ships("parcel", [mug, book], Rate(gross=eur("4.52"), net=eur("4.00")))
            ada = Customers(bench).registered("ada")
            shopper.logs_in(ada)
            shopper.puts_in_cart(mug, quantity=2)
            shopper.puts_in_cart(book)
            cart = shopper.chooses(shipping=parcel, payment=delivery.offline_payments()[0])
            in_the_browser.logs_in(ada)
            in_the_browser.sees_confirmation()
            order = in_the_browser.places_order()

            back_office, desk = BackOffice(access, recorder), OrderDesk(access, recorder)
            auditor = Auditor(access, recorder, back_office, desk, Mailbox(Mailpit(mails), recorder, "en-GB"))
            auditor.must_find_agreement(order, auditor.reads(order, [mug, book], cart=cart), COSTS)


@pytest.fixture(scope="module")
def stage(sink: dict[str, str], browser: Browser) -> Stage:
    return Stage(sink, browser)


def test_all_sources_of_a_right_shop_agree(stage: Stage) -> None:
    stage.audits()


# one at a time: what is named is told from what most sources say
@pytest.mark.parametrize("mutant", sorted(WRONG))
def test_the_source_that_disagrees_is_named_and_no_other(stage: Stage, mutant: str) -> None:
    with pytest.raises(SourcesDisagreeError, match="is not told alike") as told:
        stage.audits("--mutant", mutant)
    assert told.value.sources == WRONG[mutant]


def test_every_source_has_a_mutant() -> None:
    assert set(WRONG) == set(SOURCES.mutants)
    assert set().union(*WRONG.values()) == {*REQUIRED_FIELDS, "mail as HTML"}
