"""The cart: what a basket costs, and why. Pure functions over dataclasses; amounts are ``Decimal``."""

# these modules register the condition types of rules when they are imported
from . import conditions_cart, conditions_customer, conditions_item, packages

__all__ = ["conditions_cart", "conditions_customer", "conditions_item", "packages"]
