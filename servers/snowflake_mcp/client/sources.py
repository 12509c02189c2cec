"""Files of the folder that the user allowed, opened for reading: no way leads out of it."""

import hashlib
import io
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from connector_kit.errors import InvalidInput, NotConfigured, clean_text

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from snowflake_mcp.settings import SnowflakeSettings

LARGEST: Final = 50 * 1024 * 1024
"""Bytes of a file that is loaded. More does not arrive within the time of a call."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is open: its name in the folder, how many bytes it has, and the handle."""

    name: str
    size: int
    handle: int

    def read(self) -> "Hashed":
        """The content from its beginning; the handle stays open."""
        os.lseek(self.handle, 0, os.SEEK_SET)
        return Hashed(self.handle)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self.handle)


class Hashed(io.RawIOBase):
    """The bytes of a file as they are read, and the hash of those so far."""

    def __init__(self, handle: int) -> None:
        super().__init__()
        self._handle = handle
        self._hash = hashlib.sha256()

    @property
    def digest(self) -> str:
        """SHA-256 of what was read, in hexadecimal."""
        return self._hash.hexdigest()

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        part = os.read(self._handle, len(view))
        view[: len(part)] = part
        self._hash.update(part)
        return len(part)


def opened(settings: "SnowflakeSettings", wanted: str) -> Source:
    """A file of SNOWFLAKE_FILES_DIR, by its path relative to that, or inside of it. Blocks.

    Links, and what leads out of the folder, are refused; what lies behind them is not looked at.

    Raises:
        NotConfigured: there is no folder.
        InvalidInput: there is no such file, it is no ordinary one, or it is larger than `LARGEST`.
    """
    folder = _folder(settings)
    shown = clean_text(wanted, 120)
    if not wanted.strip() or "\x00" in wanted:
        raise InvalidInput("No file was named.", fields={"path": "is empty"})
    given = Path(wanted.strip())
    # Compared as written, before any link is followed.
    absolute = Path(os.path.normpath(folder / given))
    if ".." in given.parts or not absolute.is_relative_to(folder) or absolute == folder:
        raise InvalidInput(f"{shown!r} is not inside of SNOWFLAKE_FILES_DIR.", next_step=f"Files are in {folder}.")
    parts = absolute.relative_to(folder).parts
    here = folder
    try:
        for part in parts:
            here = here / part
            if here.is_symlink():
                raise InvalidInput(f"{shown!r} is, or lies behind, a link.", next_step="Name the file itself.")
        handle = _handle(folder, parts)
    except (OSError, ValueError):  # ValueError: a name that no file system can have
        raise InvalidInput(f"There is no file {shown!r} that can be read in SNOWFLAKE_FILES_DIR.") from None
    try:
        return _checked(shown, absolute.name, handle)
    except BaseException:
        os.close(handle)
        raise


def _checked(shown: str, name: str, handle: int) -> Source:
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        raise InvalidInput(f"{shown!r} is not an ordinary file.")
    if found.st_size > LARGEST:
        raise InvalidInput(
            f"{shown!r} has {found.st_size:,} bytes; files up to {LARGEST:,} are loaded.",
            next_step="Load it in parts, or ask the user to load it by a stage and COPY INTO.",
        )
    if not found.st_size:
        raise InvalidInput(f"{shown!r} is empty.")
    return Source(name, found.st_size, handle)


def _folder(settings: "SnowflakeSettings") -> Path:
    folder = settings.files_dir
    if folder is None:
        raise NotConfigured(
            "No file is loaded: SNOWFLAKE_FILES_DIR is not set.",
            next_step=f"Ask the user to name a folder in SNOWFLAKE_FILES_DIR; see {settings.guide}.",
        )
    if not folder.is_dir():
        raise NotConfigured(
            "SNOWFLAKE_FILES_DIR names no folder that exists.", next_step="Ask the user to create or to correct it."
        )
    return folder.resolve()


def _handle(folder: Path, parts: Sequence[str]) -> int:
    """A file below the folder, opened without following a link, also one that was put there a moment ago."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if os.open not in os.supports_dir_fd:
        return os.open(folder.joinpath(*parts), flags)
    here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            inner = os.open(part, flags | os.O_DIRECTORY, dir_fd=here)
            os.close(here)
            here = inner
        return os.open(parts[-1], flags, dir_fd=here)
    finally:
        os.close(here)
