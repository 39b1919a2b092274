"""What can be wrong with a seed."""


class SeedError(ValueError):
    """The seed data is missing or wrong; the message says which file and what to do."""
