"""The cart: what a basket costs, and why. Pure functions over dataclasses; amounts are ``Decimal``."""
