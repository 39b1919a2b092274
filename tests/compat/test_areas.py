# ruff: noqa: E501 - rows of code examples read better on one line
"""Areas that plugins touch, in the words of the process registry."""

from __future__ import annotations

import pytest

from tests.compat.bench import PHP, Bench


@pytest.mark.parametrize(
    ("file", "content", "areas"),
    [
        ("src/A.php", "class A extends \\Shopware\\Core\\Checkout\\Cart\\CartProcessor {}", ("cart",)),
        ("src/A.php", "class A extends \\Shopware\\Core\\Checkout\\Cart\\Tax\\TaxCalculator {}", ("cart", "tax")),
        ("src/A.php", "class A { function __construct(private \\Shopware\\Core\\Content\\Mail\\Service\\MailService $m) {} }", ("mail",)),
        ("src/A.php", "class A { function f($x) { return $x instanceof \\Shopware\\Core\\Checkout\\Cart\\Cart; } }", ()),
        ("src/Resources/config/services.xml", '<container><services><service id="a" decorates="Shopware\\Core\\Checkout\\Cart\\Price\\Calc"/></services></container>', ("cart", "price")),
        ("src/Resources/views/storefront/page/checkout/confirm/index.html.twig", "x", ("checkout",)),
        ("src/Resources/app/administration/src/main.js", "x", ("administration",)),
        ("src/Resources/app/storefront/src/scss/a.scss", "x", ("storefront",)),
    ],
)  # fmt: skip
def test_areas(bench: Bench, file: str, content: str, areas: tuple[str, ...]) -> None:
    bench.core({}, {}).plugin({file: (PHP if file.endswith(".php") else "") + content})
    assert bench.run().plugins[0].areas == areas
