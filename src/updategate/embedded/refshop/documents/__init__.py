"""Invoices, delivery notes, cancellations and credit notes as PDF."""

from .create import CreatedDocument, DocumentError, create_document, document_file, preview_document

__all__ = ["CreatedDocument", "DocumentError", "create_document", "document_file", "preview_document"]
