"""Runs slices of a load profile with the suites' actors over Locust, in a process of its own."""
