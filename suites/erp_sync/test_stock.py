import pytest

from updategate.actors.erp_office import ErpOffice
from updategate.actors.erp_shop import ErpShop
from updategate.actors.erp_sync import ErpSync
from updategate.actors.recorder import Indicators
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.domain.erp import StockLevel
from updategate.domain.money import eur

# how soon visitors must see a new stock, in seconds
IN_TIME = 10.0


@pytest.mark.process("ERP-003")
def test_stock_is_written_while_orders_are_open(
    office: ErpOffice, sync: ErpSync, erp_shop: ErpShop, shopper: Shopper, delivery: Delivery, invoice: Payment
) -> None:
    lamp = office.lists("lamp", net=eur("20.00"))
    office.counts(lamp, 10)
    sync.runs("articles", "stock")
    product = erp_shop.sees(lamp)
    parcel = delivery.ships("parcel", [product.offer], Rate(gross=eur("0.00"), net=eur("0.00")))

    shopper.puts_in_cart(product, quantity=3)
    shopper.checks_out_as_guest(shipping=parcel, payment=invoice)
    sync.runs("orders")
    assert office.sees_stock(lamp) == StockLevel(on_hand=10, promised=3)

    # five came in, three are sold but not sent: 15 in the warehouse, 12 for sale
    office.counts(lamp, 15)
    sync.runs("stock")
    assert erp_shop.sees(lamp).available == 12
    assert office.sees_stock(lamp) == StockLevel(on_hand=15, promised=3)

    # and once more, because the second write must not take them off again
    sync.runs("stock")
    assert erp_shop.sees(lamp).available == 12


@pytest.mark.process("ERP-004")
def test_stock_is_seen_by_visitors_in_time(
    office: ErpOffice, sync: ErpSync, erp_shop: ErpShop, indicators: Indicators
) -> None:
    vase = office.lists("vase", net=eur("20.00"))
    office.counts(vase, 0)
    sync.runs("articles", "stock")
    product = erp_shop.sees(vase)
    assert erp_shop.shows_stock(product, 0, within=IN_TIME) is not None

    office.counts(vase, 4)
    sync.runs("stock")
    appeared = erp_shop.shows_stock(product, 4, within=IN_TIME)
    assert appeared is not None
    indicators.note("erp.stock_seen_after", appeared, "s")

    office.counts(vase, 0)
    sync.runs("stock")
    assert erp_shop.shows_stock(product, 0, within=IN_TIME) is not None
