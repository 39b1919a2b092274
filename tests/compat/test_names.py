# ruff: noqa: E501, S608 - rows of code examples read better on one line; the SQL is never run
"""Routes, texts, settings, entity fields, SQL and decorator chains."""

from __future__ import annotations

from typing import Any

import pytest

from tests.compat.bench import PHP, Bench, found, php
from updategate.compat.checks.database import last_destructive_major
from updategate.compat.model import Level
from updategate.compat.versions import Version

CONTROLLER = "Shopware\\Storefront\\Page\\CartController"
ROUTE = "#[Route(path: '/cart', name: 'frontend.cart.old', methods: ['GET'])]"


def controller(attribute: str) -> dict[str, str | bytes]:
    head = "use Symfony\\Component\\Routing\\Attribute\\Route;"
    return php(CONTROLLER, f"{{ {attribute} public function cart() {{}} }}", head=head)


@pytest.mark.parametrize(
    ("use", "level"),
    [
        ("$this->redirectToRoute('frontend.cart.old');", Level.BLOCKED),
        ("$router->generate('frontend.cart.old', []);", Level.BLOCKED),
        ("$ok = $name === 'frontend.cart.old';", Level.REVIEW),
        ("$this->redirectToRoute('frontend.cart.new');", None),
    ],
)
def test_route_in_php(bench: Bench, use: str, level: Level | None) -> None:
    bench.core(controller(ROUTE), controller(ROUTE.replace("old", "new")))
    bench.plugin({"src/A.php": f"{PHP}class A {{ function f() {{ {use} }} }}"})
    assert [item.level for item in found(bench.run(), "route-removed")] == ([level] if level else [])


def test_route_in_twig(bench: Bench) -> None:
    bench.core(controller(ROUTE), {})
    bench.plugin({"src/Resources/views/storefront/a.html.twig": "\n<a href=\"{{ path('frontend.cart.old') }}\">"})
    (finding,) = found(bench.run(), "route-removed")
    assert (finding.level, finding.line) == (Level.BLOCKED, 2)


def test_snippets_of_the_core(bench: Bench) -> None:
    path = "src/Storefront/Resources/snippet/en_GB/storefront.en-GB.json"
    admin = "src/Administration/Resources/app/administration/src/app/snippet/en-GB.json"
    bench.core(
        {path: '{"cart": {"old": "x", "stays": "y"}}', admin: '{"sw": {"old": "x"}}'},
        {path: '{"cart": {"stays": "y"}}', admin: "{}"},
    )
    bench.plugin(
        {
            "src/Resources/views/storefront/a.html.twig": "{{ 'cart.old'|trans }}{{ 'cart.stays' | trans }}{{ 'own.x'|trans }}",
            "src/Resources/app/administration/src/a.html.twig": "{{ $tc('sw.old') }}",
            "src/Resources/app/administration/src/a.js": "this.$tc('sw.old')",
        }
    )
    findings = found(bench.run(), "snippet-removed")
    assert [(item.symbol, item.level) for item in findings] == [
        ("sw.old", Level.REVIEW), ("sw.old", Level.REVIEW), ("cart.old", Level.REVIEW)]  # fmt: skip


def test_snippet_that_the_plugin_brings(bench: Bench) -> None:
    path = "src/Storefront/Resources/snippet/en_GB/storefront.en-GB.json"
    bench.core({path: '{"cart": {"old": "x"}}'}, {path: "{}"})
    bench.plugin(
        {
            "src/Resources/views/storefront/a.html.twig": "{{ 'cart.old'|trans }}",
            "src/Resources/snippet/en_GB/storefront.en-GB.json": '{"cart": {"old": "mine"}}',
        }
    )
    assert not found(bench.run(), "snippet-removed")


def test_configuration_key(bench: Bench) -> None:
    def config(*names: str) -> dict[str, str | bytes]:
        fields = "".join(f"<input-field><name>{name}</name></input-field>" for name in names)
        return {"src/Core/System/Resources/config/cart.xml": f"<config><card>{fields}</card></config>"}

    bench.core(config("old", "stays"), config("stays"))
    use = "class A { function f($c) { $c->get('core.cart.old'); $c->get('core.cart.stays'); } }"
    bench.plugin({"src/A.php": PHP + use})
    assert [(item.symbol, item.level) for item in found(bench.run(), "config-key-removed")] == [
        ("core.cart.old", Level.REVIEW)]  # fmt: skip


def test_entity_field(bench: Bench) -> None:
    def definition(fields: str) -> dict[str, str | bytes]:
        body = f"{{ const ENTITY_NAME = 'thing'; protected function defineFields() {{ return [{fields}]; }} }}"
        return php("Shopware\\Core\\Content\\ThingDefinition", body)

    both = "new StringField('name', 'name'), new OneToManyAssociationField('parts', X::class)"
    bench.core(definition(f"{both}, new StringField('old_one', 'oldOne')"), definition(both))
    use = (
        "class A { function f($c) { $c->addAssociation('parts'); $c->addFilter(new EqualsFilter('thing.oldOne', 1));"
        " $x = 'oldOne'; } }"
    )
    bench.plugin({"src/A.php": PHP + use})
    assert [(item.symbol, item.level) for item in found(bench.run(), "entity-field-removed")] == [
        ("thing.oldOne", Level.REVIEW)]  # fmt: skip


# ---- SQL -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "mode", "major"),
    [
        ("6.6.7.1", "safe", (6, 4)),
        ("6.6.7.1", "blue-green", (6, 5)),
        ("6.6.0.0", "blue-green", (6, 4)),
        ("6.6.7.1", "all", (6, 6)),
    ],
)
def test_modes_of_destructive_migrations(version: str, mode: str, major: tuple[int, int]) -> None:
    assert last_destructive_major(Version.parse(version), mode) == major


