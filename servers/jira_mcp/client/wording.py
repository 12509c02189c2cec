"""What to do next after a refusal, in terms of this server's tools."""

import re

from connector_kit.http import Reply

PERMISSION = "Ask an administrator of the project for the permission, or use another account."
BULK_PERMISSION = "Ask an administrator of the site for the global permission to make bulk changes."
_ISSUE = re.compile(r"/issue/(?P<key>[A-Z][A-Z0-9_]*-\d+)(?:/|$)")

_PART = re.compile(r"/issue/(?P<key>[A-Z][A-Z0-9_]*-\d+)/(?P<kind>comment|worklog)/\d+$")


def advise(reply: Reply) -> str:
    """The next step for what the caller can mend; "" where the status says enough."""
    path = reply.path
    if reply.status == 404:
        return _advise_missing(path)
    if reply.status == 403:
        return BULK_PERMISSION if "/bulk/" in path else PERMISSION
    if reply.status == 409:
        return "Read the issue again, then decide."
    if reply.status in (400, 422):
        return _advise_invalid(reply.method, path)
    return ""


def _advise_missing(path: str) -> str:
    if "createmeta" in path or "/project" in path or path.endswith("/user/assignable/search"):
        return "jira_list_projects shows the projects that this account may see."
    if "/attachment/" in path:
        return "jira_get_issue lists the attachments that an issue has now."
    if part := _PART.search(path):
        shows = "jira_list_comments" if part["kind"] == "comment" else "jira_get_issue with its worklogs"
        return f"{shows} shows what there is on {part['key']}, with ids."
    if "/user" in path:
        return "jira_search_users finds people by name or e-mail address."
    if _ISSUE.search(path) or path.endswith("/issueLink"):
        return "Check the key; jira_search_issues finds issues by what they say."
    return ""


def _advise_invalid(method: str, path: str) -> str:
    if "/createmeta/" in path:
        return "jira_list_projects shows the projects that this account may see."
    if path.endswith("/transitions") and method == "POST":
        return 'jira_get_issue with include=["transitions"] shows what is possible now.'
    if path.endswith(("/issue", "/issue/bulk")):
        return "jira_list_fields with project and type shows the fields of a new issue and their values."
    return ""
