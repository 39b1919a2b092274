# ruff: noqa: E501 - rows of code examples read better on one line
"""Core symbols in a plugin's PHP: what blocks, what is guarded, what PHP tolerates, what was broken before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.compat.bench import PHP, Bench, found, php
from updategate.compat.model import Level, Report

Judge = Callable[..., Report]
GONE = "Shopware\\Core\\Checkout\\OldPaymentException"
GONE_CLASS = php(
    GONE, "extends \\Exception {}", head="/** @deprecated tag:v6.6.0 - use PaymentException::gone instead */"
)
MISSING = "symbol-missing"


@pytest.mark.parametrize(
    "use",
    [
        f"class A extends \\{GONE} {{}}",
        f"class A {{ function f() {{ throw new \\{GONE}('x'); }} }}",
        f"class A {{ function f() {{ return \\{GONE}::make(); }} }}",
        f"class A {{ function f() {{ return \\{GONE}::CODE; }} }}",
        f"class A {{ function __construct(private readonly \\{GONE} $x) {{}} }}",
        f"class A {{ private \\{GONE} $x; }}",
        f"class A {{ function f(): \\{GONE} {{}} }}",
        f"class A {{ function f($c) {{ return $c->get(\\{GONE}::class); }} }}",
        f"use {GONE} as Old; class A {{ function f() {{ throw new Old(); }} }}",
        "use Shopware\\Core\\Checkout\\{OldPaymentException}; class A extends OldPaymentException {}",
        "use Shopware\\Core\\Checkout; class A extends Checkout\\OldPaymentException {}",
        f"$x = new class extends \\{GONE} {{}};",
    ],
)
def test_removed_class_blocks(code: Judge, use: str) -> None:
    report = code(use, GONE_CLASS, {})
    (finding,) = found(report, MISSING)
    assert finding.level is Level.BLOCKED
    assert finding.symbol == GONE
    assert finding.file == "src/Example.php"
    assert finding.line == 3
    assert finding.replacement == "use PaymentException::gone instead"
    assert finding.deprecated.startswith("tag:v6.6.0")
    assert "v6.5.8.14/src/Core/Checkout/OldPaymentException.php" in finding.evidence
    assert report.exit_code == 1


@pytest.mark.parametrize(
    "use",
    [
        f"class A {{ function f($x) {{ return $x instanceof \\{GONE}; }} }}",
        f"class A {{ function f() {{ try {{ }} catch (\\{GONE} $e) {{ }} }} }}",
        f"class A {{ function f(?\\{GONE} $x) {{ }} }}",
        f"class A {{ function f(\\{GONE}|\\Exception $x) {{ }} }}",
        f"#[\\{GONE}] class A {{ }}",
        f"class A {{ const NAMES = [\\{GONE}::class]; }}",
    ],
)
def test_what_php_tolerates_is_review(code: Judge, use: str) -> None:
    (finding,) = found(code(use, GONE_CLASS, {}), MISSING)
    assert finding.level is Level.REVIEW


@pytest.mark.parametrize(
    "use",
    [
        f"class A {{ function f() {{ if (class_exists(\\{GONE}::class)) {{ throw new \\{GONE}(); }} }} }}",
        f"class A {{ function f() {{ if (class_exists('{GONE.replace(chr(92), chr(92) * 2)}')) {{ new \\{GONE}(); }} }} }}",
        f"use {GONE}; class A {{ }}",
        f"use {GONE}; class A {{ /** @throws OldPaymentException */ function f() {{ }} }}",
    ],
)
def test_guarded_and_docblock_only_is_information(code: Judge, use: str) -> None:
    findings = found(code(use, GONE_CLASS, {}), MISSING)
    assert [finding.level for finding in findings] == [Level.INFO]


def test_guard_in_another_file_is_review(bench: Bench) -> None:
    bench.core(GONE_CLASS, {})
    bench.plugin(
        {
            "src/Loader.php": f"{PHP}namespace Acme; class Loader {{ function f() {{ return interface_exists(\\{GONE}::class); }} }}",
            "src/Uses.php": f"{PHP}namespace Acme; class Uses extends \\{GONE} {{}}",
        }
    )
    (finding,) = found(bench.run(), MISSING)
    assert (finding.file, finding.level) == ("src/Uses.php", Level.REVIEW)


@pytest.mark.parametrize("test", ["version_compare($v, '6.6', '<')", "Feature::isActive('v6.6.0.0')"])
def test_branch_on_the_version_is_review(code: Judge, test: str) -> None:
    source = (
        f"class A {{ function f($v) {{ if ({test}) {{ throw new \\{GONE}(); }} }} function g() {{ new \\{GONE}(); }} }}"
    )
    report = code(source, GONE_CLASS, {})
    (finding,) = found(report, MISSING)
    assert finding.level is Level.BLOCKED, "g() does not branch, and one finding carries the strongest level"
    only = code(f"class A {{ function f($v) {{ if ({test}) {{ throw new \\{GONE}(); }} }} }}", GONE_CLASS, {})
    assert [item.level for item in found(only, MISSING)] == [Level.REVIEW]


def test_class_declared_under_a_condition_is_review(code: Judge) -> None:
    source = f"if (true) {{ class A extends \\{GONE} {{}} }} else {{ class A {{}} }}"
    (finding,) = found(code(source, GONE_CLASS, {}), MISSING)
    assert finding.level is Level.REVIEW


def test_polyfill_of_the_plugin_counts(bench: Bench) -> None:
    bench.core(GONE_CLASS, {})
    bench.plugin(
        {
            "src/A.php": f"{PHP}namespace Acme; class A {{ function f() {{ throw new \\{GONE}(); }} }}",
            "polyfill/OldPaymentException.php": (
                f"{PHP}namespace Shopware\\Core\\Checkout; class OldPaymentException extends \\Exception {{}}"
            ),
        },
        autoload={"psr-4": {"Acme\\": "src/", "Shopware\\Core\\Checkout\\": "polyfill/"}},
    )
    assert not found(bench.run(), MISSING)


def test_alias_counts(code: Judge) -> None:
    source = f"class Fresh extends \\Exception {{}} class_alias(Fresh::class, '{GONE}'); class A {{ function f() {{ new \\{GONE}(); }} }}"
    assert not found(code(source, GONE_CLASS, {}), MISSING)


def test_copy_of_a_living_core_class_is_review(bench: Bench) -> None:
    living = php("Shopware\\Core\\Checkout\\PaymentException", "{}")
    bench.core(living, living)
    bench.plugin({"src/P.php": f"{PHP}namespace Shopware\\Core\\Checkout; class PaymentException {{}}"})
    assert [item.level for item in found(bench.run(), "class-shadowed")] == [Level.REVIEW]


def test_missing_before_too_is_review(code: Judge) -> None:
    (finding,) = found(code(f"class A extends \\{GONE} {{}}", {}, {}), MISSING)
    assert finding.level is Level.REVIEW
    assert "6.5.8.14 too" in finding.message


def test_without_source_version_it_blocks_and_says_what_was_not_compared(bench: Bench) -> None:
    bench.core({}, {})
    bench.plugin({"src/A.php": f"{PHP}namespace Acme; class A extends \\{GONE} {{}}"})
    report = bench.run(cores=[bench.after], version_from="")
    assert [item.level for item in found(report, MISSING)] == [Level.BLOCKED]
    assert report.incomplete == ["no source version to compare with"]


def test_foreign_namespaces_are_not_judged(code: Judge) -> None:
    report = code("class A extends \\Shopware\\Commercial\\Thing implements \\Symfony\\Component\\Unknown {}", {}, {})
    assert not found(report, MISSING)


def test_test_code_and_tooling_do_not_block(bench: Bench) -> None:
    bench.core(GONE_CLASS, {})
    use = f"{PHP}throw new \\{GONE}();"
    bench.plugin({"tests/A.php": use, "src/Test/B.php": use, "bin/tool.php": use})
    report = bench.run()
    assert [(item.file, item.level) for item in found(report, MISSING)] == [("bin/tool.php", Level.INFO)]
    assert any("test code" in item.reason for item in report.skipped)


def test_event_that_is_gone(code: Judge) -> None:
    def subscriber(entries: str) -> str:
        return f"class A {{ public static function getSubscribedEvents(): array {{ return [{entries}]; }} }}"

    (alone,) = found(code(subscriber(f"\\{GONE}::class => 'on'"), GONE_CLASS, {}), MISSING)
    assert (alone.level, "never dispatched" in alone.message) == (Level.BLOCKED, True)


def test_event_with_a_successor_is_review(code: Judge) -> None:
    new = php("Shopware\\Core\\Checkout\\NewEvent", "{}")
    source = (
        "class A { public static function getSubscribedEvents(): array {"
        f" return [\\{GONE}::class => 'on', \\Shopware\\Core\\Checkout\\NewEvent::class => ['on', 10]]; }} }}"
    )
    (finding,) = found(code(source, {**GONE_CLASS, **new}, new), MISSING)
    assert finding.level is Level.REVIEW


# ---- members ---------------------------------------------------------------------------------------------------

SERVICE = "Shopware\\Core\\Checkout\\CartService"


def members(body: str, **more: Any) -> dict[str, Any]:
    return php(SERVICE, body, **more)


@pytest.mark.parametrize(
    ("use", "symbol"),
    [
        (f"class A {{ function f() {{ \\{SERVICE}::make(1); }} }}", "make"),
        (f"class A {{ function f() {{ return \\{SERVICE}::LIMIT; }} }}", "LIMIT"),
        (
            f"class A {{ function __construct(private \\{SERVICE} $s) {{}} function f() {{ $this->s->order(); }} }}",
            "order",
        ),
        (f"class A {{ private \\{SERVICE} $s; function f() {{ $this->s->order(); }} }}", "order"),
        (f"class A {{ /** @var \\{SERVICE} */ private $s; function f() {{ $this->s?->order(); }} }}", "order"),
        (f"class A {{ function f(\\{SERVICE} $s) {{ $s->order(); }} }}", "order"),
        (f"class A extends \\{SERVICE} {{ function f() {{ $this->order(); }} }}", "order"),
        (f"class A extends \\{SERVICE} {{ function order() {{ return parent::order(); }} }}", "order"),
        (f"class A extends \\{SERVICE} {{ function f() {{ return self::LIMIT; }} }}", "LIMIT"),
        (f"class A extends \\{SERVICE} {{ function f() {{ return $this->rows; }} }}", "$rows"),
    ],
)
def test_removed_member_blocks(code: Judge, use: str, symbol: str) -> None:
    old = members("{ const LIMIT = 5; protected array $rows = []; static function make($x) {} function order() {} }")
    report = code(use, old, members("{ }"))
    (finding,) = found(report, "member-missing")
    assert (finding.level, finding.symbol) == (Level.BLOCKED, f"{SERVICE}::{symbol}")


def test_decorator_that_only_forwards_is_review(code: Judge) -> None:
    use = f"class A {{ private \\{SERVICE} $inner; function order() {{ return $this->inner->order(); }} }}"
    (finding,) = found(code(use, members("{ function order() {} }"), members("{ }")), "member-missing")
    assert finding.level is Level.REVIEW


@pytest.mark.parametrize(
    "use",
    [
        f"class A {{ function f(\\{SERVICE} $s) {{ if (method_exists($s, 'order')) {{ $s->order(); }} }} }}",
        f"class A {{ function f(\\{SERVICE} $s) {{ $s = other(); $s->order(); }} }}",
        f"class A {{ function f(\\{SERVICE}|Other $s) {{ $s->order(); }} }}",
        f"class A extends \\{SERVICE} {{ function f() {{ $this->order(); }} function order() {{}} }}",
        f"class A extends \\{SERVICE} {{ use T; function f() {{ $this->order(); }} }} trait T {{ function order() {{}} }}",
    ],
)
def test_member_of_unknown_origin_is_silent(code: Judge, use: str) -> None:
    report = code(use, members("{ function order() {} }"), members("{ }"))
    assert not found(report, "member-missing")


def test_magic_call_hides_a_method(code: Judge) -> None:
    use = f"class A {{ function f(\\{SERVICE} $s) {{ $s->order(); }} }}"
    report = code(use, members("{ function order() {} }"), members("{ function __call($n, $a) {} }"))
    assert not found(report, "member-missing")


def test_trait_of_the_core_still_offers_the_method(code: Judge) -> None:
    trait = php("Shopware\\Core\\Checkout\\Orders", "{ function order() {} }", kind="trait")
    use = f"class A {{ function f(\\{SERVICE} $s) {{ $s->order(); }} }}"
    new = {**members("{ use Orders; }"), **trait}
    assert not found(code(use, members("{ function order() {} }"), new), "member-missing")


def test_parent_outside_of_shopware_that_came_anew_is_no_proof(code: Judge) -> None:
    use = f"class A {{ function f(\\{SERVICE} $s) {{ $s->order(); }} }}"
    report = code(use, members("{ function order() {} }"), members("extends \\Symfony\\Base {}"))
    assert not found(report, "member-missing")


# ---- arguments -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("use", "level"),
    [
        (f"class A {{ function f() {{ new \\{SERVICE}(1); }} }}", Level.BLOCKED),
        (f"class A {{ function f() {{ new \\{SERVICE}(1, 2); }} }}", None),
        (f"class A {{ function f() {{ new \\{SERVICE}(...$x); }} }}", None),
        (f"class A {{ function f() {{ new \\{SERVICE}(first: 1); }} }}", Level.BLOCKED),
        (f"class A extends \\{SERVICE} {{ function __construct() {{ parent::__construct(1); }} }}", Level.BLOCKED),
    ],
)
def test_constructor_that_wants_more(code: Judge, use: str, level: Level | None) -> None:
    old, new = members("{ function __construct($first) {} }"), members("{ function __construct($first, $second) {} }")
    findings = found(code(use, old, new), "arguments")
    assert [item.level for item in findings] == ([level] if level else [])
    if level:
        assert "requires" in findings[0].message or "required" in findings[0].message


def test_call_that_was_too_short_before_is_not_the_updates_doing(code: Judge) -> None:
    same = members("{ function __construct($first, $second) {} }")
    assert not found(code(f"class A {{ function f() {{ new \\{SERVICE}(1); }} }}", same, same), "arguments")


def test_unknown_named_argument(code: Judge) -> None:
    use = f"class A {{ function f() {{ \\{SERVICE}::make(size: 1); }} }}"
    old, new = members("{ static function make($size) {} }"), members("{ static function make($length) {} }")
    assert [item.level for item in found(code(use, old, new), "arguments")] == [Level.BLOCKED]


def test_default_before_a_required_parameter_is_none(code: Judge) -> None:
    use = f"class A {{ function f() {{ \\{SERVICE}::make(1); }} }}"
    old, new = members("{ static function make($a) {} }"), members("{ static function make($a = 1, $b) {} }")
    assert [item.level for item in found(code(use, old, new), "arguments")] == [Level.BLOCKED]


# ---- inheritance -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "use"),
    [
        (members("{}"), {"src/Core/Checkout/CartService.php": "<?php namespace Shopware\\Core\\Checkout; final class CartService {}"}, "extends"),
        (members("{}"), members("{}", kind="interface"), "extends"),
        (members("{}", kind="interface"), members("{}"), "implements"),
    ],
)  # fmt: skip
def test_parent_that_no_longer_allows_it(code: Judge, old: Any, new: Any, use: str) -> None:
    report = code(f"class A {use} \\{SERVICE} {{}}", old, new)
    assert [item.level for item in found(report, "inheritance")] == [Level.BLOCKED]


def test_instance_of_what_became_abstract(code: Judge) -> None:
    report = code(
        f"class A {{ function f() {{ new \\{SERVICE}(); }} }}", members("{}"), members("{}", kind="abstract class")
    )
    assert [item.level for item in found(report, "arguments")] == [Level.BLOCKED]


def test_one_finding_for_a_symbol_and_file_with_all_lines(code: Judge) -> None:
    (finding,) = found(code(f"new \\{GONE}();\nnew \\{GONE}();\n$x = $y instanceof \\{GONE};", GONE_CLASS, {}), MISSING)
    assert (finding.level, finding.lines) == (Level.BLOCKED, (3, 4, 5))


def test_announced_removal_is_information(code: Judge) -> None:
    soon = php(SERVICE, "{ }", head="/** @deprecated tag:v6.7.0 - Use Other instead */")
    (finding,) = found(code(f"class A extends \\{SERVICE} {{}}", soon, soon), "announced-removal")
    assert (finding.level, finding.replacement) == (Level.INFO, "Use Other instead")
    internal = php(SERVICE, "{ }", head="/** @deprecated tag:v6.7.0 - reason:becomes-internal - Will be internal */")
    assert not found(code(f"class A extends \\{SERVICE} {{}}", internal, internal), "announced-removal")
