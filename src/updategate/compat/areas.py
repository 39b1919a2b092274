"""Which areas of the business a plugin touches: its processes become critical for this update.

Read from the namespaces of the core symbols it uses, the services it decorates, the templates it overrides and the
administration modules it changes. Areas use the words of the process registry.
"""

from __future__ import annotations

from collections.abc import Iterable

from updategate.compat.plugin_files import PluginFacts

_NAMESPACES = (
    ("Shopware\\Core\\Checkout\\Cart\\Tax", ("tax", "cart")),
    ("Shopware\\Core\\System\\Tax", ("tax",)),
    ("Shopware\\Core\\Checkout\\Cart\\Price", ("price", "cart")),
    ("Shopware\\Core\\Checkout\\Cart\\Order", ("order", "cart")),
    ("Shopware\\Core\\Checkout\\Cart\\Delivery", ("shipping", "cart")),
    ("Shopware\\Core\\Checkout\\Cart", ("cart",)),
    ("Shopware\\Core\\Checkout\\Promotion", ("promotion", "price")),
    ("Shopware\\Core\\Checkout\\Payment", ("payment",)),
    ("Shopware\\Core\\Checkout\\Shipping", ("shipping",)),
    ("Shopware\\Core\\Checkout\\Order", ("order",)),
    ("Shopware\\Core\\Checkout\\Customer", ("account",)),
    ("Shopware\\Core\\Checkout\\Document", ("document",)),
    ("Shopware\\Core\\Content\\Product\\Aggregate\\ProductPrice", ("price", "catalogue")),
    ("Shopware\\Core\\Content\\Product\\SalesChannel\\Price", ("price", "catalogue")),
    ("Shopware\\Core\\Content\\Product\\Stock", ("stock",)),
    ("Shopware\\Core\\Content\\Product\\DataAbstractionLayer\\Stock", ("stock",)),
    ("Shopware\\Core\\Content\\Product\\SalesChannel\\Search", ("search",)),
    ("Shopware\\Core\\Content\\Product\\SearchKeyword", ("search",)),
    ("Shopware\\Elasticsearch", ("search",)),
    ("Shopware\\Core\\Content\\Product", ("catalogue",)),
    ("Shopware\\Core\\Content\\Category", ("catalogue",)),
    ("Shopware\\Core\\Content\\Mail", ("mail",)),
    ("Shopware\\Core\\Content\\Flow", ("flow",)),
    ("Shopware\\Core\\Content\\Media", ("media",)),
    ("Shopware\\Core\\Content\\Newsletter", ("newsletter",)),
    ("Shopware\\Core\\Content\\Cms", ("content",)),
    ("Shopware\\Core\\Content\\Seo", ("seo",)),
    ("Shopware\\Core\\Content\\ImportExport", ("import",)),
    ("Shopware\\Core\\Framework\\MessageQueue", ("queue",)),
    ("Shopware\\Core\\System\\NumberRange", ("order",)),
    ("Shopware\\Core\\System\\StateMachine", ("order",)),
    ("Shopware\\Storefront\\Page\\Checkout", ("checkout",)),
    ("Shopware\\Storefront\\Page\\Account", ("account",)),
    ("Shopware\\Storefront\\Page\\Search", ("search",)),
)
_VIEWS = (
    ("storefront/page/checkout", ("checkout",)),
    ("storefront/component/checkout", ("checkout",)),
    ("storefront/component/payment", ("payment", "checkout")),
    ("storefront/component/shipping", ("shipping", "checkout")),
    ("storefront/component/line-item", ("cart",)),
    ("storefront/page/account", ("account",)),
    ("storefront/component/account", ("account",)),
    ("storefront/page/product-detail", ("catalogue",)),
    ("storefront/component/product", ("catalogue",)),
    ("storefront/component/buy-widget", ("catalogue", "price", "cart")),
    ("storefront/page/search", ("search",)),
    ("storefront/layout", ("storefront",)),
    ("storefront/base", ("storefront",)),
    ("documents/", ("document",)),
)
# Naming a type in passing is no reason to run a process; changing behaviour is.
_ACTIVE = frozenset({"extends", "implements", "new", "call", "method", "const", "classname", "param"})


def areas_of(facts: PluginFacts) -> tuple[str, ...]:
    """The areas, sorted."""
    found: set[str] = set()
    for php in facts.php:
        for ref in php.refs:
            if ref.kind in _ACTIVE:
                found.update(_match(ref.name, _NAMESPACES))
    for config in facts.configs:
        for service in config.services:
            if service.decorates:
                found.update(_match(service.decorates, _NAMESPACES))
    for file in facts.files:
        if file.view is not None:
            found.update(_match(file.view_name, _VIEWS))
        if file.admin is not None or (file.script is not None and "/administration/" in file.path):
            found.add("administration")
        if file.style is not None and "/storefront/" in file.path:
            found.add("storefront")
    return tuple(sorted(found))


def _match(name: str, table: Iterable[tuple[str, tuple[str, ...]]]) -> tuple[str, ...]:
    return next((areas for prefix, areas in table if name.startswith(prefix)), ())
