"""Runs a slice of a load profile; the only importer of locust; its own process."""
