"""Things of a before run as the after run finds them again: products, methods, orders, customers by what names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from updategate.actors.test_data.customers import GERMANY, Login


@dataclass(frozen=True, slots=True)
class Keepsake:
    """Anything with an id. ``number`` and ``name`` are empty where it has none."""

    id: str
    number: str = ""
    name: str = ""
    email: str = ""

    @classmethod
    def of(cls, thing: object) -> dict[str, str]:
        """What has to be written down of a thing to find it again."""
        return {name: str(getattr(thing, name, "")) for name in ("id", "number", "name", "email")}

    @classmethod
    def read(cls, value: dict[str, Any]) -> Keepsake:
        """The thing that was written down."""
        return cls(**value)

    def __str__(self) -> str:
        return self.number or self.name or self.id


def write_login(login: Login) -> dict[str, str]:
    """What has to be written down of a customer who is to log in later: a test customer, so with the password."""
    return {name: str(getattr(login, name)) for name in ("id", "number", "email", "password")}


def read_login(value: dict[str, Any]) -> Login:
    """The customer who was written down; all of them live at the same address."""
    return Login(**value, address=GERMANY)
