# ruff: noqa: E501 - rows of code examples read better on one line
"""Rule packs: each rule on an example, and packs that claim more than their numbers say."""

from __future__ import annotations

import pytest

from tests.compat.bench import PHP, Bench
from updategate.compat.model import CompatError, Level
from updategate.compat.rule_packs import MINIMUM_HITS, MINIMUM_PRECISION, packs_between, read_pack
from updategate.compat.versions import Version

V65, V66, V67 = Version.parse("6.5.8.14"), Version.parse("6.6.7.1"), Version.parse("6.7.2.0")


def rule_hits(bench: Bench, **changes: str) -> list[tuple[str, Level]]:
    return [
        (item.check.removeprefix("rule:"), item.level)
        for item in bench.run(**changes).findings
        if item.check.startswith("rule:")
    ]


COMMAND = "Symfony\\Component\\Console\\Command\\Command"
HANDLER = "Symfony\\Component\\Messenger\\Handler\\MessageHandlerInterface"
ADMIN = "src/Resources/app/administration/src/"


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        ("src/Resources/config/routes.xml", '<routes><import resource="../../**/*Controller.php" type="annotation"/></routes>', [("route-annotation-import", Level.BLOCKED)]),
        ("src/Resources/config/routes.xml", '<routes><import resource="../../" type="attribute"/></routes>', []),
        ("src/Resources/config/routes.yaml", "acme:\n  resource: ../../\n  type: annotation\n", [("route-annotation-import", Level.BLOCKED)]),
        ("src/A.php", 'class A { /**\n * @Route("/a", name="a")\n */ function f() {} }', [("route-doc-comment", Level.BLOCKED)]),
        ("src/A.php", "class A { /** @Route(\"/a\") */ #[\\Symfony\\Component\\Routing\\Attribute\\Route('/a')] function f() {} }", []),
        ("src/A.php", "/** @Route(defaults={}) */ class A { function f() {} }", []),
        ("src/A.php", f"class A implements \\{HANDLER} {{}}", [("symfony7-class", Level.BLOCKED)]),
        ("src/A.php", f"use {HANDLER}; class A {{ /** MessageHandlerInterface */ function f() {{}} }}", []),
        ("src/A.php", f"if (interface_exists(\\{HANDLER}::class)) {{ class A implements \\{HANDLER} {{}} }}", [("symfony7-class", Level.INFO)]),
        ("src/A.php", f"class A extends \\{COMMAND} {{ protected static $defaultName = 'a:b'; }}", [("command-default-name", Level.BLOCKED)]),
        ("src/A.php", f"#[\\Symfony\\Component\\Console\\Attribute\\AsCommand('a')] class A extends \\{COMMAND} {{ static $defaultName = 'a'; }}", []),
        ("src/A.php", f"class A extends \\{COMMAND} {{ static $defaultName = 'a'; function configure() {{ $this->setName('a'); }} }}", []),
        ("src/A.php", "class A { static $defaultName = 'a'; }", []),
        ("src/A.php", "class A { static function getHandledMessages(): iterable { return []; } }", [("message-handler-attribute", Level.REVIEW)]),
        ("src/A.php", "class A { private \\Doctrine\\Common\\Annotations\\Reader $r; }", [("dropped-library", Level.REVIEW)]),
        (f"{ADMIN}a.html.twig", "<p>{{ value | currency('EUR') }}</p>", [("vue-filter-pipe", Level.REVIEW)]),
        (f"{ADMIN}a.html.twig", "<p>{{ a || b }}{{ 'x|y' }}</p>", []),
        (f"{ADMIN}a.html.twig", '<template slot="body">x</template>', [("vue-slot-attribute", Level.REVIEW)]),
        (f"{ADMIN}a.js", "this.$set(a, 'b', 1); this.$listeners;", [("vue-instance-api", Level.REVIEW)]),
        (f"{ADMIN}a.js", "// this.$set(a)", []),
        (f"{ADMIN}a.js", "export default { beforeDestroy() {} }", [("vue-lifecycle", Level.REVIEW)]),
        ("src/Resources/app/storefront/src/a.js", "import Plugin from 'src/plugin-system/plugin.class';", [("storefront-script-import", Level.REVIEW)]),
    ],
)  # fmt: skip
def test_65_to_66(bench: Bench, file: str, content: str, expected: list[tuple[str, Level]]) -> None:
    bench.core({}, {}).plugin({file: (PHP if file.endswith(".php") else "") + content})
    assert list(dict.fromkeys(rule_hits(bench))) == expected


