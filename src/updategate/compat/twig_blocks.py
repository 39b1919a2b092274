"""Blocks, parents and includes of Twig templates: storefront templates and the administration's HTML templates.

A small scanner of ours: it knows comments, `verbatim`, strings within tags, and block nesting. A template that does not
nest properly is scanned as far as it goes and marked.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"\{#(?P<comment>.*?)#\}"
    r"|(?P<print>\{\{(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|[^'\"}]|\}(?!\}))*\}\})"
    r"|\{%[-~]?\s*(?P<tag>\w+)(?P<rest>(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|[^'\"%]|%(?!\}))*?)[-~]?%\}",
    re.DOTALL,
)
_VERBATIM_END = re.compile(r"\{%[-~]?\s*endverbatim\s*[-~]?%\}")
_NAME = re.compile(r"\s*([\w.-]+)")
_STRING = re.compile(r"'((?:\\.|[^'\\])*)'|\"((?:\\.|[^\"\\])*)\"")
_VERSIONED = re.compile(r"\s*shopware-block:\s*(?P<hash>[0-9a-fA-F]+)@(?P<version>[\w.+-]+)\s*")
_SHORT_BLOCK = re.compile(r"\s*[\w.-]+\s+\S")
_PARENT = re.compile(r"\bparent\(\)|\{%-?\s*parent\b")
_DEPRECATED = re.compile(r"@deprecated\s+tag:\S+\s*-?\s*([^#]*)")


@dataclass(slots=True)
class Block:
    """One block definition."""

    name: str
    line: int
    outer: str  # enclosing block, or empty
    start: int = 0  # offsets of the body in the text, for diffs
    end: int = 0
    known_hash: str = ""  # from a `shopware-block` comment before it
    known_version: str = ""
    calls_parent: bool = False
    deprecated: str = ""
    conditional: bool = False  # within an `if` that asks for a feature flag or a version
    body: str = ""  # of plugin templates only
    comment_line: int = 0  # line of the `shopware-block` comment, if any


@dataclass(slots=True)
class TemplateRef:
    """A template named by a tag: `sw_extends`, `extends`, `sw_include`, `include`, `sw_embed` ..."""

    tag: str
    target: str
    line: int
    optional: bool = False


@dataclass(slots=True)
class Template:
    """What one template says."""

    path: str
    blocks: list[Block] = field(default_factory=list)
    refs: list[TemplateRef] = field(default_factory=list)
    broken_line: int = 0

    @property
    def extends(self) -> str:
        """The parent template as written, or empty."""
        return next((ref.target for ref in self.refs if ref.tag in {"sw_extends", "extends"}), "")


def normalise(body: str) -> str:
    """A body without what does not matter: comments, quotes' kind, white space between tokens."""
    plain = re.sub(r"\{#.*?#\}|<!--.*?-->", " ", body, flags=re.DOTALL)
    plain = plain.replace('"', "'")
    plain = re.sub(r"\s+", " ", plain)
    plain = re.sub(r"\s*(\{%[-~]?|[-~]?%\}|\{\{[-~]?|[-~]?\}\}|[<>=(),|:\[\]])\s*", r"\1", plain)
    plain = re.sub(r"(\{%|\{\{)[-~]", r"\1", plain)
    plain = re.sub(r"[-~](%\}|\}\})", r"\1", plain)
    plain = re.sub(r",([\])}])", r"\1", plain)
    return re.sub(r"\s*/>", ">", plain).strip()


def body_hash(body: str) -> str:
    """Hash of a normalised body, as `shopware-block` comments carry it."""
    return hashlib.sha256(normalise(body).encode()).hexdigest()[:32]


