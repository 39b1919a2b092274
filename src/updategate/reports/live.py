"""A page on this machine that shows a run while it goes on, by server-sent events."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from base64 import b64encode
from collections.abc import AsyncIterator
from hashlib import sha256
from importlib import resources
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, StreamingResponse
from starlette.routing import Route

from updategate.reports.html import page_words, templates
from updategate.reports.progress import RunState
from updategate.reports.words import LANGUAGES, Language, states

HOST = "127.0.0.1"
BEAT_SECONDS = 2.0
"""How often the page is told the time that is left, though nothing else has happened."""


class PortTakenError(RuntimeError):
    """The port is not free; the message says which."""


class LivePage:
    """Serves the state of a run on 127.0.0.1 until it is left; nobody else's machine can reach it."""

    def __init__(self, state: RunState, port: int) -> None:
        """``port`` 0 takes any free one. Raises PortTakenError."""
        self._state = state
        self._clients: set[asyncio.Queue[str]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((HOST, port))
            self._socket.listen(64)  # whoever asks before the server runs is answered then
        except OSError as error:
            self._socket.close()
            message = f"The live page cannot be shown on port {port}: {error.strerror}. Choose another --live PORT."
            raise PortTakenError(message) from None
        self._script = (resources.files("updategate.reports") / "templates" / "live.js").read_text(encoding="utf-8")
        application = Starlette(
            routes=[
                Route("/", self._page),
                Route("/state", self._now),
                Route("/events", self._events),
            ],
            # another site's page must not read this through a name that points here
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])],
        )
        config = uvicorn.Config(application, log_level="critical", lifespan="off", timeout_graceful_shutdown=2)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name="live page", daemon=True)
        self._ready = threading.Event()

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self._socket.getsockname()[1]}/"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._state.ended = True
        self.tell()
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()

    def tell(self) -> None:
        """Send the state to everybody who looks."""
        loop = self._loop
        if loop is None or loop.is_closed():
            return
        text = json.dumps(self._state.told())
        try:
            loop.call_soon_threadsafe(self._broadcast, text)
        except RuntimeError:
            return  # the page was closed meanwhile

    def _broadcast(self, text: str) -> None:
        for client in self._clients:
            client.put_nowait(text)

    def _serve(self) -> None:
        async def serving() -> None:
            self._loop = asyncio.get_running_loop()
            self._ready.set()
            await self._server.serve(sockets=[self._socket])

        asyncio.run(serving())

    async def _page(self, request: Request) -> HTMLResponse:
        wanted = request.query_params.get("lang") or request.headers.get("accept-language", "en")[:2]
        language: Language = next((one for one in LANGUAGES if one == wanted), "en")
        digest = b64encode(sha256(self._script.encode()).digest()).decode()
        html = (
            templates()
            .get_template("live.html.j2")
            .render(
                **page_words(language),
                script=self._script,
                script_hash=digest,
                state=self._state.told(),
                other=next(one for one in LANGUAGES if one != language),
                statuses=dict(states("status", language)),
            )
        )
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})

    async def _now(self, _: Request) -> JSONResponse:
        return JSONResponse(self._state.told(), headers={"Cache-Control": "no-store"})

    async def _events(self, _: Request) -> StreamingResponse:
        return StreamingResponse(
            self._stream(),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def _stream(self) -> AsyncIterator[str]:
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._clients.add(queue)
        try:
            yield f"data: {json.dumps(self._state.told())}\n\n"
            while not self._state.ended:
                try:
                    text = await asyncio.wait_for(queue.get(), BEAT_SECONDS)
                except TimeoutError:
                    text = json.dumps(self._state.told())
                yield f"data: {text}\n\n"
            yield f"data: {json.dumps(self._state.told())}\n\n"
        finally:
            self._clients.discard(queue)
