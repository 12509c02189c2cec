"""Replace a client's configuration so that nothing of it is ever lost.

The old content is kept in a dated copy beside it; the new one takes its place in one step, with the
same mode and owner, behind the same symbolic links, and only if nobody has changed it meanwhile.
"""

import os
import stat
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mcp_suite.errors import SuiteError

_BOM = "\ufeff"
LOCK_STALE = 10.0
"""Seconds after which a lock that nobody has renewed is a dead process's, as its makers have it."""
LOCK_PATIENCE = 5.0
"""Seconds to wait for another process to finish writing."""


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A configuration as it was read: the real file behind `path`, its bytes (None: missing), its text."""

    path: Path
    target: Path
    content: bytes | None
    text: str
    bom: bool

    @classmethod
    def read(cls, path: Path) -> "ConfigFile":
        """Read the file that `path` leads to; a missing one is empty.

        Raises:
            SuiteError: it cannot be read, or is not UTF-8 text.
        """
        target = Path(os.path.realpath(path))
        content = _content(path, target)
        try:
            text = (content or b"").decode("utf-8")
        except UnicodeDecodeError as error:
            raise SuiteError(
                f"{path} is not UTF-8 text (byte {error.start + 1}); save it as UTF-8. Nothing was changed."
            ) from None
        return cls(path, target, content, text.removeprefix(_BOM), text.startswith(_BOM))

    def replace(self, text: str, now: datetime) -> Path | None:
        """Put `text` in its place; answers where the old content is kept, None where there was none.

        Raises:
            SuiteError: the file or its folder is read-only, or the file has changed since it was read.
        """
        content = f"{_BOM if self.bom else ''}{text}".encode()
        backup: Path | None = None
        prepared: Path | None = None
        try:
            status = self._status()
            self.target.parent.mkdir(parents=True, exist_ok=True)
            backup = None if self.content is None else self._keep(self.content, status, now)
            descriptor, name = tempfile.mkstemp(dir=self.target.parent, prefix=f".{self.target.name}.")
            prepared = Path(name)
            _fill(descriptor, content, status)
            if _content(self.path, self.target) != self.content:
                raise SuiteError(
                    f"{self.path} was changed by another program meanwhile; nothing was changed. Try again."
                )
            prepared.replace(self.target)
        except BaseException as error:
            # What is prepared is gone when it has taken its place: then the old content is kept, come what may.
            if backup is not None and (prepared is None or prepared.exists()):
                backup.unlink(missing_ok=True)
            if prepared is not None:
                prepared.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise SuiteError(f"{self.path} cannot be written: {error.strerror}. Nothing was changed.") from error
            raise
        _settle(self.target.parent)
        return backup

    def _status(self) -> os.stat_result | None:
        if self.content is None:
            return None
        status = self.target.stat()
        if not status.st_mode & stat.S_IWUSR or not os.access(self.target, os.W_OK):
            raise SuiteError(f"{self.path} is read-only; make it writable or use --print. Nothing was changed.")
        return status

    def _keep(self, content: bytes, status: os.stat_result | None, now: datetime) -> Path:
        """Write the old content to a new dated file."""
        stem, count = f"{self.target.name}.{now:%Y%m%d-%H%M%S}", 1
        while True:
            path = self.target.with_name(f"{stem}.bak" if count == 1 else f"{stem}-{count}.bak")
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            except FileExistsError:
                count += 1
                continue
            try:
                _fill(descriptor, content, status)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
            return path


@contextmanager
def locked(
    path: Path,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.time,
    patience: float = LOCK_PATIENCE,
) -> Generator[None]:
    """Hold the lock that Claude Code takes while it writes `path`: a folder beside it.

    Raises:
        SuiteError: another process holds it for longer than `patience` seconds, or it cannot be made.
    """
    lock = path.with_name(f"{path.name}.lock")
    ends = clock() + patience
    while not _acquired(path, lock, clock()):
        if clock() >= ends:
            raise SuiteError(f"{path} is being written by another program ({lock} exists); try again.")
        sleep(0.05)
    try:
        yield
    finally:
        with suppress(OSError):
            lock.rmdir()


def _acquired(path: Path, lock: Path, now: float) -> bool:
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.mkdir()
        except FileExistsError:
            _break_stale(lock, now)
            return False
    except OSError as error:
        raise SuiteError(f"{path} cannot be written: {error.strerror}. Nothing was changed.") from error
    return True


def _break_stale(lock: Path, now: float) -> None:
    try:
        if now - lock.stat().st_mtime > LOCK_STALE:
            lock.rmdir()
    except OSError:
        return  # Somebody else was quicker, or it is not ours to remove: wait.


def _content(path: Path, target: Path) -> bytes | None:
    try:
        if not stat.S_ISREG(target.stat().st_mode) and not target.is_dir():
            # A pipe or a device could keep us waiting for ever.
            raise SuiteError(f"{path} cannot be read: it is no file. Nothing was changed.")
        return target.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SuiteError(f"{path} cannot be read: {error.strerror}. Nothing was changed.") from error


def _fill(descriptor: int, content: bytes, status: os.stat_result | None) -> None:
    """Write and close a new file that only its owner may read, or whoever could read the old one."""
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        if status is not None and os.name == "posix":
            if (status.st_uid, status.st_gid) != (os.getuid(), os.getgid()):
                os.fchown(file.fileno(), status.st_uid, status.st_gid)
            os.fchmod(file.fileno(), stat.S_IMODE(status.st_mode))


def _settle(folder: Path) -> None:
    """Make the replacement survive a loss of power, where folders can be synchronised."""
    if os.name != "posix":
        return
    with suppress(OSError):  # Some network drives cannot; the replacement is done all the same.
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
