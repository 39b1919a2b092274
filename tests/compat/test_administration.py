# ruff: noqa: E501 - rows of code examples read better on one line
"""Administration and storefront scripts of plugins against the target's components, blocks, events and files."""

from __future__ import annotations

import pytest

from tests.compat.bench import Bench, found
from updategate.compat.model import Level

ADMIN = "src/Administration/Resources/app/administration/src/"
OWN = "src/Resources/app/administration/src/"
BLOCKS = "{% block sw_old %}<a></a>{% endblock %}{% block sw_new %}<b>1</b>{% endblock %}"


def component(name: str, script: str, template: str = "") -> dict[str, str | bytes]:
    folder = f"{ADMIN}app/component/{name}/"
    return {f"{folder}index.js": script, f"{folder}{name}.html.twig": template}


OLD = {
    **component("sw-field", "Component.register('sw-field', {});"),
    **component("sw-order", "Component.register('sw-order', {});", BLOCKS),
    f"{ADMIN}app/mixin/old.js": "Mixin.register('old-mixin', {});",
    f"{ADMIN}app/service/old.service.js": "export default {};",
}
NEW = component("sw-order", "Component.register('sw-order', {});", "{% block sw_new %}<b>2</b>{% endblock %}")


@pytest.mark.parametrize(
    ("script", "check", "level"),
    [
        ("Shopware.Component.override('sw-field', {});", "admin-component-removed", Level.REVIEW),
        ("const { Component } = Shopware; Component.extend('acme-field', 'sw-field', {});", "admin-component-removed", Level.BLOCKED),
        ("Component.override('sw-order', {});", "admin-component-removed", None),
        ("Component.override('swag-unknown', {});", "admin-component-removed", None),
        ("// Component.override('sw-field', {});", "admin-component-removed", None),
        ("/* Component.override('sw-field') */", "admin-component-removed", None),
        ("mixins: [Mixin.getByName('old-mixin')]", "admin-mixin-removed", Level.BLOCKED),
        ("import old from 'src/app/service/old.service';", "script-import-removed", Level.BLOCKED),
        ("import old from 'src/app/service/old.service.js';", "script-import-removed", Level.BLOCKED),
        ("import old from 'src/app/service/never.service';", "script-import-removed", None),
        ("import './style.scss';", "script-import-removed", None),
    ],
)  # fmt: skip
def test_script(bench: Bench, script: str, check: str, level: Level | None) -> None:
    bench.core(OLD, NEW).plugin({f"{OWN}main.js": script})
    assert [item.level for item in found(bench.run(), check)] == ([level] if level else [])


def test_component_that_is_registered_in_a_way_we_do_not_know(bench: Bench) -> None:
    bench.core(OLD, {**NEW, f"{ADMIN}app/component/sw-field/sw-field.ts": "export default wrap({});"})
    bench.plugin({f"{OWN}main.js": "Component.override('sw-field', {});"})
    assert not found(bench.run(), "admin-component-removed")


def test_element_of_a_removed_component(bench: Bench) -> None:
    bench.core(OLD, NEW)
    bench.plugin({f"{OWN}a.html.twig": "<div>\n  <sw-field\n    :value='x'\n  />\n<!-- <sw-field/> --></div>"})
    (finding,) = found(bench.run(), "admin-component-removed")
    assert (finding.level, finding.line, finding.lines) == (Level.BLOCKED, 2, (2,))


def test_component_that_the_plugin_brings_itself(bench: Bench) -> None:
    bench.core(OLD, NEW)
    bench.plugin({f"{OWN}main.js": "Component.register('sw-field', {});", f"{OWN}a.html.twig": "<sw-field/>"})
    assert not found(bench.run(), "admin-component-removed")


def overriding(template: str, call: str = "Component.override('sw-order', { template });") -> dict[str, str | bytes]:
    return {
        f"{OWN}order/index.js": f"import template from './order.html.twig';\n{call}",
        f"{OWN}order/order.html.twig": template,
    }


