"""Projects, their components, versions and statuses."""

from __future__ import annotations

from jira_mcp.sandbox import project_parts
from jira_mcp.sandbox.access import find_project
from jira_mcp.sandbox.errors import bad_request
from jira_mcp.sandbox.model import JsonObject, Project, Status
from jira_mcp.sandbox.permissions import allowed
from jira_mcp.sandbox.refs import visible_projects
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.web import Call, page
from sandbox_kit.atlassian.web import Reply

_NEEDED = {
    "view": "BROWSE_PROJECTS",
    "browse": "BROWSE_PROJECTS",
    "edit": "ADMINISTER_PROJECTS",
    "create": "CREATE_ISSUES",
}


def search_projects(call: Call) -> Reply:
    """GET project/search: by words in key or name, by key, id or type."""
    words = call.text("query").casefold()
    keys = {key.upper() for key in call.words("keys")}
    ids = set(call.words("id"))
    action = call.text("action", "view")
    if action not in _NEEDED:
        raise bad_request(f"Invalid value '{action[:50]}' for parameter 'action'.")
    found = [
        project
        for project in visible_projects(call.account)
        if (not words or words in project.key.casefold() or words in project.name.casefold())
        and (not keys or project.key in keys)
        and (not ids or project.id in ids)
        and call.text("typeKey", "software") == "software"
        and (not call.text("categoryId") or project.category.id == call.text("categoryId"))
        and allowed(call.account, project, _NEEDED[action])
    ]
    order = call.text("orderBy", "key")
    name = order.lstrip("+- ")
    if name not in ("key", "name", "category", "owner"):
        raise bad_request(f"The orderBy value '{order[:50]}' is not supported.")
    found.sort(key=lambda project: _sort_text(project, name), reverse=order.startswith("-"))
    expand = set(call.words("expand"))
    return Reply(
        200,
        page(found, call, lambda each: call.show.listed_project(each, expand, call.account), size=50, most=100),
    )


def get_project(call: Call) -> Reply:
    """GET project/{projectIdOrKey}."""
    return Reply(200, call.show.full_project(_project(call), call.account))


def project_statuses(call: Call) -> Reply:
    """GET project/{projectIdOrKey}/statuses: by issue type."""
    project = _project(call)
    statuses = [call.show.status(each) for each in statuses_of(project)]
    return Reply(
        200,
        [
            {
                "self": call.show.url(f"issuetype/{kind}"),
                "id": kind,
                "name": site.ISSUE_TYPE[kind].name,
                "subtask": site.ISSUE_TYPE[kind].level < 0,
                "statuses": statuses,
            }
            for kind in project.issue_types
        ],
    )


def project_components(call: Call) -> Reply:
    """GET project/{projectIdOrKey}/components."""
    project = _project(call)
    return Reply(200, [call.show.full_component(project, each) for each in project.components])


def project_versions(call: Call) -> Reply:
    """GET project/{projectIdOrKey}/versions."""
    project = _project(call)
    return Reply(200, [call.show.full_version(project, each) for each in project.versions])


def statuses_of(project: Project) -> list[Status]:
    """The statuses of a project's workflow."""
    used = {project.initial_status} | {each.target for each in project.transitions}
    return [status for status in site.STATUSES if status.id in used]


def issue_types_of(call: Call) -> Reply:
    """GET issuetype/project: the types of a project, by its id."""
    project = find_project(call.account, call.text("projectId"))
    level = call.text("level")
    kinds = [site.ISSUE_TYPE[each] for each in project.issue_types]
    shown: list[JsonObject] = [call.show.issue_type(kind) for kind in kinds if not level or str(kind.level) == level]
    return Reply(200, shown)


def _project(call: Call) -> Project:
    project = find_project(call.account, call.path_values["project"])
    with call.store.reading() as session:
        return project_parts.current(session, project)


def _sort_text(project: Project, name: str) -> str:
    texts = {
        "key": project.key,
        "name": project.name,
        "category": project.category.name,
        "owner": project.lead,
    }
    return texts[name].casefold()
