"""The tables of the site: fields, issue types, statuses, priorities, resolutions, link types, labels."""

from __future__ import annotations

from jira_mcp.sandbox.errors import ApiError, bad_request
from jira_mcp.sandbox.model import FieldSpec, JsonObject, Named, Status
from jira_mcp.sandbox.refs import field_catalog, visible_projects
from jira_mcp.sandbox.resources.projects import statuses_of
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.fields import FIELDS
from jira_mcp.sandbox.web import Call, page
from sandbox_kit.atlassian.web import Reply


def fields(call: Call) -> Reply:
    """GET field: all fields."""
    return Reply(200, [call.show.field(field) for field in FIELDS])


def search_fields(call: Call) -> Reply:
    """GET field/search: by words in the name, by id, by type."""
    words = call.text("query").casefold()
    ids = set(call.words("id"))
    types = set(call.words("type")) or {"custom", "system"}
    if not types <= {"custom", "system"}:
        raise bad_request("The 'type' parameter takes 'custom' and 'system'.")
    found = [
        field
        for field in FIELDS
        if words in field.name.casefold()
        and (not ids or field.id in ids)
        and ("custom" if field.custom else "system") in types
    ]
    order = call.text("orderBy", "name")
    found.sort(key=lambda field: field.name.casefold(), reverse=order.startswith("-"))
    return Reply(200, page(found, call, _searched_field, size=50, most=100))


def issue_types(call: Call) -> Reply:
    """GET issuetype: the types of the projects that the account sees."""
    used = {kind for project in visible_projects(call.account) for kind in project.issue_types}
    return Reply(200, [call.show.issue_type(kind) for kind in site.ISSUE_TYPES if kind.id in used])


def issue_type(call: Call) -> Reply:
    """GET issuetype/{id}."""
    kind = site.ISSUE_TYPE.get(call.path_values["id"])
    if kind is None:
        raise ApiError(404, f"The issue type with id '{call.path_values['id'][:50]}' does not exist")
    return Reply(200, call.show.issue_type(kind))


def priorities(call: Call) -> Reply:
    """GET priority."""
    return Reply(200, [call.show.full_priority(each) for each in site.PRIORITIES])


def search_priorities(call: Call) -> Reply:
    """GET priority/search."""
    return Reply(200, page(_named(call, site.PRIORITIES), call, call.show.full_priority, size=50, most=50))


def resolutions(call: Call) -> Reply:
    """GET resolution."""
    return Reply(200, [call.show.resolution(each) for each in site.RESOLUTIONS])


def search_resolutions(call: Call) -> Reply:
    """GET resolution/search."""

    def shown(resolution: Named) -> JsonObject:
        return {**call.show.resolution(resolution), "default": False, "iconUrl": ""}

    return Reply(200, page(_named(call, site.RESOLUTIONS), call, shown, size=50, most=50))


def statuses(call: Call) -> Reply:
    """GET status: the statuses of the workflows that the account sees."""
    used = {status.id for project in visible_projects(call.account) for status in statuses_of(project)}
    return Reply(200, [call.show.status(each) for each in site.STATUSES if each.id in used])


def status(call: Call) -> Reply:
    """GET status/{idOrName}."""
    wanted = call.path_values["status"]
    for each in site.STATUSES:
        if wanted == each.id or wanted.casefold() == each.name.casefold():
            return Reply(200, call.show.status(each))
    raise ApiError(404, f"The status '{wanted[:50]}' does not exist.")


def search_statuses(call: Call) -> Reply:
    """GET statuses/search: by words in the name, category or project."""
    words = call.text("searchString").casefold()
    category = call.text("statusCategory")
    project_id = call.text("projectId")
    projects = [each for each in visible_projects(call.account) if project_id in ("", each.id)]
    used = {each.id for project in projects for each in statuses_of(project)}
    found = [
        each
        for each in site.STATUSES
        if each.id in used and words in each.name.casefold() and category in ("", each.category.enum)
    ]

    def shown(status: Status) -> JsonObject:
        return {
            "id": status.id,
            "name": status.name,
            "statusCategory": status.category.enum,
            "scope": {"type": "GLOBAL"},
            "description": status.description,
        }

    return Reply(200, page(found, call, shown, size=200, most=200))


def status_categories(call: Call) -> Reply:
    """GET statuscategory."""
    return Reply(200, [call.show.status_category(each.id) for each in site.STATUS_CATEGORIES])


def link_types(call: Call) -> Reply:
    """GET issueLinkType."""
    return Reply(200, {"issueLinkTypes": [call.show.link_type(each.id) for each in site.LINK_TYPES]})


def labels(call: Call) -> Reply:
    """GET label: every label in use."""
    with call.store.reading() as session:
        call.index.refresh(session)
    used = {label for each in call.index.visible(call.account) for label in each.issue.labels}
    return Reply(200, page(sorted(used), call, str, size=1000, most=1000))


def autocomplete(_call: Call) -> Reply:
    """GET jql/autocompletedata: the fields and functions that a query may use."""
    names: list[JsonObject] = []
    for field in field_catalog():
        entry: JsonObject = {
            "value": field.name,
            "displayName": " - ".join(field.names[:2]),
            "orderable": str(field.sortable).lower(),
            "searchable": "true",
            "auto": str(field.kind not in ("text", "number", "date", "datetime")).lower(),
            "operators": sorted(field.supported),
            "types": [field.kind],
        }
        if field.id.startswith("customfield_"):
            entry["cfid"] = f"cf[{field.id.removeprefix('customfield_')}]"
        names.append(entry)
    functions: list[JsonObject] = [
        {"value": f"{name}()", "displayName": f"{name}()", "types": [kind]}
        for name, kind in (("currentUser", "user"), ("now", "datetime"), ("openSprints", "sprint"))
    ]
    return Reply(
        200,
        {
            "visibleFieldNames": names,
            "visibleFunctionNames": functions,
            "jqlReservedWords": ["and", "or", "not", "in", "is", "empty", "null", "order", "by", "asc", "desc"],
        },
    )


def _named(call: Call, table: tuple[Named, ...]) -> list[Named]:
    ids = set(call.words("id"))
    words = call.text("priorityName").casefold()
    return [each for each in table if (not ids or each.id in ids) and words in each.name.casefold()]


def _searched_field(field: FieldSpec) -> JsonObject:
    return {
        "id": field.id,
        "key": field.id,
        "name": field.name,
        "schema": field.schema,
        "description": field.description,
        "isLocked": field.id in ("customfield_10019", "customfield_10020"),
        "isUnscreenable": field.kind == "computed",
    }
