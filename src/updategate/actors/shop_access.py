"""The way into one shop, shared by all actors of a process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from updategate.clients.admin_api import AdminApi
from updategate.clients.store_api import StoreApi
from updategate.clients.transport import Transport

Found = TypeVar("Found")


class PermitMissingError(Exception):
    """A task needs a right that the environment file does not give."""

    def __init__(self, permit: str, task: str) -> None:
        super().__init__(
            f"{task} is not permitted in this environment: write 'permits: {{{permit}: true}}' into its file "
            "if the shop may be changed so."
        )


@dataclass(slots=True)
class ShopAccess:
    """One shop: the transport to it, the sales channel's access key, and the rights that the environment gives.

    ``language_id`` and ``currency`` (ISO code) are what sessions switch to; ``None`` keeps the sales channel's own.
    ``known_currency`` spares asking for it, where many sessions are begun and none switches.
    """

    transport: Transport
    access_key: str
    storefront_url: str
    admin: AdminApi | None = None
    permits: frozenset[str] = frozenset()
    language_id: str | None = None
    currency: str | None = None
    version: str = ""
    known_currency: str | None = None
    _looked_up: dict[str, Any] = field(default_factory=dict)
    _countries: dict[str, str] = field(default_factory=dict)
    _currencies: dict[str, str] = field(default_factory=dict)
    _salutations: dict[str, str] = field(default_factory=dict)

    def session(self) -> StoreApi:
        """Begin an anonymous session in the sales channel."""
        api = StoreApi(self.transport, self.access_key, language_id=self.language_id, currency=self.known_currency)
        if self.currency is not None and api.currency != self.currency:
            offered = self.currencies()
            if self.currency not in offered:
                message = f"the sales channel does not offer {self.currency}; it offers {', '.join(sorted(offered))}"
                raise LookupError(message)
            api.switch(currencyId=offered[self.currency])
        return api

    def once(self, what: str, look: Callable[[], Found]) -> Found:
        """Look something up that does not change during a run, the first time it is asked for."""
        if what not in self._looked_up:
            self._looked_up[what] = look()
        found: Found = self._looked_up[what]
        return found

    def require(self, permit: str, task: str) -> None:
        """Raise ``PermitMissingError`` unless the environment permits it."""
        if permit not in self.permits:
            raise PermitMissingError(permit, task)

    @property
    def back_office(self) -> AdminApi:
        """The Admin API; an error where the environment has no rights in it."""
        if self.admin is None:
            message = "this needs the Admin API, but the environment file has no 'admin' section"
            raise PermissionError(message)
        return self.admin

    def countries(self) -> dict[str, str]:
        """Return the ids of the countries that the sales channel offers, by ISO code."""
        if not self._countries:
            self._countries = StoreApi(self.transport, self.access_key).countries()
        return self._countries

    def currencies(self) -> dict[str, str]:
        """Return the ids of the currencies that the sales channel offers, by ISO code."""
        if not self._currencies:
            self._currencies = StoreApi(self.transport, self.access_key).currencies()
        return self._currencies

    def locale(self) -> str:
        """Return the locale of the language that sessions are in, such as ``de-DE``."""
        api = StoreApi(self.transport, self.access_key, language_id=self.language_id)
        current = self.language_id or api.context().language_id
        return next((code for language_id, code, _ in api.named_languages() if language_id == current), "en-GB")

    def salutation(self) -> str | None:
        """Return the id of the neutral salutation, or of any, or ``None`` where the shop has none."""
        if not self._salutations:
            self._salutations = StoreApi(self.transport, self.access_key).salutations()
        fallback = next(iter(self._salutations.values()), None)
        return self._salutations.get("not_specified", fallback)
