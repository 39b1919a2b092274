# ruff: noqa: E501 - rows of code examples read better on one line
"""Twig: what a plugin extends, includes and overrides; drift and the comments that answer it."""

from __future__ import annotations

import hashlib

import pytest

from tests.compat.bench import Bench, found
from updategate.compat.block_comments import write_block_comments
from updategate.compat.model import Level
from updategate.compat.twig_blocks import normalise, read_template

VIEWS = "src/Storefront/Resources/views/storefront/"
OWN = "src/Resources/views/storefront/"
BASE = "{% sw_extends '@Storefront/storefront/page/cart.html.twig' %}\n"


def view(name: str, content: str) -> dict[str, str | bytes]:
    return {f"{VIEWS}{name}": content}


def override(body: str, name: str = "page/cart.html.twig", base: str = BASE) -> dict[str, str | bytes]:
    return {f"{OWN}{name}": f"{base}{body}"}


@pytest.mark.parametrize(
    ("tag", "level"),
    [
        ("{% sw_extends '@Storefront/storefront/page/gone.html.twig' %}", Level.BLOCKED),
        ('{% sw_include "@Storefront/storefront/page/gone.html.twig" with {a: 1} %}', Level.BLOCKED),
        ("{%- sw_embed '@Storefront/storefront/page/gone.html.twig' -%}", Level.BLOCKED),
        ("{% sw_include '@Storefront/storefront/page/gone.html.twig' ignore missing %}", Level.INFO),
        ("{% if feature('X') %}{% sw_include '@Storefront/storefront/page/gone.html.twig' %}{% endif %}", Level.INFO),
        ("{% sw_extends '@Storefront/storefront/page/never.html.twig' %}", Level.REVIEW),
        ("{% sw_extends '@OtherPlugin/storefront/page/gone.html.twig' %}", None),
        ("{# {% sw_extends '@Storefront/storefront/page/gone.html.twig' %} #}", None),
        ("{% verbatim %}{% sw_include '@Storefront/storefront/page/gone.html.twig' %}{% endverbatim %}", None),
    ],
)
def test_template_that_is_gone(bench: Bench, tag: str, level: Level | None) -> None:
    bench.core(view("page/gone.html.twig", "{% block a %}{% endblock %}"), {})
    bench.plugin({f"{OWN}page/own.html.twig": tag})
    findings = found(bench.run(), "twig-template-removed")
    assert [item.level for item in findings] == ([level] if level else [])


def test_template_that_another_plugin_brings(bench: Bench) -> None:
    bench.core(view("page/gone.html.twig", "x"), {})
    bench.plugin({f"{OWN}page/gone.html.twig": "mine"}, "Provider")
    bench.plugin({f"{OWN}x.html.twig": "{% sw_include '@Storefront/storefront/page/gone.html.twig' %}"}, "User")
    assert not found(bench.run(), "twig-template-removed")


CART = "{% block page_cart %}<div>{% block page_cart_sum %}<b>1</b>{% endblock %}</div>{% endblock %}"


def test_removed_block_blocks(bench: Bench) -> None:
    bench.core(view("page/cart.html.twig", CART), view("page/cart.html.twig", "{% block page_cart %}{% endblock %}"))
    bench.plugin(override("{% block page_cart_sum %}mine{% endblock %}"))
    (finding,) = found(bench.run(), "twig-block-removed")
    assert finding.level is Level.BLOCKED
    assert finding.symbol == "storefront/page/cart.html.twig#page_cart_sum"
    assert finding.line == 2
    assert "removed in 6.6.0.0" in finding.message


@pytest.mark.parametrize(
    ("constraint", "level"),
    [
        ("~6.5.0 || ~6.6.0", Level.REVIEW),  # declared for both: may be kept for the older one
        ("~6.5.0", Level.BLOCKED),
        ("*", Level.BLOCKED),  # promises everything, and so nothing
        ("~6.6.0", Level.BLOCKED),
    ],
)
def test_release_for_both_versions_may_keep_an_override(bench: Bench, constraint: str, level: Level) -> None:
    bench.core(view("page/cart.html.twig", CART), view("page/cart.html.twig", "{% block page_cart %}{% endblock %}"))
    bench.plugin(override("{% block page_cart_sum %}mine{% endblock %}"), require={"shopware/core": constraint})
    assert [item.level for item in found(bench.run(), "twig-block-removed")] == [level]


def test_moved_block_names_its_new_home(bench: Bench) -> None:
    new = {**view("page/cart.html.twig", "{% block page_cart %}{% endblock %}"),
           **view("component/sum.html.twig", "{% block page_cart_sum %}{% endblock %}")}  # fmt: skip
    bench.core(view("page/cart.html.twig", CART), new).plugin(override("{% block page_cart_sum %}mine{% endblock %}"))
    (finding,) = found(bench.run(), "twig-block-removed")
    assert (finding.level, finding.replacement) == (Level.BLOCKED, "override it in storefront/component/sum.html.twig")


