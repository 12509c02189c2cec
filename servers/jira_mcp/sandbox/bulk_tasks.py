"""Runs bulk operations bit by bit: with time, and a step further whenever somebody asks how far one is."""

from __future__ import annotations

from jira_mcp.sandbox import bulk_store
from jira_mcp.sandbox.bulk_store import Task
from jira_mcp.sandbox.bulk_work import WORKERS
from jira_mcp.sandbox.errors import ApiError
from jira_mcp.sandbox.model import JsonObject
from jira_mcp.sandbox.permissions import browsable
from jira_mcp.sandbox.sample.projects import PROJECT
from jira_mcp.sandbox.session import Session
from jira_mcp.sandbox.store import Store
from sandbox_kit.atlassian.accounts import BY_ID
from sandbox_kit.atlassian.clock import now_ms

STEP = 250
"""Issues that are done whenever somebody asks."""
PACE = 500
"""Issues that are done in a second when nobody asks."""
HEAD_START = 1_000
"""Milliseconds for which nothing is done unless somebody asks."""


def catch_up(store: Store) -> None:
    """Do what would have been done by now."""
    with store.reading() as session:
        waiting = bulk_store.unfinished(session)
    if not waiting:
        return
    with store.writing() as session:
        for task in bulk_store.unfinished(session):
            _advance(session, task, (now_ms() - task.created - HEAD_START) * PACE // 1000 - task.done)


def asked(session: Session, task: Task) -> None:
    """Start an operation that waits, else do the next step of it."""
    if task.status == "ENQUEUED":
        task.status, task.started = "RUNNING", now_ms()
        bulk_store.save(session, task)
    elif task.status == "RUNNING":
        _advance(session, task, STEP)


def _advance(session: Session, task: Task, count: int) -> None:
    if count <= 0:
        return
    if task.status == "ENQUEUED":
        task.status, task.started = "RUNNING", now_ms()
    now, task.work = task.work[:count], task.work[count:]
    for wish in now:
        _do(session, task, wish)
    task.updated = now_ms()
    if not task.work:
        task.status = "COMPLETE"
    bulk_store.save(session, task)


def _do(session: Session, task: Task, wish: JsonObject) -> None:
    account = BY_ID[task.account]
    issue = session.issue(wish["issue"])
    if issue is None or not browsable(account, PROJECT[issue.project]):
        task.invalid += 1
        return
    try:
        WORKERS[task.kind](session, account, issue, wish)
    except ApiError as refusal:
        task.failed[str(issue.id)] = [*refusal.messages, *refusal.fields.values()]
    else:
        task.processed.append(issue.id)
