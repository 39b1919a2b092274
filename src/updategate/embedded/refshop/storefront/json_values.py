"""What JSON and stored documents hold."""

from __future__ import annotations

from typing import Any, TypeAlias

#: any value of JSON: the keys of a document decide what it is, not the type checker
Json: TypeAlias = Any
