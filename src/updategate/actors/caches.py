"""How to get past caches. It imports nothing of requests: load processes import it before gevent has patched."""

from __future__ import annotations

import secrets


def new_to_caches() -> str:
    """Something that no cache has seen, always of the same length, because pages repeat their own address."""
    return secrets.token_hex(6)
