"""Votes.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-votes.
"""

from __future__ import annotations

from jira_mcp.sandbox.access import find_issue
from jira_mcp.sandbox.errors import ApiError
from jira_mcp.sandbox.permissions import allowed
from jira_mcp.sandbox.sample.projects import PROJECT
from jira_mcp.sandbox.web import Call
from sandbox_kit.atlassian.accounts import BY_ID
from sandbox_kit.atlassian.web import Reply


def votes(call: Call) -> Reply:
    """GET issue/{issueIdOrKey}/votes: the names only for those who may see them."""
    with call.store.reading() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
    may_see = allowed(call.account, PROJECT[issue.project], "VIEW_VOTERS_AND_WATCHERS")
    return Reply(
        200,
        {
            "self": call.show.url(f"issue/{issue.key}/votes"),
            "votes": len(issue.voters),
            "hasVoted": call.account.account_id in issue.voters,
            "voters": [call.show.full_user(BY_ID[each]) for each in issue.voters] if may_see else [],
        },
    )


def add_vote(call: Call) -> Reply:
    """POST issue/{issueIdOrKey}/votes: not for what one has reported, nor for what is resolved."""
    with call.store.writing() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
        if issue.reporter == call.account.account_id:
            raise ApiError(404, "You cannot vote for an issue you have reported.")
        if issue.resolution is not None:
            raise ApiError(404, "You cannot vote for an issue that has been resolved.")
        if call.account.account_id not in issue.voters:
            issue.voters.append(call.account.account_id)
            session.save(issue)
    return Reply(204)


def remove_vote(call: Call) -> Reply:
    """DELETE issue/{issueIdOrKey}/votes."""
    with call.store.writing() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
        if call.account.account_id not in issue.voters:
            raise ApiError(404, "You have not voted for this issue.")
        issue.voters.remove(call.account.account_id)
        session.save(issue)
    return Reply(204)
