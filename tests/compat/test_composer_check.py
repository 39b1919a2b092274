# ruff: noqa: E501 - rows of code examples read better on one line
"""Constraints of plugins and apps against the target."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.compat.bench import Bench, found, write
from updategate.compat.model import Level


def checks(bench: Bench, **changes: Any) -> list[tuple[str, Level]]:
    return [(item.check, item.level) for item in bench.run(**changes).findings if item.check.startswith("composer")]


@pytest.mark.parametrize(
    ("requires", "expected"),
    [
        ({"shopware/core": "~6.6.0"}, []),
        ({"shopware/core": "~6.5.0 || ~6.6.0"}, []),
        ({"shopware/core": "~6.5.0"}, [("composer-constraint", Level.BLOCKED)]),
        ({"shopware/platform": "6.5.*"}, [("composer-constraint", Level.BLOCKED)]),
        ({"shopware/core": "~6.4.0"}, [("composer-constraint", Level.REVIEW)]),
        ({"shopware/core": "^6.5.0"}, [("composer-constraint-open", Level.REVIEW)]),
        ({"shopware/core": "*"}, [("composer-constraint-open", Level.REVIEW)]),
        ({"shopware/core": ">=6.4"}, [("composer-constraint-open", Level.REVIEW)]),
        ({"shopware/core": "~6.5.0 || ~6.6.0 || ~6.7.0"}, []),
        ({}, [("composer-constraint-missing", Level.REVIEW)]),
        ({"shopware/core": "whatever"}, [("composer-constraint", Level.REVIEW)]),
        ({"shopware/core": "~6.6.0", "php": "^8.1"}, []),
        ({"shopware/core": "~6.6.0", "php": "~8.1.0"}, [("composer-constraint", Level.BLOCKED)]),
        ({"shopware/core": "~6.6.0", "symfony/console": "^6.4"}, [("composer-constraint", Level.BLOCKED)]),
        ({"shopware/core": "~6.6.0", "symfony/console": "^6.4 || ^7.0"}, []),
        ({"shopware/core": "~6.6.0", "acme/library": "^1.0", "ext-json": "*"}, []),
    ],
)
def test_constraints(bench: Bench, requires: dict[str, str], expected: list[tuple[str, Level]]) -> None:
    before = {"php": "~8.1.0 || ~8.2.0", "symfony/console": "~6.4.0"}
    after = {"php": "~8.2.0 || ~8.3.0", "symfony/console": "~7.0.0"}
    bench.core({"composer.json": json.dumps({"require": before})}, {"composer.json": json.dumps({"require": after})})
    bench.plugin({"src/A.php": "<?php"}, require=requires)
    assert checks(bench) == expected


def test_php_of_the_shop(bench: Bench) -> None:
    bench.core({}, {}).plugin({"src/A.php": "<?php"}, require={"shopware/core": "~6.6.0", "php": "~8.2.0"})
    assert checks(bench, php="8.3") == [("composer-constraint", Level.BLOCKED)]
    assert checks(bench, php="8.2.12") == []


def test_constraint_of_the_shop_itself_is_raised_with_the_update(bench: Bench) -> None:
    bench.core({}, {})
    write(bench.project, {"composer.json": '{"require": {"shopware/core": "6.5.8.14"}}', "src/A.php": "<?php"})
    assert checks(bench) == [("composer-constraint", Level.INFO)]


def test_conflict_section(bench: Bench) -> None:
    bench.core({}, {}).plugin(
        {"src/A.php": "<?php"}, require={"shopware/core": "*"}, conflict={"shopware/core": ">=6.6"}
    )
    assert ("composer-constraint", Level.BLOCKED) in checks(bench)


def test_library_conflict_that_was_there_before_is_review(bench: Bench) -> None:
    same = {"composer.json": json.dumps({"require": {"symfony/console": "~7.0.0"}})}
    bench.core(same, same).plugin(
        {"src/A.php": "<?php"}, require={"shopware/core": "~6.6.0", "symfony/console": "^6.4"}
    )
    assert checks(bench) == [("composer-constraint", Level.REVIEW)]


@pytest.mark.parametrize(
    ("compatibility", "expected"),
    [("~6.5.0", [("composer-constraint", Level.BLOCKED)]), ("~6.6.0", []), ("", [])],
)
def test_app_manifest(bench: Bench, compatibility: str, expected: list[tuple[str, Level]]) -> None:
    manifest = f"<manifest><meta><name>AcmeApp</name><version>2.0</version><compatibility>{compatibility}</compatibility></meta></manifest>"
    bench.core({}, {})
    write(bench.project / "custom/apps/AcmeApp", {"manifest.xml": manifest, "Resources/scripts/a.twig": "x"})
    assert checks(bench) == expected
    (plugin,) = bench.run().plugins
    assert (plugin.name, plugin.version, plugin.owner.value) == ("AcmeApp", "2.0", "app")


def test_split_package_of_the_target(bench: Bench) -> None:
    """`vendor/` has no platform composer.json: the core's own one counts."""
    bench.core({}, {})
    for tree, php in ((bench.before, "~8.1.0"), (bench.after, "~8.2.0")):
        (tree / "composer.json").unlink()
        write(tree, {"src/Core/composer.json": json.dumps({"require": {"php": php}})})
    bench.plugin({"src/A.php": "<?php"}, require={"shopware/core": "~6.6.0", "php": "~8.1.0"})
    assert found(bench.run(), "composer-constraint", Level.BLOCKED)
