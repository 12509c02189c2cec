"""What a call may do to the stored data of any sandbox inside its transaction."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sequence (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE fault (id INTEGER PRIMARY KEY AUTOINCREMENT, remaining INTEGER NOT NULL, document TEXT NOT NULL);
"""


def one(connection: sqlite3.Connection, query: str, *values: Any) -> Any:
    """The first row of an answer, None when there is none. The whole answer is fetched, so that a write ends."""
    rows = connection.execute(query, values).fetchall()
    return rows[0] if rows else None


class StoredSession:
    """One transaction: settings of the file, sequences, and the faults that were asked for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.db = connection

    def meta(self, name: str) -> str | None:
        """A setting of the file."""
        row = one(self.db, "SELECT value FROM meta WHERE name = ?", name)
        return row and str(row[0])

    def set_meta(self, name: str, value: str) -> None:
        """Keep a setting in the file."""
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def next_number(self, name: str, first: int = 1) -> int:
        """Hand out the next number of a sequence."""
        query = "INSERT INTO sequence VALUES (?, ?) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value"
        return int(one(self.db, query, name, first)[0])

    def add_fault(self, count: int, document: dict[str, Any]) -> int:
        """Ask for `count` faulty answers."""
        query = "INSERT INTO fault (remaining, document) VALUES (?, ?) RETURNING id"
        return int(one(self.db, query, count, json.dumps(document))[0])

    def faults(self) -> list[tuple[int, int, dict[str, Any]]]:
        """The faults still to happen: id, how often, what."""
        rows = self.db.execute("SELECT id, remaining, document FROM fault WHERE remaining > 0 ORDER BY id")
        return [(row[0], row[1], json.loads(row[2])) for row in rows]

    def use_fault(self, number: int) -> bool:
        """Take one of the faults; False when another process took the last one."""
        query = "UPDATE fault SET remaining = remaining - 1 WHERE id = ? AND remaining > 0 RETURNING id"
        return one(self.db, query, number) is not None

    def clear_faults(self) -> None:
        """Be well again."""
        self.db.execute("DELETE FROM fault")
