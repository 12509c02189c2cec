"""The kinds of fields that hold more than a text or a number: how they are taken, shown, searched and told.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-fields and, for teams,
developer.atlassian.com/platform/teams/components/team-field-in-jira-rest-api.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from jira_mcp.sandbox.clock import stamp
from jira_mcp.sandbox.jql import Ref
from jira_mcp.sandbox.model import FieldSpec, JsonObject, Named, Option, Project
from jira_mcp.sandbox.sample import directory
from jira_mcp.sandbox.sample.projects import PROJECT
from sandbox_kit.atlassian.accounts import BY_ID

if TYPE_CHECKING:
    from jira_mcp.sandbox.render import Renderer

COLOURS = frozenset(
    f"{shade}{name}"
    for name in ("purple", "blue", "teal", "green", "yellow", "orange", "grey")
    for shade in ("", "dark_")
)
LISTS = frozenset({"labels", "components", "versions", "options", "users", "groups"})
"""Kinds that hold several values, which are emptied to nothing rather than to null."""


class BadValueError(Exception):
    """A value that a field does not take; the text is Jira's."""


# What a client sends, and what is stored for it


def as_object(value: object) -> JsonObject:
    """A value that has to be an object."""
    if not isinstance(value, dict):
        raise BadValueError("data was not an object")
    return cast("JsonObject", value)


def option(field: FieldSpec, value: object, options: Sequence[Option] | None = None) -> Option:
    """One of a select list's options, given by id or value."""
    if not isinstance(value, dict):
        raise BadValueError("Specify a valid 'id' or 'name' for " + field.name)
    sent = cast("JsonObject", value)
    known = field.options if options is None else options
    if "id" in sent:
        found = next((each for each in known if each.id == str(sent["id"])), None)
        if found is None:
            raise BadValueError(f"Option id '{sent['id']}' is not valid")
    elif isinstance(sent.get("value"), str):
        wanted = str(sent["value"]).casefold()
        found = next((each for each in known if each.value.casefold() == wanted), None)
        if found is None:
            raise BadValueError(f"Option value '{sent['value']}' is not valid")
    else:
        raise BadValueError("Specify a valid 'id' or 'name' for " + field.name)
    return found


def two_levels(field: FieldSpec, value: object) -> list[str]:
    """The ids of an option and of the one below it."""
    first = option(field, value)
    child = as_object(value).get("child")
    return [first.id] if child is None else [first.id, option(field, child, first.children).id]


def group(value: object) -> str:
    """The id of a group, given by name or id."""
    sent = as_object(value)
    for each in directory.GROUPS:
        if sent.get("groupId") == each.id or ("groupId" not in sent and sent.get("name") == each.name):
            return each.id
    raise BadValueError(f"Could not find group with name '{str(sent.get('groupId', sent.get('name')))[:100]}'")


def team(value: object) -> str:
    """The id of a team, which has to be a text."""
    shown = value if isinstance(value, str) else f"JsonData{{data={value}}}"
    if not isinstance(value, str) or value not in directory.TEAM_BY_ID:
        raise BadValueError(f"Team Id '{str(shown)[:100]}' is not valid")
    return value


def colour(value: object) -> str:
    """The name of a colour."""
    if not isinstance(value, str) or value not in COLOURS:
        raise BadValueError("The color is invalid.")
    return value


# What is shown of it


def shown(show: Renderer, field: FieldSpec, stored: Any) -> Any:
    """The value as an issue shows it."""
    match field.kind:
        case "cascade":
            first, below = _both(field, stored)
            bean = _option(show, first)
            return {**bean, "child": _option(show, below)} if below else bean
        case "group":
            return _group(show, stored)
        case "groups":
            return [_group(show, each) for each in stored]
        case "team":
            name = directory.TEAM_BY_ID[stored].name
            return {
                "id": stored,
                "name": name,
                "avatarUrl": "",
                "isVisible": True,
                "isVerified": False,
                "title": name,
                "isShared": True,
            }
        case "security":
            return _level(show, directory.LEVEL_BY_ID[stored])
        case "project_pick":
            return show.project(PROJECT[stored])
        case "user":
            return show.user(stored)
        case _:
            return stored


