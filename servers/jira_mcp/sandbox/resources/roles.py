"""The roles of a project and who has them.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-project-roles.
"""

from __future__ import annotations

from jira_mcp.sandbox.access import find_project
from jira_mcp.sandbox.errors import ApiError
from jira_mcp.sandbox.model import JsonObject, Project
from jira_mcp.sandbox.part_changes import administers
from jira_mcp.sandbox.sample.groups import ROLE, ROLES
from jira_mcp.sandbox.web import Call
from sandbox_kit.atlassian.accounts import BY_ID
from sandbox_kit.atlassian.web import Reply


def project_roles(call: Call) -> Reply:
    """GET project/{projectIdOrKey}/role: the address of each role by its name."""
    project = _project(call)
    return Reply(200, {role.name: call.show.url(f"project/{project.id}/role/{role.id}") for role in ROLES})


def project_role(call: Call) -> Reply:
    """GET project/{projectIdOrKey}/role/{id}: its people and groups, by name."""
    project = _project(call)
    role = ROLE.get(call.path_values["id"])
    if role is None:
        raise ApiError(404, f"Can not retrieve a role with id '{call.path_values['id'][:50]}'.")
    people = [BY_ID[each] for each, word in project.roles.items() if word == role.word]
    if call.flag("excludeInactiveUsers"):
        people = [each for each in people if each.active]
    actors: list[JsonObject] = [
        {
            "id": 20000 + int(each.account_id[-4:]),
            "displayName": each.name,
            "type": "atlassian-user-role-actor",
            "actorUser": {"accountId": each.account_id},
        }
        for each in people
    ]
    actors += [
        {
            "id": 30000 + int(group.id[-4:]),
            "displayName": group.name,
            "type": "atlassian-group-role-actor",
            "name": group.name,
            "actorGroup": {"name": group.name, "displayName": group.name, "groupId": group.id},
        }
        for owner, group in role.groups
        if owner == project.id
    ]
    actors.sort(key=lambda each: str(each["displayName"]).casefold())
    return Reply(
        200,
        {
            "self": call.show.url(f"project/{project.id}/role/{role.id}"),
            "name": role.name,
            "id": role.id,
            "description": role.description,
            "actors": actors,
        },
    )


def _project(call: Call) -> Project:
    project = find_project(call.account, call.path_values["project"])
    if not administers(call.account, project):
        raise ApiError(401, "You cannot edit the configuration of this project.")
    return project
