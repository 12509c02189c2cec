"""The server, the signed-in user, and what that user may do."""

from __future__ import annotations

from jira_mcp.sandbox.access import find_issue, find_project
from jira_mcp.sandbox.clock import stamp
from jira_mcp.sandbox.errors import bad_request
from jira_mcp.sandbox.model import JsonObject, Project
from jira_mcp.sandbox.permissions import GLOBAL_PERMISSIONS, PROJECT_PERMISSIONS, allowed, has_global
from jira_mcp.sandbox.refs import visible_projects
from jira_mcp.sandbox.sample.projects import PROJECT
from jira_mcp.sandbox.web import Call
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.atlassian.web import Reply


def server_info(call: Call) -> Reply:
    """GET serverInfo: open to everybody."""
    return Reply(
        200,
        {
            "baseUrl": call.show.site_url,
            "displayUrl": call.show.site_url,
            "version": "1001.0.0-SNAPSHOT",
            "versionNumbers": [1001, 0, 0],
            "deploymentType": "Cloud",
            "buildNumber": 100287,
            "buildDate": "2026-01-30T08:47:00.000+0000",
            "serverTime": stamp(now_ms()),
            "scmInfo": "5a9d1c0e3a524c0b9a552f1f6a0e4d11",
            "serverTitle": "PM OS sandbox",
            "serverTimeZone": "Etc/UTC",
        },
    )


def myself(call: Call) -> Reply:
    """GET myself."""
    return Reply(200, call.show.full_user(call.account))


def my_permissions(call: Call) -> Reply:
    """GET mypermissions: for a project, an issue, or anywhere."""
    wanted = call.words("permissions")
    if not wanted:
        raise bad_request("The 'permissions' query parameter is required.")
    unknown = [each for each in wanted if each not in (*PROJECT_PERMISSIONS, *GLOBAL_PERMISSIONS)]
    if unknown:
        raise bad_request(f"Unrecognized permission(s): {', '.join(unknown)}")
    projects = _projects_meant(call)
    permissions: JsonObject = {}
    for key in wanted:
        everywhere = key in GLOBAL_PERMISSIONS
        have = (
            has_global(call.account, key)
            if everywhere
            else any(allowed(call.account, project, key) for project in projects)
        )
        permissions[key] = {
            "id": str((*GLOBAL_PERMISSIONS, *PROJECT_PERMISSIONS).index(key)),
            "key": key,
            "name": key.replace("_", " ").capitalize(),
            "type": "GLOBAL" if everywhere else "PROJECT",
            "description": "",
            "havePermission": have,
        }
    return Reply(200, {"permissions": permissions})


def _projects_meant(call: Call) -> list[Project]:
    issue = call.text("issueKey") or call.text("issueId")
    if issue:
        with call.store.reading() as session:
            return [PROJECT[find_issue(session, call.account, issue).project]]
    project = call.text("projectKey") or call.text("projectId")
    return [find_project(call.account, project)] if project else visible_projects(call.account)