class _Scanner:
    def __init__(self, path: str, source: str, *, keep_bodies: bool) -> None:
        self.template = Template(path)
        self._keep_bodies = keep_bodies
        self._source = source
        self._open: list[tuple[Block, list[tuple[int, int, str]]]] = []
        self._conditions: list[bool] = []
        self._comment: re.Match[str] | None = None
        self._comment_line = 0
        self._deprecated = ""
        self._line = 1
        self._counted = 0

    def _line_at(self, offset: int) -> int:
        self._line += self._source.count("\n", self._counted, offset)
        self._counted = offset
        return self._line

    def scan(self) -> Template:
        position = 0
        while match := _TOKEN.search(self._source, position):
            position = match.end()
            line = self._line_at(match.start())
            comment = match["comment"]
            if comment is not None:
                self._remember(comment, line)
                continue
            if match["print"] is not None:
                continue
            if match["tag"] == "verbatim":
                end = _VERBATIM_END.search(self._source, position)
                position = end.end() if end else len(self._source)
                continue
            self._tag(match, line)
        if self._open:
            self.template.broken_line = self._open[-1][0].line
            while self._open:
                self._close(len(self._source), len(self._source))
        return self.template

    def _remember(self, comment: str, line: int) -> None:
        versioned = _VERSIONED.fullmatch(comment)
        if versioned:
            self._comment, self._comment_line = versioned, line
        deprecated = _DEPRECATED.search(comment)
        if deprecated:
            self._deprecated = deprecated[0].strip()

    def _tag(self, match: re.Match[str], line: int) -> None:
        tag, rest = match["tag"], match["rest"]
        if tag == "block":
            self._block(match, rest, line)
        elif tag == "endblock":
            if self._open:
                self._close(match.start(), match.end())
        elif tag == "if":
            self._conditions.append(bool(re.search(r"feature\(|version", rest)))
        elif tag == "endif":
            if self._conditions:
                self._conditions.pop()
        elif tag in _REFERRING:
            self._refer(tag, rest, line)
        if tag in {"block", "endblock"}:
            self._deprecated = "" if tag == "block" else self._deprecated
            self._comment = None if tag == "block" else self._comment

    def _block(self, match: re.Match[str], rest: str, line: int) -> None:
        name = _NAME.match(rest)
        if name is None:
            return
        outer = self._open[-1][0].name if self._open else ""
        block = Block(name[1], line, outer, start=match.end(), conditional=any(self._conditions))
        block.deprecated = self._deprecated
        if self._comment is not None:
            block.known_hash, block.known_version = self._comment["hash"].lower(), self._comment["version"]
            block.comment_line = self._comment_line
        self.template.blocks.append(block)
        if _SHORT_BLOCK.match(rest):  # {% block title 'text' %} has no end tag
            block.start, block.end = match.start("rest"), match.end("rest")
            return
        self._open.append((block, []))

    def _close(self, end: int, after: int) -> None:
        block, nested = self._open.pop()
        block.end = end
        if self._keep_bodies:
            block.body = self._source[block.start : end]
            block.calls_parent = bool(_PARENT.search(self._without(nested, block.start, end)))
        if self._open:
            opening = self._source.rfind("{%", 0, block.start)
            self._open[-1][1].append((opening, after, block.name))

    def _without(self, nested: list[tuple[int, int, str]], start: int, end: int) -> str:
        parts, position = [], start
        for inner_start, inner_end, _ in nested:
            parts.append(self._source[position:inner_start])
            position = inner_end
        return "".join([*parts, self._source[position:end]])

    def _refer(self, tag: str, rest: str, line: int) -> None:
        targets = [first or second for first, second in _STRING.findall(rest.split(" with ")[0])]
        optional = "ignore missing" in rest or len(targets) > 1
        for target in targets:
            if target.endswith(".twig"):
                self.template.refs.append(TemplateRef(tag, target, line, optional or any(self._conditions)))


_REFERRING = frozenset({"sw_extends", "extends", "sw_include", "include", "sw_embed", "embed", "use", "import", "from"})


def read_template(path: str, content: bytes, *, keep_bodies: bool = False) -> Template:
    """Scan one template. Bodies are kept of plugins' templates; the core's are cut out where one is overridden."""
    return _Scanner(path, content.decode("utf-8", "replace"), keep_bodies=keep_bodies).scan()
