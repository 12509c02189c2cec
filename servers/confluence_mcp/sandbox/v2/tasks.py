"""Tasks (developer.atlassian.com/cloud/confluence/rest/v2/api-group-task)."""

from __future__ import annotations

from confluence_mcp.sandbox import publishing, task_store
from confluence_mcp.sandbox.access import container_of
from confluence_mcp.sandbox.clock import stamp
from confluence_mcp.sandbox.errors import ApiError, unseen
from confluence_mcp.sandbox.model import CURRENT, JsonObject, Task
from confluence_mcp.sandbox.permissions import Sight, edits
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v2 import inputs
from confluence_mcp.sandbox.v2.paging import Listed, page
from confluence_mcp.sandbox.web import Call, Routes
from sandbox_kit.atlassian.web import Reply

_STATUSES = (task_store.COMPLETE, task_store.INCOMPLETE)


def _list(call: Call) -> Reply:
    body_format = call.choice("body-format", inputs.BULK_FORMATS)
    status, blank = call.choice("status", _STATUSES), call.flag("include-blank-tasks", default=True)
    numbers, spaces = call.numbers("task-id"), call.numbers("space-id")
    contents = [*call.numbers("page-id"), *call.numbers("blogpost-id")]
    people = {field: call.words(f"{name}-by") for field, name in (("author", "created"), ("completed_by", "completed"))}
    people["assignee"] = call.words("assigned-to")
    bounds = {
        field: (call.number(f"{name}-at-from", 0), call.number(f"{name}-at-to", 10**18))
        for field, name in (("created", "created"), ("due", "due"), ("completed", "completed"))
    }

    def wanted(session: Session, sight: Sight, task: Task) -> bool:
        content = session.content(task.content)
        return (
            content is not None
            and content.status == CURRENT
            and (not spaces or content.space in spaces)
            and (blank or bool(task.body.strip()))
            and all(not ids or getattr(task, field) in ids for field, ids in people.items())
            and all(
                bound == (0, 10**18) or bound[0] <= (getattr(task, field) or -1) <= bound[1]
                for field, bound in bounds.items()
            )
            and sight.sees(content)
        )

    with call.store.reading() as session:
        sight = Sight(session, call.account)
        found = [
            task
            for task in session.rows(Task, "task", "1 ORDER BY id")
            if status in ("", task.status)
            and (not numbers or task.id in numbers)
            and (not contents or task.content in contents)
            and wanted(session, sight, task)
        ]
        return page(call, Listed(found, lambda each: (each.id,)), lambda each: _bean(session, each, body_format))


def _bean(session: Session, task: Task, body_format: str) -> JsonObject:
    content = session.content(task.content)
    assert content is not None
    return {
        "id": str(task.id),
        "localId": task.local,
        "spaceId": str(content.space),
        "blogPostId" if content.type == "blogpost" else "pageId": str(content.id),
        "status": task.status,
        "body": inputs.shown_body(task.body, body_format),
        "createdBy": task.author,
        "assignedTo": task.assignee,
        "completedBy": task.completed_by,
        "createdAt": stamp(task.created),
        "updatedAt": stamp(task.updated) if task.updated else None,
        "dueAt": stamp(task.due) if task.due else None,
        "completedAt": stamp(task.completed) if task.completed else None,
    }


def _find(call: Call, session: Session) -> Task:
    task = session.row(Task, "task", "id = ?", call.id())
    if task is None:
        raise unseen()
    container_of(session, call.account, task.content)
    return task


def _read(call: Call) -> Reply:
    body_format = call.choice("body-format", inputs.BULK_FORMATS)
    with call.store.reading() as session:
        return Reply(200, _bean(session, _find(call, session), body_format))


def _update(call: Call) -> Reply:
    """PUT tasks/{id}: the state changes in the body of the page, whose version becomes the next one."""
    body_format = call.choice("body-format", inputs.BULK_FORMATS)
    status = inputs.choice_in(inputs.message_of(call, "status"), "status", _STATUSES)
    with call.store.writing() as session:
        task = _find(call, session)
        content = container_of(session, call.account, task.content)
        if not edits(session, call.account, content):
            raise ApiError(404, "Not Found")
        if task.status != status:
            body = task_store.with_status(session.body(content.id, content.version), task.local, status)
            publishing.publish(session, content, body, call.account.account_id, minor=True)
        changed = _find(call, session)
        return Reply(200, _bean(session, changed, body_format))


TASKS: Routes = {"/tasks": {"GET": _list}, "/tasks/{id}": {"GET": _read, "PUT": _update}}
