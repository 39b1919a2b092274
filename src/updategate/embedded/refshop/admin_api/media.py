"""Media: uploads, and the files themselves. Files of the seed are drawn when asked for."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Awaitable, Callable
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from updategate.embedded.refshop.dal.ids import api_time
from updategate.embedded.refshop.dal.problems import problem
from updategate.embedded.refshop.shop import Shop

from .entities import resource_not_found
from .http import Call, Router

router = Router()

_MOST_BYTES = 20 * 1024 * 1024

_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "txt": "text/plain",
}


@router.route("POST", "/_action/media/{id:id}/upload")
def upload(call: Call) -> Response:
    """Take the bytes of a medium."""
    id_ = call.parameters["id"]
    media = call.shop.store.get("media", id_)
    if media is None:
        raise resource_not_found("media", id_)
    data = call.raw
    extension = str(call.query.get("extension") or "").lower()
    if "json" in call.headers.get("content-type", ""):
        data = _fetched(call.body)
    if not extension:
        raise problem(
            400,
            "CONTENT__MEDIA_MISSING_FILE_EXTENSION",
            'No file extension provided. Please use the "extension" query parameter to specify the extension of the'
            " uploaded file.",
        )
    name = re.sub(r"[^A-Za-z0-9._-]", "-", str(call.query.get("fileName") or id_))
    path = f"media/{id_[:2]}/{id_[2:4]}/{id_[4:6]}/{name}.{extension}"
    file = _folder(call.shop) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    call.shop.store.upsert(
        "media",
        {
            "id": id_,
            "fileName": name,
            "fileExtension": extension,
            "mimeType": _TYPES.get(extension, "application/octet-stream"),
            "fileSize": len(data),
            "path": path,
            "metaData": {"hash": hashlib.md5(data, usedforsecurity=False).hexdigest()},
            "uploadedAt": api_time(call.shop.clock.now()),
        },
    )
    return call.empty(location=f"{call.shop.base_url}/api/media/{id_}")


def _fetched(body: Any) -> bytes:
    """Return what is at the address that the body names."""
    url = str(body.get("url") or "") if isinstance(body, dict) else ""
    if not url:
        raise problem(400, "CONTENT__MEDIA_MISSING_URL_PARAMETER", "Parameter url is missing.")
    if not url.startswith(("http://", "https://")):
        raise problem(400, "CONTENT__MEDIA_INVALID_URL", f"Provided URL {url} is invalid.", {"url": url})
    try:
        with urlopen(url, timeout=5) as answer:  # noqa: S310 - http and https only
            return bytes(answer.read(_MOST_BYTES))
    except OSError:
        detail = f"Provided URL {url} can not be opened"
        raise problem(400, "CONTENT__MEDIA_CANNOT_OPEN_SOURCE_STREAM_TO_READ", detail, {"url": url}) from None


def file_endpoint(shop: Shop) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint that serves files."""

    async def serve(request: Request) -> Response:
        return await run_in_threadpool(_served, shop, request.url.path.lstrip("/"))

    return serve


def _served(shop: Shop, path: str) -> Response:
    name, _, extension = path.rpartition("/")[2].rpartition(".")
    file = _folder(shop) / path
    type_ = _TYPES.get(extension.lower(), "application/octet-stream")
    headers = {"cache-control": "public, max-age=31536000"}
    root = _folder(shop).resolve()
    if file.resolve().is_relative_to(root) and file.is_file():
        return Response(file.read_bytes(), media_type=type_, headers=headers)
    known = bool(shop.store.where("media", path=path)) or path.startswith("thumbnail/")
    if known and extension.lower() == "png":
        return Response(drawn(name), media_type="image/png", headers=headers)
    return Response("Not Found", 404, media_type="text/plain")


def _folder(shop: Shop) -> Path:
    return (shop.settings.data_dir or Path()) / "files"


@lru_cache(maxsize=256)
def drawn(name: str, size: int = 120) -> bytes:
    """Return a PNG for a product without a photo: two tones that follow from its name."""
    digest = hashlib.sha256(name.encode()).digest()
    light = bytes(160 + value % 80 for value in digest[:3])
    dark = bytes(40 + value % 100 for value in digest[3:6])
    rows = bytearray()
    for y in range(size):
        rows.append(0)
        for x in range(size):
            inside = (x - size // 2) ** 2 + (y - size // 2) ** 2 < (size // 3) ** 2
            rows += dark if inside else light
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 6)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