def test_block_inherited_through_the_chain(bench: Bench) -> None:
    base = view("base.html.twig", "{% block base_main %}{% block base_old %}{% endblock %}{% endblock %}")
    page = view("page/cart.html.twig", "{% sw_extends '@Storefront/storefront/base.html.twig' %}")
    new = view("base.html.twig", "{% block base_main %}{% endblock %}")
    bench.core({**base, **page}, {**new, **page})
    bench.plugin(override("{% block base_main %}x{% endblock %}{% block base_old %}y{% endblock %}"))
    assert [item.symbol for item in found(bench.run(), "twig-block-removed")] == ["storefront/base.html.twig#base_old"]


def test_block_of_a_used_view(bench: Bench) -> None:
    """`{% use %}` brings blocks without extending: a block that moves into a used view is still there."""
    sum_block = "{% block page_cart_sum %}<b>1</b>{% endblock %}"
    used = {**view("page/cart.html.twig", "{% use '@Storefront/storefront/part.html.twig' %}{% block page_cart %}{% endblock %}"),
            **view("part.html.twig", sum_block)}  # fmt: skip
    bench.core(view("page/cart.html.twig", f"{{% block page_cart %}}{{% endblock %}}{sum_block}"), used)
    bench.plugin(override("{% block page_cart_sum %}mine{% endblock %}"))
    assert not found(bench.run(), "twig-block-removed")


@pytest.mark.parametrize(
    "body",
    [
        "{% block page_cart %}{% block page_cart_sum %}mine{% endblock %}{% endblock %}",  # shown all the same
        "{% block page_cart %}mine <b>sum</b> today{% endblock %}{% block page_cart_sum %}mine <b>sum</b> now{% endblock %}",
        "{% if feature('v6.6.0.0') %}{% block page_cart_sum %}mine{% endblock %}{% endif %}",
    ],
)
def test_removed_block_that_is_served_otherwise_is_review(bench: Bench, body: str) -> None:
    new = view("page/cart.html.twig", "{% block page_cart %}{% endblock %}")
    bench.core(view("page/cart.html.twig", CART), new).plugin(override(body))
    assert [item.level for item in found(bench.run(), "twig-block-removed")] == [Level.REVIEW]


def test_own_blocks_of_the_plugin_are_no_finding(bench: Bench) -> None:
    bench.core(view("page/cart.html.twig", CART), view("page/cart.html.twig", CART))
    bench.plugin(override("{% block page_cart %}{% block acme_own %}x{% endblock %}{% endblock %}"))
    assert not found(bench.run(), "twig-block-removed")


# ---- drift -----------------------------------------------------------------------------------------------------

CHANGED = CART.replace("<b>1</b>", "<b>2</b><i>new</i>")


def test_changed_block_is_review_with_a_diff(bench: Bench) -> None:
    bench.core(view("page/cart.html.twig", CART), view("page/cart.html.twig", CHANGED))
    bench.plugin(override("{% block page_cart_sum %}mine{% endblock %}"))
    (finding,) = found(bench.run(), "twig-block-changed")
    assert finding.level is Level.REVIEW
    assert "-<b>1</b>" in finding.diff
    assert "+<b>2</b><i>new</i>" in finding.diff


def test_nested_change_belongs_to_the_nested_block(bench: Bench) -> None:
    bench.core(view("page/cart.html.twig", CART), view("page/cart.html.twig", CHANGED))
    bench.plugin(override("{% block page_cart %}mine{% endblock %}"))
    assert not found(bench.run(), "twig-block-changed")


def test_override_with_parent_is_information(bench: Bench) -> None:
    bench.core(view("page/cart.html.twig", CART), view("page/cart.html.twig", CHANGED))
    bench.plugin(override("{% block page_cart_sum %}{{ parent() }}more{% endblock %}"))
    assert [item.level for item in found(bench.run(), "twig-block-changed")] == [Level.INFO]


@pytest.mark.parametrize(
    "same",
    [
        CART.replace("<b>", "\n   <b>\n").replace("{% block", "{%- block"),
        CART.replace("<div>", "<div>{# a comment #}<!-- another -->"),
        CART.replace("<b>1</b>", "<b >1</b>"),
    ],
)
def test_white_space_and_comments_do_not_count(bench: Bench, same: str) -> None:
    bench.core(view("page/cart.html.twig", CART), view("page/cart.html.twig", same))
    bench.plugin(override("{% block page_cart_sum %}m{% endblock %}{% block page_cart %}m{% endblock %}"))
    assert not found(bench.run(), "twig-block-changed")