def test_removed_block(bench: Bench) -> None:
    bench.core(OLD, NEW).plugin(overriding("\n{% block sw_old %}mine{% endblock %}"))
    (finding,) = found(bench.run(), "admin-block-removed")
    assert (finding.level, finding.line, finding.symbol) == (Level.BLOCKED, 2, "sw_old")


def test_release_for_both_versions_may_keep_an_override(bench: Bench) -> None:
    both = {"shopware/core": "~6.5.0 || ~6.6.0"}
    files = {
        **overriding("{% block sw_old %}mine{% endblock %}"),
        f"{OWN}main.js": "Component.override('sw-field', {}); Component.extend('acme', 'sw-field', {});",
        f"{OWN}x.js": "Component.override('sw-field', {});",
    }
    bench.core(OLD, NEW).plugin(files, require=both)
    report = bench.run()
    assert [item.level for item in found(report, "admin-block-removed")] == [Level.REVIEW]
    levels = {item.file.rpartition("/")[2]: item.level for item in found(report, "admin-component-removed")}
    assert levels == {"main.js": Level.BLOCKED, "x.js": Level.REVIEW}, "what extends nothing cannot be built"


def test_block_of_a_component_that_is_gone_is_left_to_the_component(bench: Bench) -> None:
    old = {**OLD, **component("sw-gone", "Component.register('sw-gone', {});", "{% block sw_gone %}{% endblock %}")}
    bench.core(old, NEW).plugin(overriding("{% block sw_gone %}x{% endblock %}", "Component.override('sw-gone', {});"))
    report = bench.run()
    assert [item.level for item in found(report, "admin-block-removed")] == [Level.REVIEW]
    assert [item.level for item in found(report, "admin-component-removed")] == [Level.REVIEW]


def test_removed_block_within_a_living_one_is_review(bench: Bench) -> None:
    template = "{% block sw_new %}{% block sw_old %}mine{% endblock %}{% endblock %}"
    bench.core(OLD, NEW).plugin(overriding(template))
    assert [item.level for item in found(bench.run(), "admin-block-removed")] == [Level.REVIEW]


def test_template_of_an_own_component_is_no_override(bench: Bench) -> None:
    bench.core(OLD, NEW)
    bench.plugin(overriding("{% block sw_old %}mine{% endblock %}", "Component.register('acme-order', { template });"))
    assert not found(bench.run(), "admin-block-removed")


def test_lazily_loaded_own_component_is_no_override(bench: Bench) -> None:
    bench.core(OLD, NEW)
    bench.plugin(
        {
            f"{OWN}main.js": "Component.register('acme-order', () => import('./order'));",
            f"{OWN}order/index.js": "import template from './order.html.twig'; export default { template };",
            f"{OWN}order/order.html.twig": "{% block sw_old %}mine{% endblock %}",
        }
    )
    assert not found(bench.run(), "admin-block-removed")


def test_changed_block_is_review(bench: Bench) -> None:
    bench.core(OLD, NEW).plugin(overriding("{% block sw_new %}mine{% endblock %}"))
    (finding,) = found(bench.run(), "admin-block-changed")
    assert (finding.level, "+<b>2</b>" in finding.diff) == (Level.REVIEW, True)


# ---- events ----------------------------------------------------------------------------------------------------

EMITS_OLD = component("sw-text", "Component.register('sw-text', { model: {}, f() { this.$emit('change', 1); } });")
EMITS_NEW = component("sw-text", "Component.register('sw-text', { emits: ['update:value'], f() {} });")


