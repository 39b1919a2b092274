"""Who decides in the administration which customers belong to a group that is not open to everybody."""

from __future__ import annotations

from updategate.actors.purchase import RefusedError
from updategate.actors.recorder import Recorder
from updategate.actors.shop_access import ShopAccess
from updategate.clients.admin_api import AdminApi, Criteria
from updategate.clients.errors import ApiError


class Membership:
    """Somebody of the merchant's who approves customers."""

    def __init__(self, access: ShopAccess, recorder: Recorder) -> None:
        self._access = access
        self._recorder = recorder

    @property
    def _admin(self) -> AdminApi:
        return self._access.back_office

    def sees_applicants(self, group_id: str) -> list[str]:
        """The e-mail addresses of those who wait for a group, in the order of their names."""
        with self._recorder.step("looks who waits for the group"):
            criteria = Criteria().equals("requestedGroupId", group_id).sort("email").limit(100)
            return [str(row["email"]) for row in self._admin.search("customer", criteria).data]

    def sees_group_of(self, email: str) -> tuple[str, str | None]:
        """The ids of the group that a customer belongs to, and of the one that they wait for."""
        with self._recorder.step(f"looks which group {email} belongs to"):
            row = self._customer(email)
            requested = row.get("requestedGroupId")
            return str(row["groupId"]), str(requested) if requested else None

    def accepts(self, email: str) -> None:
        """Let a customer into the group that they wait for."""
        with self._recorder.step(f"accepts {email}"):
            self._decide("accept", email)

    def declines(self, email: str) -> None:
        """Refuse a customer the group that they wait for."""
        with self._recorder.step(f"declines {email}"):
            self._decide("decline", email)

    def cannot_accept(self, email: str) -> str:
        """Try to accept a customer who waits for nothing; returns Shopware's error code."""
        with self._recorder.step(f"tries to accept {email}"):
            try:
                self._decide("accept", email)
            except ApiError as refused:
                return refused.code
            message = f"the shop accepted {email}, who waits for no group"
            raise RefusedError(message)

    def _decide(self, action: str, email: str) -> None:
        self._access.require("admin_write", "Deciding about a customer")
        body = {"customerIds": [str(self._customer(email)["id"])]}
        self._admin.ask("POST", f"/_action/customer-group-registration/{action}", body)

    def _customer(self, email: str) -> dict[str, object]:
        found = self._admin.search("customer", Criteria().equals("email", email)).first()
        if found is None:
            message = f"the shop has no customer {email}"
            raise LookupError(message)
        return found