def test_quotes_do_not_count() -> None:
    assert normalise("<a class=\"x\">{{ 'y'|trans }}</a>") == normalise("<a class='x'>{{ \"y\" | trans }}</a>")
    assert normalise("<a class='x'>") != normalise("<a class='y'>")


def test_template_that_replaces_a_core_template(bench: Bench) -> None:
    bench.core(view("page/cart.html.twig", CART), view("page/cart.html.twig", CHANGED))
    bench.plugin({f"{OWN}page/cart.html.twig": "<div>all mine</div>"})
    (finding,) = found(bench.run(), "twig-block-changed")
    assert (finding.level, "replaces the whole template" in finding.message) == (Level.REVIEW, True)


# ---- shopware-block comments -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["body", "whole", "ours"])
def test_comment_with_the_targets_hash_answers_the_drift(bench: Bench, form: str) -> None:
    from updategate.compat.twig_blocks import body_hash

    body = "<b>2</b><i>new</i>"
    digest = {
        "body": hashlib.sha256(body.encode()).hexdigest(),
        "whole": hashlib.sha256(f"{{% block page_cart_sum %}}{body}{{% endblock %}}".encode()).hexdigest(),
        "ours": body_hash(body),
    }[form]
    bench.core(view("page/cart.html.twig", CART), view("page/cart.html.twig", CHANGED))
    bench.plugin(
        override(f"{{# shopware-block: {digest}@v6.6.0.0 #}}\n{{% block page_cart_sum %}}mine{{% endblock %}}")
    )
    assert not found(bench.run(), "twig-block-changed")


def test_comment_with_an_older_hash_names_its_version(bench: Bench) -> None:
    bench.core(view("page/cart.html.twig", CART), view("page/cart.html.twig", CHANGED))
    bench.plugin(override("{# shopware-block: abc123@v6.5.2.0 #}\n{% block page_cart_sum %}mine{% endblock %}"))
    (finding,) = found(bench.run(), "twig-block-changed")
    assert "since v6.5.2.0" in finding.message


def test_outdated_comment_without_a_change_in_this_update_is_information(bench: Bench) -> None:
    bench.core(view("page/cart.html.twig", CART), view("page/cart.html.twig", CART))
    bench.plugin(override("{# shopware-block: abc123@v6.5.2.0 #}\n{% block page_cart_sum %}mine{% endblock %}"))
    assert [item.level for item in found(bench.run(), "twig-block-changed")] == [Level.INFO]


def test_comments_are_written_and_read_again(bench: Bench) -> None:
    bench.core(view("page/cart.html.twig", CART), view("page/cart.html.twig", CHANGED))
    bench.plugin(
        override(
            "\r\n  {% block page_cart_sum %}mine{% endblock %}\r\n{% block acme_own %}x{% endblock %}\r\n"
            "{# shopware-block: 00@v6.4.0.0 #}\n{% block page_cart %}y{% endblock %}"
        )
    )
    path = bench.project / "custom/plugins/AcmeExample" / OWN / "page/cart.html.twig"
    assert write_block_comments(bench.options()) == [path]
    text = path.read_bytes().decode()
    assert text.count("shopware-block:") == 2
    assert "  {# shopware-block: " in text
    assert "@v6.4.0.0" not in text
    assert text.count("@v6.6.0.0") == 2
    assert "#}\r\n  {% block page_cart_sum" in text
    assert not found(bench.run(), "twig-block-changed")
    assert write_block_comments(bench.options()) == [], "a second run changes nothing"


# ---- the scanner -----------------------------------------------------------------------------------------------


def test_scanner_nests_blocks_and_counts_lines() -> None:
    source = (
        "{% block a %}\n{{ '{% block no %}' }}\n{% block b %}x{% endblock b %}\n{% endblock %}{% block c 'short' %}"
    )
    blocks = read_template("x", source.encode(), keep_bodies=True).blocks
    assert [(block.name, block.line, block.outer) for block in blocks if block.name != "no"] == [
        ("a", 1, ""), ("b", 3, "a"), ("c", 4, "")]  # fmt: skip


def test_block_that_never_ends_is_marked() -> None:
    template = read_template("x", b"\n{% block a %}{% block b %}{% endblock %}")
    assert template.broken_line == 2


def test_percent_and_quotes_within_tags() -> None:
    template = read_template(
        "x", b"{% set a = '50 %} off' %}{% sw_include '@Storefront/a.html.twig' with {b: \"%}\"} %}"
    )
    assert [ref.target for ref in template.refs] == ["@Storefront/a.html.twig"]
