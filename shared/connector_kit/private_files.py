"""Files that only their owner may read: checked when read, atomic when written."""

import os
import shlex
import stat
import tempfile
from pathlib import Path

from connector_kit.errors import NotConfigured

MAX_BYTES = 1 << 20


def read_private(path: Path) -> bytes:
    """The content of a file that belongs to us and to nobody else.

    A symbolic link is followed and its target checked, on the open file, so that nothing can be
    swapped in between. Windows has no mode bits; there the folder's access list must do.

    Raises:
        FileNotFoundError: there is no such file.
        NotConfigured: others may read it, it is not a regular file, it is over 1 MiB, or it cannot
            be read. Says the command that mends it.
    """
    # Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise NotConfigured(f"{path} cannot be read: {error.strerror}.") from None
    try:
        _refuse_exposed(path, os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise NotConfigured(f"{path} is larger than 1 MiB.", next_step="Name the right file.")
    return content


def write_private(path: Path, content: bytes) -> None:
    """Replace a file by `content`, with mode 0600, so that a crash leaves the old or the new one.

    Raises:
        OSError: the folder cannot be written.
    """
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp: mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _refuse_exposed(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise NotConfigured(f"{path} is not a regular file.", next_step="Name a file that holds the variables.")
    if os.name != "posix":
        return
    target = shlex.quote(str(path.resolve()))
    if status.st_uid != os.getuid():
        raise NotConfigured(
            f"{path} belongs to another user, who could change what it says.",
            next_step=f"Run: sudo chown {os.getuid()} {target} && chmod 600 {target}",
        )
    if status.st_mode & 0o077:
        raise NotConfigured(
            f"{path} may be read or changed by others (mode {stat.S_IMODE(status.st_mode):04o}).",
            next_step=f"Run: chmod 600 {target}",
        )
