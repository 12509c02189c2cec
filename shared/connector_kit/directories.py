"""Folders that are open: what is done in one is done there, wherever its path leads meanwhile."""

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

_BINARY: Final = getattr(os, "O_BINARY", 0)
# Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
READ: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | _BINARY
CREATE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | _BINARY
_FOLDER: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_DIRECTORY", 0)
_RENAMING_REFUSES: Final = os.name == "nt"
"""Whether a rename does not replace what has the name."""
_BY_DESCRIPTOR: Final = hasattr(os, "O_NOFOLLOW") and {os.open, os.stat, os.link, os.unlink} <= os.supports_dir_fd


class Directory:
    """A folder that is open. Raises OSError.

    Systems without descriptors of folders, like Windows, go by path and look once more when a file is open.
    """

    def __init__(self, path: Path, descriptor: int | None) -> None:
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def at(cls, path: Path) -> Self:
        return cls(path, os.open(path, _FOLDER) if _BY_DESCRIPTOR else None)

    def inner(self, name: str) -> Self:
        """A folder in this one, that is no link."""
        descriptor = os.open(name, _FOLDER, dir_fd=self._descriptor) if self._descriptor is not None else None
        return type(self)(self._path / name, descriptor)

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def names(self) -> list[str]:
        """What is in it, in the order of names."""
        return sorted(os.listdir(self._path if self._descriptor is None else self._descriptor))  # noqa: PTH208

    def size(self, name: str) -> int:
        """The bytes of what has this name."""
        return os.stat(self._place(name), dir_fd=self._descriptor, follow_symlinks=False).st_size

    def mode(self, name: str) -> int:
        """The kind of what has this name: of itself, not of what it leads to."""
        return os.stat(self._place(name), dir_fd=self._descriptor, follow_symlinks=False).st_mode

    def open(self, name: str, flags: int) -> int:
        descriptor = os.open(self._place(name), flags, 0o600, dir_fd=self._descriptor)
        if self._descriptor is None and not self._leads_to(name, descriptor):
            os.close(descriptor)
            raise OSError(errno.ELOOP, name)
        return descriptor

    def give(self, temporary: str, name: str) -> None:
        """Give a file its name. Raises FileExistsError where anything has it, be it a link that leads nowhere."""
        old, new = self._place(temporary), self._place(name)
        if _RENAMING_REFUSES:
            Path(old).rename(new)
            return
        try:
            os.link(old, new, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor, follow_symlinks=False)
        except FileExistsError:
            raise
        except OSError:
            self._take(old, new)  # a file system without hard links, like that of a memory card
        if self._descriptor is not None:
            with suppress(OSError):  # not every file system can
                os.fsync(self._descriptor)

    def unlink(self, name: str) -> None:
        os.unlink(self._place(name), dir_fd=self._descriptor)

    def _take(self, old: str | Path, new: str | Path) -> None:
        os.close(os.open(new, CREATE, 0o600, dir_fd=self._descriptor))
        try:
            os.replace(old, new, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
        except OSError:
            os.unlink(new, dir_fd=self._descriptor)
            raise

    def _place(self, name: str) -> str | Path:
        return self._path / name if self._descriptor is None else name

    def _leads_to(self, name: str, descriptor: int) -> bool:
        """Whether the open file is the one that its path names without any link."""
        path = self._path / name
        there = path.lstat()
        return path.resolve() == path and os.path.samestat(os.fstat(descriptor), there)
