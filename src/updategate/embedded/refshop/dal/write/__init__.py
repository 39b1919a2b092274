"""Writes: validation as Shopware's API does it, constraints of the database, cascades, derived values."""

from .commands import Written
from .deleting import delete_rows
from .writer import CREATE, UPDATE, UPSERT, write_rows

__all__ = ["CREATE", "UPDATE", "UPSERT", "Written", "delete_rows", "write_rows"]