@pytest.mark.parametrize(
    ("tag", "check"),
    [
        ("<sw-text v-model='x'/>", "admin-v-model"),
        ("<sw-text v-model.trim='x'/>", "admin-v-model"),
        ("<sw-text @change='f'/>", "admin-event-removed"),
        ("<sw-text v-on:change='f'/>", "admin-event-removed"),
        ("<sw-text v-model:value='x' v-model='x'/>", ""),
        ("<sw-text @update:value='f' @change='f'/>", ""),
        ("<sw-text @click='f'/>", ""),
        ("<acme-text v-model='x'/>", ""),
    ],
)
def test_component_events_are_review(bench: Bench, tag: str, check: str) -> None:
    bench.core(EMITS_OLD, EMITS_NEW).plugin({f"{OWN}a.html.twig": tag})
    found_checks = [(item.check, item.level) for item in bench.run().findings if item.check.startswith("admin-")]
    assert found_checks == ([(check, Level.REVIEW)] if check else [])


def test_events_of_an_extended_component_count(bench: Bench) -> None:
    child = "Component.extend('sw-child', 'sw-text', {});"
    bench.core({**EMITS_OLD, **component("sw-child", child)}, {**EMITS_NEW, **component("sw-child", child)})
    bench.plugin({f"{OWN}a.html.twig": "<sw-child v-model='x'/>"})
    assert [item.check for item in found(bench.run(), "admin-v-model")] == ["admin-v-model"]


def test_minor_step_keeps_v_model_silent(bench: Bench) -> None:
    bench.core(EMITS_OLD, EMITS_NEW).plugin({f"{OWN}a.html.twig": "<sw-text v-model='x'/>"})
    report = bench.run(version_from="6.6.5.1", version_to="6.6.7.1")
    assert not found(report, "admin-v-model")


# ---- storefront ------------------------------------------------------------------------------------------------

STOREFRONT = "src/Storefront/Resources/app/storefront/src/"
OWN_STOREFRONT = "src/Resources/app/storefront/src/"


@pytest.mark.parametrize(
    ("call", "level"),
    [
        ("window.PluginManager.override('OldMenu', X);", Level.BLOCKED),
        ("PluginManager.extend('OldMenu', 'Mine', X);", Level.BLOCKED),
        ("PluginManager.getPluginInstances('OldMenu');", Level.REVIEW),
        ("PluginManager.register('OldMenu', X);", None),
        ("PluginManager.override('Stays', X);", None),
    ],
)
def test_storefront_plugin(bench: Bench, call: str, level: Level | None) -> None:
    stays = "PluginManager.register('Stays', () => import('src/a'));"
    bench.core(
        {f"{STOREFRONT}main.js": f"{stays} PluginManager.register('OldMenu', M);"}, {f"{STOREFRONT}main.js": stays}
    )
    bench.plugin({f"{OWN_STOREFRONT}main.js": call})
    assert [item.level for item in found(bench.run(), "js-plugin-removed")] == ([level] if level else [])


def test_storefront_import(bench: Bench) -> None:
    bench.core({f"{STOREFRONT}helper/old.helper.js": "export default 1;"}, {f"{STOREFRONT}main.js": ""})
    bench.plugin({f"{OWN_STOREFRONT}a.js": "import Old from 'src/helper/old.helper';"})
    assert [item.level for item in found(bench.run(), "script-import-removed")] == [Level.BLOCKED]


@pytest.mark.parametrize(
    ("scss", "symbols"),
    [
        (".a { color: $sw-old; }", ["$sw-old"]),
        ("@include sw-old-mixin;", ["@sw-old-mixin"]),
        ("$sw-old: red; .a { color: $sw-old; }", []),
        ("// $sw-old", []),
        (".a { color: $third-party; }", []),
    ],
)
def test_scss(bench: Bench, scss: str, symbols: list[str]) -> None:
    old = {f"{STOREFRONT}scss/variables.scss": "$sw-old: red !default;\n@mixin sw-old-mixin { a: b; }"}
    bench.core(old, {f"{STOREFRONT}scss/variables.scss": "$sw-new: red;"})
    bench.plugin({f"{OWN_STOREFRONT}scss/base.scss": scss})
    findings = found(bench.run(), "scss-removed")
    assert [item.symbol for item in findings] == symbols
    assert all(item.level is Level.BLOCKED for item in findings)
