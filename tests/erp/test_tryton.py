"""The adapter of Tryton, against a real one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.erp.processes import Embedded
from updategate.clients.erp import (
    Article,
    Erp,
    ErpRefusedError,
    ErpSignInError,
    LeftBehind,
    StockLevel,
    TierPrice,
)
from updategate.clients.erp.tryton import PICTURE, Tryton
from updategate.clients.erp.tryton_rpc import from_tryton, to_tryton
from updategate.config.erp import ErpSettings
from updategate.domain.money import eur


def settings(tryton: Embedded, **other: str) -> ErpSettings:
    given = {name: tryton.facts[name] for name in ("url", "database", "username", "password")}
    return ErpSettings.model_validate({**given, **other})


@pytest.fixture
def erp(tryton: Embedded) -> Iterator[Tryton]:
    adapter = Tryton(settings(tryton))
    port: Erp = adapter
    port.check()
    yield adapter
    adapter.close()


def rows(erp: Tryton, model: str, domain: list[object], *names: str) -> list[dict[str, object]]:
    return erp._rpc.search(model, domain, list(names))


def test_article_lives_through_changes_retirement_and_return(erp: Tryton) -> None:
    table = Article("T-1", "Table", eur("84.03"), attributes={"material": "Eiche", "seats": 4, "fsc": True})
    erp.save_articles([table])
    erp.save_articles([Article("T-1", "Big table", eur("92.44"), Decimal(7), {"material": "Buche", "seats": 6})])
    assert erp.attributes_of("T-1") == {"material": "Buche", "seats": 6}
    erp.count_stock({"T-1": 10})
    assert erp.stock_of("T-1") == StockLevel(on_hand=10)

    assert erp.left_behind("T-1", "x").articles == ("T-1",)
    erp.retire(["T-1", "no-such-article"])
    assert erp.left_behind("T-1", "x").articles == ()
    with pytest.raises(ErpRefusedError, match="there are 0 of it"):
        erp.stock_of("T-1")

    # the next run of the same process meets what the last one has retired
    erp.save_articles([table])
    (product,) = rows(erp, "product.product", [["code", "=", "T-1"]], "name", "template.account_category.name")
    assert product["name"] == "Table"
    erp.retire(["T-1"])


def test_tier_prices_and_pictures_are_replaced(erp: Tryton) -> None:
    erp.save_articles([Article("T-2", "Chair", eur("20.00"))])
    erp.save_prices("Dealers", {"T-2": [TierPrice(1, eur("20.00")), TierPrice(10, eur("18.00"))]})
    erp.save_prices("Dealers", {"T-2": [TierPrice(5, eur("17.50"))]})
    erp.set_picture("T-2", "a.png", b"first")
    erp.set_picture("T-2", "b.png", b"second")
    lines = rows(erp, "product.price_list.line", [["product.code", "=", "T-2"]], "quantity", "formula")
    assert [(line["quantity"], line["formula"]) for line in lines] == [(5, "17.50")]
    assert [row["data"] for row in rows(erp, "ir.attachment", [["description", "=", PICTURE]], "data")] == [b"second"]
    assert erp.left_behind("T-2", "Deal") == LeftBehind(("T-2",), ("Dealers",))
    erp.retire(["T-2"], ["Dealers"])
    assert rows(erp, "ir.attachment", [["description", "=", PICTURE]], "data") == []
    assert rows(erp, "product.price_list", [["name", "=", "Dealers"]], "id") == []


def test_more_articles_than_one_request_takes(erp: Tryton) -> None:
    numbers = [f"T-3-{number}" for number in range(60)]
    erp.save_articles([Article(number, "Screw", eur("0.10")) for number in numbers])
    assert len(rows(erp, "product.product", [["code", "in", numbers]], "id")) == 60
    erp.retire(numbers)


def test_errors_are_for_people(erp: Tryton, tryton: Embedded) -> None:
    with pytest.raises(ErpSignInError, match="refuses the credentials of connector"):
        Tryton(settings(tryton, password="wrong")).check()
    with pytest.raises(ErpRefusedError, match="there is no database 'nowhere'"):
        Tryton(settings(tryton, database="nowhere")).check()
    with pytest.raises(ErpRefusedError, match=r"it has no product\.category with this name"):
        erp.save_articles([Article("T-4", "Odd tax", eur("1.00"), Decimal("3.3"))])
    with pytest.raises(ErpRefusedError, match=r"the key 'erp\.database' is missing"):
        Tryton(ErpSettings(url=tryton.facts["url"]))


def test_values_survive_the_protocol() -> None:
    value = {"price": Decimal("84.0300"), "file": b"\x00\xff", "list": [1, "ä", None, True]}
    assert from_tryton(to_tryton(value)) == value
