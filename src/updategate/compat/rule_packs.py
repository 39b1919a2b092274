"""Rule packs of major steps, as data: what to look for, how sure it is, and what to do instead.

A rule is `blocked` only with measured precision: at least 95 % of at least three hits in releases of real plugins were
changed by the vendor for the target major. A pack that claims more than its numbers say is refused when it is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from typing import Any

import yaml

from updategate.compat.model import CompatError, Effort, Level
from updategate.compat.rule_matching import TextRule
from updategate.compat.versions import Version

MINIMUM_PRECISION = 0.95
MINIMUM_HITS = 3
_KEYS = frozenset(
    (
        *(
            "id",
            "kind",
            "level",
            "message",
            "replacement",
            "effort",
            "link",
            "measured",
            "files",
            "pattern",
            "requires",
        ),
        *("unless", "classes", "ancestor", "property", "method", "unless_attribute", "unless_method", "unless_call"),
        *("always", "type"),
    )
)
_KINDS = frozenset({"text", "class", "member", "annotation", "route-import"})


@dataclass(frozen=True, slots=True)
class Measured:
    """File hits in releases before the step, and how many of them the vendor changed for it."""

    hits: int = 0
    adapted: int = 0
    held_out_hits: int = 0
    held_out_adapted: int = 0

    @property
    def precision(self) -> float | None:
        """Share of hits that the vendor changed; None without hits."""
        hits = self.hits + self.held_out_hits
        return (self.adapted + self.held_out_adapted) / hits if hits else None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; which fields matter depends on `kind`."""

    id: str
    kind: str
    level: Level
    message: str
    replacement: str = ""
    effort: Effort = Effort.SMALL
    link: str = ""
    measured: Measured = Measured()
    text: TextRule | None = None
    classes: tuple[str, ...] = ()  # class: names, or prefixes ending in `\*`
    ancestor: str = ""  # member: the class must stand below this one
    static_property: str = ""
    method: str = ""
    unless_attribute: str = ""
    unless_method: str = ""
    unless_call: tuple[str, ...] = ()
    always: bool = False  # class: also where the class still exists in the tree at hand
    type: str = ""  # route-import: the type that is gone

    def names(self, name: str) -> bool:
        """Whether a class is one of the rule's."""
        return name in self.classes or name.startswith(self.prefixes)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Namespaces of which every class is meant."""
        return tuple(own[:-1] for own in self.classes if own.endswith("*"))


@dataclass(frozen=True, slots=True)
class Pack:
    """The rules of one major step."""

    source: tuple[int, int]
    target: tuple[int, int]
    rules: tuple[Rule, ...]

    @property
    def title(self) -> str:
        """`6.5 to 6.6`."""
        return f"{'.'.join(map(str, self.source))} to {'.'.join(map(str, self.target))}"


def read_pack(text: str, name: str) -> Pack:
    """Read and check a pack.

    Raises:
        CompatError: an unknown key, a bad expression, or a `blocked` rule whose numbers do not carry it.

    """
    data = yaml.safe_load(text)
    if not isinstance(data, dict) or not {"from", "to", "rules"} <= data.keys():
        raise CompatError(f"{name}: a rule pack needs `from`, `to` and `rules`.")
    source, target = Version.parse(str(data["from"])).major, Version.parse(str(data["to"])).major
    return Pack(source, target, tuple(_rule(item, name) for item in data["rules"] or ()))


def _rule(item: dict[str, Any], name: str) -> Rule:
    identity = item.get("id", "without id")
    for key in item:
        if key not in _KEYS:
            near = get_close_matches(str(key), _KEYS, 1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise CompatError(f"{name}: rule {identity}: unknown key '{key}'.{hint}")
    kind = item.get("kind")
    if kind not in _KINDS:
        raise CompatError(f"{name}: rule {identity}: kind must be one of {', '.join(sorted(_KINDS))}.")
    rule = Rule(
        item["id"],
        kind,
        Level(item.get("level", "review")),
        " ".join(item["message"].split()),
        item.get("replacement", ""),
        Effort(item.get("effort", "S")),
        item.get("link", ""),
        _measured(item.get("measured") or {}),
        _text(item, name) if kind == "text" else None,
        tuple(item.get("classes", ())),
        item.get("ancestor", ""),
        item.get("property", ""),
        item.get("method", ""),
        item.get("unless_attribute", ""),
        item.get("unless_method", ""),
        tuple(item.get("unless_call", ())),
        bool(item.get("always")),
        item.get("type", ""),
    )
    _carried(rule, name)
    return rule


def _measured(item: dict[str, Any]) -> Measured:
    developed, held_out = item.get("developed") or {}, item.get("held_out") or {}
    return Measured(
        developed.get("hits", 0), developed.get("adapted", 0), held_out.get("hits", 0), held_out.get("adapted", 0)
    )


def _text(item: dict[str, Any], name: str) -> TextRule:
    for key in ("files", "pattern", "requires", "unless"):
        try:
            re.compile(item.get(key, ""))
        except re.error as error:
            raise CompatError(f"{name}: rule {item['id']}: '{key}' is no regular expression ({error}).") from error
    return TextRule(item["id"], item["files"], item["pattern"], item.get("requires", ""), item.get("unless", ""))


def _carried(rule: Rule, name: str) -> None:
    if rule.level is not Level.BLOCKED:
        return
    hits = rule.measured.hits + rule.measured.held_out_hits
    precision = rule.measured.precision
    if precision is None or hits < MINIMUM_HITS or precision < MINIMUM_PRECISION:
        raise CompatError(
            f"{name}: rule {rule.id} is blocked, but its measured precision does not carry it"
            f" ({rule.measured.adapted + rule.measured.held_out_adapted} of {hits} hits adapted). Make it review."
        )


def packs_between(source: Version | None, target: Version) -> tuple[Pack, ...]:
    """The packs of every major step that an update crosses; without a source version, those that lead to the target."""
    packs = []
    folder = files("updategate.compat").joinpath("rules")
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".yaml"):
            pack = read_pack(entry.read_text(encoding="utf-8"), entry.name)
            low = source.major if source is not None else pack.source
            if low <= pack.source and pack.target <= target.major:
                packs.append(pack)
    return tuple(packs)
