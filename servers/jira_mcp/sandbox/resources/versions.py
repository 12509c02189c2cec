"""Versions of projects: listed, counted, made, changed, released and deleted.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-project-versions.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from jira_mcp.sandbox import project_parts
from jira_mcp.sandbox.access import find_project
from jira_mcp.sandbox.clock import is_day
from jira_mcp.sandbox.errors import ApiError, bad_request
from jira_mcp.sandbox.model import JsonObject, Project, Version
from jira_mcp.sandbox.part_changes import administers, swap, swap_in_field
from jira_mcp.sandbox.permissions import browsable
from jira_mcp.sandbox.project_parts import issues_with
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.fields import FIELDS
from jira_mcp.sandbox.session import Session
from jira_mcp.sandbox.web import Call, page
from sandbox_kit.atlassian.web import Reply

_KNOWN = (
    "archived", "description", "driver", "expand", "id", "moveUnfixedIssuesTo", "name", "overdue", "project",
    "projectId", "releaseDate", "released", "self", "startDate", "userReleaseDate", "userStartDate",
)  # fmt: skip
_LONGEST_NAME = 255
_LONGEST_TEXT = 16_384
_ORDERS = ("description", "name", "releaseDate", "sequence", "startDate")
_FIELDS = tuple(each for each in FIELDS if each.custom and each.kind in ("version", "versions"))
_STATES = ("released", "unreleased", "archived")


def page_of_versions(call: Call) -> Reply:
    """GET project/{projectIdOrKey}/version: by words in name or description, and by status."""
    project = find_project(call.account, call.path_values["project"])
    words, states = call.text("query").casefold(), set(call.words("status"))
    if not states <= set(_STATES):
        raise bad_request("The status parameter accepts released, unreleased and archived only.")
    order = call.text("orderBy", "sequence")
    if order.lstrip("+- ") not in _ORDERS:
        raise bad_request(f"The orderBy value '{order[:50]}' is not supported.")
    with call.store.reading() as session:
        found = [
            each
            for each in project_parts.current(session, project).versions
            if words in f"{each.name}\n{each.description}".casefold() and (not states or _states_of(each) & states)
        ]
        _sort(found, order)
        counted = "issuesstatus" in call.words("expand")
        answer = page(found, call, lambda each: _shown(call, session, project, each, counted=counted), size=50, most=50)
    return Reply(200, answer)


def get_version(call: Call) -> Reply:
    """GET version/{id}."""
    with call.store.reading() as session:
        project, version = _find(call, session)
        return Reply(200, _shown(call, session, project, version, counted="issuesstatus" in call.words("expand")))


def related_counts(call: Call) -> Reply:
    """GET version/{id}/relatedIssueCounts."""
    with call.store.reading() as session:
        _, version = _find(call, session)
        fixed = issues_with(session, "fix_versions", version.id)
        affected = issues_with(session, "affects_versions", version.id)
        usage = [(field, len(issues_with(session, f"custom.{field.id}", version.id))) for field in _FIELDS]
    return Reply(
        200,
        {
            "self": call.show.url(f"version/{version.id}"),
            "issuesFixedCount": len(fixed),
            "issuesAffectedCount": len(affected),
            "issueCountWithCustomFieldsShowingVersion": sum(count for _, count in usage),
            "customFieldUsage": [
                {
                    "fieldName": field.name,
                    "customFieldId": int(field.id.removeprefix("customfield_")),
                    "issueCountWithVersionInCustomField": count,
                }
                for field, count in usage
                if count
            ],
        },
    )


def unresolved_count(call: Call) -> Reply:
    """GET version/{id}/unresolvedIssueCount."""
    with call.store.reading() as session:
        _, version = _find(call, session)
        fixed = issues_with(session, "fix_versions", version.id)
    return Reply(
        200,
        {
            "self": call.show.url(f"version/{version.id}"),
            "issuesUnresolvedCount": sum(issue.resolution is None for issue in fixed),
            "issuesCount": len(fixed),
        },
    )


def create_version(call: Call) -> Reply:
    """POST version: without the permission it is as if the project were not there."""
    body = call.json_object(*_KNOWN)
    reference = str(body.get("projectId") or body.get("project") or "")
    if not reference:
        raise bad_request(project="Project must be specified to create a version.")
    project = find_project(call.account, reference)
    if not administers(call.account, project):
        raise ApiError(404, f"No project could be found with id '{reference[:50]}'.")
    with call.store.writing() as session:
        others = project_parts.current(session, project).versions
        version = _changed(Version(project_parts.next_id(session, "version"), "", "", False), body, others)
        project_parts.save(session, project, version)
        return Reply(201, _shown(call, session, project, version))


def update_version(call: Call) -> Reply:
    """PUT version/{id}; releasing may move what is not resolved to another version."""
    body = call.json_object(*_KNOWN)
    with call.store.writing() as session:
        project, version = _find(call, session)
        if not administers(call.account, project):
            raise bad_request("You must have project admin permissions to update a version.")
        others = [each for each in project_parts.current(session, project).versions if each.id != version.id]
        changed = _changed(version, body, others)
        if address := body.get("moveUnfixedIssuesTo"):
            target = _other(session, project, version, str(address).rpartition("/")[2])
            if changed.released and not version.released:
                open_issues = [
                    each for each in issues_with(session, "fix_versions", version.id) if each.resolution is None
                ]
                swap(session, call.account, open_issues, "fix_versions", version.id, target.id)
        project_parts.save(session, project, changed)
        return Reply(200, _shown(call, session, project, changed))


def remove_and_swap(call: Call) -> Reply:
    """POST version/{id}/removeAndSwap: what the issues lose is replaced, or empty."""
    body = call.json_object("moveFixIssuesTo", "moveAffectedIssuesTo", "customFieldReplacementList")
    listed: list[JsonObject] = body.get("customFieldReplacementList") or []
    replaced = {f"customfield_{each.get('customFieldId')}": str(each.get("moveTo")) for each in listed}
    with call.store.writing() as session:
        project, version = _find(call, session)
        if not administers(call.account, project):
            raise _unseen(version.id)
        for name, attribute in (("moveFixIssuesTo", "fix_versions"), ("moveAffectedIssuesTo", "affects_versions")):
            wanted = body.get(name)
            target = _other(session, project, version, str(wanted)).id if wanted is not None else None
            swap(session, call.account, issues_with(session, attribute, version.id), attribute, version.id, target)
        for field in _FIELDS:
            moved = replaced.get(field.id)
            new = _other(session, project, version, moved).id if moved is not None else None
            issues = issues_with(session, f"custom.{field.id}", version.id)
            swap_in_field(session, call.account, issues, field.id, version.id, new)
        project_parts.remove(session, version)
    return Reply(204)


def _find(call: Call, session: Session) -> tuple[Project, Version]:
    reference = call.path_values["id"]
    found = project_parts.find_version(session, reference)
    if found is None or not browsable(call.account, found[0]):
        raise _unseen(reference)
    return found


def _unseen(reference: str) -> ApiError:
    return ApiError(404, f"Could not find version for id '{reference[:50]}'")


def _other(session: Session, project: Project, version: Version, reference: str) -> Version:
    """The version of the same project that takes issues over."""
    found = project_parts.find_version(session, reference)
    if found is None or found[0].id != project.id:
        raise bad_request(f"The version with id '{reference[:50]}' does not exist in project '{project.key}'.")
    if found[1].id == version.id:
        raise bad_request("You cannot move the issues to the version being deleted or released.")
    return found[1]


def _changed(version: Version, body: JsonObject, others: Collection[Version]) -> Version:
    """The version with what the body says; 400 with the reasons by field."""
    errors: dict[str, str] = {}
    name = str(body.get("name", version.name) or "").strip()
    if not name:
        errors["name"] = "You must specify a valid version name"
    elif len(name) > _LONGEST_NAME:
        errors["name"] = "The version name is too long. It exceeds 255 characters."
    elif any(each.name.casefold() == name.casefold() for each in others):
        errors["name"] = "A version with this name already exists in this project."
    description = str(body.get("description", version.description) or "")
    if len(description.encode()) > _LONGEST_TEXT:
        errors["description"] = "Description is too long. Please enter a description shorter than 16384 characters."
    days: dict[str, str | None] = {"startDate": version.start, "releaseDate": version.release}
    for field in days:
        if field in body:
            days[field] = body[field] or None
            if days[field] and not is_day(days[field]):
                errors[field] = f"Error parsing date string: {str(body[field])[:50]}"
    start, release = days.values()
    if not errors and start and release and start > release:
        errors["startDate"] = "The start date must be before the release date."
    if errors:
        raise bad_request(**errors)
    return replace(
        version,
        name=name,
        description=description,
        released=bool(body.get("released", version.released)),
        start=start,
        release=release,
        archived=bool(body.get("archived", version.archived)),
    )


def _states_of(version: Version) -> set[str]:
    return {"archived"} if version.archived else {"released" if version.released else "unreleased"}


def _sort(versions: list[Version], order: str) -> None:
    match order.lstrip("+- "):
        case "name":
            versions.sort(key=lambda each: each.name.casefold())
        case "description":
            versions.sort(key=lambda each: each.description.casefold())
        case "startDate":
            versions.sort(key=lambda each: each.start or "9999")
        case "releaseDate":
            versions.sort(key=lambda each: each.release or "9999")
        case _:
            pass
    if order.startswith("-"):
        versions.reverse()


def _shown(call: Call, session: Session, project: Project, version: Version, *, counted: bool = False) -> JsonObject:
    shown = call.show.full_version(project, version)
    if counted:
        categories = [
            site.STATUS[issue.status].category.enum for issue in issues_with(session, "fix_versions", version.id)
        ]
        names = {"toDo": "TODO", "inProgress": "IN_PROGRESS", "done": "DONE"}
        shown["issuesStatusForFixVersion"] = {
            "unmapped": 0,
            **{name: categories.count(category) for name, category in names.items()},
        }
    return shown
