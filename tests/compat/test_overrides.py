"""Overrides and abstract methods against the target's declarations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.compat.bench import found, php
from updategate.compat.model import Level, Report

Judge = Callable[..., Report]
ROUTE = "Shopware\\Core\\Content\\AbstractRoute"
CONTEXT = php("Shopware\\Core\\Content\\Context", "{}")
SALES = php("Shopware\\Core\\Content\\SalesContext", "extends Context {}")
OTHER = php("Shopware\\Core\\Content\\Other", "{}")


def route(methods: str) -> dict[str, Any]:
    return {**php(ROUTE, f"{{ {methods} }}", kind="abstract class"), **CONTEXT, **SALES, **OTHER}


def own(methods: str) -> str:
    return (
        "use Shopware\\Core\\Content\\{AbstractRoute, Context, SalesContext, Other}; "
        f"class Route extends AbstractRoute {{ {methods} }}"
    )


@pytest.mark.parametrize(
    ("old", "new", "override", "words"),
    [
        ("function load(Context $c) {}", "function load(Context $c, $x) {}", "function load(Context $c) {}", "lacks"),
        (
            "function load(Context $c) {}",
            "function load(Context $c, $x = 1) {}",
            "function load(Context $c) {}",
            "lacks",
        ),
        ("function load(Context $c) {}", "function load(Other $c) {}", "function load(Context $c) {}", "takes Context"),
        ("function load($c) {}", "function load() {}", "function load($c) {}", "requires 1"),
        ("function load() {}", "function load(): Context {}", "function load() {}", "no result type"),
        ("function load(): Context {}", "function load(): Other {}", "function load(): Context {}", "returns Context"),
        ("function load() {}", "final function load() {}", "function load() {}", "final"),
        ("function load() {}", "static function load() {}", "function load() {}", "static"),
        ("protected function load() {}", "public function load() {}", "protected function load() {}", "public"),
        ("function load($c) {}", "function load($c = null) {}", "function load($c) {}", "requires 1"),
    ],
)
def test_override_that_no_longer_fits(code: Judge, old: str, new: str, override: str, words: str) -> None:
    (finding,) = found(code(own(override), route(old), route(new)), "override-signature")
    assert finding.level is Level.BLOCKED
    assert finding.symbol == f"{ROUTE}::load"
    assert words in finding.message
    assert finding.diff.startswith("- load(")


@pytest.mark.parametrize(
    ("new", "override"),
    [
        ("function load(SalesContext $c) {}", "function load(Context $c) {}"),  # parameters may be wider
        ("function load(Context $c) {}", "function load(?Context $c = null) {}"),
        ("function load(Context $c) {}", "function load($c) {}"),
        ("function load(): Context {}", "function load(): SalesContext {}"),  # results may be narrower
        ("function load(): ?Context {}", "function load(): Context {}"),
        ("function load(): static {}", "function load(): static {}"),
        ("function load(Context $c, $x) {}", "function load(Context $c, ...$rest) {}"),
        ("function load(\\Symfony\\A $c) {}", "function load(\\Symfony\\B $c) {}"),  # unknown types prove nothing
        ("private function load() {}", "function load($x) {}"),
    ],
)
def test_override_that_php_accepts(code: Judge, new: str, override: str) -> None:
    report = code(own(override), route("function load() {}"), route(new))
    assert not found(report, "override-signature", Level.BLOCKED)


def test_accepted_override_of_a_changed_parent_is_review(code: Judge) -> None:
    report = code(own("function load(?Context $c = null) {}"), route("function load(?Context $c = null) {}"),
                  route("function load(Context $c) {}"))  # fmt: skip
    (finding,) = found(report, "override-signature")
    assert finding.level is Level.REVIEW
    assert "PHP accepts" in finding.message


def test_break_that_was_there_before_is_left_out(code: Judge) -> None:
    same = route("final function load() {}")
    assert not found(code(own("function load() {}"), same, same), "override-signature")


def test_new_abstract_method(code: Judge) -> None:
    new = route("abstract function load(): Context; abstract function name(): string;")
    report = code(own("function load(): Context {}"), route("abstract function load(): Context;"), new)
    (finding,) = found(report, "method-not-implemented")
    assert (finding.level, finding.symbol) == (Level.BLOCKED, f"{ROUTE}::name")


@pytest.mark.parametrize(
    "methods",
    ["use Names;", "function name(): string {}"],
)
def test_abstract_method_implemented(code: Judge, methods: str) -> None:
    new = route("abstract function name(): string;")
    report = code(
        "use Shopware\\Core\\Content\\AbstractRoute; trait Names { function name(): string { return ''; } }"
        f" class Route extends AbstractRoute {{ {methods} }}",
        route(""), new,
    )  # fmt: skip
    assert not found(report, "method-not-implemented")


def test_abstract_class_need_not_implement(code: Judge) -> None:
    source = "abstract class Base extends \\Shopware\\Core\\Content\\AbstractRoute {}"
    report = code(source, route(""), route("abstract function name(): string;"))
    assert not found(report, "method-not-implemented")


def test_new_interface_method(code: Judge) -> None:
    name = "Shopware\\Core\\Content\\Loader"
    old, new = (
        php(name, "{ function a(); }", kind="interface"),
        php(name, "{ function a(); function b(); }", kind="interface"),
    )
    report = code(f"class A implements \\{name} {{ function a() {{}} }}", old, new)
    assert [item.level for item in found(report, "method-not-implemented")] == [Level.BLOCKED]


def test_feature_flag_twins_make_it_review(code: Judge) -> None:
    name = "Shopware\\Core\\Content\\Base"
    path = "src/Core/Content/Base.php"
    twins = {
        path: "<?php namespace Shopware\\Core\\Content; if (Feature::isActive('v6.7.0.0')) { class Base"
        " { function load($x) {} } } else { class Base { function load($x, $y) {} } }"
    }
    old = php(name, "{ function load() {} }")
    report = code(f"class A extends \\{name} {{ function load() {{}} }}", old, twins)
    assert [item.level for item in found(report, "override-signature")] == [Level.REVIEW]
