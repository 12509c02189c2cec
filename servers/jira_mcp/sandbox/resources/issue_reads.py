"""Reading issues: one, many at once, and their history.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues.
"""

from __future__ import annotations

from jira_mcp.sandbox.access import find_issue
from jira_mcp.sandbox.beans import select_fields
from jira_mcp.sandbox.errors import ApiError, bad_request
from jira_mcp.sandbox.model import JsonObject
from jira_mcp.sandbox.web import Call, page, string_list
from sandbox_kit.atlassian.web import Reply

_MOST_FETCHED = 100


def get_issue(call: Call) -> Reply:
    """GET issue/{issueIdOrKey}."""
    field_ids = select_fields(call.words("fields"), "*all")
    with call.store.reading() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
        return Reply(200, call.issues(session).bean(issue, field_ids, call.words("expand")))


def bulk_fetch(call: Call) -> Reply:
    """POST issue/bulkfetch: up to a hundred issues, in the order of their ids; misses are left out or told."""
    body = call.json_object("issueIdsOrKeys", "fields", "expand", "properties", "fieldsByKeys")
    references = string_list(body.get("issueIdsOrKeys"))
    fields = string_list(body.get("fields", []))
    expand = string_list(body.get("expand", []))
    if not references or fields is None or expand is None:
        raise bad_request("Invalid request payload. Refer to the REST API documentation and try again.")
    if len(references) > _MOST_FETCHED:
        raise bad_request(f"You can fetch at most {_MOST_FETCHED} issues at once.")
    field_ids = select_fields(fields, "*navigable")
    issues: dict[int, JsonObject] = {}
    errors: list[JsonObject] = []
    with call.store.reading() as session:
        show = call.issues(session)
        for reference in references:
            try:
                issue = find_issue(session, call.account, reference)
            except ApiError as refusal:
                errors.append({"id": reference, "errorMessage": refusal.messages[0]})
            else:
                issues[issue.id] = show.bean(issue, field_ids, expand)
    return Reply(
        200,
        {"issues": [issues[number] for number in sorted(issues)], "issueErrors": errors},
    )


def changelog(call: Call) -> Reply:
    """GET issue/{issueIdOrKey}/changelog, oldest first."""
    with call.store.reading() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
        changes = session.history(issue.id)
    return Reply(200, page(changes, call, call.show.change, size=100, most=100))
