"""Components of projects: listed, counted, made, changed and deleted.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-project-components.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from jira_mcp.sandbox import project_parts
from jira_mcp.sandbox.access import find_project
from jira_mcp.sandbox.errors import ApiError, bad_request
from jira_mcp.sandbox.model import Component, JsonObject, Project
from jira_mcp.sandbox.part_changes import administers, swap
from jira_mcp.sandbox.permissions import browsable
from jira_mcp.sandbox.project_parts import issues_with
from jira_mcp.sandbox.session import Session
from jira_mcp.sandbox.web import Call, page
from sandbox_kit.atlassian.accounts import BY_ID
from sandbox_kit.atlassian.web import Reply

_KNOWN = (
    "ari", "assignee", "assigneeType", "description", "id", "isAssigneeTypeValid", "lead", "leadAccountId",
    "leadUserName", "metadata", "name", "project", "projectId", "realAssignee", "realAssigneeType", "self",
)  # fmt: skip
_ASSIGNEES = ("PROJECT_DEFAULT", "COMPONENT_LEAD", "PROJECT_LEAD", "UNASSIGNED")
_ORDERS = ("description", "issueCount", "lead", "name")
_LONGEST_NAME = 255


def page_of_components(call: Call) -> Reply:
    """GET project/{projectIdOrKey}/component: by words in name or description, with how many issues each has."""
    project = find_project(call.account, call.path_values["project"])
    words, order = call.text("query").casefold(), call.text("orderBy", "name")
    if order.lstrip("+- ") not in _ORDERS:
        raise bad_request(f"The orderBy value '{order[:50]}' is not supported.")
    with call.store.reading() as session:
        found = [
            (each, len(issues_with(session, "components", each.id)))
            for each in project_parts.current(session, project).components
            if words in f"{each.name}\n{each.description}".casefold()
        ]
    found.sort(key=lambda each: _sort_text(*each, order.lstrip("+- ")), reverse=order.startswith("-"))

    def shown(each: tuple[Component, int]) -> JsonObject:
        return {**call.show.full_component(project, each[0]), "issueCount": each[1]}

    return Reply(200, page(found, call, shown, size=50, most=50))


def get_component(call: Call) -> Reply:
    """GET component/{id}."""
    with call.store.reading() as session:
        return Reply(200, call.show.full_component(*_find(call, session)))


def related_count(call: Call) -> Reply:
    """GET component/{id}/relatedIssueCounts."""
    with call.store.reading() as session:
        _, component = _find(call, session)
        count = len(issues_with(session, "components", component.id))
    return Reply(200, {"self": call.show.url(f"component/{component.id}"), "issueCount": count})


def create_component(call: Call) -> Reply:
    """POST component."""
    body = call.json_object(*_KNOWN)
    reference = str(body.get("project") or "")
    if not reference:
        raise bad_request(project="The project key is required to create a component.")
    project = find_project(call.account, reference)
    _require(call, project)
    with call.store.writing() as session:
        others = project_parts.current(session, project).components
        component = _changed(Component(project_parts.next_id(session, "component"), ""), body, others)
        project_parts.save(session, project, component)
    return Reply(201, call.show.full_component(project, component))


def update_component(call: Call) -> Reply:
    """PUT component/{id}."""
    body = call.json_object(*_KNOWN)
    with call.store.writing() as session:
        project, component = _find(call, session)
        _require(call, project)
        others = [each for each in project_parts.current(session, project).components if each.id != component.id]
        changed = _changed(component, body, others)
        project_parts.save(session, project, changed)
    return Reply(200, call.show.full_component(project, changed))


def delete_component(call: Call) -> Reply:
    """DELETE component/{id}: its issues go to the component in `moveIssuesTo`, or have one less."""
    wanted = call.text("moveIssuesTo")
    with call.store.writing() as session:
        project, component = _find(call, session)
        _require(call, project)
        if wanted:
            target = project_parts.find_component(session, wanted)
            if target is None or target[0].id != project.id or target[1].id == component.id:
                raise _unseen(wanted)
        issues = issues_with(session, "components", component.id)
        swap(session, call.account, issues, "components", component.id, wanted or None)
        project_parts.remove(session, component)
    return Reply(204)


def _find(call: Call, session: Session) -> tuple[Project, Component]:
    reference = call.path_values["id"]
    found = project_parts.find_component(session, reference)
    if found is None or not browsable(call.account, found[0]):
        raise _unseen(reference)
    return found


def _unseen(reference: str) -> ApiError:
    return ApiError(404, f"The component with id {reference[:50]} does not exist.")


def _require(call: Call, project: Project) -> None:
    if not administers(call.account, project):
        raise ApiError(403, "The user does not have permission to complete this operation.")


def _changed(component: Component, body: JsonObject, others: Collection[Component]) -> Component:
    """The component with what the body says; 400 with the reasons by field."""
    errors: dict[str, str] = {}
    name = str(body.get("name", component.name) or "").strip()
    if not name:
        errors["name"] = "The component name specified is invalid - cannot be an empty string."
    elif len(name) > _LONGEST_NAME:
        errors["name"] = "The component name is too long. It exceeds 255 characters."
    elif any(each.name.casefold() == name.casefold() for each in others):
        errors["name"] = f"A component with the name {name} already exists in this project."
    lead: str | None = component.lead
    if "leadAccountId" in body:
        lead = str(body["leadAccountId"] or "") or None
        if lead and (lead not in BY_ID or not BY_ID[lead].active):
            errors["leadAccountId"] = f"The user with account ID {lead[:128]} does not exist."
    assignee = str(body.get("assigneeType", component.assignee))
    if assignee not in _ASSIGNEES:
        errors["assigneeType"] = f"The assignee type '{assignee[:50]}' is invalid."
    if errors:
        raise bad_request(**errors)
    description = str(body.get("description", component.description) or "")
    return replace(component, name=name, description=description, lead=lead, assignee=assignee)


def _sort_text(component: Component, count: int, order: str) -> tuple[int, str]:
    texts = {"name": component.name, "description": component.description, "lead": component.lead or ""}
    return (count if order == "issueCount" else 0, texts.get(order, component.name).casefold())
