"""Take out of use what runs left in an ERP."""

from __future__ import annotations

from collections.abc import Iterable

from updategate.actors.identity import NAME_MARK, NUMBER_MARK, is_test_number
from updategate.clients.errors import CounterpartError
from updategate.config.environment import Environment
from updategate.domain.erp import LeftBehind
from updategate.operations.counterparts import Started, erp_of

ARTICLES, PRICE_LISTS = "article of the ERP", "price list of the ERP"


def in_journal(keys: Iterable[tuple[str, str]]) -> LeftBehind:
    """What a journal of the shop tells of the ERP: articles by number, price lists as rules."""
    found = list(keys)
    articles = [key for entity, key in found if entity == "product" and key.startswith(f"number:{NUMBER_MARK}")]
    lists = [key for entity, key in found if entity == "rule" and key.startswith(f"name:{NAME_MARK}")]
    return LeftBehind(
        tuple(key.removeprefix("number:") for key in articles), tuple(key.removeprefix("name:") for key in lists)
    )


def clean_erp(environment: Environment, only: LeftBehind | None = None) -> tuple[dict[str, int], tuple[str, ...]]:
    """Take what carries the mark of a run out of use (of that ``only``, if given).

    Returns how much it was, by kind, and what went wrong. An ERP that is started for a run alone is gone with it.
    """
    if environment.erp is None or environment.erp.embedded or only == LeftBehind():
        return {}, ()
    try:
        erp = erp_of(environment, Started())
        try:
            found = erp.left_behind(NUMBER_MARK, NAME_MARK)
            left = LeftBehind(tuple(entry for entry in found.articles if is_test_number(entry)), found.price_lists)
            if only is not None:
                left = LeftBehind(
                    tuple(entry for entry in left.articles if entry in only.articles),
                    tuple(entry for entry in left.price_lists if entry in only.price_lists),
                )
            if left != LeftBehind():
                erp.retire(left.articles, left.price_lists)
        finally:
            erp.close()
    except CounterpartError as fault:
        return {}, (str(fault),)
    counts = {ARTICLES: len(left.articles), PRICE_LISTS: len(left.price_lists)}
    return {kind: count for kind, count in counts.items() if count}, ()
