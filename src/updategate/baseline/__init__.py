"""Comparison statistics for performance: pure."""
