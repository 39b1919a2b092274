"""Fixtures of the compat tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.compat.bench import PHP, Bench
from updategate.compat.model import Report


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A fresh bench."""
    return Bench(tmp_path)


@pytest.fixture
def code(bench: Bench) -> Callable[..., Report]:
    """Judge one PHP file of a plugin against two core trees."""

    def judge(source: str, before: dict[str, Any], after: dict[str, Any], **changes: Any) -> Report:
        bench.core(before, after)
        bench.plugin({"src/Example.php": f"{PHP}namespace Acme\\Example;\n{source}"})
        return bench.run(**changes)

    return judge
