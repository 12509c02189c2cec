"""Long tasks: work that is done bit by bit, with time and a step further whenever somebody asks how far it is."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from confluence_mcp.sandbox.errors import ApiError
from confluence_mcp.sandbox.model import JsonObject
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.store import Store
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.session import one

STEP = 25
"""Pages that are done whenever somebody asks."""
PACE = 50
"""Pages that are done in a second when nobody asks."""
HEAD_START = 500
"""Milliseconds for which nothing is done unless somebody asks."""


@dataclass(slots=True)
class Task:
    """A task: `work` is what is still to do, one wish for each page; `told` is what its worker keeps in mind."""

    id: str
    name: str
    started: int
    account: str
    work: list[Any]
    total: int
    errors: list[str] = field(default_factory=list[str])
    asked: bool = False
    ended: int = 0
    told: JsonObject = field(default_factory=dict[str, Any])

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return bool(self.ended)


Worker = Callable[[Session, Task, Any], None]
"""Does one wish of a task; an `ApiError` of it is one of the task's errors."""


def submit(session: Session, name: str, account: str, work: list[Any], told: JsonObject | None = None) -> Task:
    """Begin a task."""
    task = Task(str(uuid.uuid4()), name, now_ms(), account, work, len(work), told=told or {})
    session.db.execute("INSERT INTO longtask VALUES (?, ?, ?, ?)", (task.id, name, task.started, _document(task)))
    return task


def task_of(session: Session, number: str) -> Task | None:
    """The task with this id."""
    row = one(session.db, "SELECT id, name, started, document FROM longtask WHERE id = ?", number)
    return _task(row) if row else None


def tasks(session: Session) -> list[Task]:
    """All tasks, the latest first."""
    rows = session.db.execute("SELECT id, name, started, document FROM longtask ORDER BY started DESC, id")
    return [_task(row) for row in rows.fetchall()]


def step(session: Session, task: Task, workers: dict[str, Worker]) -> None:
    """What asking for a task's state does: the first time nothing, then the next step of it."""
    if not task.asked:
        task.asked = True
        _save(session, task)
    elif not task.finished:
        _advance(session, task, workers, STEP)


def catch_up(store: Store, workers: dict[str, Worker]) -> None:
    """Do what would have been done by now."""
    with store.reading() as session:
        waiting = one(session.db, "SELECT 1 FROM longtask WHERE document LIKE '%\"ended\":0%' LIMIT 1")
    if not waiting:
        return
    with store.writing() as session:
        for task in tasks(session):
            due = (now_ms() - task.started - HEAD_START) * PACE // 1000
            if not task.finished and due > 0:
                _advance(session, task, workers, due - (task.total - len(task.work)))


def _advance(session: Session, task: Task, workers: dict[str, Worker], count: int) -> None:
    if count <= 0:
        return
    now, task.work = task.work[:count], task.work[count:]
    for wish in now:
        try:
            workers[task.name](session, task, wish)
        except ApiError as refusal:
            task.errors.append(refusal.title)
    if not task.work:
        task.ended = now_ms()
    _save(session, task)


def _save(session: Session, task: Task) -> None:
    session.db.execute("UPDATE longtask SET document = ? WHERE id = ?", (_document(task), task.id))


def _document(task: Task) -> str:
    kept = asdict(task)
    for name in ("id", "name", "started"):
        del kept[name]
    return json.dumps(kept, separators=(",", ":"))


def _task(row: tuple[str, str, int, str]) -> Task:
    return Task(row[0], row[1], row[2], **json.loads(row[3]))
