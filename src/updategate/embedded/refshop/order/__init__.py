"""Orders: made of carts, recalculated when they are edited."""
