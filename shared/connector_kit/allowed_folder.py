"""The one folder that a user lets a server read files from and save files to: no way leads out of it.

Reading goes from the folder to the file through open directories, none of them a link, so that nothing can be swapped
in between. A new file appears under its name when it is whole, and never in the place of another.

All functions here block: an asynchronous caller runs them in a thread.
"""

import errno
import io
import os
import re
import secrets
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, Protocol, Self

from connector_kit.directories import CREATE, READ, Directory
from connector_kit.errors import Conflict, InvalidInput, NotConfigured, clean_text

LONGEST_NAME: Final = 200
"""Bytes of a file's name. File systems take 255, and a number or an ending may be added."""

_SHOWN: Final = 100
_NUMBERS: Final = 1_000
_BUFFER: Final = 1 << 18
_FORBIDDEN: Final = re.compile(r'[<>:"|?*\x00-\x1f]')
_DEVICE: Final = re.compile(r"(?i)con|prn|aux|nul|com[0-9]|lpt[0-9]")


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """An ordinary file that is open for reading: its name alone, its size in bytes, and the file. `close` it."""

    name: str
    size: int
    file: io.FileIO

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()


@dataclass(frozen=True, slots=True)
class Listing:
    """The ordinary files below a folder, by their paths relative to it with their bytes, in the order of names.

    `refused` are the links, devices and the like, and what has a name that is no text: none of these is looked into.
    """

    files: Mapping[str, int]
    refused: tuple[str, ...] = ()


class FolderSettings(Protocol):
    """A server's settings, as far as its folder is concerned."""

    guide: ClassVar[str]
    """Where the settings are explained."""

    @property
    def files_dir(self) -> Path | None:
        """The folder that the user allowed."""
        ...

    def variable(self, field: str, /) -> str:
        """The name of a setting's variable."""
        ...


