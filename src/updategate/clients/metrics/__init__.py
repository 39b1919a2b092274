"""Figures of a shop's machine: counters in text form, Prometheus, the database, local processes."""

from __future__ import annotations


class FiguresError(Exception):
    """A source of figures cannot be read; the message says which, and what to do."""
