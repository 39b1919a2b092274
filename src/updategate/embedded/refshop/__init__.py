"""The reference shop: Shopware's own interfaces on SQLite, with switchable defects."""
