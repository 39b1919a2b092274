"""Price lists out of an ERP, compared with what the shop charges, row by row."""
