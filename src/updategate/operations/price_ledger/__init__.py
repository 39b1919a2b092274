"""The price ledger: what a shop charges for a drawn set of cells, asked with carts and never with orders."""
