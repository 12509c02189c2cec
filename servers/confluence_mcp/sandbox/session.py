"""What a request may do to the spaces and contents inside its transaction.

Comments, attachments, tasks, labels and so on have modules of their own (`comment_store`, …), of functions over a
session.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from typing import Any, TypeVar

from confluence_mcp.sandbox.model import CURRENT, TRASHED, Content, Permission, Space, Version
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.session import StoredSession, one

Row = TypeVar("Row")
FIRST_FREE_ID = 5_000_000
"""Sample data use smaller ids."""


def columns(kind: type[Any], table: str = "") -> str:
    """The columns of a row, in the order of its fields."""
    prefix = f"{table}." if table else ""
    return ", ".join(prefix + each.name for each in fields(kind))


class Session(StoredSession):
    """One transaction on the stored data. `lag` is how many seconds search is behind."""

    def __init__(self, connection: sqlite3.Connection, lag: float = 0.0) -> None:
        super().__init__(connection)
        self.lag = lag

    def new_id(self) -> int:
        """An id that nothing has yet."""
        return self.next_number("id", FIRST_FREE_ID)

    def rows(self, kind: type[Row], table: str, where: str = "1", *values: Any) -> list[Row]:
        """The rows of a table that fit a condition, which may end with an order and a limit."""
        query = f"SELECT {columns(kind)} FROM {table} WHERE {where}"  # noqa: S608 - conditions are ours
        return [kind(*row) for row in self.db.execute(query, values)]

    def row(self, kind: type[Row], table: str, where: str, *values: Any) -> Row | None:
        """The first such row."""
        found = self.rows(kind, table, where, *values)
        return found[0] if found else None

    def insert(self, table: str, row: Any) -> None:
        """Add a row."""
        values = astuple(row)
        self.db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608

    def update(self, table: str, row: Any) -> None:
        """Store the new state of a row that has an id."""
        names = [each.name for each in fields(row)]
        query = f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ?"  # noqa: S608
        self.db.execute(query, (*astuple(row), row.id))

    # Spaces

    def space(self, reference: int | str) -> Space | None:
        """The space with this id or, as text, this key (in any case)."""
        return self.row(Space, "space", "id = ?" if isinstance(reference, int) else "key = ?", reference)

    def spaces(self) -> list[Space]:
        """All spaces, by key."""
        return self.rows(Space, "space", "1 ORDER BY key")

    def permissions(self, space: int) -> list[Permission]:
        """Who may do what in a space."""
        return self.rows(Permission, "permission", "space = ? ORDER BY id", space)

    def permit(self, space: int, kind: str, principal: str, operation: str, target: str) -> None:
        """Let a user, group or role do something in a space."""
        row = (self.next_number("permission", 10_000), space, kind, principal, operation, target)
        self.db.execute("INSERT OR IGNORE INTO permission VALUES (?, ?, ?, ?, ?, ?)", row)

    # Contents

    def content(self, number: int) -> Content | None:
        """The page, blog post or folder with this id, whatever its status."""
        return self.row(Content, "content", "id = ?", number)

    def contents(self, where: str = "1", *values: Any) -> list[Content]:
        """The contents that fit a condition."""
        return self.rows(Content, "content", where, *values)

    def titled(self, space: int, title: str, kind: str = "page", statuses: Sequence[str] = (CURRENT,)) -> list[Content]:
        """The contents of that title in a space, in capitals or not: to Confluence these are the same."""
        marks = ", ".join("?" * len(statuses))
        condition = f"space = ? AND title = ? COLLATE NOCASE AND type = ? AND status IN ({marks}) ORDER BY id"
        return self.contents(condition, space, title, kind, *statuses)

    def children(self, parent: int, status: str = CURRENT) -> list[Content]:
        """The pages and folders right under one, in their order in the tree."""
        return self.contents("parent = ? AND status = ? ORDER BY position, id", parent, status)

    def roots(self, space: int) -> list[Content]:
        """The pages of a space that are under no other, in their order."""
        condition = "space = ? AND parent IS NULL AND type != 'blogpost' AND status = 'current' ORDER BY position, id"
        return self.contents(condition, space)

    def ancestors(self, content: Content) -> list[Content]:
        """The pages above one, the topmost first."""
        found: list[Content] = []
        parent = content.parent
        while parent is not None and (above := self.content(parent)) is not None:
            found.insert(0, above)
            parent = above.parent
        return found

    def next_position(self, space: int, parent: int | None) -> int:
        """Where a page goes that is put last under a parent, or last of a space's own."""
        condition, value = ("parent = ?", parent) if parent is not None else ("parent IS NULL AND space = ?", space)
        query = f"SELECT coalesce(max(position), -1) + 1 FROM content WHERE {condition}"  # noqa: S608 - texts above
        return int(one(self.db, query, value)[0])

    def add_content(
        self, content: Content, body: str, *, moment: int = 0, author: str = "", message: str = "", minor: bool = False
    ) -> None:
        """Store a new content with the version that it is at."""
        self.insert("content", content)
        when, who = moment or content.created, author or content.author
        self.insert(
            "version", Version(content.id, content.version, when, who, message, int(minor), content.title, body)
        )

    def save(self, content: Content, *, touched: bool = True) -> None:
        """Store the new state of a content; `touched` lets search notice it after a while."""
        if touched:
            content.changed = time.time()
        self.update("content", content)

    def erase(self, content: Content) -> None:
        """Remove a content for good, with all that hangs on it. Its children move up to its parent."""
        self.db.execute("UPDATE content SET parent = ? WHERE parent = ?", (content.parent, content.id))
        for query in _OF_A_CONTENT:
            self.db.execute(query, (content.id,))

    def trash(self, content: Content) -> None:
        """Put a content into the trash. Its children move up to its parent."""
        for child in self.children(content.id):
            child.parent, child.position = content.parent, self.next_position(content.space, content.parent)
            self.save(child)
        content.status = TRASHED
        self.save(content)

    # Versions, of contents, comments and attachments

    def version(self, number: int, version: int) -> Version | None:
        """A version of a content, comment or attachment."""
        return self.row(Version, "version", "content = ? AND number = ?", number, version)

    def versions(self, number: int) -> list[Version]:
        """All versions of a content, comment or attachment, the newest first, with their bodies."""
        return self.rows(Version, "version", "content = ? ORDER BY number DESC", number)

    def body(self, number: int, version: int) -> str:
        """The body of a version, empty when there is none."""
        row = one(self.db, "SELECT body FROM version WHERE content = ? AND number = ?", number, version)
        return str(row[0]) if row else ""

    # Who looked and who keeps an eye on

    def see(self, content: int, account: str, moment: int = 0) -> None:
        """Note that somebody looked at a content."""
        self.db.execute("INSERT INTO seen VALUES (?, ?, ?)", (content, account, moment or now_ms()))

    def like(self, content: int, account: str, moment: int = 0) -> None:
        """Note that somebody likes a content or comment."""
        self.db.execute("INSERT OR IGNORE INTO liked VALUES (?, ?, ?)", (content, account, moment or now_ms()))

    def likers(self, content: int) -> list[str]:
        """Who likes a content or comment."""
        rows = self.db.execute("SELECT account FROM liked WHERE content = ? ORDER BY moment, account", (content,))
        return [row[0] for row in rows]

    # Restrictions

    def restrictions(self, content: int) -> list[tuple[str, str, str]]:
        """Who alone may read or update a content: operation, user or group, and their id."""
        query = "SELECT operation, kind, subject FROM restriction WHERE content = ? ORDER BY operation, kind, subject"
        return [tuple(row) for row in self.db.execute(query, (content,))]

    def restrict(self, content: int, allowed: Iterable[tuple[str, str, str]]) -> None:
        """Let only these read or update a content: operation, user or group, and their id. None: everybody."""
        self.db.execute("DELETE FROM restriction WHERE content = ?", (content,))
        rows = [(content, *each) for each in allowed]
        self.db.executemany("INSERT OR IGNORE INTO restriction VALUES (?, ?, ?, ?)", rows)


_PARTS = (
    "(SELECT id FROM comment WHERE container = ?1 UNION SELECT id FROM attachment WHERE container = ?1 UNION SELECT ?1)"
)
_COLUMNS = (
    *(f"{column} IN {_PARTS}" for column in ("version.content", "labelled.target", "property.owner")),
    *(f"{column} IN {_PARTS}" for column in ("liked.content", "file.attachment", "favourite.target")),
    *(f"{table}.content = ?1" for table in ("draft", "task", "restriction", "seen")),
    *(f"{table}.container = ?1" for table in ("comment", "attachment")),
    "content.id = ?1",
)
_OF_A_CONTENT = tuple(f"DELETE FROM {each.partition('.')[0]} WHERE {each}" for each in _COLUMNS)  # noqa: S608 - names above