def allowed(show: Renderer, field: FieldSpec) -> list[JsonObject] | None:
    """The values that a screen lists, where they do not depend on its project."""
    match field.kind:
        case "option" | "options" | "cascade":
            return [_with_children(show, each) for each in field.options]
        case "security":
            return [_level(show, each) for each in directory.SECURITY_LEVELS]
        case "project_pick":
            return [show.project(each) for each in PROJECT.values()]
        case _:
            return None


def auto_complete(show: Renderer, field: FieldSpec, project_key: str) -> str:
    """The address that Jira's form asks for values that are too many for a list; "" where it has none."""
    old = f"{show.site_url}/rest/api/1.0"
    if field.id == "assignee":
        return show.url(f"user/assignable/search?project={project_key}&query=")
    match field.kind:
        case "user" | "users":
            return f"{old}/users/picker?fieldName={field.id}&showAvatar=true&query="
        case "group" | "groups":
            return show.url("groups/picker?query=")
        case "labels":
            return f"{old}/labels/suggest?{'' if field.id == 'labels' else f'customFieldId={field.id[12:]}&'}query="
        case "team":
            return f"{show.site_url}/gateway/api/v1/recommendations"
        case "sprint":
            return f"{show.site_url}/rest/greenhopper/1.0/sprint/picker?query="
        case _:
            return ""


def _both(field: FieldSpec, stored: Sequence[str]) -> tuple[Option, Option | None]:
    first = next(each for each in field.options if each.id == stored[0])
    return first, next((each for each in first.children if each.id in stored[1:]), None)


def _option(show: Renderer, value: Option) -> JsonObject:
    return {"self": show.url(f"customFieldOption/{value.id}"), "value": value.value, "id": value.id}


def _with_children(show: Renderer, value: Option) -> JsonObject:
    bean = _option(show, value)
    return {**bean, "children": [_option(show, each) for each in value.children]} if value.children else bean


def _group(show: Renderer, group_id: str) -> JsonObject:
    return {
        "name": directory.GROUP_BY_ID[group_id].name,
        "groupId": group_id,
        "self": show.url(f"group?groupId={group_id}"),
    }


def _level(show: Renderer, level: Named) -> JsonObject:
    return {
        "self": show.url(f"securitylevel/{level.id}"),
        "id": level.id,
        "description": level.description,
        "name": level.name,
    }


# What a query and the history see


def values_in_queries(field: FieldSpec) -> list[Ref]:
    """All that a field may hold, where that is fixed."""
    match field.kind:
        case "option" | "options" | "cascade":
            below = [child for each in field.options for child in each.children]
            return [Ref(each.id, (each.value,)) for each in (*field.options, *below)]
        case "group" | "groups":
            return _refs(directory.GROUPS)
        case "team":
            return _refs(directory.TEAMS)
        case "security":
            return _refs(directory.SECURITY_LEVELS)
        case _:
            return []


_KNOWN: dict[str, dict[str, Ref]] = {}
"""The values of each field by id, once they were asked for."""


def as_refs(field: FieldSpec, stored: Any) -> tuple[Ref, ...]:
    """A stored value as a query compares it."""
    ids = cast("list[str]", stored) if isinstance(stored, list) else [str(stored)]
    known = _KNOWN.get(field.id)
    if known is None:
        known = _KNOWN[field.id] = {ref.id: ref for ref in values_in_queries(field)}
    return tuple(known[each] for each in ids if each in known)


def told(field: FieldSpec, stored: Any, project: Project) -> str:
    """A stored value as the history of an issue of this project tells it."""
    match field.kind:
        case "cascade":
            first, below = _both(field, stored)
            second = f"Level 1 values: {below.value}({below.id})" if below else ""
            return f"Parent values: {first.value}({first.id}){second}"
        case "project_pick":
            return PROJECT[stored].name
        case "user":
            return BY_ID[stored].name
        case "users":
            return ", ".join(BY_ID[each].name for each in stored)
        case "labels":
            return " ".join(stored)
        case "datetime":
            return stamp(stored)
        case "version" | "versions":
            return ", ".join(each.name for each in project.versions if each.id == stored or each.id in stored)
        case _:
            names = [ref.names[0] for ref in as_refs(field, stored)]
            return ", ".join(names) if names else str(stored)


def _refs(table: Sequence[Named]) -> list[Ref]:
    return [Ref(each.id, (each.name,)) for each in table]
