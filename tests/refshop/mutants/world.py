"""A shop in this process that a mutant can be put into, and the people who use it.

``show(name, look, right, wrong)`` asks a healthy shop and one with the mutant the same question. The answer is a
dictionary: what is in ``wrong`` must differ as said, everything else must be the same.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pypdf import PdfReader

from tests.refshop.store_api.visitor import URL, Visitor
from updategate.embedded.refshop.app import create_app
from updategate.embedded.refshop.behaviour import Behaviour
from updategate.embedded.refshop.dal.store import EntityStore
from updategate.embedded.refshop.mail import listen
from updategate.embedded.refshop.mutants import MUTANTS, mutated
from updategate.embedded.refshop.seed import opened_data
from updategate.embedded.refshop.seed.notation import LANGUAGES, id_of
from updategate.embedded.refshop.seed.starting import adapt_to_start
from updategate.embedded.refshop.shop import Settings, Shop
from updategate.embedded.refshop.versions import VERSIONS

Look = Callable[["World"], dict[str, Any]]
OLD, NEW = "6.6.6.1", "6.6.7.1"


@dataclass(frozen=True)
class Case:
    """What to look at, what is right, and which of it the mutant makes what of."""

    look: Look
    right: dict[str, Any]
    wrong: dict[str, Any]


@cache
def _seeded(version: str) -> EntityStore:
    path = Path(tempfile.mkdtemp(prefix="mutants-")) / "shop.sqlite"
    opened_data(path, VERSIONS[version], seed="default")
    return EntityStore(path)


def _copy_of(store: EntityStore) -> EntityStore:
    copy = EntityStore()
    # documents are never changed in place, so that copies may share them
    copy._documents = {entity: dict(documents) for entity, documents in store._documents.items()}
    return copy


@dataclass
class Page:
    """An answer over HTTP."""

    status: int
    headers: list[tuple[str, str]]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)

    def found(self, pattern: str) -> str:
        """The first group of a pattern, or nothing."""
        match = re.search(pattern, self.text)
        return match.group(1) if match else ""


@dataclass
class World:
    """A shop with everything around it."""

    behaviour: Behaviour
    plugins: dict[str, str] = field(default_factory=dict)
    version: str = NEW
    #: what the shop behaves like once it is updated
    updated: Behaviour = field(default_factory=Behaviour)
    mails: list[EmailMessage] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.open(_copy_of(_seeded(self.version)))

    def open(self, store: EntityStore) -> None:
        """Serve these data."""
        folder = Path(tempfile.mkdtemp(prefix="mutants-"))
        settings = Settings(plugins=self.plugins, data_dir=folder, login_rate_limit=False)
        self.shop = Shop(store, VERSIONS[self.version], self.behaviour, mailer=self, settings=settings, base_url=URL)
        listen(self.shop)
        adapt_to_start(self.shop)
        self._app = create_app(self.shop)
        self._token = ""

    def send(self, message: EmailMessage) -> None:
        """Take a mail of the shop."""
        self.mails.append(message)

    # -- people -----------------------------------------------------------------------------------------------------

    def visitor(self, email: str | None = None, currency: str | None = None, language: str | None = None) -> Visitor:
        """Somebody who uses the Store API, logged in or not."""
        person = Visitor(self.shop, language=LANGUAGES[language] if language else None)
        if email:
            assert person.login(email).status == 200
        if currency:
            assert person.patch("/context", {"currencyId": id_of("currency", currency)}).status == 200
        return person

    def browser(self) -> Browser:
        """Somebody who looks at pages."""
        return Browser(self)

    def admin(self, method: str, path: str, body: Any = None, **headers: str) -> Page:
        """Ask the Admin API."""
        if not self._token:
            grant = {
                "grant_type": "client_credentials",
                "client_id": "SWIAREFSHOPINTEGRATION0001",
                "client_secret": "refshop-integration-secret",
            }
            self._token = self.ask("POST", "/api/oauth/token", grant).json["access_token"]
        sent = {"authorization": f"Bearer {self._token}", "accept": "application/json"}
        return self.ask(method, f"/api{path}", body, {**sent, **{k.replace("_", "-"): v for k, v in headers.items()}})

    def write(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Ask the Admin API for something that must succeed."""
        answer = self.admin(method, path, body, **headers)
        assert answer.status < 300, answer.text
        return answer.json if answer.content else None

    def sync(self, entity: str, *rows: dict[str, Any], action: str = "upsert") -> Any:
        """Write rows."""
        return self.write("POST", "/_action/sync", [{"entity": entity, "action": action, "payload": list(rows)}])

    def row(self, entity: str, **equals: Any) -> dict[str, Any]:
        """The stored row, as the shop itself has it."""
        return self.shop.store.where(entity, **equals)[0]

    def product(self, number: str) -> dict[str, Any]:
        return self.row("product", productNumber=number)

    def stock(self, number: str) -> int:
        return int(self.product(number)["availableStock"])

    def move(self, entity: str, id_: str, action: str) -> Page:
        """Do an action on a state."""
        return self.admin("POST", f"/_action/{entity}/{id_}/state/{action}", {})

    def paper(self, kind: str, order_id: str) -> str:
        """Make a document and read it."""
        answer = self.write("POST", f"/_action/order/document/{kind}/create", [{"orderId": order_id}])
        assert not answer["errors"], answer
        made = answer["data"][0]
        file = self.admin("GET", f"/_action/document/{made['documentId']}/{made['documentDeepLink']}")
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(file.content)).pages)

    def letters(self) -> list[str]:
        """The plain texts of all mails, with the subject first."""
        return [
            f"{mail['Subject']}\n{mail.get_body(('plain',)).get_content()}"  # type: ignore[union-attr]
            for mail in self.mails
        ]

    # -- the wire ---------------------------------------------------------------------------------------------------

    def ask(self, method: str, target: str, body: Any = None, headers: dict[str, str] | None = None) -> Page:
        """Send one request to the whole application."""
        path, _, query = target.partition("?")
        raw, kind = b"", "application/json"
        if isinstance(body, dict) and (headers or {}).get("form"):
            raw, kind = urlencode(body).encode(), "application/x-www-form-urlencoded"
        elif body is not None:
            raw = json.dumps(body).encode()
        sent = {"host": "shop.test", "content-type": kind, **(headers or {})}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 1),
            "server": ("shop.test", 80),
        }
        start: dict[str, Any] = {}
        chunks: list[bytes] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": raw, "more_body": False}

        async def answer(message: Any) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                chunks.append(message.get("body", b""))

        asyncio.run(self._app(scope, receive, answer))  # type: ignore[arg-type]
        found = [(name.decode().lower(), value.decode()) for name, value in start["headers"]]
        return Page(start["status"], found, b"".join(chunks))


