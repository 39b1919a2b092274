"""Small pictures that are made and not stored."""

from __future__ import annotations

import struct
import zlib


def coloured_png(red: int, green: int, blue: int, side: int = 16) -> bytes:
    """A square of one colour as a PNG file (8 bits a channel, no transparency)."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    row = b"\0" + bytes((red, green, blue)) * side
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(row * side, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
