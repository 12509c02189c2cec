"""The tasks of a content, as the lists in its body have them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from confluence_mcp.sandbox.markup import Element, Source, scan
from confluence_mcp.sandbox.model import Content, Task
from confluence_mcp.sandbox.session import Session

COMPLETE, INCOMPLETE = "complete", "incomplete"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class _Found:
    """A task as the body has it."""

    local: str
    status: str
    body: str
    assignee: str | None
    due: int | None


def numbered(body: str) -> str:
    """The body with an id for every task that has none."""
    if "<ac:task" not in body:
        return body
    source = scan(body)
    known = [source.inside(each).strip() for each in source.named("ac:task-id")]
    number = max((int(each) for each in known if each.isdecimal()), default=0)
    changes: list[tuple[int, int, str]] = []
    for task in source.named("ac:task"):
        if _part(source, task, "ac:task-id") is None:
            number += 1
            changes.append((task.inner_start, task.inner_start, f"<ac:task-id>{number}</ac:task-id>"))
    return source.replaced(changes) if changes else body


def follow(session: Session, content: Content, source: Source, moment: int, author: str) -> None:
    """Bring the stored tasks of a content in line with its body."""
    known = {task.local: task for task in session.rows(Task, "task", "content = ?", content.id)}
    for found in _tasks(source):
        task = known.pop(found.local, None)
        if task is None:
            number = session.next_number("task", 1)
            task = Task(number, content.id, found.local, INCOMPLETE, "", author, None, None, moment, None, None, None)
            session.insert("task", task)
        before = (task.status, task.body, task.assignee, task.due)
        task.body, task.assignee, task.due = found.body, found.assignee, found.due
        if task.status != found.status:
            done = found.status == COMPLETE
            task.status = found.status
            task.completed_by = author if done else None
            task.completed = moment if done else None
        if before != (task.status, task.body, task.assignee, task.due):
            task.updated = moment
            session.update("task", task)
    for gone in known.values():
        session.db.execute("DELETE FROM task WHERE id = ?", (gone.id,))


def with_status(body: str, local: str, status: str) -> str:
    """The body with the state of one task changed."""
    source = scan(body)
    for task in source.named("ac:task"):
        number, state = _part(source, task, "ac:task-id"), _part(source, task, "ac:task-status")
        if number is not None and state is not None and source.inside(number).strip() == local:
            return source.replaced([(state.inner_start, state.inner_end, status)])
    return body


def _tasks(source: Source) -> list[_Found]:
    found: list[_Found] = []
    for task in source.named("ac:task"):
        number, state = _part(source, task, "ac:task-id"), _part(source, task, "ac:task-status")
        text = _part(source, task, "ac:task-body")
        if number is None:
            continue
        inside = [each for each in source.elements if text is not None and text.start < each.start < text.end]
        people = [each.attributes.get("ri:account-id") for each in inside if each.name == "ri:user"]
        days = [each.attributes.get("datetime", "") for each in inside if each.name == "time"]
        found.append(
            _Found(
                source.inside(number).strip(),
                COMPLETE if state is not None and source.inside(state).strip() == COMPLETE else INCOMPLETE,
                source.inside(text) if text is not None else "",
                next(iter(people), None),
                next((_moment(day) for day in days if _DAY.fullmatch(day)), None),
            )
        )
    return found


def _part(source: Source, task: Element, name: str) -> Element | None:
    return next((each for each in source.named(name) if each.parent is task), None)


def _moment(day: str) -> int | None:
    try:
        return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)
    except ValueError:
        return None
