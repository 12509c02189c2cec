"""A sandbox's memory: one SQLite file that several threads and processes may share.

Every write is one BEGIN IMMEDIATE transaction, so that two processes never hand out the same id. Readers see
one moment of the file (WAL). Documentation: sqlite.org/wal.html, sqlite.org/lang_transaction.html.
"""

from __future__ import annotations

import os
import queue
import sqlite3
import time
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any, Generic, TypeVar

import anyio.to_thread
from starlette.types import Receive, Send

from sandbox_kit.session import StoredSession

SessionT = TypeVar("SessionT", bound=StoredSession)
F = TypeVar("F")

_BUSY_SECONDS = 15.0


class Database(ABC, Generic[SessionT]):
    """The SQLite file behind a sandbox. Connections are pooled; each is used by one thread at a time."""

    version: int
    """The version of the tables: a file of another is filled anew."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._prepared = False
        self._preparing = Lock()
        self._turn = Lock()
        self._finalizer = weakref.finalize(self, _close_all, self._idle)

    @abstractmethod
    def session(self, connection: sqlite3.Connection) -> SessionT:
        """What a transaction on this connection may do."""

    @abstractmethod
    def fill(self, connection: sqlite3.Connection) -> None:
        """Make the file `empty`, create the tables, and write the data to begin with; in one transaction."""

    def is_filled(self, connection: sqlite3.Connection) -> bool:
        """Whether the file holds what it should."""
        return self.held_version(connection) == self.version

    @staticmethod
    def held_version(connection: sqlite3.Connection) -> int:
        """The version of the tables in the file, 0 when there are none."""
        return int(connection.execute("PRAGMA user_version").fetchone()[0])

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
                if not self.is_filled(connection):
                    self._fill(connection, start_over=False)
            finally:
                connection.close()
            self._prepared = True

    def reset(self) -> None:
        """Replace all that is in the file by the data to begin with, in one transaction."""
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
    def reading(self) -> Generator[SessionT]:
        """A session that sees one moment of the file."""
        with self._borrowed() as connection, _transaction(connection, "BEGIN"):
            yield self.session(connection)

    @contextmanager
    def writing(self) -> Generator[SessionT]:
        """A session whose changes all happen or, when an exception leaves the block, none do."""
        with self._turn, self._borrowed() as connection, _transaction(connection, "BEGIN IMMEDIATE"):
            yield self.session(connection)

    def due_fault(self, meant: Callable[[dict[str, Any]], F | None]) -> F | None:
        """The first fault that waits for this very call, counted down: what `meant` makes of it, if it is one."""
        with self.reading() as session:
            waiting = session.faults()
        for number, _, document in waiting:
            fault = meant(document)
            if fault is not None:
                with self.writing() as session:
                    if session.use_fault(number):
                        return fault
        return None

    async def live(self, receive: Receive, send: Send) -> None:
        """Follow the start and stop of the server (ASGI's lifespan)."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await anyio.to_thread.run_sync(self.prepare)
                await send({"type": "lifespan.startup.complete"})
            else:
                self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

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

    def _fill(self, connection: sqlite3.Connection, *, start_over: bool) -> None:
        with _transaction(connection, "BEGIN IMMEDIATE"):
            if not start_over and self.is_filled(connection):
                return
            self.fill(connection)
            connection.execute(f"PRAGMA user_version = {self.version}")

    @staticmethod
    def empty(connection: sqlite3.Connection) -> None:
        """Drop all tables; for `fill`."""
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        for (name,) in names.fetchall():
            connection.execute(f"DROP TABLE IF EXISTS {name}")


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Generator[None]:
    connection.execute(begin)
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


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
