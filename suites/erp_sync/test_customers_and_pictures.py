import pytest

from updategate.actors.erp_office import ErpOffice
from updategate.actors.erp_shop import ErpShop
from updategate.actors.erp_sync import ErpSync
from updategate.actors.shopper import Shopper
from updategate.domain.erp import Address
from updategate.domain.money import eur
from updategate.domain.pictures import coloured_png

AT_FIRST = Address("Prüfweg 12", "10115", "Berlin")
MOVED = Address("Große Straße 1a", "20095", "Hamburg")
MOVED_AGAIN = Address("Am Brüllhügel 7", "80331", "München")


@pytest.mark.process("ERP-012")
def test_an_address_that_changes_at_one_end_changes_at_the_other(
    office: ErpOffice, sync: ErpSync, erp_shop: ErpShop, shopper: Shopper
) -> None:
    account = shopper.registers()
    sync.runs("customers")
    assert office.knows(account.email).addresses == (AT_FIRST,)

    erp_shop.moves_customer(account.email, MOVED)
    sync.runs("customers")
    assert office.knows(account.email).addresses == (MOVED,)

    office.moves(office.knows(account.email), MOVED_AGAIN)
    sync.runs("customers")
    sync.runs("customers")
    assert erp_shop.sees_address(account.email) == MOVED_AGAIN
    assert office.knows(account.email).addresses == (MOVED_AGAIN,)


@pytest.mark.process("ERP-014")
def test_a_picture_that_changes_replaces_the_one_before(office: ErpOffice, sync: ErpSync, erp_shop: ErpShop) -> None:
    sofa = office.lists("sofa", net=eur("500.00"))
    red, blue = coloured_png(200, 0, 0), coloured_png(0, 0, 200)

    office.gives_picture(sofa, red)
    sync.runs("articles")
    first = sync.runs("pictures")
    assert first.about(sofa.number) == []
    assert erp_shop.sees_picture(erp_shop.sees(sofa)) == red

    office.gives_picture(sofa, blue)
    second = sync.runs("pictures")
    assert second.about(sofa.number) == []
    assert erp_shop.sees_picture(erp_shop.sees(sofa)) == blue
