"""Who works on a run: one process at a time, and one at a time on what a run is about."""

import re
from collections.abc import Generator
from contextlib import contextmanager

from mcp_suite.errors import SuiteError
from mcp_suite.workflow.record import Record, folder

_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")


def state_of(record: Record) -> str:
    """In a word how a run stands: `under way` while a process holds its lock, else as its record says."""
    from filelock import FileLock, Timeout

    if record.finished is not None:
        return record.state
    lock = FileLock(folder() / f"{record.run}.lock", mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return "under way"
    lock.release()
    return record.state


@contextmanager
def alone(run: str, subject: str, *, sandbox: bool) -> Generator[None]:
    """Hold the locks of a run and of what it is about; a process that dies lets go of them.

    Raises:
        SuiteError: another process holds one.
    """
    from filelock import FileLock, Timeout

    place = "sandbox" if sandbox else "live"
    names = [f"{run}.lock", *([f"{_UNSAFE.sub('-', subject)}.{place}.lock"] if subject else [])]
    held: list[FileLock] = []
    try:
        for name in names:
            lock = FileLock(folder() / name, mode=0o600)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                raise SuiteError(
                    f"{name.removesuffix('.lock')} is under way in another process: wait for it. "
                    f"See: mcp-suite workflow status"
                ) from None
            held.append(lock)
        yield
    finally:
        for lock in reversed(held):
            lock.release()
