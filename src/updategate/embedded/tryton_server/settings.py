"""Tryton's own configuration, which has to stand before its modules are imported."""

from __future__ import annotations

from pathlib import Path

DATABASE = "erp"
LOGIN = "connector"
# what the suites need of an ERP; their dependencies are activated with them
MODULES = ("sale", "sale_price_list", "account_invoice_stock", "product_attribute")
PACKAGES = ("trytond", *(f"trytond-{module.replace('_', '-')}" for module in MODULES))


def configure(folder: Path, database_url: str | None) -> None:
    """Let Tryton keep its databases under ``folder`` (SQLite), or on the server that ``database_url`` names."""
    from trytond import config

    config.set("database", "uri", database_url or "sqlite://")
    config.set("database", "path", str(folder))
    config.set("session", "timeout", str(12 * 60 * 60))
    config.set("session", "max_attempt", "20")
    config.set("request", "max_size", str(64 * 1024 * 1024))
