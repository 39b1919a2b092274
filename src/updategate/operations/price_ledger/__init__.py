"""The price ledger: what a shop charges for a drawn set of cells, asked with carts and never with orders."""

from updategate.operations.price_ledger.recording import (
    LedgerRefusedError,
    LedgerRun,
    record_ledger,
)

__all__ = ["LedgerRefusedError", "LedgerRun", "record_ledger"]