@pytest.mark.parametrize(
    ("file", "content", "rule"),
    [
        ("src/A.php", "class A implements \\Shopware\\Core\\Checkout\\Payment\\Cart\\PaymentHandler\\AsynchronousPaymentHandlerInterface {}", "payment-handler-interface"),
        ("src/A.php", "$customer->defaultPaymentMethodId;", "default-payment-method"),
        (f"{ADMIN}a.html.twig", "<sw-button>x</sw-button>", "administration-meteor-components"),
        (f"{ADMIN}a.js", "Shopware.State.get('x')", "vuex-state"),
        ("src/Resources/app/storefront/src/scss/a.scss", "@include sw-skin-alert(x);", "scss-skin-alert"),
        ("src/A.php", "Connection::PARAM_INT_ARRAY;", "dbal-4"),
    ],
)  # fmt: skip
def test_66_to_67_is_review(bench: Bench, file: str, content: str, rule: str) -> None:
    bench.core({}, {}).plugin(
        {file: (PHP if file.endswith(".php") else "") + content}, require={"shopware/core": "~6.7.0"}
    )
    assert rule_hits(bench, version_from="6.6.10.0", version_to="6.7.2.0") == [(rule, Level.REVIEW)]


def test_minor_step_has_no_rules(bench: Bench) -> None:
    bench.core({}, {}).plugin({"src/A.php": f"{PHP}class A implements \\{HANDLER} {{}}"})
    report = bench.run(version_from="6.6.5.1", version_to="6.6.7.1")
    assert not [item for item in report.findings if item.check.startswith("rule:")]
    assert any(item.what == "rule: rule packs" for item in report.skipped)


def test_packs_of_the_crossed_steps() -> None:
    assert [pack.title for pack in packs_between(V65, V67)] == ["6.5 to 6.6", "6.6 to 6.7"]
    assert [pack.title for pack in packs_between(V66, V67)] == ["6.6 to 6.7"]
    assert packs_between(V66, V66) == ()
    assert [pack.title for pack in packs_between(None, V66)] == ["6.5 to 6.6"]


def test_blocked_rules_carry_their_numbers() -> None:
    rules = [rule for pack in packs_between(None, V67) for rule in pack.rules]
    blocked = [rule for rule in rules if rule.level is Level.BLOCKED]
    assert blocked
    for rule in blocked:
        assert rule.measured.precision is not None
        assert rule.measured.precision >= MINIMUM_PRECISION
        assert rule.measured.hits + rule.measured.held_out_hits >= MINIMUM_HITS
    assert all(rule.level is not Level.BLOCKED for rule in packs_between(V66, V67)[0].rules), "no labels for 6.7"


def pack(rule: str) -> str:
    return f"from: '6.5'\nto: '6.6'\nrules:\n  - {{id: x, kind: class, message: m, {rule}}}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (pack("level: blocked, classes: [A]"), "its measured precision does not carry it"),
        (pack("level: blocked, classes: [A], measured: {developed: {hits: 2, adapted: 2}}"), "(2 of 2 hits adapted)"),
        (pack("level: blocked, classes: [A], measured: {developed: {hits: 10, adapted: 9}}"), "(9 of 10 hits adapted)"),
        (pack("level: review, clases: [A]"), "unknown key 'clases'. Did you mean 'classes'?"),
        ("from: '6.5'\nrules: []", "needs `from`, `to` and `rules`"),
        ("from: '6.5'\nto: '6.6'\nrules: [{id: x, kind: nonsense, message: m}]", "kind must be one of"),
        (
            "from: '6.5'\nto: '6.6'\nrules: [{id: x, kind: text, message: m, files: a, pattern: '('}]",
            "no regular expression",
        ),
    ],
)
def test_pack_that_is_refused(text: str, message: str) -> None:
    with pytest.raises(CompatError) as error:
        read_pack(text, "pack.yaml")
    assert message in str(error.value)
    assert str(error.value).startswith("pack.yaml")
