"""What the connector exchanges, a flow a module. Each returns what it could not exchange."""

from __future__ import annotations

from collections.abc import Callable

from updategate.embedded.connector.exchange import Exchange
from updategate.embedded.connector.problems import Problem

from . import articles, customers, documents, orders, pictures, prices, returning, stock

Flow = Callable[[Exchange], list[Problem]]
FLOWS: dict[str, Flow] = {
    "articles": articles.run,
    "prices": prices.run,
    "stock": stock.run,
    "pictures": pictures.run,
    "orders": orders.run,
    "returning": returning.run,
    "customers": customers.run,
    "documents": documents.run,
}
