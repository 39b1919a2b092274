"""Runs over time, in SQLite or PostgreSQL: the same store, the same questions."""
