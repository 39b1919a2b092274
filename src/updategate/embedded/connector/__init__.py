"""A small connector between Tryton and Shopware's Admin API, as a process of its own, with the faults of real ones."""
