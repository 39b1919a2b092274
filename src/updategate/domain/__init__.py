"""Money, tax, carts and order states: frozen dataclasses and pure functions, no I/O."""
