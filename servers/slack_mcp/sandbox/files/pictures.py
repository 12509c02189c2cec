"""Pictures without a library: PNG in and out, and smaller copies. Format: www.w3.org/TR/png-3/."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}
_MOST_PIXELS = 20_000_000


@dataclass(frozen=True, slots=True)
class Picture:
    """Rows of pixels: `channels` bytes each (1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha)."""

    width: int
    height: int
    channels: int
    rows: Sequence[bytes]

    def png(self) -> bytes:
        """The picture as a PNG file."""
        colour = next(code for code, count in _CHANNELS.items() if count == self.channels)
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, colour, 0, 0, 0)
        data = zlib.compress(b"".join(b"\0" + row for row in self.rows), 9)
        return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")

    def within(self, side: int) -> Picture:
        """A copy that is at most `side` pixels wide and high."""
        longest = max(self.width, self.height)
        if longest <= side:
            return self
        width, height = (max(1, length * side // longest) for length in (self.width, self.height))
        columns = [x * self.width // width * self.channels for x in range(width)]
        rows = [
            b"".join(row[start : start + self.channels] for start in columns)
            for row in (self.rows[y * self.height // height] for y in range(height))
        ]
        return Picture(width, height, self.channels, rows)


def size_of(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG, GIF or JPEG; zeros for anything else."""
    if content.startswith(_SIGNATURE) and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content.startswith(b"GIF8") and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    return _jpeg_size(content) if content.startswith(b"\xff\xd8") else (0, 0)


def read_png(content: bytes) -> Picture | None:
    """The pixels of a PNG of 8 bits that is not interlaced; None for any other picture."""
    try:
        return _read_png(content)
    except (struct.error, zlib.error, IndexError, ValueError):
        return None


def _read_png(content: bytes) -> Picture | None:
    width, height = size_of(content)
    depth, colour, _, _, interlace = content[24:29]
    if depth != 8 or colour not in _CHANNELS or interlace or not 0 < width * height <= _MOST_PIXELS:
        return None
    channels = _CHANNELS[colour]
    stride = width * channels
    most = (stride + 1) * height
    data = zlib.decompressobj().decompress(_image_data(content), most)
    if len(data) < most:
        return None
    rows: list[bytes] = []
    above = bytes(stride)
    for y in range(height):
        start = y * (stride + 1)
        above = _unfiltered(data[start], data[start + 1 : start + 1 + stride], above, channels)
        rows.append(above)
    return Picture(width, height, channels, rows)


def _image_data(content: bytes) -> bytes:
    data = bytearray()
    position = len(_SIGNATURE)
    while position + 8 <= len(content):
        (length,) = struct.unpack(">I", content[position : position + 4])
        if content[position + 4 : position + 8] == b"IDAT":
            data += content[position + 8 : position + 8 + length]
        position += 12 + length
    return bytes(data)


def _unfiltered(kind: int, row: bytes, above: bytes, channels: int) -> bytes:
    if kind == 0:
        return row
    made = bytearray(row)
    for index in range(len(made)):
        left = made[index - channels] if index >= channels else 0
        up = above[index]
        corner = above[index - channels] if index >= channels else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = up
        elif kind == 3:
            guess = (left + up) // 2
        elif kind == 4:
            guess = _paeth(left, up, corner)
        else:
            raise ValueError(kind)
        made[index] = (made[index] + guess) & 0xFF
    return bytes(made)


def _paeth(left: int, up: int, corner: int) -> int:
    estimate = left + up - corner
    distances = (abs(estimate - left), abs(estimate - up), abs(estimate - corner))
    return (left, up, corner)[distances.index(min(distances))]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _jpeg_size(content: bytes) -> tuple[int, int]:
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return width, height
        position += 2 + int.from_bytes(content[position + 2 : position + 4], "big")
    return 0, 0
