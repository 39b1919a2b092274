"""A real ERP, Tryton, as a process of its own: created once, kept as a file, and copied for every start."""
