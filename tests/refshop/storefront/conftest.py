from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.refshop.conformance.harness import RunningShop, running_shop
from tests.refshop.storefront.visitor import Visitor, recordings_or_skip

VERSIONS = ("6.5.8.14", "6.6.6.1", "6.6.7.1")


@pytest.fixture(scope="session")
def recorded_shop() -> Iterator[Callable[[str], RunningShop]]:
    """A shop of the version asked for with the recorded catalogue; one a version and test session."""
    running: dict[str, RunningShop] = {}
    with ExitStack() as stack:

        def shop(version: str) -> RunningShop:
            recordings_or_skip()
            if version not in running:
                options = (
                    "--shopware-version",
                    version,
                    "--seed",
                    "recordings",
                    "--recordings",
                    str(recordings_or_skip()),
                )
                running[version] = stack.enter_context(running_shop(*options))
            return running[version]

        yield shop


@pytest.fixture(scope="session")
def default_shop() -> Iterator[RunningShop]:
    with running_shop() as shop:
        yield shop


@pytest.fixture
def visitor(default_shop: RunningShop) -> Visitor:
    return Visitor(default_shop.url)
