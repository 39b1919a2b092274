"""A mail sink: takes every mail by SMTP and shows it through Mailpit's HTTP API. Delivers nothing."""
