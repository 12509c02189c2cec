"""Files of the folder that the user allowed, as they are loaded."""

import hashlib
import io
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from connector_kit.allowed_folder import AllowedFolder, OpenedFile

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from snowflake_mcp.settings import SnowflakeSettings

LARGEST: Final = 50 * 1024 * 1024
"""Bytes of a file that is loaded. More does not arrive within the time of a call."""


class Hashed(io.RawIOBase):
    """The bytes of a file from its beginning as they are read, and the hash of those so far. The file stays open."""

    def __init__(self, source: OpenedFile) -> None:
        super().__init__()
        source.file.seek(0)
        self._file = source.file
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
        count = self._file.readinto(view) or 0
        self._hash.update(view[:count])
        return count


def folder_of(settings: "SnowflakeSettings", refused: str) -> AllowedFolder:
    """The folder that files may be loaded from and exported to; errors begin with what was `refused`.

    Raises NotConfigured.
    """
    return AllowedFolder.of_settings(settings, refused)


def opened(settings: "SnowflakeSettings", path: str) -> OpenedFile:
    """A file of the folder, by its path relative to that, or inside of it. Blocks.

    Raises NotConfigured without a folder, InvalidInput for what is no such file or is larger than `LARGEST`.
    """
    return folder_of(settings, "Nothing was loaded").open(
        path,
        most=LARGEST,
        too_large="Load it in parts, or ask the user to load it by a stage and COPY INTO.",
    )
