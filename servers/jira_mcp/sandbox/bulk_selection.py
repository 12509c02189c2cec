"""Who may make bulk changes, and the issues that a request for one selects."""

from __future__ import annotations

from jira_mcp.sandbox.bulk_errors import refuse
from jira_mcp.sandbox.model import Issue
from jira_mcp.sandbox.permissions import browsable, has_global
from jira_mcp.sandbox.sample.projects import PROJECT
from jira_mcp.sandbox.session import Session
from jira_mcp.sandbox.web import Call, string_list

MOST = 1000
_INVALID = "Some of the issues in the issueIdsOrKeys are not valid"


def permitted(call: Call, status: int) -> None:
    """Refuse with this status an account that may not make bulk changes."""
    if not has_global(call.account, "BULK_CHANGE"):
        raise refuse("You do not have the global permission to make bulk changes.", status=status)


def selected(call: Call, session: Session, references: object) -> list[Issue]:
    """The issues that a request names; 400 when there are too many, or one that this account does not see."""
    given = string_list(references)
    if not given:
        raise refuse("At least one issue must be selected")
    if len(given) > MOST:
        raise refuse(f"The number of issues exceeds the limit of {MOST}")
    found: dict[int, Issue] = {}
    for reference in given:
        issue = session.issue(reference)
        if issue is None or not browsable(call.account, PROJECT[issue.project]):
            raise refuse(_INVALID)
        found[issue.id] = issue
    return list(found.values())
