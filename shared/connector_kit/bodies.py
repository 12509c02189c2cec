"""Bodies of requests that are sent in pieces, so that a file of any size needs no more memory than a small one."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from mimetypes import guess_type
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import anyio.to_thread

from connector_kit.errors import Conflict, clean_text

if TYPE_CHECKING:
    from connector_kit.allowed_folder import OpenedFile

PIECE: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent: `size` bytes of a `media_type`. `pieces` begins anew each time that it is called."""

    size: int
    media_type: str
    pieces: Callable[[], AsyncIterator[bytes]]


@dataclass(frozen=True, slots=True)
class Part:
    """A file in a form: the name that it is sent by, and what is in it."""

    name: str
    body: Body


def of_bytes(data: bytes, media_type: str) -> Body:
    """A body that is in memory already."""

    async def pieces() -> AsyncIterator[bytes]:
        yield data

    return Body(len(data), media_type, pieces)


def of_file(file: OpenedFile) -> Body:
    """The content of an open file, which has to stay open until it is sent; its type is guessed from its name.

    The pieces raise Conflict where the file became shorter meanwhile.
    """

    def piece(begin: int) -> bytes:
        file.file.seek(begin)
        return file.file.read(min(PIECE, file.size - begin)) or b""

    async def pieces() -> AsyncIterator[bytes]:
        begin = 0
        while begin < file.size:
            data = await anyio.to_thread.run_sync(piece, begin)
            if not data:
                raise Conflict(
                    f"The file {clean_text(file.name, 100)!r} became shorter while it was sent.",
                    next_step="Try again when nobody writes to it.",
                )
            begin += len(data)
            yield data

    return Body(file.size, media_type_of(file.name), pieces)


def media_type_of(name: str) -> str:
    """The type that the ending of a file's name stands for."""
    return guess_type(name, strict=False)[0] or "application/octet-stream"


def form(field: str, parts: Sequence[Part], texts: Mapping[str, str] | None = None) -> Body:
    """Files under one `field` of a form, and `texts` under fields of their own, as browsers send them
    (multipart/form-data).

    https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
    """
    boundary = secrets.token_hex(16)
    heads = [_head(boundary, field, part) for part in parts]
    end = f"--{boundary}--\r\n".encode()
    begin = b"".join(_text(boundary, name, text) for name, text in (texts or {}).items())

    async def pieces() -> AsyncIterator[bytes]:
        if begin:
            yield begin
        for head, part in zip(heads, parts, strict=True):
            yield head
            async for piece in part.body.pieces():
                yield piece
            yield b"\r\n"
        yield end

    files = sum(len(head) + part.body.size + 2 for head, part in zip(heads, parts, strict=True))
    size = len(begin) + files + len(end)
    return Body(size, f"multipart/form-data; boundary={boundary}", pieces)


def _head(boundary: str, field: str, part: Part) -> bytes:
    lines = (
        f"--{boundary}",
        f'Content-Disposition: form-data; name="{_quoted(field)}"; filename="{_quoted(part.name)}"',
        f"Content-Type: {part.body.media_type}",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _text(boundary: str, name: str, text: str) -> bytes:
    lines = (
        f"--{boundary}",
        f'Content-Disposition: form-data; name="{_quoted(name)}"',
        "Content-Type: text/plain; charset=utf-8",
    )
    return ("\r\n".join(lines) + f"\r\n\r\n{text}\r\n").encode("utf-8", "replace")


def _quoted(text: str) -> str:
    """A name inside of quotes; what could end it, or the line, is escaped."""
    return "".join(quote(char) if char in '"\r\n' else char for char in text)
