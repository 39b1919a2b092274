"""Data layer of the reference shop: documents by entity, criteria, writes with Shopware's own checks."""
