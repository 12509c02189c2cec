"""Comments.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments.
"""

from __future__ import annotations

from jira_mcp.sandbox.access import find_issue, require
from jira_mcp.sandbox.adf import to_html
from jira_mcp.sandbox.errors import ApiError, bad_request
from jira_mcp.sandbox.model import Issue, JsonObject
from jira_mcp.sandbox.permissions import allowed
from jira_mcp.sandbox.readers import level, may_read
from jira_mcp.sandbox.recording import record, snapshot
from jira_mcp.sandbox.sample.projects import PROJECT
from jira_mcp.sandbox.web import Call
from jira_mcp.sandbox.writing import comment_body, new_comment
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.atlassian.web import Reply


def list_comments(call: Call) -> Reply:
    """GET issue/{issueIdOrKey}/comment."""
    order = call.text("orderBy", "created")
    if order not in ("created", "+created", " created", "-created"):
        raise bad_request(f"Invalid value '{order[:50]}' for parameter 'orderBy'.")
    start = call.number("startAt", 0)
    count = call.number("maxResults", 100, least=0, most=5000)
    with call.store.reading() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
    readable = [each for each in issue.comments if may_read(call.account, PROJECT[issue.project], each)]
    comments = sorted(readable, key=lambda each: each["created"], reverse=order.startswith("-"))
    return Reply(
        200,
        {
            "startAt": start,
            "maxResults": count,
            "total": len(comments),
            "comments": [_shown(call, issue, each) for each in comments[start : start + count]],
        },
    )


def get_comment(call: Call) -> Reply:
    """GET issue/{issueIdOrKey}/comment/{id}."""
    with call.store.reading() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
    return Reply(200, _shown(call, issue, _comment(call, issue)))


def add_comment(call: Call) -> Reply:
    """POST issue/{issueIdOrKey}/comment."""
    body = call.json_object()
    with call.store.writing() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
        sentence = f"{call.account.name}, you do not have the permission to comment on this issue."
        require(call.account, issue, "ADD_COMMENTS", sentence, 400)
        before = snapshot(issue)
        comment = new_comment(session, call.account, PROJECT[issue.project], body, now_ms())
        issue.comments.append(comment)
        record(session, call.account, before, issue)
    return Reply(201, _shown(call, issue, comment))


def edit_comment(call: Call) -> Reply:
    """PUT issue/{issueIdOrKey}/comment/{id}."""
    body = call.json_object()
    with call.store.writing() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
        comment = _comment(call, issue)
        _require_own(call, issue, comment, "EDIT", "edit")
        before = snapshot(issue)
        comment["body"] = comment_body(body.get("body"))
        comment["updated"] = now_ms()
        comment["editor"] = call.account.account_id
        # What is not sent again is gone: a comment without a restriction is for everybody.
        comment["visibility"] = level(body.get("visibility"), call.account, PROJECT[issue.project])
        record(session, call.account, before, issue)
    return Reply(200, _shown(call, issue, comment))


def delete_comment(call: Call) -> Reply:
    """DELETE issue/{issueIdOrKey}/comment/{id}."""
    with call.store.writing() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
        comment = _comment(call, issue)
        _require_own(call, issue, comment, "DELETE", "delete")
        before = snapshot(issue)
        issue.comments.remove(comment)
        record(session, call.account, before, issue)
    return Reply(204)


def _comment(call: Call, issue: Issue) -> JsonObject:
    wanted = call.path_values["id"]
    for comment in issue.comments:
        if str(comment["id"]) == wanted and may_read(call.account, PROJECT[issue.project], comment):
            return comment
    raise ApiError(404, f"Can not find a comment for the id: {wanted[:50]}.")


def _require_own(call: Call, issue: Issue, comment: JsonObject, permission: str, verb: str) -> None:
    project = PROJECT[issue.project]
    own = comment["author"] == call.account.account_id
    if allowed(call.account, project, f"{permission}_ALL_COMMENTS"):
        return
    if own and allowed(call.account, project, f"{permission}_OWN_COMMENTS"):
        return
    raise bad_request(
        f"{call.account.name}, you do not have the permission to {verb} the comment with id: {comment['id']}."
    )


def _shown(call: Call, issue: Issue, comment: JsonObject) -> JsonObject:
    shown = call.show.comment(issue.id, comment)
    if "renderedBody" in call.words("expand"):
        shown["renderedBody"] = to_html(comment["body"])
    return shown
