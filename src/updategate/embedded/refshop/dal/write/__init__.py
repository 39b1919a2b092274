"""Writes: validation as Shopware's API does it, constraints of the database, cascades, derived values."""

from .deleting import delete_rows
from .writer import CREATE, UPDATE, UPSERT, Written, write_rows

__all__ = ["CREATE", "UPDATE", "UPSERT", "Written", "delete_rows", "write_rows"]
