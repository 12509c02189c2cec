"""Logged work.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-worklogs.
"""

from __future__ import annotations

from jira_mcp.sandbox.access import find_issue, require
from jira_mcp.sandbox.duration import parse_duration
from jira_mcp.sandbox.errors import ApiError, bad_request
from jira_mcp.sandbox.model import Issue, JsonObject
from jira_mcp.sandbox.permissions import allowed
from jira_mcp.sandbox.readers import level, may_read
from jira_mcp.sandbox.recording import record, snapshot
from jira_mcp.sandbox.sample.projects import PROJECT
from jira_mcp.sandbox.web import Call
from jira_mcp.sandbox.writing import new_worklog, spend, worklog_details, worklog_seconds
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.atlassian.web import Reply


def list_worklogs(call: Call) -> Reply:
    """GET issue/{issueIdOrKey}/worklog."""
    start = call.number("startAt", 0)
    count = call.number("maxResults", 5000, least=0, most=5000)
    after = call.number("startedAfter", -1, least=-1)
    before = call.number("startedBefore", 1 << 62)
    with call.store.reading() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
    readable = [each for each in issue.worklogs if may_read(call.account, PROJECT[issue.project], each)]
    found = [each for each in readable if after <= each["started"] < before]
    found.sort(key=lambda each: each["started"])
    return Reply(
        200,
        {
            "startAt": start,
            "maxResults": count,
            "total": len(found),
            "worklogs": [call.show.worklog(issue.id, each) for each in found[start : start + count]],
        },
    )


def get_worklog(call: Call) -> Reply:
    """GET issue/{issueIdOrKey}/worklog/{id}."""
    with call.store.reading() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
    return Reply(200, call.show.worklog(issue.id, _worklog(call, issue)))


def add_worklog(call: Call) -> Reply:
    """POST issue/{issueIdOrKey}/worklog."""
    body = call.json_object()
    with call.store.writing() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
        sentence = f"{call.account.name}, you do not have the permission to associate a worklog to this issue."
        require(call.account, issue, "WORK_ON_ISSUES", sentence, 400)
        before = snapshot(issue)
        worklog = new_worklog(session, call.account, issue, body)
        issue.worklogs.append(worklog)
        _adjust(call, issue, before)
        record(session, call.account, before, issue)
    return Reply(201, call.show.worklog(issue.id, worklog))


def edit_worklog(call: Call) -> Reply:
    """PUT issue/{issueIdOrKey}/worklog/{id}."""
    body = call.json_object()
    with call.store.writing() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
        worklog = _worklog(call, issue)
        _require_own(call, issue, worklog, "EDIT")
        before = snapshot(issue)
        if "timeSpent" in body or "timeSpentSeconds" in body:
            seconds = worklog_seconds(body)
            spend(issue, seconds - worklog["seconds"])
            worklog["seconds"] = seconds
        worklog["visibility"] = level(body.get("visibility"), call.account, PROJECT[issue.project])
        worklog.update(worklog_details(body), updated=now_ms(), editor=call.account.account_id)
        _adjust(call, issue, before)
        record(session, call.account, before, issue)
    return Reply(200, call.show.worklog(issue.id, worklog))


def delete_worklog(call: Call) -> Reply:
    """DELETE issue/{issueIdOrKey}/worklog/{id}."""
    with call.store.writing() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
        worklog = _worklog(call, issue)
        _require_own(call, issue, worklog, "DELETE")
        before = snapshot(issue)
        issue.worklogs.remove(worklog)
        spend(issue, -worklog["seconds"])
        _adjust(call, issue, before)
        record(session, call.account, before, issue)
    return Reply(204)


def _adjust(call: Call, issue: Issue, before: Issue) -> None:
    """Set the remaining estimate as `adjustEstimate` says; `auto` has happened already."""
    how = call.text("adjustEstimate", "auto")
    if how == "auto":
        return
    if how == "leave":
        issue.remaining_estimate = before.remaining_estimate
    elif how == "new":
        issue.remaining_estimate = _duration(call, "newEstimate")
    elif how == "manual":
        name = "increaseBy" if call.method == "DELETE" else "reduceBy"
        seconds = _duration(call, name) * (-1 if call.method == "DELETE" else 1)
        issue.remaining_estimate = max(0, (before.remaining_estimate or 0) - seconds)
    else:
        raise bad_request(f"Invalid value '{how[:50]}' for parameter 'adjustEstimate'.")


def _duration(call: Call, name: str) -> int:
    seconds = parse_duration(call.text(name))
    if seconds is None:
        raise bad_request(**{name: "You must supply a valid estimate, such as 2d 4h."})
    return seconds


def _worklog(call: Call, issue: Issue) -> JsonObject:
    wanted = call.path_values["id"]
    for worklog in issue.worklogs:
        if str(worklog["id"]) == wanted and may_read(call.account, PROJECT[issue.project], worklog):
            return worklog
    raise ApiError(404, f"Cannot find worklog with id: '{wanted[:50]}'.")


def _require_own(call: Call, issue: Issue, worklog: JsonObject, permission: str) -> None:
    project = PROJECT[issue.project]
    own = worklog["author"] == call.account.account_id
    if allowed(call.account, project, f"{permission}_ALL_WORKLOGS"):
        return
    if own and allowed(call.account, project, f"{permission}_OWN_WORKLOGS"):
        return
    raise bad_request(f"{call.account.name}, you do not have permission to change the worklog {worklog['id']}.")
