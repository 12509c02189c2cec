"""What a request may do to the stored data inside its transaction."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jira_mcp.sandbox.model import Issue, JsonObject
from sandbox_kit.session import StoredSession, one

_OF_AN_ISSUE = (
    ("issue", "id"),
    ("history", "issue"),
    ("attachment", "issue"),
    ("link", "source"),
    ("link", "target"),
)
CHANGE = "change"
LINKS = "links"


@dataclass(frozen=True, slots=True)
class Link:
    """A link as stored: `source` reads "blocks", `target` reads "is blocked by"."""

    id: int
    type: str
    source: int
    target: int


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of an issue's history."""

    id: int
    moment: int
    author: str
    items: list[JsonObject]


@dataclass(frozen=True, slots=True)
class IndexedRow:
    """An issue with what search still believes about it."""

    changed: float
    current: Issue
    previous: Issue | None


class Session(StoredSession):
    """One transaction on the stored data."""

    def __init__(self, connection: sqlite3.Connection, search_lag: float = 0.0) -> None:
        super().__init__(connection)
        self._lag = search_lag

    def setting(self, name: str) -> str:
        """A setting that every file has."""
        value = self.meta(name)
        assert value is not None
        return value

    # Sequences

    def sequence(self, name: str) -> int:
        """The last number handed out."""
        row = one(self.db, "SELECT value FROM sequence WHERE name = ?", name)
        return int(row[0]) if row else 0

    def set_sequence(self, name: str, value: int) -> None:
        """Go on from `value`; only while the sample data is written."""
        self.db.execute("INSERT OR REPLACE INTO sequence VALUES (?, ?)", (name, value))

    # Issues

    def issue(self, reference: str | int) -> Issue | None:
        """The issue with this id or key (in any case)."""
        text = str(reference)
        if text.isdecimal() and text.isascii() and len(text) < 19:
            row = one(self.db, "SELECT document FROM issue WHERE id = ?", int(text))
        else:
            row = one(self.db, "SELECT document FROM issue WHERE key = ?", text.upper())
            if row is None and (moved := self.meta(f"moved:{text.upper()}")):
                row = one(self.db, "SELECT document FROM issue WHERE id = ?", int(moved))
        return Issue.from_json(row[0]) if row else None

    def children(self, issue_id: int) -> list[Issue]:
        """The issues whose parent this is, oldest first."""
        rows = self.db.execute("SELECT document FROM issue WHERE parent = ? ORDER BY id", (issue_id,))
        return [Issue.from_json(row[0]) for row in rows]

    def insert(self, issue: Issue, *, changed: float | None = None) -> None:
        """Add an issue."""
        self.db.execute(
            "INSERT INTO issue VALUES (?, ?, ?, ?, ?, ?, NULL)",
            (
                issue.id,
                issue.key,
                issue.parent,
                self.next_number(CHANGE),
                time.time() if changed is None else changed,
                issue.to_json(),
            ),
        )

    def save(self, issue: Issue) -> None:
        """Store the new state of an issue. Search keeps the state it knows until it has caught up."""
        now = time.time()
        self.db.execute(
            "UPDATE issue SET previous = CASE WHEN changed + ? <= ? THEN document ELSE previous END,"
            " changed = ?, parent = ?, seq = ?, document = ? WHERE id = ?",
            (self._lag, now, now, issue.parent, self.next_number(CHANGE), issue.to_json(), issue.id),
        )

    def set_key(self, issue: Issue, old: str) -> None:
        """Give an issue that was moved the key that it has now; it is found under the old one, too."""
        self.db.execute("UPDATE issue SET key = ? WHERE id = ?", (issue.key, issue.id))
        self.set_meta(f"moved:{old}", str(issue.id))

    def delete(self, issue: Issue) -> None:
        """Remove an issue with its links, files and history."""
        self.db.execute("INSERT INTO removed VALUES (?, ?)", (issue.id, self.next_number(CHANGE)))
        for table, column in _OF_AN_ISSUE:
            self.db.execute(f"DELETE FROM {table} WHERE {column} = ?", (issue.id,))  # noqa: S608 - names above
        self.next_number(LINKS)

    def changed_since(self, seq: int) -> Iterable[IndexedRow]:
        """The issues that were written after change number `seq`."""
        rows = self.db.execute("SELECT changed, document, previous FROM issue WHERE seq > ?", (seq,))
        for changed, document, previous in rows:
            yield IndexedRow(changed, Issue.from_json(document), Issue.from_json(previous) if previous else None)

    def removed_since(self, seq: int) -> list[int]:
        """The ids of the issues that were deleted after change number `seq`."""
        return [row[0] for row in self.db.execute("SELECT id FROM removed WHERE seq > ?", (seq,))]

    # Links

    def add_link(self, type_id: str, source: int, target: int) -> int:
        """Link two issues, or find the link that does so already; its id."""
        row = one(self.db, "SELECT id FROM link WHERE type = ? AND source = ? AND target = ?", type_id, source, target)
        if row:
            return int(row[0])
        number = self.next_number("link", 10000)
        self.db.execute("INSERT INTO link VALUES (?, ?, ?, ?)", (number, type_id, source, target))
        self.next_number(LINKS)
        return number

    def link(self, number: int) -> Link | None:
        """The link with this id."""
        row = one(self.db, "SELECT id, type, source, target FROM link WHERE id = ?", number)
        return Link(*row) if row else None

    def links(self, issue_id: int | None = None) -> list[Link]:
        """The links of an issue, or all."""
        query = "SELECT id, type, source, target FROM link"
        if issue_id is None:
            return [Link(*row) for row in self.db.execute(query)]
        rows = self.db.execute(query + " WHERE source = ? OR target = ? ORDER BY id", (issue_id, issue_id))
        return [Link(*row) for row in rows]

    def delete_link(self, number: int) -> None:
        """Remove a link."""
        self.db.execute("DELETE FROM link WHERE id = ?", (number,))
        self.next_number(LINKS)

    # History

    def add_change(self, issue_id: int, moment: int, author: str, items: Sequence[JsonObject]) -> None:
        """Write what changed into the issue's history."""
        self.db.execute(
            "INSERT INTO history VALUES (?, ?, ?, ?, ?)",
            (self.next_number("history", 10000), issue_id, moment, author, json.dumps(list(items))),
        )

    def history(self, issue_id: int) -> list[Change]:
        """What happened to an issue, oldest first."""
        rows = self.db.execute(
            "SELECT id, moment, author, items FROM history WHERE issue = ? ORDER BY moment, id", (issue_id,)
        )
        return [Change(row[0], row[1], row[2], json.loads(row[3])) for row in rows]
