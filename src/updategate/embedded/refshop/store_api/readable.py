"""Adds the readable addresses of products and categories, for clients that ask for them with a header."""

from __future__ import annotations

from typing import Any

from updategate.embedded.refshop.shop import Shop

from .entities import Presenter
from .session import Session

HEADER = "sw-include-seo-urls"
_ADDRESSED = frozenset({"product", "category"})


def with_seo_urls(shop: Shop, session: Session, shown: Any) -> Any:
    """Return what is shown with ``seoUrls`` filled in, wherever a product or category stands in it."""
    if isinstance(shown, list):
        return [with_seo_urls(shop, session, each) for each in shown]
    if not isinstance(shown, dict):
        return shown
    result = {key: with_seo_urls(shop, session, each) for key, each in shown.items()}
    if result.get("apiAlias") in _ADDRESSED and "seoUrls" in result and result["seoUrls"] is None:
        result["seoUrls"] = _urls(shop, session, str(result.get("id")))
    return result


def _urls(shop: Shop, session: Session, foreign_key: str) -> list[Any]:
    presenter = Presenter(shop, session.languages)
    return [
        presenter.entity("seo_url", row)
        for row in shop.store.where("seo_url", foreignKey=foreign_key, languageId=session.language_id)
        if row.get("salesChannelId") == session.channel["id"] and row.get("isCanonical") and not row.get("isDeleted")
    ]
