"""Makes PNG pictures out of numbers, and smaller ones of those.

Documentation: www.w3.org/TR/png-3. Colour type 2 (RGB, 8 bits), no interlacing; lines are written without a filter.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence

Colour = tuple[int, int, int]
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = ">IIBBBBB"


def png(lines: Sequence[Sequence[Colour]]) -> bytes:
    """A picture of these lines of pixels."""
    header = struct.pack(_HEADER, len(lines[0]), len(lines), 8, 2, 0, 0, 0)
    raw = b"".join(b"\x00" + bytes(value for pixel in line for value in pixel) for line in lines)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(raw, 9)) + _chunk(b"IEND", b"")


def bar_chart(heights: Sequence[int], *, bar: int = 24, colour: Colour = (0x00, 0x52, 0xCC)) -> bytes:
    """A picture of bars of these heights, in pixels."""
    white, top, gap = (255, 255, 255), max(heights) + 8, 6
    lines: list[list[Colour]] = []
    for above in range(top, -1, -1):
        line: list[Colour] = []
        for height in heights:
            line += [white] * gap + [colour if above < height else white] * bar
        lines.append([*line, *[white] * gap])
    return png(lines)


def thumbnail_of(content: bytes, width: int, height: int) -> bytes | None:
    """A picture of at most this size, every so many pixels of one that `png` made; None for any other."""
    picture = _read(content)
    if picture is None:
        return None
    lines, wide = picture
    step = max(1, -(-wide // width), -(-len(lines) // height))
    return png([[_pixel(line, x) for x in range(0, wide, step)] for line in lines[::step]])


def _pixel(line: bytes, x: int) -> Colour:
    return line[3 * x], line[3 * x + 1], line[3 * x + 2]


def _read(content: bytes) -> tuple[list[bytes], int] | None:
    if not content.startswith(_SIGNATURE):
        return None
    try:
        chunks = dict(_chunks(content))
        wide, high, *kind = struct.unpack(_HEADER, chunks[b"IHDR"])
        raw = zlib.decompress(chunks[b"IDAT"])
    except (KeyError, struct.error, zlib.error):
        return None
    length = 1 + 3 * wide
    lines = [raw[start : start + length] for start in range(0, len(raw), length)]
    plain = kind == [8, 2, 0, 0, 0] and len(raw) == high * length and not any(line[0] for line in lines)
    return ([line[1:] for line in lines], wide) if plain else None


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_SIGNATURE)
    while place + 8 <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        yield content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        place += 12 + length
