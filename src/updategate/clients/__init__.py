"""Protocol and authentication in, domain objects out; the only openers of connections to tested shops."""
