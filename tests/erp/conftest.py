from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.erp.processes import Embedded, start


@pytest.fixture(scope="session")
def reference_shop() -> Iterator[Embedded]:
    shop = start("refshop", "--with-parent", seconds=60)
    yield shop
    shop.stop()


@pytest.fixture(scope="session")
def tryton() -> Iterator[Embedded]:
    pytest.importorskip("trytond", reason="needs updategate[tryton]")
    erp = start("tryton_server")
    yield erp
    erp.stop()


@pytest.fixture(scope="session")
def variables(reference_shop: Embedded, tryton: Embedded) -> dict[str, str]:
    return {
        **shop_variables(reference_shop),
        "TEST_ERP_URL": tryton.facts["url"],
        "TEST_ERP_PASSWORD": tryton.facts["password"],
    }


def shop_variables(shop: Embedded) -> dict[str, str]:
    keys = {
        "url": "TEST_SHOP_URL",
        "access_key": "TEST_ACCESS_KEY",
        "client_id": "TEST_CLIENT_ID",
        "client_secret": "TEST_CLIENT_SECRET",
    }
    return {variable: str(shop.facts[key]) for key, variable in keys.items()}
