"""The seed is what the processes need, and mistakes in it are named."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from updategate.embedded.refshop.dal.ids import SYSTEM_LANGUAGE
from updategate.embedded.refshop.dal.store import EntityStore
from updategate.embedded.refshop.seed import SeedError, opened_data
from updategate.embedded.refshop.seed.notation import LANGUAGES, read_rows
from updategate.embedded.refshop.seed.products import read_products
from updategate.embedded.refshop.seed.states import read_states
from updategate.embedded.refshop.versions import VERSIONS, UnknownVersionError, version_named


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> EntityStore:
    file = tmp_path_factory.mktemp("seed") / "shop.sqlite"
    opened_data(file, VERSIONS["6.6.7.1"], seed="default")
    return EntityStore(file)


def test_it_is_a_catalogue_that_a_merchant_would_recognise(store: EntityStore) -> None:
    products = store.all("product")
    assert len([doc for doc in products if not doc.get("parentId")]) >= 60
    assert len([doc for doc in products if doc.get("parentId")]) >= 8
    assert {row["taxRate"] for row in store.all("tax")} == {19, 7, 0}
    assert {row["isoCode"] for row in store.all("currency")} == {"EUR", "GBP", "CHF"}
    assert len([row for row in store.all("payment_method") if row["active"]]) == 3
    assert len(store.all("customer_group")) == 2
    assert len({row["ruleId"] for row in store.all("product_price")}) == 2


def test_products_are_named_in_both_languages(store: EntityStore) -> None:
    for product in store.all("product"):
        if not product.get("parentId"):
            texts = product["translations"]
            assert {SYSTEM_LANGUAGE, LANGUAGES["de"]} <= set(texts), product["productNumber"]
            assert all(text["name"] for text in texts.values())


def test_net_prices_follow_from_the_tax(store: EntityStore) -> None:
    (book,) = store.where("product", productNumber="WS-9001")
    assert book["price"][0] == {
        "currencyId": "b7d2554b0ce847cd82f3ac9bd1c0dfca",
        "net": 46.64,
        "gross": 49.9,
        "linked": True,
    }


def test_every_foreign_key_of_the_seed_exists(store: EntityStore) -> None:
    from updategate.embedded.refshop.dal.definitions import definitions

    dangling = [
        f"{entity}/{doc['id']}.{name} → {field.reference}/{doc[name]}"
        for entity in store.entities()
        for doc in store.all(entity)
        for name, field in definitions()[entity].fields.items()
        if field.reference in definitions() and doc.get(name) and store.get(str(field.reference), doc[name]) is None
    ]
    assert dangling == []


def test_ids_are_the_same_in_every_version(tmp_path: Path, store: EntityStore) -> None:
    opened_data(tmp_path / "old.sqlite", VERSIONS["6.5.8.14"], seed="default")
    old = EntityStore(tmp_path / "old.sqlite")
    assert {doc["id"] for doc in old.all("product")} == {doc["id"] for doc in store.all("product")}


def test_what_is_in_the_file_already_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "shop.sqlite"
    opened_data(file, VERSIONS["6.6.6.1"], seed="default")
    store = EntityStore(file)
    store.upsert("product", {"id": "mine", "productNumber": "MINE"})
    store.close()
    opened_data(file, VERSIONS["6.6.7.1"], seed="default")
    assert EntityStore(file).get("product", "mine") is not None


def test_passwords_are_not_stored_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "shop.sqlite"
    opened_data(file, VERSIONS["6.6.7.1"], seed="default")
    with sqlite3.connect(file) as database:
        texts = [body for (body,) in database.execute("SELECT body FROM document WHERE entity IN ('customer', 'user')")]
    assert texts
    assert not any("Shop-pass-1" in text or '"password":"shopware"' in text for text in texts)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tax: {a: {rate: 19}}", "taxes.yaml: tax/a: unknown field 'rate'"),
        ("taxes: {a: {}}", "there is no entity 'taxes'"),
        ("tax: [", "is not valid YAML"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "taxes.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SeedError) as raised:
        read_rows(file)
    assert message in str(raised.value)


def test_a_mistyped_product_key_is_named_with_the_nearest(tmp_path: Path) -> None:
    file = tmp_path / "products.yaml"
    file.write_text("A-1: {name: x, categroy: tools, maker: kobalt, gross: 1, stock: 1}", encoding="utf-8")
    with pytest.raises(SeedError, match=r"A-1: unknown key 'categroy'; did you mean 'category'\?"):
        read_products(file)


def test_a_transition_to_nowhere_is_named(tmp_path: Path) -> None:
    file = tmp_path / "states.yaml"
    file.write_text(
        "order.state: {name: {en: x}, initial: open, states: {open: {en: x}}, transitions: {open: {go: gone}}}",
        encoding="utf-8",
    )
    with pytest.raises(SeedError, match=r"order\.state: open → gone: there is no such state"):
        read_states(file)


def test_recordings_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match="--recordings DIR or UPDATEGATE_RECORDINGS"):
        opened_data(tmp_path / "x.sqlite", VERSIONS["6.6.7.1"], seed="recordings", recordings=tmp_path)


def test_an_unknown_version_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownVersionError, match=r"Did you mean 6\.6\.7\.1\?"):
        version_named("6.6.7.2")
