"""Files on their way to a service: of the allowed folder, or a text under a name. All are looked at before any is sent.

Errors begin with what was `refused`, like "Nothing was attached", and name the argument.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Final

import anyio.to_thread

from connector_kit.allowed_folder import AllowedFolder, safe_name
from connector_kit.bodies import Part, media_type_of, of_bytes, of_file
from connector_kit.errors import InvalidInput, clean_text

LARGEST_SENT: Final = 100 * 1024 * 1024
"""Bytes of all files of a call. Most sites take more, but not within the time of a call."""

MOST_FILES: Final = 20


def check_given(paths: Sequence[str], inline: Sequence[Part], *, refused: str) -> None:
    """Raise InvalidInput where there is nothing to send, or more files than `MOST_FILES`."""
    if not paths and not inline:
        raise InvalidInput(f"{refused}.", fields={"files": "is empty, and there is no text"})
    if len(paths) > MOST_FILES:
        raise InvalidInput(f"{refused}.", fields={"files": f"{len(paths)} files; at most {MOST_FILES} at once"})


async def parts_of(
    paths: Sequence[str], folder: Callable[[], AllowedFolder], opened: ExitStack, *, most: int = LARGEST_SENT
) -> list[Part]:
    """The files with these paths, open until `opened` ends; the folder is asked for only if there are any.

    Raises as `AllowedFolder.open` does, also for one of more than `most` bytes.
    """
    found: list[Part] = []
    place = folder() if paths else None
    for path in paths:
        assert place is not None
        open_ = partial(place.open, path, most=min(most, LARGEST_SENT), field="files")
        file = await anyio.to_thread.run_sync(open_)
        opened.callback(file.close)
        found.append(Part(safe_name(file.name, field="files"), of_file(file)))
    return found


def inline_part(text: str, name: str, *, refused: str) -> list[Part]:
    """A text as a file called `name`; none for no text. Raises InvalidInput for a name that is no plain one."""
    if not text:
        if name.strip():
            raise InvalidInput(f"{refused}.", fields={"name": "is for a text, and there is none"})
        return []
    if not name.strip():
        raise InvalidInput(f"{refused}.", fields={"name": "is empty: call the file something, like notes.md"})
    plain = safe_name(name, field="name")
    if plain != name.strip():
        why = f"{clean_text(name, 60)!r} is no plain name for a file; {clean_text(plain, 60)!r} is"
        raise InvalidInput(f"{refused}.", fields={"name": why})
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise InvalidInput(f"{refused}.", fields={"text": "holds half a character (a lone surrogate)"}) from None
    return [Part(plain, of_bytes(data, _text_type(plain)))]


def check_sizes(parts: Sequence[Part], *, refused: str, most: int = LARGEST_SENT) -> None:
    """Raise InvalidInput where one of the files is larger than `most`, or all of them than `LARGEST_SENT`."""
    together = sum(part.body.size for part in parts)
    if together > LARGEST_SENT:
        raise InvalidInput(
            f"{refused}: the files have {together:,} bytes together; at most {LARGEST_SENT:,} are sent at once.",
            next_step="Attach them one by one.",
        )
    for part in parts:
        if part.body.size > most:
            why = f"{part.name!r} has {part.body.size:,} bytes; this site takes files up to {most:,}"
            raise InvalidInput(f"{refused}.", fields={"text": why})


def _text_type(name: str) -> str:
    kind = media_type_of(name)
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
