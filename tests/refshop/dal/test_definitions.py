from __future__ import annotations

import pytest

from updategate.embedded.refshop.dal.definitions import definition, definitions


def test_every_foreign_key_and_mapping_leads_somewhere() -> None:
    for known in definitions().values():
        for association in known.associations.values():
            if association.entity not in definitions():
                continue
            target = definitions()[association.entity]
            if association.kind == "one":
                assert association.key in known.fields, (known.name, association)
            elif association.kind in ("many", "one_reverse"):
                assert association.key in target.fields or association.key == "parentId", (known.name, association)
            else:
                mapping = definitions()[str(association.mapping)]
                assert {association.key, association.other_key} <= set(mapping.fields), (known.name, association)


@pytest.mark.parametrize("entity", ["product", "order", "customer", "promotion", "tax"])
def test_defaults_are_fields(entity: str) -> None:
    known = definition(entity)
    assert set(known.defaults) | set(known.database_defaults) <= set(known.fields)


def test_the_notation_is_read_as_described() -> None:
    product = definition("product")
    assert product.versioned
    assert product.fields["taxId"].reference == "tax"
    assert product.fields["taxId"].required
    assert product.fields["taxId"].inherited
    assert product.fields["productNumber"].limit == 64
    assert product.fields["name"].translated
    assert not product.fields["price"].in_store_api
    assert product.associations["tax"].autoload
    assert definition("product_category").key == ("productId", "categoryId")
