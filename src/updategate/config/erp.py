"""The ERP and its connector, as an environment file describes them."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue, SecretStr, model_validator

from updategate.config.loading import Strict


def _address(value: str) -> str:
    if not re.match(r"https?://[^/\s]+", value):
        message = f"an address starts with http:// or https://, not {value!r}"
        raise ValueError(message)
    return value.rstrip("/")


# a right in Shopware's words
Right = Annotated[str, Field(pattern=r"^[a-z0-9_]+:(read|create|update|delete)$")]
HttpAddress = Annotated[str, AfterValidator(_address)]


class Sftp(Strict):
    """A server that files are exchanged through.

    Exactly one of ``password`` and ``key_file`` (a private key, perhaps under a ``passphrase``). ``known_hosts`` is the
    OpenSSH file that holds the server's host key, for want of it the user's own; a server that it does not know, or
    knows under another key, is never spoken to.
    """

    host: str = Field(min_length=1)
    port: int = Field(default=22, ge=1, le=65535)
    username: str = Field(min_length=1)
    password: SecretStr | None = None
    key_file: str | None = None
    passphrase: SecretStr | None = None
    known_hosts: str | None = None

    @model_validator(mode="after")
    def _one_credential(self) -> Sftp:
        if (self.password is None) == (self.key_file is None):
            message = "give exactly one of password and key_file"
            raise ValueError(message)
        if self.passphrase is not None and self.key_file is None:
            message = "a passphrase is that of a key_file"
            raise ValueError(message)
        return self


class ErpSettings(Strict):
    """The ERP that the shop exchanges articles, stock and orders with.

    ``adapter`` is the name of an entry point of the group ``updategate.erp``: ``tryton``, ``files`` or ``odata``.
    ``embedded`` starts a Tryton of our own for the run; ``database_url`` lets it use PostgreSQL. ``mapping`` is the
    YAML file of the adapters ``files`` and ``odata``, ``folder`` where files are exchanged: on this machine, or on the
    server that ``sftp`` describes. ``timeout`` is in seconds and holds for one answer.
    """

    adapter: str = Field(default="tryton", min_length=1)
    embedded: bool = False
    url: HttpAddress | None = None
    database: str | None = None
    username: str | None = None
    password: SecretStr | None = None
    token: SecretStr | None = None
    database_url: SecretStr | None = None
    mapping: str | None = None
    folder: str | None = None
    sftp: Sftp | None = None
    timeout: float = Field(default=60.0, gt=0, le=600)

    @model_validator(mode="after")
    def _embedded_is_tryton(self) -> ErpSettings:
        if self.embedded and self.adapter != "tryton":
            message = "only the adapter 'tryton' can be embedded"
            raise ValueError(message)
        if self.sftp is not None and self.adapter in ("tryton", "odata"):
            message = f"the adapter '{self.adapter}' exchanges no files: sftp belongs to the adapter 'files'"
            raise ValueError(message)
        return self


class Trigger(Strict):
    """How one flow of a connector is started: exactly one of a request, a command, or a scheduled task of the shop.

    ``post`` is an address, ``body`` the JSON object that is sent there; ``command`` a list of words, the flow has ended
    when the command has; ``task`` the name of a scheduled task of the shop, which has ended when it has run.
    """

    post: HttpAddress | None = None
    body: dict[str, JsonValue] | None = None
    command: tuple[str, ...] | None = None
    task: str | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Trigger:
        if sum(value is not None for value in (self.post, self.command, self.task)) != 1:
            message = "a flow is started by exactly one of post, command and task"
            raise ValueError(message)
        if self.body is not None and self.post is None:
            message = "a body is only sent with post"
            raise ValueError(message)
        return self


class Idle(Strict):
    """How a connector is known to be idle.

    ``status`` is an address that answers JSON, of which ``key`` (dots lead inwards) must be ``equals``. Better, because
    it cannot be read too early, is ``finished``: a key whose value is another one after each run (its number, or when
    it ended); a command or a task has an end of its own. ``queue_empty`` waits until the shop's message queue is empty.
    ``quiet_seconds`` waits so long before all that: for a connector that runs by its own schedule and tells nothing,
    its interval and the length of a run.
    ``problems`` is the list in the status of what could not be exchanged.
    """

    status: HttpAddress | None = None
    key: str = "idle"
    equals: str | int | bool = True
    finished: str | None = None
    problems: str | None = None
    queue_empty: bool = False
    quiet_seconds: float = Field(default=0.0, ge=0, le=3600)

    @model_validator(mode="after")
    def _status_is_there(self) -> Idle:
        for name, value in (("finished", self.finished), ("problems", self.problems)):
            if value is not None and self.status is None:
                message = f"{name} is a key in the connector's status: write status, the address that tells it"
                raise ValueError(message)
        return self


class ConnectorSettings(Strict):
    """The software between the ERP and the shop: what is tested.

    ``adapter`` is the name of an entry point of the group ``updategate.connector``. ``reference`` is our own small
    connector and needs ``embedded``; ``described`` is any other, by its ``flows`` and ``idle``. ``through`` puts a
    proxy before the shop that can disturb and record (``proxy_port`` 0 takes a free port; your connector must then
    speak to it instead of to the shop). ``customer_password`` stands for the masked one of a recorded login.
    ``client_id`` and ``client_secret`` are the connector's own integration, ``lacks`` the rights that it does not have
    because it needs none of them (``document:read``). ``custom_field`` is what it calls the custom field that an
    attribute of the ERP becomes.
    ``token`` is sent in ``token_header``, as a bearer token in ``Authorization`` and as it is in any other.
    ``timeout`` in seconds: a connector that is not idle then is called stuck. ``mutants`` are faults of the reference
    connector, to prove that the processes notice them.
    """

    adapter: str = Field(default="reference", min_length=1)
    embedded: bool = False
    through: Literal["fault_proxy"] | None = None
    proxy_port: int = Field(default=0, ge=0, le=65535)
    client_id: str | None = None
    client_secret: SecretStr | None = None
    lacks: tuple[Right, ...] = ()
    custom_field: str = Field(default="erp_{name}", pattern=r"^[A-Za-z0-9_]*\{name\}[A-Za-z0-9_]*$")
    token: SecretStr | None = None
    token_header: str = Field(default="Authorization", pattern=r"^[A-Za-z0-9-]+$")
    customer_password: SecretStr | None = None
    flows: dict[str, Trigger] = Field(default_factory=dict)
    idle: Idle = Idle()
    timeout: float = Field(default=90.0, gt=0, le=7200)
    mutants: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> ConnectorSettings:
        if self.adapter == "reference" and not self.embedded:
            message = "the reference connector is started for the run: write 'embedded: true', or name another adapter"
            raise ValueError(message)
        if bool(self.client_id) != bool(self.client_secret):
            message = "give both client_id and client_secret, or neither"
            raise ValueError(message)
        if self.idle.quiet_seconds >= self.timeout:
            message = "timeout must be longer than idle.quiet_seconds, or the connector is always stuck"
            raise ValueError(message)
        if self.mutants and not self.embedded:
            message = "only the embedded connector has mutants"
            raise ValueError(message)
        return self
