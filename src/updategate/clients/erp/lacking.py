"""What an adapter of mapped exchanges has not: told in one place."""

from __future__ import annotations

from collections.abc import Mapping

from updategate.clients.erp.errors import ErpLacksError
from updategate.domain.erp import Address, Attribute, Customer, Paper, SalesOrder


class Lacking:
    """Refuses what only an ERP with an interface of its own can do; an adapter overrides what it has."""

    adapter = ""

    def set_picture(self, article: str, name: str, content: bytes) -> None:  # noqa: ARG002 - the port's signature
        """Refuse: pictures are not exchanged."""
        raise ErpLacksError(self.adapter, "pictures")

    def attributes_of(self, article: str) -> Mapping[str, Attribute]:  # noqa: ARG002 - the port's signature
        """Refuse: attributes are not exchanged."""
        raise ErpLacksError(self.adapter, "attributes")

    def customers(self, email: str) -> list[Customer]:  # noqa: ARG002 - the port's signature
        """Refuse: customers are not exchanged by themselves."""
        raise ErpLacksError(self.adapter, "customers")

    def move_customer(self, customer: Customer, address: Address) -> None:  # noqa: ARG002 - the port's signature
        """Refuse: customers are not exchanged by themselves."""
        raise ErpLacksError(self.adapter, "customers")

    def papers(self, order: SalesOrder) -> list[Paper]:  # noqa: ARG002 - the port's signature
        """Refuse: documents are not exchanged."""
        raise ErpLacksError(self.adapter, "papers")
