"""Files on their way from a service: the beginning of one for an answer, or all of it into the allowed folder."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import anyio.to_thread

from connector_kit.allowed_folder import AllowedFolder, safe_name
from connector_kit.contents import text_of
from connector_kit.errors import BadAnswer
from connector_kit.http import StreamedReply

LARGEST_SAVED = 200 * 1024 * 1024
"""Bytes. What is larger does not arrive within the time of a call anyway."""

Download = AbstractAsyncContextManager[StreamedReply]


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first bytes of a file, and whether they are all of it."""

    data: bytes
    complete: bool


async def beginning(download: Download, most: int) -> Beginning:
    """The first `most` bytes of a download; the rest is not waited for."""
    data = bytearray()
    async with download as reply:
        async for chunk in reply.iter_bytes():
            data += chunk
            if len(data) > most:
                return Beginning(bytes(data[:most]), complete=False)
    return Beginning(bytes(data), complete=True)


@dataclass(frozen=True, slots=True)
class FileContent:
    """What is in a file, or in its beginning where it is not `complete`; `text` is None for what is none."""

    data: bytes = field(repr=False)
    text: str | None
    complete: bool


async def content(download: Download, most: int, *, media_type: str, size: int, what: str, service: str) -> FileContent:
    """What is in a file of `size` bytes, or its first `most` bytes; decoded where it is text.

    `what` names it in errors. Raises BadAnswer where all of it has another size than the `service` lists.
    """
    got = await beginning(download, most)
    if got.complete and len(got.data) != size:
        raise BadAnswer(
            f"{what} came with {len(got.data):,} bytes; {service} lists {size:,}.",
            next_step="Try again; if it stays so, the user should look at it in a browser.",
        )
    return FileContent(got.data, text_of(got.data, media_type, complete=got.complete), got.complete)


async def save(
    download: Download, folder: AllowedFolder, name: str, *, what: str, size: int | None = None, field: str = "save_as"
) -> tuple[Path, int]:
    """Write a download into the folder as it comes in; where it is then, and its bytes.

    The file gets a name like `name` that is not taken yet, and is only there when all of it is: `size` bytes where
    that is known, `LARGEST_SAVED` at most. `what` names it in errors, `field` is the argument for the name.

    Raises BadAnswer where another size came, and what `AllowedFolder.create` and the download raise.
    """
    wanted = safe_name(name, field=field)
    most = LARGEST_SAVED if size is None else size
    got = 0
    with await anyio.to_thread.run_sync(partial(folder.create, wanted, field=field, numbered=True)) as new:
        async with download as reply:
            async for chunk in reply.iter_bytes():
                got += len(chunk)
                if got > most:
                    raise BadAnswer(f"{what} is longer than was said.", next_step="Nothing was saved.")
                await anyio.to_thread.run_sync(new.write, chunk)
        if size is not None and got < size:
            raise BadAnswer(f"{what} ended after {got:,} of {size:,} bytes.", next_step="Nothing was saved: try again.")
        return await anyio.to_thread.run_sync(new.keep), got
