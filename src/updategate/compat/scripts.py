"""Facts of JavaScript, TypeScript and SCSS files of plugins: what they take from the core."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_COMMENT = re.compile(
    r"//[^\n]*|/\*.*?\*/|(?P<keep>\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)", re.DOTALL
)
_COMPONENT = re.compile(
    r"\bComponent\.(override|extend|register|build)\(\s*['\"`]([\w-]+)['\"`]\s*(?:,\s*['\"`]([\w-]+)['\"`])?"
)
_BARE_COMPONENT = re.compile(
    r"(?<![\w.])(override|extend|register)\(\s*['\"`]((?:sw|mt)-[\w-]+)['\"`]\s*(?:,\s*['\"`]([\w-]+)['\"`])?"
)
_IMPORT = re.compile(r"(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\(\s*)['\"]([^'\"\n]+)['\"]")
_MIXIN = re.compile(r"Mixin\.getByName\(\s*['\"]([\w-]+)['\"]")
_JS_PLUGIN = re.compile(
    r"\b(?:PluginManager|window\.PluginManager)\.(override|extend|deregister|register|getPlugin\w*)\(\s*['\"](\w+)['\"]"
)
_TRANSLATION = re.compile(r"\$tc?\(\s*['\"]([\w.-]+)['\"]")
_SCSS_USED = re.compile(r"\$([A-Za-z][\w-]*)")
_SCSS_DEFINED = re.compile(r"(?:^|[;{\s(,])\$([\w-]+)\s*:", re.MULTILINE)
_SCSS_INCLUDE = re.compile(r"@include\s+([\w-]+)")
_SCSS_MIXIN = re.compile(r"@(?:mixin|function)\s+([\w-]+)")


@dataclass(slots=True)
class ScriptFile:
    """A script: (how, component or plugin name, line) and the like. Lines are 1-based."""

    path: str
    components: list[tuple[str, str, int]] = field(default_factory=list)
    imports: list[tuple[str, int]] = field(default_factory=list)
    mixins: list[tuple[str, int]] = field(default_factory=list)
    js_plugins: list[tuple[str, str, int]] = field(default_factory=list)
    texts: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class StyleFile:
    """An SCSS file: variables and mixins it uses and defines, with the line of the first use."""

    path: str
    used: dict[str, int] = field(default_factory=dict)
    defined: set[str] = field(default_factory=set)
    includes: dict[str, int] = field(default_factory=dict)
    mixins: set[str] = field(default_factory=set)


def blank_comments(source: str) -> str:
    """The source with comments replaced by spaces, so that offsets and lines stay."""

    def replace(match: re.Match[str]) -> str:
        if match["keep"] is not None:
            return match[0]
        return re.sub(r"[^\n]", " ", match[0])

    return _COMMENT.sub(replace, source)


def read_script(path: str, source: str) -> ScriptFile:
    """Facts of one script."""
    plain = blank_comments(source)
    found = ScriptFile(path)

    def line(match: re.Match[str]) -> int:
        return plain.count("\n", 0, match.start()) + 1

    for pattern in (_COMPONENT, _BARE_COMPONENT):
        for match in pattern.finditer(plain):
            how, first, second = match[1], match[2], match[3]
            target = second if how == "extend" and second else first
            if how == "extend" and not second:
                continue
            found.components.append((how, target, line(match)))
    found.components = list(dict.fromkeys(found.components))
    found.imports = [(match[1], line(match)) for match in _IMPORT.finditer(plain)]
    found.mixins = [(match[1], line(match)) for match in _MIXIN.finditer(plain)]
    found.js_plugins = [(match[1], match[2], line(match)) for match in _JS_PLUGIN.finditer(plain)]
    found.texts = [(match[1], line(match)) for match in _TRANSLATION.finditer(plain)]
    return found


def read_style(path: str, source: str) -> StyleFile:
    """Facts of one SCSS file."""
    plain = blank_comments(source)
    found = StyleFile(path)
    found.defined = set(_SCSS_DEFINED.findall(plain))
    found.mixins = set(_SCSS_MIXIN.findall(plain))
    for pattern, target in ((_SCSS_USED, found.used), (_SCSS_INCLUDE, found.includes)):
        for match in pattern.finditer(plain):
            target.setdefault(match[1], plain.count("\n", 0, match.start()) + 1)
    return found
