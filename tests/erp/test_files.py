"""The adapter of file exchange: what it writes is what a connector of the time reads, and the other way round."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from updategate.clients.erp import Article, CreditNote, ErpError, OrderLine, SalesOrder, StockLevel, TierPrice
from updategate.clients.erp.file_formats import read_rows
from updategate.clients.erp.file_formats import written as written_rows
from updategate.clients.erp.files import FileExchange
from updategate.clients.erp.mapping import ErpMapping, Table
from updategate.config.erp import ErpSettings
from updategate.config.errors import ConfigError
from updategate.domain.money import eur

CSV = """
decimal: ","
encoding: cp1252
delimiter: ";"
tables:
  articles: {at: "art-{stamp}.csv", fields: {number: ArtNr, name: Bezeichnung, net: Preis, tax_rate: MwSt}}
  prices: {at: "preis-{stamp}.csv", fields: {price_list: Liste, number: ArtNr, from_quantity: AbMenge, net: Preis}}
  stock: {at: "bestand-{stamp}.csv", fields: {number: ArtNr, pieces: Menge}}
  shipments: {at: "versand-{stamp}.csv", fields: {order: Auftrag, number: ArtNr, pieces: Menge, tracking: Sendung}}
  cancellations: {at: "storno-{stamp}.csv", fields: {order: Auftrag}}
  credit_notes: {at: "gutschrift-{stamp}.csv", fields: {order: Auftrag, number: ArtNr, pieces: Menge, total: Betrag}}
  orders:
    at: "auftrag-*.csv"
    fields: {reference: Auftrag, net: Netto, tax: Steuer, total: Brutto, customer: Kunde, remark: Bemerkung}
    lines: {fields: {article: ArtNr, quantity: Menge, net: Einzelpreis}}
"""
XML = """
tables:
  articles: {at: "items-{stamp}.xml", element: item, fields: {number: sku, name: title, net: price}}
  orders:
    at: "order-*.xml"
    element: order
    fields: {reference: number, state: status, total: total}
    states: {CANCELLED: cancelled}
    lines: {at: position, fields: {article: sku, quantity: qty, net: price}}
