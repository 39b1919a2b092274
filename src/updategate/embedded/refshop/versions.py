"""What differs between the Shopware versions that the reference shop can be."""

from __future__ import annotations

import difflib
from dataclasses import dataclass


class UnknownVersionError(ValueError):
    """The reference shop cannot be this version."""


@dataclass(frozen=True, slots=True)
class ShopwareVersion:
    """One version and its peculiarities, as recorded from real shops.

    ``stock_lowered_on_order``: since 6.6 placing an order lowers ``product.stock``; before, only ``availableStock``
    goes down and ``stock`` follows when the order is completed.
    ``token_in_login_body``: up to 6.5 the login answers ``{"contextToken": …}``, later only the header has it.
    ``confirm_hash``: since 6.6 the confirm form holds a hash of the cart, checked when the order is placed.
    ``cancelled_total_signed``: since 6.6.6.1 a cancellation invoice names its total below zero, as all its amounts.
    ``limits_search_page``: since 6.6 a ``limit`` above 500 is refused in the Admin API.
    """

    name: str
    stock_lowered_on_order: bool = True
    token_in_login_body: bool = False
    confirm_hash: bool = True
    limits_search_page: bool = True
    cancelled_total_signed: bool = True
    primary_delivery_in_order: bool = False

    @property
    def parts(self) -> tuple[int, ...]:
        """The numbers between the dots."""
        return tuple(int(part) for part in self.name.split("."))

    def at_least(self, *parts: int) -> bool:
        """Tell whether this version is ``parts`` or newer, such as ``at_least(6, 6)``."""
        return self.parts >= parts

    @property
    def is_65(self) -> bool:
        """Whether this is a version before 6.6."""
        return not self.at_least(6, 6)


VERSIONS: dict[str, ShopwareVersion] = {
    version.name: version
    for version in (
        ShopwareVersion(
            "6.5.8.14",
            stock_lowered_on_order=False,
            token_in_login_body=True,
            confirm_hash=False,
            limits_search_page=False,
            cancelled_total_signed=False,
        ),
        ShopwareVersion("6.6.6.1"),
        ShopwareVersion("6.6.7.1"),
    )
}


def version_named(name: str) -> ShopwareVersion:
    """Return the version of this name, or raise UnknownVersionError naming the nearest one."""
    if name in VERSIONS:
        return VERSIONS[name]
    nearest = difflib.get_close_matches(name, VERSIONS, n=1, cutoff=0.3)
    hint = f" Did you mean {nearest[0]}?" if nearest else ""
    raise UnknownVersionError(f"The reference shop cannot be Shopware {name}: it knows {', '.join(VERSIONS)}.{hint}")
