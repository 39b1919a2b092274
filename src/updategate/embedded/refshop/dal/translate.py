"""Texts in the language asked for, with the fallbacks that Shopware has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .ids import SYSTEM_LANGUAGE
from .store import Doc, EntityStore


def language_chain(store: EntityStore, language_id: str | None) -> tuple[str, ...]:
    """Return the languages to look into, first the one asked for, last the system's."""
    if language_id in (None, SYSTEM_LANGUAGE):
        return (SYSTEM_LANGUAGE,)
    language = store.get("language", str(language_id)) or {}
    parent = language.get("parentId")
    chain = [str(language_id)] + ([parent] if parent else [])
    return (*(part for part in chain if part != SYSTEM_LANGUAGE), SYSTEM_LANGUAGE)


def translated(doc: Doc, field: str, chain: Sequence[str], parent: Doc | None = None) -> Any:
    """Return the text of a field in the first language of the chain that has it; a variant asks its parent too."""
    texts = doc.get("translations") or {}
    above = (parent or {}).get("translations") or {}
    for language in chain:
        for source in (texts, above):
            value = source.get(language, {}).get(field)
            if value is not None:
                return value
    return None
