"""What the create and edit screens ask for.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues
(get create metadata issue types, get create field metadata, get edit issue metadata).
"""

from __future__ import annotations

from jira_mcp.sandbox import project_parts
from jira_mcp.sandbox.access import find_issue, find_project
from jira_mcp.sandbox.errors import ApiError, bad_request, project_unseen
from jira_mcp.sandbox.model import JsonObject, Project
from jira_mcp.sandbox.permissions import allowed
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.projects import PROJECT
from jira_mcp.sandbox.screens import create_screen, edit_screen
from jira_mcp.sandbox.web import Call
from sandbox_kit.atlassian.web import Reply

_MOST = 200


def create_types(call: Call) -> Reply:
    """GET issue/createmeta/{projectIdOrKey}/issuetypes."""
    project = _project(call)
    kinds = [call.show.issue_type(site.ISSUE_TYPE[each]) for each in project.issue_types]
    for kind in kinds:
        del kind["avatarId"]
    return Reply(200, _page(call, "issueTypes", kinds))


def create_fields(call: Call) -> Reply:
    """GET issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}."""
    project = _project(call)
    kind = call.path_values["type"]
    if kind not in project.issue_types:
        raise bad_request(f"Issue type with id '{kind[:50]}' does not exist in project '{project.key}'.")
    return Reply(200, _page(call, "fields", create_screen(call.show, project, site.ISSUE_TYPE[kind], call.account)))


def edit_fields(call: Call) -> Reply:
    """GET issue/{issueIdOrKey}/editmeta: without the permission to edit there are no fields."""
    with call.store.reading() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
        project = project_parts.current(session, PROJECT[issue.project])
    if not allowed(call.account, project, "EDIT_ISSUES"):
        return Reply(200, {"fields": {}})
    return Reply(200, {"fields": edit_screen(call.show, project, site.ISSUE_TYPE[issue.type], call.account)})


def _project(call: Call) -> Project:
    reference = call.path_values["project"]
    try:
        project = find_project(call.account, reference)
    except ApiError as refusal:
        raise ApiError(400, *refusal.messages) from None
    if not allowed(call.account, project, "CREATE_ISSUES"):
        raise ApiError(400, *project_unseen(reference).messages)
    with call.store.reading() as session:
        return project_parts.current(session, project)


def _page(call: Call, name: str, items: list[JsonObject]) -> JsonObject:
    start = call.number("startAt", 0)
    count = call.number("maxResults", 50, least=1, most=_MOST)
    return {"maxResults": count, "startAt": start, "total": len(items), name: items[start : start + count]}
