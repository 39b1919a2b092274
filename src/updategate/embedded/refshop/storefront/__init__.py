"""The storefront: what a browser sees of the shop. ``routes(shop)`` is its only door."""

from .routing import routes

__all__ = ["routes"]
