"""Files as answers: text as text, images as images, anything else saved to the folder that the user allowed."""

import re
from typing import Protocol, TypeVar

from mcp.server.mcpserver import Image

from connector_kit.contents import LARGEST_IMAGE, holds_no_text, image_kind, is_image_type
from connector_kit.downloads import FileContent
from connector_kit.errors import BadAnswer, InvalidInput, NotFound
from connector_kit.output import excerpt, quoted


class KnownFile(Protocol):
    """What a service says of a file."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def size(self) -> int: ...


class Found(Protocol):
    """A file that was found."""

    @property
    def attachment(self) -> KnownFile: ...


class Saved(Protocol):
    """A file that was saved."""

    @property
    def path(self) -> str: ...


FoundT = TypeVar("FoundT", bound=Found, contravariant=True)


class Reader(Protocol[FoundT]):
    """The part of a client that reads files."""

    async def read_attachment(self, found: FoundT, *, max_bytes: int = ...) -> FileContent: ...
    async def attachment_preview(self, found: FoundT) -> bytes: ...
    async def save_attachment(self, found: FoundT, *, name: str = "") -> Saved: ...


async def file_answer(
    client: Reader[FoundT], found: FoundT, where: str, *, offset: int, save_as: str, budget: int
) -> str | list[str | Image]:
    """A file of `where`: its text from character `offset` on within `budget` bytes, or its picture; else it is saved.

    With `save_as` it is saved by that name in any case.
    """
    known = found.attachment
    kind = re.sub(r"[^\w.+/-]", "", known.media_type)[:80] or "file"
    head = f"attachment {known.id} of {where}: {kind}, {known.size:,} bytes"
    if not save_as and is_image_type(known.media_type):
        small = known.size <= LARGEST_IMAGE
        data = (await client.read_attachment(found, max_bytes=LARGEST_IMAGE)).data if small else b""
        note = ""
        if not data:
            data, note = await _preview(client, found), "(A smaller picture of it; save_as saves the file itself.)"
        if format_ := image_kind(data):
            said = "\n".join(part for part in (head, quoted(known.id, known.name), note) if part)
            return [said, Image(data=data, format=format_)]
    if not save_as and not holds_no_text(known.media_type):
        content = await client.read_attachment(found)
        if content.text is not None:
            cut = "" if content.complete else "(Only its beginning was read: it is large. save_as saves all of it.)"
            source = f"{known.id} {known.name}"
            return text_answer(head, source, content.text, offset=offset, note=cut, budget=budget)
    saved = await client.save_attachment(found, name=save_as)
    return f"saved {head} in the allowed folder as\n{quoted(known.id, saved.path)}"


async def _preview(client: Reader[FoundT], found: FoundT) -> bytes:
    try:
        return await client.attachment_preview(found)
    except (BadAnswer, InvalidInput, NotFound):  # the file itself can be saved
        return b""


def text_answer(head: str, source: str, text: str, *, offset: int, note: str, budget: int) -> str:
    """`head`, the text from character `offset` on within `budget` bytes, how to read on, and a `note` of ours.

    `source` names where the text stood. Raises InvalidInput where the text ends before `offset`.
    """
    if offset > len(text):
        raise InvalidInput("The text ends before that.", fields={"offset": f"the text has {len(text):,} characters"})
    part = excerpt(text, budget=budget, offset=offset, rest="Read on with offset={offset}.")
    return "\n".join(line for line in (head, quoted(source, part.text), part.note, note) if line)
