from decimal import Decimal

import pytest

from updategate.actors.erp_office import ErpOffice
from updategate.actors.erp_shop import ErpShop, ShopTier
from updategate.actors.erp_sync import ErpSync
from updategate.actors.shopper import Shopper
from updategate.domain.money import eur


@pytest.mark.process("ERP-001")
def test_an_article_that_is_sent_twice_is_one_product(office: ErpOffice, sync: ErpSync, erp_shop: ErpShop) -> None:
    table = office.lists("table", net=eur("84.03"))

    assert sync.runs("articles").about(table.number) == []
    first = erp_shop.sees(table)
    renamed = office.changes(table, name=f"{table.name} with drawer", net=eur("92.44"))
    assert sync.runs("articles").about(table.number) == []
    assert sync.runs("articles").about(table.number) == []

    # 84.03 × 1.19 = 99.9957; 92.44 × 1.19 = 110.0036
    assert (first.net, first.gross, first.tax_rate) == (Decimal("84.03"), Decimal("100.00"), Decimal(19))
    products = erp_shop.finds(table) + erp_shop.finds(renamed)
    assert {product.id for product in products} == {first.id}
    seen = erp_shop.sees(renamed)
    assert (seen.name, seen.net, seen.gross) == (renamed.name, Decimal("92.44"), Decimal("110.00"))
    assert seen.channels == 1


@pytest.mark.process("ERP-002")
def test_prices_and_tier_prices_do_not_pile_up(
    office: ErpOffice, sync: ErpSync, erp_shop: ErpShop, shopper: Shopper
) -> None:
    chair = office.lists("chair", net=eur("20.00"))
    office.counts(chair, 100)
    office.sets_tiers(chair, {1: eur("20.00"), 10: eur("18.00"), 50: eur("16.00")})

    sync.runs("articles", "prices", "stock")
    office.sets_tiers(chair, {1: eur("20.00"), 10: eur("17.00")})
    sync.runs("prices")
    report = sync.runs("prices")

    # 20.00 × 1.19 = 23.80; 17.00 × 1.19 = 20.23
    assert report.about(chair.number) == []
    product = erp_shop.sees(chair)
    assert product.tiers == (
        ShopTier(1, 9, Decimal("20.00"), Decimal("23.80")),
        ShopTier(10, None, Decimal("17.00"), Decimal("20.23")),
    )
    assert shopper.puts_in_cart(product, quantity=9).total == eur("214.20")
    assert shopper.puts_in_cart(product).total == eur("202.30")


@pytest.mark.process("ERP-005")
def test_a_bad_row_in_a_batch_is_named_and_nothing_is_half_written(
    office: ErpOffice, sync: ErpSync, erp_shop: ErpShop
) -> None:
    articles = office.lists_many("bolt", 100, net=eur("10.00"))
    bad = office.changes(articles[37], name="too long for a name " * 20)

    report = sync.runs("articles")

    complete, half = erp_shop.counts_complete(articles, gross="11.90")
    assert report.names() == [bad.number]
    assert half == []
    assert complete == 99
    assert erp_shop.finds(bad) == []

    office.changes(bad, name=articles[37].name)
    assert sync.runs("articles").names() == []
    assert erp_shop.counts_complete(articles, gross="11.90") == (100, [])


@pytest.mark.process("ERP-013")
def test_custom_fields_arrive_as_they_are_and_spare_those_of_others(
    office: ErpOffice, sync: ErpSync, erp_shop: ErpShop
) -> None:
    desk = office.lists("desk", net=eur("84.03"), attributes={"material": "Eiche, geölt", "seats": 4, "fsc": True})

    sync.runs("articles")
    erp_shop.notes(erp_shop.sees(desk), {"shop_note": "Fenster links"})
    office.changes(desk, attributes={"material": "Buche", "seats": 6, "fsc": False})
    report = sync.runs("articles")

    assert report.about(desk.number) == []
    assert erp_shop.sees_custom_fields(desk) == {
        "material": "Buche",
        "seats": 6,
        "fsc": False,
        "shop_note": "Fenster links",
    }
