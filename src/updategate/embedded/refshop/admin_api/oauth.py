"""OAuth: tokens for integrations and users, with refresh and rate limit."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.responses import Response

from updategate.embedded.refshop.dal.passwords import matches
from updategate.embedded.refshop.dal.problems import ApiProblem, problem
from updategate.embedded.refshop.shop import Shop

from .access import claims_of, signed
from .http import Call, Router

router = Router()

_REFRESH_LIFETIME = 7 * 24 * 3600


def prepare(shop: Shop) -> None:
    """Make the signing key of a new shop."""
    if shop.store.get("oauth_key", "key") is None:
        shop.store.upsert("oauth_key", {"id": "key", "value": secrets.token_hex(32)})


@router.route("POST", "/oauth/token", public=True)
def token(call: Call) -> Response:
    """Hand out tokens for the grants ``client_credentials``, ``password`` and ``refresh_token``."""
    body = call.body if isinstance(call.body, dict) else {}
    limiter = call.shop.rate_limiter("oauth")
    key = f"{body.get('username') or ''}-{call.client}"
    if call.shop.settings.login_rate_limit:
        wait = limiter.seconds_to_wait(key)
        if wait:
            raise problem(429, "FRAMEWORK__AUTH_THROTTLED", f"Auth throttled for {wait} seconds.", {"seconds": wait})
    grants = {"client_credentials": _client, "password": _password, "refresh_token": _refresh}
    grant = grants.get(str(body.get("grant_type")))
    if grant is None:
        raise _refused(
            400,
            "2",
            "The authorization grant type is not supported by the authorization server.",
            "Check that all required parameters have been provided",
        )
    answer = grant(call.shop, body)
    limiter.reset(key)
    return call.json(
        answer, headers={"content-type": "application/json; charset=UTF-8", "cache-control": "no-store, private"}
    )


def _client(shop: Shop, body: dict[str, Any]) -> dict[str, Any]:
    client_id = str(body.get("client_id") or "")
    secret = str(body.get("client_secret") or "")
    for entity, owner in (("integration", None), ("user_access_key", "userId")):
        for row in shop.store.where(entity, accessKey=client_id):
            stored = str(row.get("secretAccessKey") or "")
            if stored and (matches(secret, stored) or secrets.compare_digest(stored.encode(), secret.encode())):
                return _tokens(shop, client_id, row.get(owner) if owner else None, refresh=False)
    raise _client_refused()


def _password(shop: Shop, body: dict[str, Any]) -> dict[str, Any]:
    if body.get("client_id") != "administration":
        raise _client_refused()
    for user in shop.store.where("user", username=body.get("username")):
        right = matches(str(body.get("password") or ""), user.get("password"))
        if user.get("active") and shop.behaviour.user_password_matches(right):
            return _tokens(shop, "administration", user["id"], refresh=True)
    raise _refused(400, "6", "The user credentials were incorrect.", None)


def _refresh(shop: Shop, body: dict[str, Any]) -> dict[str, Any]:
    text = "The refresh token is invalid."
    try:
        claims = claims_of(shop, str(body.get("refresh_token") or ""))
    except ApiProblem:
        raise _refused(401, "8", text, "Cannot decrypt the refresh token") from None
    id_ = str(claims.get("jti"))
    if claims.get("kind") != "refresh" or shop.store.get("refresh_token", id_) is None:
        raise _refused(401, "8", text, "Token has been revoked")
    shop.store.delete("refresh_token", id_)
    return _tokens(shop, "administration", str(claims.get("sub")), refresh=True)


def _tokens(shop: Shop, client_id: str, user_id: str | None, *, refresh: bool) -> dict[str, Any]:
    now = shop.clock.now().timestamp()
    lifetime = shop.settings.token_lifetime
    claims = {"aud": client_id, "sub": user_id or "", "iat": now, "nbf": now}
    answer: dict[str, Any] = {
        "token_type": "Bearer",
        "expires_in": lifetime,
        "access_token": signed(shop, {**claims, "kind": "access", "jti": shop.ids.new(), "exp": now + lifetime}),
    }
    if refresh:
        id_ = shop.ids.new()
        shop.store.upsert("refresh_token", {"id": id_, "userId": user_id})
        answer["refresh_token"] = signed(
            shop, {**claims, "kind": "refresh", "jti": id_, "exp": now + _REFRESH_LIFETIME}
        )
    return answer


def _client_refused() -> ApiProblem:
    return _refused(401, "4", "Client authentication failed", None)


def _refused(status: int, code: str, title: str, detail: str | None) -> ApiProblem:
    return ApiProblem(status, [{"code": code, "status": str(status), "title": title, "detail": detail}])
