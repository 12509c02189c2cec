"""Stores a changed issue together with the entry in its history."""

from __future__ import annotations

from collections.abc import Sequence

from jira_mcp.sandbox import agile_store, project_parts
from jira_mcp.sandbox.history import differences
from jira_mcp.sandbox.model import Issue, JsonObject
from jira_mcp.sandbox.sample.projects import PROJECT
from jira_mcp.sandbox.session import Session
from sandbox_kit.atlassian.accounts import Account
from sandbox_kit.atlassian.clock import now_ms


def snapshot(issue: Issue) -> Issue:
    """A copy that later changes do not touch."""
    return Issue.from_json(issue.to_json())


def record(session: Session, account: Account, before: Issue, after: Issue, extra: Sequence[JsonObject] = ()) -> None:
    """Save `after` and write how it differs from `before`, and the `extra` entries, into the history."""
    moment = max(now_ms(), before.updated + 1)
    after.updated = moment
    project = project_parts.current(session, PROJECT[after.project])
    items = [*differences(before, after, agile_store.names(session), project), *extra]
    session.save(after)
    if items:
        session.add_change(after.id, moment, account.account_id, items)
