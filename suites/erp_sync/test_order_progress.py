import pytest

from updategate.actors.back_office import BackOffice
from updategate.actors.erp_office import ErpOffice
from updategate.actors.erp_shop import DeliverySeen, ErpShop
from updategate.actors.erp_sync import ErpSync
from updategate.actors.mailbox import Mailbox
from updategate.actors.purchase import PlacedOrder
from updategate.actors.shopper import Shopper
from updategate.actors.test_data.delivery import Delivery, Payment, Rate
from updategate.domain.erp import Article, StockLevel
from updategate.domain.money import eur


class Sale:
    """Three pieces at 59.50 that somebody has ordered, in the shop and in the ERP."""

    def __init__(self, article: Article, placed: PlacedOrder) -> None:
        self.article = article
        self.placed = placed


@pytest.fixture
def sale(
    office: ErpOffice, sync: ErpSync, erp_shop: ErpShop, shopper: Shopper, delivery: Delivery, invoice: Payment
) -> Sale:
    bench = office.lists("bench", net=eur("50.00"))
    office.counts(bench, 10)
    sync.runs("articles", "stock")
    product = erp_shop.sees(bench)
    parcel = delivery.ships("parcel", [product.offer], Rate(gross=eur("0.00"), net=eur("0.00")))
    shopper.puts_in_cart(product, quantity=3)
    placed = shopper.checks_out_as_guest(shipping=parcel, payment=invoice)
    sync.runs("orders")
    return Sale(bench, placed)


@pytest.mark.process("ERP-008")
def test_parcels_and_their_tracking_codes_come_back_to_the_shop(
    sale: Sale, office: ErpOffice, sync: ErpSync, erp_shop: ErpShop, back_office: BackOffice
) -> None:
    order = office.finds(sale.placed)

    office.ships(order, {sale.article: 2}, tracking="JD0146000001")
    report = sync.runs("returning")
    assert report.about(sale.placed.number) == []
    assert erp_shop.sees_delivery(sale.placed) == DeliverySeen("shipped_partially", ("JD0146000001",))

    office.ships(order, {sale.article: 1}, tracking="JD0146000002")
    sync.runs("returning")
    sync.runs("returning")
    assert erp_shop.sees_delivery(sale.placed) == DeliverySeen("shipped", ("JD0146000001", "JD0146000002"))
    assert back_office.sees(sale.placed).state == "completed"
    assert office.finds(sale.placed).state == "shipped"


@pytest.mark.process("ERP-017")
def test_the_customer_is_told_of_each_parcel_once(
    sale: Sale, office: ErpOffice, sync: ErpSync, back_office: BackOffice, mailbox: Mailbox
) -> None:
    email, order = sale.placed.email, office.finds(sale.placed)
    confirmation = mailbox.awaits_mail_about(email, sale.placed.number)
    back_office.moves_order(sale.placed, "process")
    in_progress = mailbox.awaits_another(email, confirmation)

    office.ships(order, {sale.article: 2}, tracking="JD0146000011")
    sync.runs("returning")
    partially = mailbox.awaits_another(email, confirmation, in_progress)
    sync.runs("returning")
    office.ships(order, {sale.article: 1}, tracking="JD0146000012")
    sync.runs("returning")
    shipped = mailbox.awaits_another(email, confirmation, in_progress, partially)

    assert len({mail.subject for mail in (confirmation, in_progress, partially, shipped)}) == 4
    assert sale.placed.number in f"{partially.subject} {partially.text}"
    assert [mail.id for mail in mailbox.all_with_subject(email, partially.subject)] == [partially.id]


@pytest.mark.process("ERP-009")
def test_an_order_that_the_erp_cancels_is_cancelled_in_the_shop(
    sale: Sale, office: ErpOffice, sync: ErpSync, erp_shop: ErpShop, back_office: BackOffice
) -> None:
    assert erp_shop.sees(sale.article).available == 7

    office.cancels(office.finds(sale.placed))
    sync.runs("returning", "stock")

    assert back_office.sees(sale.placed).state == "cancelled"
    assert erp_shop.sees_delivery(sale.placed).state == "cancelled"
    assert erp_shop.sees(sale.article).available == 10
    assert office.sees_stock(sale.article) == StockLevel(on_hand=10, promised=0)


@pytest.mark.process("ERP-009")
def test_an_order_that_the_shop_cancels_is_cancelled_in_the_erp(
    sale: Sale, office: ErpOffice, sync: ErpSync, erp_shop: ErpShop, back_office: BackOffice
) -> None:
    assert back_office.moves_order(sale.placed, "cancel") == "cancelled"
    sync.runs("orders", "stock")

    assert office.finds(sale.placed).state == "cancelled"
    assert erp_shop.sees(sale.article).available == 10
    assert office.sees_stock(sale.article) == StockLevel(on_hand=10, promised=0)


@pytest.mark.process("ERP-010")
def test_a_credit_note_refunds_as_much_as_it_says(
    sale: Sale, office: ErpOffice, sync: ErpSync, back_office: BackOffice
) -> None:
    order = office.finds(sale.placed)
    office.ships(order, {sale.article: 3}, tracking="JD0146000003")
    back_office.moves_payment(sale.placed, "paid")
    sync.runs("returning")

    first = office.credits(order, {sale.article: 1})
    assert first.total == eur("59.50")
    sync.runs("returning")
    assert back_office.sees(sale.placed).payment_state == "refunded_partially"

    rest = office.credits(order, {sale.article: 2})
    assert rest.total == eur("119.00")
    sync.runs("returning")
    assert back_office.sees(sale.placed).payment_state == "refunded"


@pytest.mark.process("ERP-011")
def test_the_invoice_of_the_shop_is_filed_in_the_erp(
    sale: Sale, office: ErpOffice, sync: ErpSync, erp_shop: ErpShop
) -> None:
    invoice = erp_shop.writes_invoice(sale.placed)
    assert invoice.startswith(b"%PDF-")

    sync.runs("documents")
    report = sync.runs("documents")

    papers = office.reads_papers(office.finds(sale.placed))
    assert report.about(sale.placed.number) == []
    assert len(papers) == 1
    assert papers[0].content == invoice
