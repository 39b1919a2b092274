"""The part of Mailpit's HTTP API that tests need, under the same paths and names."""

from __future__ import annotations

import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from updategate.embedded.mail_sink.store import MailStore, StoredMail


def api(store: MailStore) -> Starlette:
    """The application over a store of mails."""
    endpoints = Endpoints(store)
    return Starlette(
        routes=[
            Route("/api/v1/info", endpoints.info),
            Route("/api/v1/messages", endpoints.messages, methods=["GET", "DELETE"]),
            Route("/api/v1/search", endpoints.search, methods=["GET", "DELETE"]),
            Route("/api/v1/message/{mail}", endpoints.detail),
            Route("/api/v1/message/{mail}/raw", endpoints.raw),
            Route("/api/v1/message/{mail}/headers", endpoints.headers),
            Route("/api/v1/message/{mail}/part/{part}", endpoints.part),
        ]
    )


class Endpoints:
    """One method an address."""

    def __init__(self, store: MailStore) -> None:
        self._store = store

    async def info(self, _: Request) -> Response:
        """Who is there."""
        return JSONResponse({"Version": "updategate mail sink", "Messages": len(self._store.all())})

    async def messages(self, request: Request) -> Response:
        """All mails; DELETE forgets those named, or all."""
        if request.method == "DELETE":
            body = await request.body()
            self._store.delete([str(one) for one in (json.loads(body) if body else {}).get("IDs") or []])
            return PlainTextResponse("ok")
        return self._listed(request, self._store.all())

    async def search(self, request: Request) -> Response:
        """Mails that fit a query."""
        found = self._store.search(request.query_params.get("query", ""))
        if request.method == "DELETE":
            self._store.delete([mail.id for mail in found] or ["none"])
            return PlainTextResponse("ok")
        return self._listed(request, found)

    async def detail(self, request: Request) -> Response:
        """One mail."""
        mail = self._store.get(request.path_params["mail"])
        return JSONResponse(mail.detail()) if mail else _missing()

    async def raw(self, request: Request) -> Response:
        """One mail's bytes."""
        mail = self._store.get(request.path_params["mail"])
        return Response(mail.raw, media_type="text/plain") if mail else _missing()

    async def headers(self, request: Request) -> Response:
        """One mail's headers."""
        mail = self._store.get(request.path_params["mail"])
        return JSONResponse(mail.headers()) if mail else _missing()

    async def part(self, request: Request) -> Response:
        """One attachment."""
        mail = self._store.get(request.path_params["mail"])
        found = mail.part(request.path_params["part"]) if mail else None
        return Response(found[1], media_type=found[0]) if found else _missing()

    def _listed(self, request: Request, mails: list[StoredMail]) -> Response:
        start = int(request.query_params.get("start", 0))
        page = mails[start : start + int(request.query_params.get("limit", 50))]
        return JSONResponse(
            {
                "total": len(self._store.all()),
                "unread": len(mails),
                "count": len(page),
                "messages_count": len(mails),
                "start": start,
                "tags": [],
                "messages": [mail.summary() for mail in page],
            }
        )


def _missing() -> Response:
    return PlainTextResponse("message not found", status_code=404)
