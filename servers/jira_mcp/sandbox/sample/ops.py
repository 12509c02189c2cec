"""The second site: the same projects, people and boards, but few issues, and others under the same keys."""

from __future__ import annotations

from collections.abc import Iterator

from jira_mcp.sandbox import agile_store, filter_store, project_parts
from jira_mcp.sandbox.model import Issue, Project
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.projects import DESK, PMOS, PROJECTS
from jira_mcp.sandbox.sample.text import doc
from jira_mcp.sandbox.session import Session
from sandbox_kit.atlassian import accounts as who
from sandbox_kit.atlassian.clock import at

_FIRST_ID = {PMOS.id: 60000, DESK.id: 61000}
_FIRST_FREE_ID = 65000
_BACKLOG, _PROGRESS, _DONE, _WAITING = "10000", "3", "10003", "10006"

_SAMPLE = (
    (PMOS, 1, "Runbook: restoring the workspace from a backup", site.TASK, _DONE, "2026-01-20 09:00"),
    (PMOS, 2, "Runbook: an agent that does not answer", site.TASK, _PROGRESS, "2026-01-27 10:30"),
    (PMOS, 3, "On-call rota for March", site.STORY, _BACKLOG, "2026-02-02 08:15"),
    (DESK, 1, "Status page shows yesterday's incident", site.INCIDENT, _WAITING, "2026-02-01 22:40"),
    (DESK, 2, "Pager does not reach the second line", site.INCIDENT, _PROGRESS, "2026-02-02 04:05"),
)


def fill(session: Session) -> None:
    """Write the second site's issues; deterministic."""
    agile_store.fill(session)
    project_parts.fill(session)
    filter_store.fill(session)
    issues = list(_issues())
    for issue in issues:
        session.insert(issue, changed=0.0)
    for project in PROJECTS:
        numbers = [issue.number for issue in issues if issue.project == project.id]
        session.set_sequence(f"key:{project.key}", max(numbers, default=0))
    session.set_sequence("issue", _FIRST_FREE_ID)


def _issues() -> Iterator[Issue]:
    for project, number, summary, kind, status, created in _SAMPLE:
        yield _issue(project, number, summary, kind, status, at(created))


def _issue(project: Project, number: int, summary: str, kind: str, status: str, created: int) -> Issue:
    return Issue(
        id=_FIRST_ID[project.id] + number,
        key=f"{project.key}-{number}",
        project=project.id,
        number=number,
        type=kind,
        summary=summary,
        status=status,
        created=created,
        updated=created,
        creator=who.ORCHESTRATOR.account_id,
        reporter=who.ORCHESTRATOR.account_id,
        status_changed=created,
        description=doc("Kept by the people who are called at night."),
        priority=site.DEFAULT_PRIORITY,
        resolution="10000" if status == _DONE else None,
        resolved=created if status == _DONE else None,
        labels=["on-call"],
    )
