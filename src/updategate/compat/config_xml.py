"""System configuration of the core and of plugins: the keys that `config.xml` declares."""

from __future__ import annotations

import re
import xml.parsers.expat
from pathlib import PurePosixPath

_CORE_DOMAINS = re.compile(r"src/Core/System/Resources/config/(\w+)\.xml$")


def config_keys(path: str, content: bytes) -> set[str]:
    """Full keys (`core.cart.wishlistEnabled`) where the domain is known from the path, else bare field names."""
    names: set[str] = set()
    state = {"field": 0, "text": ""}
    parser = xml.parsers.expat.ParserCreate()

    def start(tag: str, _attributes: dict[str, str]) -> None:
        state["text"] = ""
        if tag in {"input-field", "component"}:
            state["field"] = 1

    def end(tag: str) -> None:
        if tag == "name" and state["field"]:
            names.add(str(state["text"]).strip())
            state["field"] = 0

    def characters(data: str) -> None:
        state["text"] = str(state["text"]) + data

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    try:
        parser.Parse(content, True)  # noqa: FBT003 - expat takes no keywords
    except xml.parsers.expat.ExpatError:
        return set()
    domain = _CORE_DOMAINS.search(path)
    if domain:
        return {f"core.{domain[1]}.{name}" for name in names if name}
    stem = PurePosixPath(path).stem
    return {f"{stem}.{name}" for name in names if name}
