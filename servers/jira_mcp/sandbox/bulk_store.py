"""Bulk operations as they are stored: what was asked for, and how far each has come.

The table is made by the first operation, so that a file of an older sandbox takes them too.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Literal

from jira_mcp.sandbox.model import JsonObject
from jira_mcp.sandbox.session import Session
from sandbox_kit.session import one

_TABLE = "CREATE TABLE IF NOT EXISTS bulk_task (id INTEGER PRIMARY KEY, open INTEGER NOT NULL, document TEXT NOT NULL)"
_OPEN = "bulk_open"
_FIRST = 10641

Kind = Literal["edit", "transition", "move", "delete"]
Status = Literal["ENQUEUED", "RUNNING", "COMPLETE"]


@dataclass(slots=True)
class Task:
    """One bulk operation. `work` holds what is still to be done, an entry an issue; moments are milliseconds."""

    id: int
    kind: Kind
    account: str
    created: int
    work: list[JsonObject]
    total: int
    status: Status = "ENQUEUED"
    started: int = 0
    updated: int = 0
    processed: list[int] = field(default_factory=list[int])
    failed: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    invalid: int = 0

    @property
    def done(self) -> int:
        """Issues that were dealt with, one way or the other."""
        return self.total - len(self.work)


def add(session: Session, kind: Kind, account: str, moment: int, work: list[JsonObject]) -> Task:
    """Keep a new operation."""
    session.db.execute(_TABLE)
    task = Task(session.next_number("bulk_task", _FIRST), kind, account, moment, work, len(work), updated=moment)
    session.db.execute("INSERT INTO bulk_task VALUES (?, 1, ?)", (task.id, json.dumps(asdict(task))))
    _count(session, 1)
    return task


def save(session: Session, task: Task) -> None:
    """Keep how far an operation has come."""
    is_open = int(task.status != "COMPLETE")
    session.db.execute(
        "UPDATE bulk_task SET open = ?, document = ? WHERE id = ?", (is_open, json.dumps(asdict(task)), task.id)
    )
    if not is_open:
        _count(session, -1)


def find(session: Session, number: int) -> Task | None:
    """The operation with this id."""
    if session.meta(_OPEN) is None:  # there has been none yet, nor a table
        return None
    row = one(session.db, "SELECT document FROM bulk_task WHERE id = ?", number)
    return Task(**json.loads(row[0])) if row else None


def unfinished(session: Session) -> list[Task]:
    """The operations that are not over, oldest first."""
    if session.meta(_OPEN) in (None, "0"):
        return []
    rows = session.db.execute("SELECT document FROM bulk_task WHERE open ORDER BY id").fetchall()
    return [Task(**json.loads(row[0])) for row in rows]


def _count(session: Session, step: int) -> None:
    session.set_meta(_OPEN, str(int(session.meta(_OPEN) or 0) + step))
