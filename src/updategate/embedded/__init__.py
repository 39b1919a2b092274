"""Processes of their own; imports nothing else of updategate."""
