from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.fake_shop import FakeShop, serving


@pytest.fixture
def fake_shop() -> Iterator[FakeShop]:
    with serving() as shop:
        yield shop
