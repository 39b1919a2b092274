# ruff: noqa: E501 - rows of code examples read better on one line
"""Service definitions of plugins against the target's container."""

from __future__ import annotations

from typing import Any

import pytest

from tests.compat.bench import PHP, Bench, found, php
from updategate.compat.container import ConfigUnreadableError, read_xml, read_yaml
from updategate.compat.model import Level

GONE = "Shopware\\Core\\Content\\UrlGenerator"
CORE_XML = "src/Core/Content/DependencyInjection/content.xml"


def container(*services: str) -> str:
    return f"<?xml version='1.0'?><container><services>{''.join(services)}</services></container>"


def core(*services: str) -> dict[str, Any]:
    return {CORE_XML: container(*services)}


OLD = core(f'<service id="{GONE}"/>', '<service id="shopware.asset"/>', '<service id="stays"/>')
NEW = core('<service id="stays"/>')


@pytest.mark.parametrize(
    ("definition", "level"),
    [
        (f'<service id="a"><argument type="service" id="{GONE}"/></service>', Level.BLOCKED),
        ('<service id="a"><argument type="service" id="shopware.asset"/></service>', Level.BLOCKED),
        ('<service id="a"><argument type="collection"><argument type="service" id="shopware.asset"/></argument></service>', Level.BLOCKED),
        ('<service id="a"><call method="set"><argument type="service" id="shopware.asset"/></call></service>', Level.BLOCKED),
        ('<service id="a" decorates="shopware.asset"/>', Level.BLOCKED),
        ('<service id="a" parent="shopware.asset"/>', Level.BLOCKED),
        ('<service id="a" alias="shopware.asset"/>', Level.BLOCKED),
        ('<service id="a"><factory service="shopware.asset" method="make"/></service>', Level.BLOCKED),
        ('<service id="a"><argument type="service" id="shopware.asset" on-invalid="null"/></service>', Level.INFO),
        ('<service id="a" decorates="shopware.asset" decoration-on-invalid="ignore"/>', Level.INFO),
        ('<service id="a"><argument type="service" id="stays"/></service>', None),
        ('<service id="a"><argument type="service" id="a.inner"/></service>', None),
        ('<service id="a"><argument type="service" id="third.party"/></service>', None),
        ('<service id="a"><argument type="service" id="product.repository"/></service>', None),
    ],
)  # fmt: skip
def test_removed_service(bench: Bench, definition: str, level: Level | None) -> None:
    bench.core(OLD, NEW).plugin({"src/Resources/config/services.xml": container(definition)})
    findings = found(bench.run(), "service-removed")
    assert [item.level for item in findings] == ([level] if level else [])


def test_deprecation_of_the_class_names_the_successor(bench: Bench) -> None:
    old = {**OLD, **php(GONE, "{}", head="/** @deprecated tag:v6.6.0 - Use AbstractUrlGenerator instead */")}
    bench.core(old, NEW).plugin(
        {"src/Resources/config/services.xml": container(f'\n<service id="a" decorates="{GONE}"/>')}
    )
    (finding,) = found(bench.run(), "service-removed")
    assert finding.replacement == "Use AbstractUrlGenerator instead"
    assert finding.line == 2
    assert CORE_XML in finding.evidence


def test_repository_of_an_entity_that_is_gone(bench: Bench) -> None:
    definition = php(
        "Shopware\\Core\\Content\\ThingDefinition",
        "{ public const ENTITY_NAME = 'thing'; protected function defineFields() { return [new IdField('id', 'id')]; } }",
    )
    use = '<service id="a"><argument type="service" id="thing.repository"/></service>'
    bench.core(definition, {}).plugin({"src/Resources/config/services.xml": container(use)})
    assert [item.level for item in found(bench.run(), "service-removed")] == [Level.BLOCKED]


def test_service_of_another_plugin_counts(bench: Bench) -> None:
    bench.core(OLD, NEW)
    bench.plugin({"src/Resources/config/services.xml": container('<service id="shopware.asset"/>')}, "Provider")
    bench.plugin(
        {"src/Resources/config/services.xml": container('<service id="a" decorates="shopware.asset"/>')}, "User"
    )
    assert not found(bench.run(), "service-removed")


def test_service_without_both_versions_is_review(bench: Bench) -> None:
    use = '<service id="a"><argument type="service" id="Shopware\\Core\\Content\\Never"/></service>'
    bench.core({}, {}).plugin({"src/Resources/config/services.xml": container(use)})
    assert [item.level for item in found(bench.run(), "service-removed")] == [Level.REVIEW]


def test_file_that_php_loads_by_version_is_review(bench: Bench) -> None:
    bench.core(OLD, NEW).plugin(
        {
            "src/Resources/config/old/services_65.xml": container('<service id="a" decorates="shopware.asset"/>'),
            "src/AcmeExample.php": PHP + "namespace Acme\\Example; class AcmeExample { function build($c) {"
            " if (version_compare($v, '6.6', '<')) { $loader->load('old/services_65.xml'); } } }",
        }
    )
    (finding,) = found(bench.run(), "service-removed")
    assert (finding.level, "depending on the version" in finding.message) == (Level.REVIEW, True)


