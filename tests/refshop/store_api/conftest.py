from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.refshop.store_api.visitor import Visitor, default_shop
from updategate.embedded.refshop.shop import Shop


@pytest.fixture(scope="session")
def read_only_shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop that tests only look at."""
    return default_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A shop of one's own."""
    return default_shop(tmp_path)


@pytest.fixture
def visitor(shop: Shop) -> Visitor:
    """Somebody who just came, in a shop of one's own."""
    return Visitor(shop)


@pytest.fixture
def reader(read_only_shop: Shop) -> Visitor:
    """Somebody who just came, and only looks."""
    return Visitor(read_only_shop)


@pytest.fixture
def shop_of(tmp_path: Path) -> Callable[[str], Shop]:
    """Makes shops of other versions."""
    return lambda version: default_shop(tmp_path, version)
