"""Passwords and secrets, stored as salted hashes; weak on purpose of speed, for a shop on the loopback only."""

from __future__ import annotations

import hashlib
import hmac

_COST = {"n": 2**8, "r": 8, "p": 1}


def hashed(password: str, salt: str) -> str:
    """Return the hash to store; the same salt gives the same hash, so that seeds are repeatable."""
    digest = hashlib.scrypt(password.encode(), salt=salt.encode(), dklen=24, **_COST)
    return f"scrypt${salt}${digest.hex()}"


def matches(password: str, stored: str | None) -> bool:
    """Tell whether the password is the one of the stored hash."""
    if not stored or stored.count("$") != 2:
        return False
    _, salt, _ = stored.split("$")
    return hmac.compare_digest(hashed(password, salt), stored)
