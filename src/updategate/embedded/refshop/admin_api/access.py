"""Who asks, and what they may do. Tokens are signed, so that they outlive a restart of the shop."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

from updategate.embedded.refshop.dal.problems import ApiProblem, problem
from updategate.embedded.refshop.shop import Shop


@dataclass(frozen=True, slots=True)
class Access:
    """The asking user or integration. An admin may do everything, others what their roles' privileges name."""

    user_id: str | None = None
    integration_id: str | None = None
    admin: bool = False
    privileges: frozenset[str] = field(default_factory=frozenset)
    client_id: str | None = None

    def missing(self, privilege: str) -> bool:
        """Tell whether this right is lacking."""
        return not self.admin and privilege not in self.privileges

    def require(self, *privileges: str) -> None:
        """Raise ApiProblem (403) naming the missing rights."""
        lacking = [privilege for privilege in privileges if self.missing(privilege)]
        if lacking:
            detail = json.dumps({"message": "Missing privilege", "missingPrivileges": lacking}, separators=(",", ":"))
            raise problem(403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR", detail)


def denied(detail: str) -> ApiProblem:
    """Return the answer to a request without a valid token."""
    title = "The resource owner or authorization server denied the request."
    return ApiProblem(401, [{"code": "9", "status": "401", "title": title, "detail": detail}])


def signed(shop: Shop, claims: dict[str, Any]) -> str:
    """Return a token with these claims."""
    header = _encoded({"typ": "JWT", "alg": "HS256"})
    body = _encoded(claims)
    return f"{header}.{body}.{_signature(shop, f'{header}.{body}')}"


def claims_of(shop: Shop, token: str) -> dict[str, Any]:
    """Return the claims of a valid token, or raise ApiProblem (401) as the real authorization server does."""
    parts = token.split(".")
    if len(parts) != 3:
        raise denied("The JWT string must have two dots")
    try:
        claims = json.loads(_decoded(parts[1]))
        json.loads(_decoded(parts[0]))
    except ValueError:
        raise denied("Error while decoding from JSON") from None
    if not isinstance(claims, dict) or not hmac.compare_digest(_signature(shop, f"{parts[0]}.{parts[1]}"), parts[2]):
        raise denied("Access token could not be verified")
    if float(claims.get("exp", 0)) <= shop.clock.now().timestamp():
        raise denied("Access token could not be verified")
    return claims


def authenticated(shop: Shop, header: str | None) -> Access:
    """Return who sends this Authorization header, or raise ApiProblem (401)."""
    if not header:
        raise denied('Missing "Authorization" header')
    claims = claims_of(shop, header.removeprefix("Bearer").strip())
    if claims.get("kind") != "access" or shop.store.get("oauth_revoked", str(claims.get("jti"))) is not None:
        raise denied("Access token has been revoked")
    return access_of(shop, claims.get("aud"), claims.get("sub"))


def access_of(shop: Shop, client_id: Any, user_id: Any) -> Access:
    """Return the rights of an integration's or a user's token."""
    if user_id:
        user = shop.store.get("user", str(user_id))
        if user is None or not user.get("active"):
            raise denied("Access token is invalid")
        roles = [row["aclRoleId"] for row in shop.store.where("acl_user_role", userId=user["id"])]
        return Access(
            user_id=user["id"],
            admin=bool(user.get("admin")),
            privileges=_privileges(shop, roles),
            client_id=str(client_id),
        )
    integration = next(iter(shop.store.where("integration", accessKey=client_id)), None)
    if integration is None:
        raise denied("Access token is invalid")
    roles = [row["aclRoleId"] for row in shop.store.where("integration_role", integrationId=integration["id"])]
    return Access(
        integration_id=integration["id"],
        admin=bool(integration.get("admin")),
        privileges=_privileges(shop, roles),
        client_id=str(client_id),
    )


def _privileges(shop: Shop, role_ids: list[str]) -> frozenset[str]:
    roles = (shop.store.get("acl_role", role_id) for role_id in role_ids)
    return frozenset(privilege for role in roles if role for privilege in role.get("privileges") or [])


def _signature(shop: Shop, text: str) -> str:
    key = shop.memory.get("oauth_key")
    if key is None:
        row = shop.store.get("oauth_key", "key")
        key = shop.memory["oauth_key"] = str(row["value"]) if row else ""
    return _text(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest())


def _encoded(value: Any) -> str:
    return _text(json.dumps(value, separators=(",", ":")).encode())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> str:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8")
