"""What a new reference shop holds."""

from .database import opened_data
from .errors import SeedError

__all__ = ["SeedError", "opened_data"]
