"""What has changed between an answer that was recorded and the answer to the same request now: pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Literal

from updategate.clients.errors import violations_in
from updategate.clients.json_text import Json

Kind = Literal[
    "status", "error_code", "missing_field", "retyped_field", "null_now", "empty_now", "missing_header", "default",
    "no_json",
]  # fmt: skip

# headers that clients are known to read
WATCHED_HEADERS = ("sw-context-token", "sw-language-id", "sw-currency-id", "location", "content-type")
# what differs whenever something is written
_VOLATILE = frozenset(
    {
        "id", "createdat", "updatedat", "versionid", "autoincrement", "url", "path", "uploadedat", "expiresin", "taken",
        "extensions", "apialias", "links",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``where`` is the field (``data.media``), or the header; ``then`` and ``now`` are for people."""

    kind: Kind
    endpoint: str
    where: str
    then: str
    now: str
    exchange: int = 0

    def to_json(self) -> dict[str, str | int]:
        """A plain object."""
        return asdict(self)

    def __str__(self) -> str:
        what = {
            "status": "answers with another status",
            "error_code": "refuses with another error code",
            "missing_field": f"no longer has the field {self.where}",
            "retyped_field": f"has another type in {self.where}",
            "null_now": f"can be null in {self.where}",
            "empty_now": f"holds nothing any more in {self.where}",
            "missing_header": f"no longer has the header {self.where}",
            "default": f"has another default for {self.where}",
            "no_json": "answers with something that is no JSON",
        }[self.kind]
        return f"{self.endpoint} {what}: {self.then} → {self.now}"


@dataclass(frozen=True, slots=True)
class Side:
    """An answer: status, headers, parsed body."""

    status: int
    headers: Mapping[str, str]
    body: Json
    has_body: bool


def changes_between(
    endpoint: str, then: Side, now: Side, *, sent: Json = None, reads: tuple[str, ...] | None = None, exchange: int = 0
) -> list[Change]:
    """Every difference that a client can notice. ``reads`` limits fields and headers to those that it reads.

    Values may differ; their presence, type and nullability may not. What a created thing got by default (truth
    values, and figures that were not ``sent``) may not either.
    """
    found: list[Change] = []

    def note(kind: Kind, where: str, before: object, after: object) -> None:
        found.append(Change(kind, endpoint, where, str(before), str(after), exchange))

    if then.status // 100 != now.status // 100 or _success_differs(then, now):
        codes = ", ".join(violation.code for violation in violations_in(now.body))
        note("status", "", then.status, f"{now.status} {codes}".strip())
        return found
    if then.status >= 400:
        before, after = _codes(then.body), _codes(now.body)
        if then.status != now.status or before != after:
            note("error_code", "", f"{then.status} {before}", f"{now.status} {after}")
        return found
    for name in WATCHED_HEADERS:
        if _has(then.headers, name) and not _has(now.headers, name) and _is_read(f"header:{name}", reads):
            note("missing_header", name, "present", "absent")
    if then.has_body and then.body is not None and now.body is None:
        note("no_json", "", "JSON", "something else" if now.has_body else "no body")
        return found
    before_shape, after_shape = shape_of(then.body), shape_of(now.body)
    for change in _shape_changes(before_shape, after_shape):
        if _is_read(change[1], reads):
            note(*change)
    for where, before_value, after_value in _defaults(then.body, now.body, sent):
        if _is_read(where, reads):
            note("default", where, before_value, after_value)
    return found


def shape_of(body: Json) -> dict[str, set[str]]:
    """The types at every path; the entries of a list count together. ``a.b`` → ``{"string", "null"}``."""
    shape: dict[str, set[str]] = {}

    def walk(value: Json, path: str) -> None:
        shape.setdefault(path, set()).add(_type(value))
        if isinstance(value, dict):
            for key, entry in value.items():
                walk(entry, f"{path}.{_generic(str(key))}" if path else _generic(str(key)))
        elif isinstance(value, list):
            for entry in value:
                walk(entry, path)

    walk(body, "")
    return shape


def _shape_changes(
    before: Mapping[str, set[str]], after: Mapping[str, set[str]]
) -> Iterator[tuple[Kind, str, str, str]]:
    gone: list[str] = []
    for path, types in sorted(before.items()):
        if any(path.startswith(f"{parent}.") or path == parent for parent in gone):
            continue
        now = after.get(path)
        if now is None:
            gone.append(path)
            yield "missing_field", path, _words(types), "absent"
            continue
        known = types - {"null"}
        if known and now <= {"null"}:
            gone.append(path)
            yield "null_now", path, _words(types), "null"
        elif "null" in now and "null" not in types:
            yield "null_now", path, _words(types), _words(now)
        elif known and known - {"list"} and now <= {"list"} and not any(key.startswith(f"{path}.") for key in after):
            gone.append(path)
            yield "empty_now", path, "entries", "an empty list"
        elif known and not known & now:
            gone.append(path)
            yield "retyped_field", path, _words(types), _words(now)


def _defaults(then: Json, now: Json, sent: Json) -> Iterator[tuple[str, str, str]]:
    """Truth values and figures that a creation answered and nobody had sent."""
    before, after = _created(then), _created(now)
    if before is None or after is None or sent is None:
        return
    given = {name.lower() for name in sent} if isinstance(sent, dict) else set()
    for name, value in before.items():
        if name.lower() in _VOLATILE or name.lower() in given or name not in after:
            continue
        other = after[name]
        if isinstance(value, bool | int | Decimal) and isinstance(other, bool | int | Decimal) and value != other:
            yield name, str(value), str(other)


def _created(body: Json) -> dict[str, Json] | None:
    data = body.get("data") if isinstance(body, dict) else None
    if isinstance(data, dict):
        attributes = data.get("attributes")
        return attributes if isinstance(attributes, dict) else data
    return None


def _success_differs(then: Side, now: Side) -> bool:
    """A sync of old versions answered 200 with ``success: false``; now all is written or nothing."""

    def told(side: Side) -> object:
        return side.body.get("success") if isinstance(side.body, dict) else None

    return told(then) is False and told(now) is not False


def _codes(body: Json) -> list[str]:
    return [violation.code for violation in violations_in(body)]


def _has(headers: Mapping[str, str], name: str) -> bool:
    return any(key.lower() == name for key in headers)


def _is_read(where: str, reads: tuple[str, ...] | None) -> bool:
    """Whether a field is one that is read, or leads to one."""
    if reads is None:
        return True
    return any(where == name or name.startswith(f"{where}.") or where == "" for name in reads)


def _type(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | Decimal):
        return "number"
    if isinstance(value, str):
        return "string"
    return "list" if isinstance(value, list) else "object"


def _generic(key: str) -> str:
    """Ids as keys (prices by currency, translations by language) are one field."""
    bare = key.removeprefix("c")
    return "{id}" if len(bare) == 32 and all(digit in "0123456789abcdef" for digit in bare) else key


def _words(types: Iterable[str]) -> str:
    return " or ".join(sorted(types))