def test_imported_file_blocks(bench: Bench) -> None:
    imports = "<container><imports><import resource='parts/*.xml'/></imports></container>"
    bench.core(OLD, NEW).plugin(
        {
            "src/Resources/config/services.xml": imports,
            "src/Resources/config/parts/a.xml": container('<service id="a" decorates="shopware.asset"/>'),
        }
    )
    assert [item.level for item in found(bench.run(), "service-removed")] == [Level.BLOCKED]


def test_yaml_definitions(bench: Bench) -> None:
    services = """
services:
  _defaults: { autowire: false }
  a:
    class: Acme\\A
    arguments: ['@shopware.asset', '@?shopware.asset', !tagged_iterator acme.tag]
  b: { decorates: shopware.asset }
  c: '@shopware.asset'
"""
    bench.core(OLD, NEW).plugin({"src/Resources/config/services.yaml": services})
    (finding,) = found(bench.run(), "service-removed")
    assert finding.level is Level.BLOCKED
    assert finding.lines == (4, 7, 8)


@pytest.mark.parametrize(
    ("definition", "blocked"),
    [
        ('<service id="Acme\\Example\\Task"><argument/></service>', True),
        ('<service id="Acme\\Example\\Task"><argument/><argument/></service>', False),
        ('<service id="Acme\\Example\\Task" autowire="true"><argument/></service>', False),
        ('<service id="Acme\\Example\\Task" parent="stays"><argument/></service>', False),
        ('<service id="Acme\\Example\\Task"><factory class="F" method="m"/><argument/></service>', False),
        ('<service id="Acme\\Example\\Task"><argument key="$a"/></service>', False),
    ],
)
def test_inherited_constructor_fed_by_the_definition(bench: Bench, definition: str, blocked: bool) -> None:
    name = "Shopware\\Core\\Framework\\TaskHandler"
    bench.core(
        {**OLD, **php(name, "{ function __construct($a, $b = null) {} }", kind="abstract class")},
        {**NEW, **php(name, "{ function __construct($a, $b) {} }", kind="abstract class")},
    )
    bench.plugin(
        {
            "src/Task.php": f"{PHP}namespace Acme\\Example; class Task extends \\{name} {{}}",
            "src/Resources/config/services.xml": container(definition),
        }
    )
    assert [item.level for item in found(bench.run(), "arguments")] == ([Level.BLOCKED] if blocked else [])


def test_core_class_that_is_gone_as_service_class(bench: Bench) -> None:
    bench.core(php(GONE, "{}"), {}).plugin(
        {"src/Resources/config/services.xml": container(f'<service id="acme.url" class="{GONE}"/>')}
    )
    assert [item.level for item in found(bench.run(), "service-removed")] == [Level.BLOCKED]


@pytest.mark.parametrize(
    ("source", "level"),
    [
        (f"use {GONE}; use {{AD}}; #[AsDecorator(decorates: UrlGenerator::class)] class A {{{{}}}}", Level.BLOCKED),
        ("use {AD}; #[AsDecorator('shopware.asset')] class A {{}}", Level.BLOCKED),
        ("use {AD}; #[AsDecorator('stays')] class A {{}}", None),
        ("class A {{ function f($c) {{ return $c->get('shopware.asset'); }} }}", Level.BLOCKED),
        ("class A {{ function f($c) {{ return $c->get('stays'); }} }}", None),
        ("class A {{ function f($c) {{ return $c->get('own.thing'); }} }}", None),
        ("return function ($s) {{ $s->set('a')->decorate('shopware.asset'); }};", Level.BLOCKED),
        ("return function ($s) {{ $s->set('a')->args([service('shopware.asset')]); }};", Level.BLOCKED),
        (
            "class A {{ function f($c) {{ return version_compare(V, '6.6') ? 1 : $c->get('shopware.asset'); }} }}",
            Level.REVIEW,
        ),
    ],
)
def test_services_named_in_php(bench: Bench, source: str, level: Level | None) -> None:
    source = source.format(AD="Symfony\\Component\\DependencyInjection\\Attribute\\AsDecorator")
    bench.core(OLD, NEW).plugin({"src/A.php": f"{PHP}namespace Acme;\n{source}"})
    findings = found(bench.run(), "service-removed")
    assert [item.level for item in findings] == ([level] if level else [])
    assert all(item.line == 3 for item in findings)


def test_entities_are_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><container><services><service id="&a;"/></services></container>'
    with pytest.raises(ConfigUnreadableError, match="entities"):
        read_xml("services.xml", bomb)


@pytest.mark.parametrize("content", [b"services: [", b"a: b: c", b"\tservices:"])
def test_broken_yaml(content: bytes) -> None:
    with pytest.raises(ConfigUnreadableError):
        read_yaml("services.yaml", content)


def test_yaml_that_says_nothing() -> None:
    assert read_yaml("services.yaml", b"- a\n- b\n").services == []
    assert read_yaml("services.yaml", b"").services == []
