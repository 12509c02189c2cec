"""The sandbox's memory: one SQLite file that several threads and processes may share.

Every write is one BEGIN IMMEDIATE transaction, so that two processes never hand out the same id. Readers see
one moment of the file (WAL). Documentation: sqlite.org/wal.html, sqlite.org/lang_transaction.html.
"""

from __future__ import annotations

import os
import queue
import sqlite3
import time
import weakref
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Literal, TypeAlias

from slack_mcp.sandbox.schema import SCRIPTS, VERSION
from slack_mcp.sandbox.session import Session

Data: TypeAlias = Literal["sample", "large"]
_BUSY_SECONDS = 15.0


class Store:
    """The SQLite file behind a sandbox. Connections are pooled; each is used by one thread at a time.

    `data` is what an empty file is filled with; None takes whatever the file holds already, else the sample.
    """

    def __init__(self, path: Path, data: Data | None = None) -> None:
        self.path = path
        self._data: Data | None = data
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._prepared = False
        self._preparing = Lock()
        self._turn = Lock()
        self._finalizer = weakref.finalize(self, _close_all, self._idle)

    def prepare(self) -> None:
        """Create the file (mode 0600) and fill it, unless somebody did so already."""
        with self._preparing:
            if self._prepared:
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            self.path.chmod(0o600)
            connection = self._connect()
            try:
                if not self._filled(connection):
                    self._fill(connection, start_over=False)
            finally:
                connection.close()
            self._prepared = True

    def reset(self) -> None:
        """Replace all that is in the file by the data it was filled with, in one transaction."""
        self.prepare()
        connection = self._connect()
        try:
            self._fill(connection, start_over=True)
        finally:
            connection.close()

    def close(self) -> None:
        """Close the idle connections. The store may be used again."""
        _close_all(self._idle)

    @contextmanager
    def reading(self) -> Generator[Session]:
        """A session that sees one moment of the file."""
        with self._borrowed() as connection, _transaction(connection, "BEGIN"):
            yield Session(connection)

    @contextmanager
    def writing(self) -> Generator[Session]:
        """A session whose changes all happen or, when an exception leaves the block, none do."""
        with self._turn, self._borrowed() as connection, _transaction(connection, "BEGIN IMMEDIATE"):
            yield Session(connection)

    @contextmanager
    def _borrowed(self) -> Generator[sqlite3.Connection]:
        self.prepare()
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = self._connect()
        try:
            yield connection
        finally:
            self._idle.put(connection)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA synchronous = NORMAL")
        _use_wal(connection)
        return connection

    def _filled(self, connection: sqlite3.Connection) -> bool:
        held = _held(connection)
        return held is not None and self._data in (None, held)

    def _wanted(self, connection: sqlite3.Connection) -> Data:
        return self._data or _held(connection) or "sample"

    def _fill(self, connection: sqlite3.Connection, *, start_over: bool) -> None:
        from slack_mcp.sandbox.sample import seed  # only the first process to open the file needs it

        with _transaction(connection, "BEGIN IMMEDIATE"):
            if not start_over and self._filled(connection):
                return
            data = self._wanted(connection)
            names = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            )
            for (name,) in names.fetchall():
                connection.execute(f"DROP TABLE IF EXISTS {name}")
            for script in SCRIPTS:
                for statement in script.split(";"):
                    connection.execute(statement)
            connection.execute("INSERT INTO meta VALUES ('data', ?)", (data,))
            session = Session(connection)
            seed.fill(session)
            if data == "large":
                from slack_mcp.sandbox.sample import large  # nobody else pays for it

                large.fill(session)
            connection.execute(f"PRAGMA user_version = {VERSION}")


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Generator[None]:
    connection.execute(begin)
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _held(connection: sqlite3.Connection) -> Data | None:
    """What the file was filled with; None when it is empty or of another version."""
    if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
        return None
    value = connection.execute("SELECT value FROM meta WHERE name = 'data'").fetchone()[0]
    return "large" if value == "large" else "sample"


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL. SQLite does not wait for other processes while it switches, so this does."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _close_all(idle: queue.LifoQueue[sqlite3.Connection]) -> None:
    while True:
        try:
            idle.get_nowait().close()
        except queue.Empty:
            return
