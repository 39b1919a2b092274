"""Pictures of articles, to the shop's media."""

from __future__ import annotations

import hashlib
from pathlib import PurePath
from typing import Any

from updategate.embedded.connector.behaviour import id_of
from updategate.embedded.connector.erp import PICTURE
from updategate.embedded.connector.exchange import Exchange
from updategate.embedded.connector.problems import Problem, ShopRefusedError


def run(exchange: Exchange) -> list[Problem]:
    """Upload the pictures that are new or changed."""
    articles = {f"product.product,{entry['id']}": entry for entry in exchange.erp.articles()}
    if not articles:
        return []
    wanted = [["resource", "in", list(articles)], ["description", "=", PICTURE]]
    rows = exchange.erp.search("ir.attachment", wanted, ["resource", "name", "data"])
    known = exchange.product_ids([articles[row["resource"]]["number"] for row in rows])
    problems = []
    for row in rows:
        number = articles[row["resource"]]["number"]
        if number not in known:
            continue
        try:
            _write(exchange, number, known[number], row)
        except ShopRefusedError as refused:
            problems.append(Problem("pictures", number, refused.code, refused.detail))
    return problems


def _write(exchange: Exchange, number: str, product_id: str, row: dict[str, Any]) -> None:
    content = bytes(row["data"] or b"")
    digest = hashlib.sha256(content).hexdigest()
    if exchange.memory.get("picture", number) == digest:
        return
    shop, behaviour = exchange.shop, exchange.behaviour
    media_id = behaviour.media_id(number, digest)
    if not shop.search("media", {"ids": [media_id], "limit": 1}):
        shop.ask("POST", "/media", behaviour.media_body(media_id))
    name = PurePath(str(row["name"]))
    extension = name.suffix.lstrip(".").lower()
    stem = f"{number}-{media_id[:6]}"
    shop.ask(
        "POST",
        f"/_action/media/{media_id}/upload?extension={extension}&fileName={stem}",
        headers={"Content-Type": "image/png" if extension == "png" else "image/jpeg"},
        content=content,
    )
    link = id_of("product media", product_id, media_id)
    operations = [
        {
            "key": "link",
            "entity": "product_media",
            "action": "upsert",
            "payload": [{"id": link, "productId": product_id, "mediaId": media_id, "position": 0}],
        },
        {"key": "cover", "entity": "product", "action": "upsert", "payload": [{"id": product_id, "coverId": link}]},
    ]
    shop.sync(operations)
    exchange.memory.put("picture", number, digest)