@dataclass(frozen=True, slots=True)
class AllowedFolder:
    """A folder that is there. Errors name the `variable` that it is set by, and begin with what was `refused`."""

    path: Path
    given: Path
    variable: str
    refused: str

    @classmethod
    def of_settings(cls, settings: FolderSettings, refused: str) -> Self:
        """The folder that a server's settings allow; see `of`."""
        return cls.of(
            settings.files_dir, variable=settings.variable("files_dir"), guide=settings.guide, refused=refused
        )

    @classmethod
    def of(cls, folder: Path | None, *, variable: str, guide: str, refused: str) -> Self:
        """The folder of a setting. `refused` is what its lack means, like "Nothing was saved".

        Raises NotConfigured where there is none.
        """
        if folder is None:
            raise NotConfigured(
                f"{refused}: {variable} is not set.",
                next_step=f"Ask the user to name a folder in {variable}; see {guide}.",
            )
        if not folder.is_dir():
            raise NotConfigured(
                f"{refused}: {variable} names no folder that exists.",
                next_step="Ask the user to create it, or to correct it.",
            )
        return cls(folder.resolve(), folder, variable, refused)

    def open(
        self, wanted: str, *, most: int, field: str = "path", too_large: str = "Give a smaller one."
    ) -> OpenedFile:
        """Open a file by its path relative to the folder, or inside of it.

        Links, and what leads out of the folder, are refused, and what lies behind them is not looked at; so are
        folders, pipes, devices, and files that are empty or have more than `most` bytes.

        Raises InvalidInput, which names `field`, the argument; `too_large` says what to do with a file that is.
        """
        shown = repr(clean_text(wanted, _SHOWN))
        if not wanted.strip():
            raise self._unusable(field, "is empty: no file was named")
        parts = self._parts(Path(wanted.strip()))
        if parts is None:
            raise self._unusable(field, f"{shown} is not inside of {self.variable}")
        try:
            descriptor = self._opened(parts)
        except _NotOrdinaryError:
            raise self._unusable(field, f"{shown} is not an ordinary file") from None
        except (OSError, ValueError) as error:  # ValueError: a name that no file system can have
            if isinstance(error, OSError) and error.errno == errno.ELOOP:
                raise self._unusable(field, f"{shown} is, or lies behind, a link", "Name the file itself.") from None
            raise self._unusable(field, f"there is no file {shown} that can be read in {self.variable}") from None
        file = io.FileIO(descriptor, "rb")
        size = os.fstat(descriptor).st_size
        if 0 < size <= most:
            return OpenedFile(parts[-1], size, file)
        file.close()
        if not size:
            raise self._unusable(field, f"{shown} is empty", "Give a file that is not.")
        raise self._unusable(field, f"{shown} has {size:,} bytes; files up to {most:,} are taken", too_large)

    def listing(self, wanted: str, *, most: int, deepest: int, field: str = "folder") -> Listing:
        """What is in a folder by its path relative to this one, "." for this one itself, and in those in it.

        What has a name that begins with a point is passed over, and no link is followed.

        Raises InvalidInput, which names `field`: there is no such folder, it has more than `most` things in it, or
        folders in folders deeper than `deepest`.
        """
        shown = repr(clean_text(wanted, _SHOWN))
        given = Path(wanted.strip() or ".")
        parts = () if given in (Path(), self.path, self.given) else self._parts(given)
        usual = f"Give the path of a folder in {self.path}, relative to that."
        if parts is None:
            raise self._unusable(field, f"{shown} is not inside of {self.variable}", usual)
        found = _Found(most)
        try:
            here = self._within(parts)
        except (OSError, ValueError):
            raise self._unusable(
                field, f"there is no folder {shown} in {self.variable}, or it lies behind a link", usual
            ) from None
        try:
            found.look(here, "", deepest)
        except OSError:
            raise self._unusable(field, f"{shown} cannot be read", "Ask the user to correct it.") from None
        except _TooMuchError as error:
            raise self._unusable(field, f"{shown} {error}", "Give a smaller folder.") from None
        return Listing(found.files, tuple(found.refused))

    def create(self, name: str, *, field: str = "name", numbered: bool = False) -> "NewFile":
        """Begin a new file of a plain name, for its owner alone; it appears when it is kept.

        A name that is taken gets a number where `numbered`, like "name (2).txt"; else it is refused.

        Raises:
            InvalidInput: it is no plain name; see `safe_name`.
            Conflict: the name is taken. Both name `field`, the argument.
            NotConfigured: the folder cannot be written to.
        """
        if not is_plain_name(name):
            raise InvalidInput(f"{self.refused}.", fields={field: f"{clean_text(name, _SHOWN)!r} is no plain name"})
        if not numbered:
            self.require_free(name, field=field)
        try:
            return NewFile(self, name, field=field, numbered=numbered)
        except OSError as error:
            raise self.not_written(error) from None

    def require_free(self, name: str, *, field: str = "name") -> None:
        """Raise Conflict where anything has this name, be it a link that leads nowhere."""
        if os.path.lexists(self.path / name):
            raise self.taken(name, field=field)

    def taken(self, name: str, *, field: str) -> Conflict:
        """The refusal of a name that something has."""
        return Conflict(
            f"{self.refused}: files are never overwritten.",
            fields={field: f"there is a file {clean_text(name, _SHOWN)!r} already"},
            next_step="Give another name.",
        )

    def not_written(self, error: OSError) -> NotConfigured:
        """What the system said while a file was written, as the user's to correct."""
        reason = errno.errorcode.get(error.errno or 0, "an error")
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return NotConfigured(
            f"{self.refused}: {self.variable} cannot be written to ({reason}).",
            next_step="Ask the user to make room there." if full else "Ask the user to correct it.",
        )

    def _unusable(self, field: str, why: str, next_step: str = "") -> InvalidInput:
        usual = f"Give the path of a file in {self.path}, relative to that."
        return InvalidInput(f"{self.refused}.", fields={field: why}, next_step=next_step or usual)

    def _parts(self, wanted: Path) -> tuple[str, ...] | None:
        """The steps to a file from the folder, compared as written; None for a path that is not inside of it."""
        if ".." in wanted.parts:
            return None
        for base in (self.path, self.given):
            inside = base / wanted
            if inside != base and inside.is_relative_to(base):
                return inside.relative_to(base).parts
        return None

    def _within(self, parts: tuple[str, ...]) -> Directory:
        """The folder that so many steps lead to, none of them a link. Raises OSError."""
        here = Directory.at(self.path)
        try:
            for part in parts:
                if stat.S_ISLNK(here.mode(part)):
                    raise OSError(errno.ELOOP, part)
                inner = here.inner(part)
                here.close()
                here = inner
        except BaseException:
            here.close()
            raise
        return here

    def _opened(self, parts: tuple[str, ...]) -> int:
        here = self._within(parts[:-1])
        try:
            # Looked at before it is opened: opening a device or a pipe may have an effect.
            mode = here.mode(parts[-1])
            if stat.S_ISLNK(mode):
                raise OSError(errno.ELOOP, parts[-1])
            if not stat.S_ISREG(mode):
                raise _NotOrdinaryError
            descriptor = here.open(parts[-1], READ)
        finally:
            here.close()
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise _NotOrdinaryError
        return descriptor


