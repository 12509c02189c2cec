"""The sandbox's memory: one SQLite file that several threads and processes may share.

Every write is one BEGIN IMMEDIATE transaction, so that two processes never hand out the same key. Readers see
one moment of the file (WAL). Documentation: sqlite.org/wal.html, sqlite.org/lang_transaction.html.
"""

from __future__ import annotations

import os
import queue
import secrets
import sqlite3
import time
import weakref
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

from jira_mcp.sandbox.session import Session

_SCHEMA_VERSION = 1
_BUSY_SECONDS = 15.0

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sequence (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE issue (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    parent INTEGER,
    seq INTEGER NOT NULL,
    changed REAL NOT NULL,
    document TEXT NOT NULL,
    previous TEXT
);
CREATE INDEX issue_seq ON issue (seq);
CREATE INDEX issue_parent ON issue (parent);
CREATE TABLE removed (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL);
CREATE TABLE link (id INTEGER PRIMARY KEY, type TEXT NOT NULL, source INTEGER NOT NULL, target INTEGER NOT NULL);
CREATE INDEX link_source ON link (source);
CREATE INDEX link_target ON link (target);
CREATE TABLE history (
    id INTEGER PRIMARY KEY, issue INTEGER NOT NULL, moment INTEGER NOT NULL, author TEXT NOT NULL,
    items TEXT NOT NULL
);
CREATE INDEX history_issue ON history (issue);
CREATE TABLE fault (id INTEGER PRIMARY KEY AUTOINCREMENT, remaining INTEGER NOT NULL, document TEXT NOT NULL);
"""
_TABLE_NAMES = ("meta", "sequence", "issue", "removed", "link", "history", "fault")


class Store:
    """The SQLite file behind a sandbox. Connections are pooled; each is used by one thread at a time."""

    def __init__(self, path: Path, search_lag: float = 0.0) -> None:
        self.path = path
        self.search_lag = search_lag
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._prepared = False
        self._preparing = Lock()
        self._turn = Lock()
        self._finalizer = weakref.finalize(self, _close_all, self._idle)

    def prepare(self) -> None:
        """Create the file (mode 0600) and fill it with sample data, unless somebody did so already."""
        with self._preparing:
            if self._prepared:
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            self.path.chmod(0o600)
            connection = self._connect()
            try:
                if _version(connection) != _SCHEMA_VERSION:
                    self._fill(connection, start_over=False)
            finally:
                connection.close()
            self._prepared = True

    def reset(self) -> None:
        """Replace all that is in the file by the sample data, in one transaction."""
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
            yield Session(connection, self.search_lag)

    @contextmanager
    def writing(self) -> Generator[Session]:
        """A session whose changes all happen or, when an exception leaves the block, none do."""
        with self._turn, self._borrowed() as connection, _transaction(connection, "BEGIN IMMEDIATE"):
            yield Session(connection, self.search_lag)

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
        from jira_mcp.sandbox.sample import seed  # only the first process to open the file needs it

        with _transaction(connection, "BEGIN IMMEDIATE"):
            if not start_over and _version(connection) == _SCHEMA_VERSION:
                return
            for table in _TABLE_NAMES:
                connection.execute(f"DROP TABLE IF EXISTS {table}")
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            connection.executemany(
                "INSERT INTO meta VALUES (?, ?)",
                [("generation", secrets.token_hex(8)), ("token_secret", secrets.token_hex(32))],
            )
            seed.fill(Session(connection))
            connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Generator[None]:
    connection.execute(begin)
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


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