class Browser:
    """Keeps cookies and follows redirects."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Page:
        return self._ask("GET", path)

    def post(self, path: str, **fields: str) -> Page:
        return self._ask("POST", path, fields)

    def log_in(self, email: str) -> None:
        self.post("/account/login", username=email, password="Shop-pass-1", redirectTo="frontend.account.home.page")

    def _ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> Page:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {**({"cookie": cookies} if cookies else {}), **({"form": "1"} if fields is not None else {})}
        page = self._world.ask(method, path, fields, headers)
        for name, value in page.headers:
            if name == "set-cookie":
                key, _, content = value.partition(";")[0].partition("=")
                self.cookies[key] = content.strip('"')
        target = page.header("location")
        if target and page.status in (301, 302, 303, 307):
            return self._ask("GET", target.removeprefix(URL))
        return page


# -- the question ---------------------------------------------------------------------------------------------------


def show(name: str, case: Case) -> None:
    """A healthy shop gives the right answer; the mutant changes of it what it says, and nothing else."""
    assert case.wrong
    assert all(case.right[key] != value for key, value in case.wrong.items())
    assert case.right.keys() - case.wrong.keys(), "something has to stay as it is"
    mutant = MUTANTS[name]
    version = OLD if mutant.acts == "after_update" else NEW
    assert _healthy(case.look, mutant.options, version) == case.right
    if mutant.acts == "always":
        sick = World(mutated([name]), _plugins(mutant.options))
    else:
        # the look prepares what there is before the update, then updates, then looks
        sick = World(Behaviour(), version=OLD, updated=mutated([name]))
    assert case.look(sick) == {**case.right, **case.wrong}


@cache
def _healthy(look: Look, options: tuple[str, ...], version: str) -> dict[str, Any]:
    """What a healthy shop answers, asked once for all mutants that are looked at in the same way."""
    return look(World(Behaviour(), _plugins(options), version))


def _plugins(options: tuple[str, ...]) -> dict[str, str]:
    return dict(option.split("=") for option in options if "=" in option)


def update(world: World) -> None:
    """Serve the same data as the newer version."""
    world.version = NEW
    world.behaviour = world.updated
    world.mails.clear()
    world.open(world.shop.store)
