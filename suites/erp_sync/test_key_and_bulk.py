import pytest

from updategate.actors.erp_key import ErpKey
from updategate.actors.erp_office import ErpOffice
from updategate.actors.erp_shop import ErpShop
from updategate.actors.erp_sync import ErpSync
from updategate.actors.recorder import Indicators
from updategate.actors.shopper import Shopper
from updategate.actors.stopwatch import Stopwatch
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.domain.money import eur

PRODUCTS = 1000
# how long the shop's queue may take to work off what the import has left, in seconds
DRAINED_WITHIN = 120.0


@pytest.mark.process("ERP-015")
def test_the_connectors_key_still_opens_what_it_opened(
    office: ErpOffice,
    sync: ErpSync,
    erp_shop: ErpShop,
    erp_key: ErpKey,
    shopper: Shopper,
    delivery: Delivery,
    invoice: Payment,
) -> None:
    door = office.lists("door", net=eur("84.03"))
    office.counts(door, 10)

    assert erp_key.opens()
    assert erp_key.may_not_read() == []
    assert sync.runs("articles", "stock").about(door.number) == []

    product = erp_shop.sees(door)
    parcel = delivery.ships("parcel", [product.offer], Rate(gross=eur("0.00"), net=eur("0.00")))
    shopper.puts_in_cart(product)
    placed = shopper.checks_out_as_guest(shipping=parcel, payment=invoice)
    assert erp_key.may_not_write(product, placed) == []


@pytest.mark.process("ERP-016")
def test_a_thousand_products_are_taken_in(
    office: ErpOffice, sync: ErpSync, erp_shop: ErpShop, indicators: Indicators
) -> None:
    screws = office.lists_many("screw", PRODUCTS, net=eur("10.00"))

    watch = Stopwatch()
    report = sync.runs("articles")
    seconds = watch.seconds()
    drained = erp_shop.queue_drained(within=DRAINED_WITHIN)

    assert report.names() == []
    assert erp_shop.counts_complete(screws, gross="11.90") == (PRODUCTS, [])
    indicators.note("erp.products_per_second", PRODUCTS / seconds, "1/s", samples=PRODUCTS)
    assert drained is not None
    indicators.note("erp.queue_drained_after", drained, "s")
