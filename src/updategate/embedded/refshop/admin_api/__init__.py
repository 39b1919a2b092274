"""The Admin API under /api."""