def migration(body: str, major: str = "V6_4") -> dict[str, str | bytes]:
    name = "Migration1610000000Drop"
    source = (
        f"<?php namespace Shopware\\Core\\Migration\\{major}; class {name} {{ public function update($c) {{"
        f" $c->executeStatement('ALTER TABLE `kept` DROP COLUMN `kept`'); }} public function updateDestructive($c) {{ {body} }} }}"
    )
    return {f"src/Core/Migration/{major}/{name}.php": source}


DROPS = (
    "$c->executeStatement('ALTER TABLE `product` DROP COLUMN `listing_prices`, DROP COLUMN `old_two`, DROP INDEX `x`');"
    "$this->dropColumnIfExists($c, CartTokenDefinition::ENTITY_NAME, 'payload');"
    "$this->dropTableIfExists($c, 'dead_table');"
)


@pytest.mark.parametrize(
    ("sql", "symbol", "level"),
    [
        ("SELECT listing_prices FROM product", "product.listing_prices", Level.BLOCKED),
        ("SELECT `product`.`old_two` FROM `product` JOIN x", "product.old_two", Level.BLOCKED),
        ("SELECT p.old_two FROM product p JOIN tax t ON 1", "product.old_two", Level.BLOCKED),
        ("SELECT t.old_two FROM product p JOIN tax t ON 1", "product.old_two", Level.REVIEW),
        ("UPDATE cart_token SET payload = 1", "cart_token.payload", Level.BLOCKED),
        ("DELETE FROM dead_table", "dead_table", Level.BLOCKED),
        ("SELECT kept FROM kept", "", None),
        ("SELECT id FROM product", "", None),
        ("the product has listing_prices", "", None),
        ("SELECT listing_prices_of FROM product", "", None),
    ],
)
def test_sql_against_dropped_columns(bench: Bench, sql: str, symbol: str, level: Level | None) -> None:
    bench.core(migration(DROPS), migration(DROPS))
    bench.plugin({"src/A.php": f'{PHP}class A {{ function f($c) {{ $c->fetchAllAssociative("{sql}"); }} }}'})
    findings = found(bench.run(), "sql-dropped-column")
    assert [(item.symbol, item.level) for item in findings] == ([(symbol, level)] if level else [])


def test_sql_in_heredoc(bench: Bench) -> None:
    bench.core(migration(DROPS), migration(DROPS))
    bench.plugin(
        {
            "src/A.php": f"{PHP}$q = <<<SQL\nSELECT *\nFROM dead_table\nSQL;\n$n = <<<'SQL'\nSELECT 1 FROM dead_table\nSQL;"
        }
    )
    (finding,) = found(bench.run(), "sql-dropped-column")
    assert finding.lines == (2, 6)


def test_column_that_the_mode_keeps(bench: Bench) -> None:
    bench.core(migration(DROPS, "V6_5"), migration(DROPS, "V6_5"))
    bench.plugin({"src/A.php": f"{PHP}$q = 'SELECT listing_prices FROM product';"})
    assert not found(bench.run(), "sql-dropped-column")
    assert [item.level for item in found(bench.run(destructive="all"), "sql-dropped-column")] == []
    assert [item.level for item in found(bench.run(destructive="all", version_from="6.4.20.0"), "sql-dropped-column")] == [
        Level.BLOCKED]  # fmt: skip


# ---- decorator chains ------------------------------------------------------------------------------------------

CONTROLLER_CLASS = "Shopware\\Storefront\\Page\\AccountController"


def decorator(name: str, wanted: str, base: str = "") -> dict[str, Any]:
    xml = (
        f'<container><services><service id="Acme\\{name}\\Controller" decorates="{CONTROLLER_CLASS}">'
        "</service></services></container>"
    )
    source = (
        f"{PHP}namespace Acme\\{name}; class Controller {base} {{ function __construct(private {wanted} $inner) {{}} }}"
    )
    return {"src/Controller.php": source, "src/Resources/config/services.xml": xml}


def chain(bench: Bench, one: dict[str, Any], other: dict[str, Any], base: str = "{}") -> list[tuple[str, Level]]:
    same = php(CONTROLLER_CLASS, base)
    bench.core(same, same).plugin(one, "One", extra={"shopware-plugin-class": "Acme\\One\\One"})
    bench.plugin(other, "Two", extra={"shopware-plugin-class": "Acme\\Two\\Two"})
    return [(item.plugin, item.level) for item in found(bench.run(), "decorator-chain")]


def test_two_decorators_of_which_one_wants_the_class_itself(bench: Bench) -> None:
    levels = chain(
        bench,
        decorator("One", f"\\{CONTROLLER_CLASS}"),
        decorator("Two", f"\\{CONTROLLER_CLASS}", f"extends \\{CONTROLLER_CLASS}"),
    )
    assert levels == [("One", Level.INFO), ("Two", Level.BLOCKED)]


def test_two_decorators_that_fit(bench: Bench) -> None:
    base = f"extends \\{CONTROLLER_CLASS}"
    levels = chain(
        bench, decorator("One", f"\\{CONTROLLER_CLASS}", base), decorator("Two", f"\\{CONTROLLER_CLASS}", base)
    )
    assert levels == [("One", Level.INFO), ("Two", Level.INFO)]


def test_untyped_decorators_prove_nothing(bench: Bench) -> None:
    assert {level for _, level in chain(bench, decorator("One", "object"), decorator("Two", "object"))} == {Level.INFO}


def test_single_decorator_is_no_chain(bench: Bench) -> None:
    same = php(CONTROLLER_CLASS, "{}")
    bench.core(same, same).plugin(decorator("One", f"\\{CONTROLLER_CLASS}"))
    assert not found(bench.run(), "decorator-chain")
