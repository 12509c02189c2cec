"""The histories of many issues at once.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues, "Bulk fetch changelogs".
"""

from __future__ import annotations

from jira_mcp.sandbox.access import find_issue
from jira_mcp.sandbox.errors import ApiError, bad_request
from jira_mcp.sandbox.model import JsonObject
from jira_mcp.sandbox.web import Call, string_list
from sandbox_kit.atlassian.web import Reply

_MOST_ISSUES, _MOST_FIELDS, _MOST_CHANGES = 1_000, 10, 10_000


def bulk_changelogs(call: Call) -> Reply:
    """POST changelog/bulkfetch: the oldest change first."""
    body = call.json_object("issueIdsOrKeys", "fieldIds", "maxResults", "nextPageToken")
    references = string_list(body.get("issueIdsOrKeys")) or []
    fields = string_list(body.get("fieldIds", []))
    size = body.get("maxResults", 1_000)
    if not 1 <= len(references) <= _MOST_ISSUES:
        raise bad_request(f"The number of issue ids or keys has to be between 1 and {_MOST_ISSUES}.")
    if fields is None or len(fields) > _MOST_FIELDS or not isinstance(size, int) or not 1 <= size <= _MOST_CHANGES:
        raise bad_request("Invalid request payload. Refer to the REST API documentation and try again.")
    found: list[tuple[int, int, JsonObject]] = []
    with call.store.reading() as session:
        for reference in dict.fromkeys(references):
            try:
                issue = find_issue(session, call.account, reference)
            except ApiError:
                continue  # an issue that cannot be seen is left out
            for change in session.history(issue.id):
                items = [each for each in change.items if not fields or each.get("fieldId") in fields]
                if items:
                    shown = {**call.show.change(change), "items": items}
                    found.append((change.moment, issue.id, shown))
    found.sort(key=lambda each: each[:2])
    token = body.get("nextPageToken") or "0"
    if not isinstance(token, str) or not token.isdecimal():
        raise bad_request("The provided next page token is invalid or expired.")
    start = int(token)
    logs: dict[int, list[JsonObject]] = {}
    for _, number, shown in found[start : start + size]:
        logs.setdefault(number, []).append(shown)
    answer: JsonObject = {
        "issueChangeLogs": [{"issueId": str(number), "changeHistories": shown} for number, shown in logs.items()]
    }
    if start + size < len(found):
        answer["nextPageToken"] = str(start + size)
    return Reply(200, answer)
