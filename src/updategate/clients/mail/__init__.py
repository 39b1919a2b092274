"""Mails as they were delivered: a client for Mailpit's HTTP API, and the reading of bodies and attachments."""

from updategate.clients.mail.mailpit import DeliveredMail, MailAttachment, Mailpit, MailsMissingError

__all__ = ["DeliveredMail", "MailAttachment", "Mailpit", "MailsMissingError"]