"""
ORDERS = """Auftrag;Netto;Steuer;Brutto;Kunde;Bemerkung;ArtNr;Menge;Einzelpreis
10001;1.050,00;199,50;1.249,50;Grüner & Söhne;eilt;UG-1;10;100,00
10001;1.050,00;199,50;1.249,50;Grüner & Söhne;eilt;;1;50,00
10002;84,03;15,97;100,00;Ada Lovelace;;UG-1;1;84,03
"""


def exchange(folder: Path, mapping: str) -> FileExchange:
    for name in ("to-shop", "from-shop"):
        (folder / name).mkdir(exist_ok=True)
    file = folder / "mapping.yaml"
    file.write_text(mapping, encoding="utf-8")
    return FileExchange(ErpSettings(adapter="files", mapping=str(file), folder=str(folder)))


def written(folder: Path, pattern: str) -> str:
    (file,) = (folder / "to-shop").glob(pattern)
    return file.read_bytes().decode("cp1252")


def deliver(folder: Path, name: str, text: str, encoding: str = "cp1252") -> None:
    (folder / "from-shop" / name).write_bytes(text.encode(encoding))


def test_articles_and_prices_are_written_as_the_mapping_says(tmp_path: Path) -> None:
    erp = exchange(tmp_path, CSV)
    erp.check()
    erp.save_articles([Article("UG-1", "Größe; L", eur("84.03"), Decimal("8.1"))])
    erp.save_prices("Händler", {"UG-1": [TierPrice(10, eur("79.00"))]})
    assert written(tmp_path, "art-*.csv") == 'ArtNr;Bezeichnung;Preis;MwSt\r\nUG-1;"Größe; L";84,03;8,1\r\n'
    assert written(tmp_path, "preis-*.csv") == "Liste;ArtNr;AbMenge;Preis\r\nHändler;UG-1;10;79,00\r\n"


def test_orders_are_read_with_their_lines(tmp_path: Path) -> None:
    erp = exchange(tmp_path, CSV)
    deliver(tmp_path, "auftrag-1.csv", ORDERS)
    (order,) = erp.orders("10001")
    assert order == SalesOrder(
        key="10001",
        reference="10001",
        state="open",
        lines=(OrderLine("UG-1", 10, eur("100.00")), OrderLine("", 1, eur("50.00"))),
        net=eur("1050.00"),
        tax=eur("199.50"),
        total=eur("1249.50"),
        customer="Grüner & Söhne",
        remark="eilt",
    )
    assert erp.orders("10003") == []


def test_an_order_that_was_delivered_twice_counts_twice(tmp_path: Path) -> None:
    erp = exchange(tmp_path, CSV)
    deliver(tmp_path, "auftrag-1.csv", ORDERS)
    deliver(tmp_path, "auftrag-2.csv", ORDERS)
    assert len(erp.orders("10002")) == 2


def test_open_orders_promise_pieces_until_they_are_sent_or_cancelled(tmp_path: Path) -> None:
    erp = exchange(tmp_path, CSV)
    erp.count_stock({"UG-1": 20})
    deliver(tmp_path, "auftrag-1.csv", ORDERS)
    assert erp.stock_of("UG-1") == StockLevel(on_hand=20, promised=11)
    order = erp.orders("10001")[0]
    erp.ship(order, {"UG-1": 4}, "JD01")
    assert erp.stock_of("UG-1") == StockLevel(on_hand=16, promised=7)
    assert erp.orders("10001")[0].state == "open"
    erp.ship(order, {"UG-1": 6}, "JD02")
    assert erp.orders("10001")[0].state == "shipped"
    erp.cancel(erp.orders("10002")[0])
    assert erp.orders("10002")[0].state == "cancelled"
    assert erp.stock_of("UG-1") == StockLevel(on_hand=10, promised=0)


def test_a_credit_note_takes_its_share_of_the_tax(tmp_path: Path) -> None:
    erp = exchange(tmp_path, CSV)
    deliver(tmp_path, "auftrag-1.csv", ORDERS)
    note = erp.credit(erp.orders("10001")[0], {"UG-1": 1})
    assert note == CreditNote("10001-C1", eur("119.00"))
    assert "10001;UG-1;1;119,00" in written(tmp_path, "gutschrift-*.csv")


def test_xml_files(tmp_path: Path) -> None:
    erp = exchange(tmp_path, XML)
    erp.save_articles([Article("UG-1", "Nut & Bolt <M8>", eur("0.10"))])
    (file,) = (tmp_path / "to-shop").glob("items-*.xml")
    assert "<title>Nut &amp; Bolt &lt;M8&gt;</title><price>0.10</price>" in file.read_text(encoding="utf-8")
    deliver(
        tmp_path, "order-1.xml",
        "<orders><order><number>10001</number><status>CANCELLED</status><total>20.00</total>"
        "<positions><position><sku>UG-1</sku><qty>2</qty><price>10.00</price></position></positions></order></orders>",
    )  # fmt: skip
    (order,) = erp.orders("10001")
    assert (order.state, order.lines) == ("cancelled", (OrderLine("UG-1", 2, eur("10.00")),))


def test_abilities_are_those_of_the_mapping(tmp_path: Path) -> None:
    assert exchange(tmp_path, XML).abilities == {"articles", "orders"}
    assert "shipments" in exchange(tmp_path, CSV).abilities


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            "Auftrag;Netto;Steuer;Brutto;Kunde;Bemerkung;ArtNr;Menge;Einzelpreis\r\n10001;1,00;0,1",
            "the column 'Brutto' is",
        ),
        ("Auftrag;Brutto\r\n10001;1,00\r\n", "the column 'Netto' is not there"),
        (ORDERS.replace("1.249,50", "viel"), "holds 'viel'"),
    ],
)
def test_damaged_files_are_named(content: str, told: str, tmp_path: Path) -> None:
    erp = exchange(tmp_path, CSV)
    deliver(tmp_path, "auftrag-1.csv", content)
    with pytest.raises(ErpError, match=told):
        erp.orders("10001")


def test_xml_with_entities_is_refused(tmp_path: Path) -> None:
    erp = exchange(tmp_path, XML)
    deliver(tmp_path, "order-1.xml", '<!DOCTYPE o [<!ENTITY e "x">]><orders>&e;</orders>')
    with pytest.raises(ErpError, match=r"refused to read order-1\.xml"):
        erp.orders("10001")


def test_what_a_run_has_left_is_found_in_files_that_nobody_has_read(tmp_path: Path) -> None:
    erp = exchange(tmp_path, CSV)
    erp.save_articles([Article("UG-ERP001-TABLE-5F3A", "updategate ERP-001 table", eur("84.03"))])
    erp.count_stock({"UG-ERP001-TABLE-5F3A": 5})
    erp.save_articles([Article("4711", "Merchant's own", eur("84.03"))])
    assert erp.left_behind("UG-", "updategate ").articles == ("UG-ERP001-TABLE-5F3A",)
    erp.retire(["UG-ERP001-TABLE-5F3A"])
    assert erp.left_behind("UG-", "updategate ").articles == ()
    assert len(list((tmp_path / "to-shop").iterdir())) == 1


def test_a_name_that_the_encoding_has_not_is_told(tmp_path: Path) -> None:
    with pytest.raises(ErpError, match=r"refused to write art-.*cp1252 has no '→'"):
        exchange(tmp_path, CSV).save_articles([Article("UG-1", "A → B", eur("1.00"))])


def test_missing_folder_is_named(tmp_path: Path) -> None:
    erp = exchange(tmp_path, XML)
    (tmp_path / "from-shop").rmdir()
    with pytest.raises(ErpError, match="there is no folder 'from-shop'"):
        erp.check()


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        (
            XML.replace("title", "title, colour: c"),
            "In tables.articles there is no colour; there are number, name, net, tax_rate, origin",
        ),
        (
            XML.replace("name: title, net: price", "name: title"),
            "In tables.articles net is missing",
        ),
        ("tables: {articels: {at: x, fields: {}}}", "tables.articels"),
    ],
)
def test_mistakes_in_the_mapping_are_named(mapping: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=told):
        exchange(tmp_path, mapping)


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30).map(str.strip)


@pytest.mark.parametrize("suffix", [".csv", ".xml"])
@given(name=TEXT, pieces=st.integers(-(10**9), 10**9))
def test_what_is_written_can_be_read(suffix: str, name: str, pieces: int) -> None:
    table = Table(at="x", fields={"number": "n", "pieces": "p", "name": "t"})
    mapping = ErpMapping(tables={})
    row = {"number": "UG-1", "pieces": str(pieces), "name": name}
    content = written_rows(f"rows{suffix}", [row], table, mapping)
    assert [entry.values for entry in read_rows(f"rows{suffix}", content, table, mapping)] == [row]
