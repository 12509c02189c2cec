"""Finds what a request names, as far as its account may see it."""

from __future__ import annotations

from jira_mcp.sandbox.errors import ApiError, issue_unseen, project_unseen
from jira_mcp.sandbox.model import Issue, Project
from jira_mcp.sandbox.permissions import allowed, browsable
from jira_mcp.sandbox.sample.projects import PROJECT, PROJECT_BY_KEY
from jira_mcp.sandbox.session import Session
from sandbox_kit.atlassian.accounts import Account


def find_issue(session: Session, account: Account, reference: str) -> Issue:
    """The issue with this id or key; 404 when there is none or the account may not browse its project."""
    issue = session.issue(reference)
    if issue is None or not browsable(account, PROJECT[issue.project]):
        raise issue_unseen()
    return issue


def find_project(account: Account, reference: str) -> Project:
    """The project with this id or key; 404 when there is none or the account may not browse it."""
    project = PROJECT.get(reference) or PROJECT_BY_KEY.get(reference.upper())
    if project is None or not browsable(account, project):
        raise project_unseen(reference)
    return project


def require(account: Account, issue: Issue, permission: str, sentence: str, status: int = 403) -> None:
    """Refuse with `sentence` unless the account has the permission in the issue's project."""
    if not allowed(account, PROJECT[issue.project], permission):
        raise ApiError(status, sentence)
