"""What the shop writes to its customers, and how it gets there."""

from .flows import listen
from .smtp import MailerUrlError, SmtpMailer, mailer_of

__all__ = ["MailerUrlError", "SmtpMailer", "listen", "mailer_of"]
