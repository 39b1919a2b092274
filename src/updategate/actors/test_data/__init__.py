"""Builders of test data: created through the Admin API, journaled before, removed afterwards."""