class NewFile:
    """A file while it is written, under a name of its own: `keep` gives it the name that was wanted.

    A context: what was not kept when it ends is gone. Errors are those of `AllowedFolder.create`.
    """

    def __init__(self, folder: AllowedFolder, name: str, *, field: str, numbered: bool) -> None:
        """Raises OSError where nothing can be written. Use `AllowedFolder.create`."""
        self._folder = folder
        self._name = name
        self._field = field
        self._numbered = numbered
        self._temporary = f".{name}.{secrets.token_hex(4)}.part"
        self._directory = Directory.at(folder.path)
        try:
            self._file = os.fdopen(self._directory.open(self._temporary, CREATE), "wb", buffering=_BUFFER)
        except BaseException:
            self._directory.close()
            raise

    def write(self, data: bytes) -> int:
        """Write bytes behind those before; how many there were."""
        try:
            return self._file.write(data)
        except OSError as error:
            raise self._folder.not_written(error) from None

    def keep(self) -> Path:
        """Make sure that all is on the disk, and give the file its name. Returns where it is."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            return self._folder.path / self._named()
        except OSError as error:
            raise self._folder.not_written(error) from None
        finally:
            self.discard()

    def discard(self) -> None:
        """Leave nothing of the file, unless it was kept."""
        with suppress(OSError):  # of what could not be written, again
            self._file.close()
        with suppress(OSError):  # it has its name, or is gone
            self._directory.unlink(self._temporary)
        self._directory.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    def _named(self) -> str:
        stem, dot, ending = self._name.rpartition(".")
        if not stem:
            stem, dot, ending = self._name, "", ""
        for number in range(1, _NUMBERS if self._numbered else 2):
            name = self._name if number == 1 else f"{stem} ({number}){dot}{ending}"
            with suppress(FileExistsError):
                self._directory.give(self._temporary, name)
                return name
        raise self._folder.taken(self._name, field=self._field)


def safe_name(name: str, *, field: str = "name") -> str:
    """A plain name like this one: one part of a path, without what has a meaning to a system, 200 bytes at most.

    For names that a service gives. Raises InvalidInput naming `field` when nothing is left of it.
    """
    kept = _safe(name)
    if not kept:
        raise InvalidInput("That is no name for a file.", fields={field: f"{clean_text(name, 60)!r} leaves nothing"})
    return kept


def is_plain_name(name: str) -> bool:
    """Whether a name has nothing that `safe_name` would change."""
    return bool(name) and _safe(name) == name


def _safe(name: str) -> str:
    last = clean_text(name, 2_000).replace("\\", "/").rpartition("/")[2]
    kept = _FORBIDDEN.sub("_", last).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if _DEVICE.fullmatch((stem or ending).partition(".")[0]):
        kept = f"_{kept}"
    if len(kept.encode()) > LONGEST_NAME:
        tail = f"{dot}{ending}" if dot and len(ending) <= 16 else ""
        kept = (stem if tail else kept).encode()[: LONGEST_NAME - len(tail.encode())].decode(errors="ignore") + tail
    return kept


class _TooMuchError(Exception):
    """More than a listing takes."""


class _Found:
    """What is found below a folder; `look` closes what it is given."""

    def __init__(self, most: int) -> None:
        self.files: dict[str, int] = {}
        self.refused: list[str] = []
        self._left = most
        self._most = most

    def look(self, here: Directory, above: str, deepest: int) -> None:
        """Raises OSError and _TooMuchError."""
        try:
            for name in here.names():
                if name.startswith("."):
                    continue
                self._left -= 1
                if self._left < 0:
                    raise _TooMuchError(f"holds more than {self._most:,} files and folders")
                path, mode = f"{above}{name}", here.mode(name)
                if not name.isprintable():
                    self.refused.append(clean_text(path, _SHOWN))
                elif stat.S_ISDIR(mode):
                    if not deepest:
                        raise _TooMuchError(f"has folders too deep in each other: {clean_text(path, _SHOWN)}")
                    self.look(here.inner(name), f"{path}/", deepest - 1)
                elif stat.S_ISREG(mode):
                    self.files[path] = here.size(name)
                else:
                    self.refused.append(clean_text(path, _SHOWN))
        finally:
            here.close()


class _NotOrdinaryError(Exception):
    """A folder, a pipe, a device."""
