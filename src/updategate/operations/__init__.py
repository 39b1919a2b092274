"""Verbs that act on an environment: run, doctor, clean."""
