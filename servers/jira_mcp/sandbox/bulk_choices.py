"""What bulk operations are possible with some issues: the fields that can be edited, and the transitions."""

from __future__ import annotations

from jira_mcp.sandbox import bulk_inputs, project_parts
from jira_mcp.sandbox.bulk_errors import refuse
from jira_mcp.sandbox.bulk_selection import permitted, selected
from jira_mcp.sandbox.model import FieldSpec, Issue, JsonObject, Project, Transition
from jira_mcp.sandbox.permissions import allowed
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.fields import FIELD
from jira_mcp.sandbox.sample.projects import PROJECT
from jira_mcp.sandbox.web import Call
from jira_mcp.sandbox.workflow import available
from sandbox_kit.atlassian.web import Reply

PAGE = 50
_NEVER = frozenset({"project", "comment", "worklog", "issuelinks"})
_UNAVAILABLE = "{0}NOTE{1}: "


def editable_fields(call: Call) -> Reply:
    """GET bulk/issues/fields: the fields of the issues' screens, fifty a page."""
    permitted(call, 403)
    with call.store.reading() as session:
        issues = selected(call, session, call.words("issueIdsOrKeys"))
        projects = [
            project_parts.current(session, PROJECT[each]) for each in dict.fromkeys(one.project for one in issues)
        ]
    if any(not allowed(call.account, project, "EDIT_ISSUES") for project in projects):
        raise refuse("No editable fields found for the provided issues", status=404)
    names = [
        name for name in dict.fromkeys(one for project in projects for one in project.screen) if name not in _NEVER
    ]
    words = call.text("searchText").casefold()
    shown = [_field(call, FIELD[name], projects) for name in names if words in FIELD[name].name.casefold()]
    return Reply(200, _page(call, "fields", shown, [str(each["id"]) for each in shown]))


def transitions(call: Call) -> Reply:
    """GET bulk/issues/transition: by workflow, those that all its issues have and that ask for nothing."""
    permitted(call, 403)
    groups: dict[str, list[Issue]] = {}
    with call.store.reading() as session:
        for issue in selected(call, session, call.words("issueIdsOrKeys")):
            groups.setdefault(issue.project, []).append(issue)
    shown: list[JsonObject] = []
    for issues in groups.values():
        ways = [available(each, call.account) for each in issues]
        common = [way for way in ways[0] if all(way in others for others in ways)]
        open_ones = [way for way in common if not way.screen]
        shown.append(
            {
                "isTransitionsFiltered": any(len(each) > len(open_ones) for each in ways),
                "issues": [each.key for each in issues],
                "transitions": [_transition(way) for way in open_ones],
            }
        )
    return Reply(200, _page(call, "availableTransitions", shown, list(groups)))


def _transition(way: Transition) -> JsonObject:
    return {
        "transitionId": int(way.id),
        "transitionName": way.name,
        "to": {"statusId": int(way.target), "statusName": site.STATUS[way.target].name},
    }


def _field(call: Call, spec: FieldSpec, projects: list[Project]) -> JsonObject:
    schema = spec.schema
    shown: JsonObject = {
        "id": spec.id,
        "name": spec.name,
        "type": schema.get("custom") or spec.id,
        "isRequired": spec.id in ("summary", "issuetype"),
    }
    if spec.custom:
        shown["description"] = spec.description
    if spec.kind in ("labels", "components", "versions"):
        shown["multiSelectFieldOptions"] = list(bulk_inputs.MULTI)
    if spec.kind in ("user", "users"):
        keys = ",".join(project.key for project in projects)
        shown["searchUrl"] = call.show.url(f"user/assignable/multiProjectSearch?projectKeys={keys}&query=")
    if spec.options:
        shown["fieldOptions"] = [
            {"optionId": int(each.id), "value": each.value, "isDisabled": False} for each in spec.options
        ]
    elif spec.id == "priority":
        shown["fieldOptions"] = [
            {"id": each.id, "priority": each.name, "description": each.description} for each in site.PRIORITIES
        ]
    if why := _unavailable(spec, projects):
        shown["unavailableMessage"] = _UNAVAILABLE + why
    return shown


def _unavailable(spec: FieldSpec, projects: list[Project]) -> str:
    if not bulk_inputs.is_editable(spec):
        return "This field is not available for bulk update operations."
    if any(spec.id not in project.screen for project in projects):
        return "This field is not on the edit screen of all of the selected issue(s)."
    if spec.kind in ("components", "versions"):
        if len(projects) > 1:
            return "The selected issues belong to different projects."
        if not (projects[0].components if spec.kind == "components" else projects[0].versions):
            return f"The project of the selected issue(s) does not have any {spec.name.lower()}."
    return ""


def _page(call: Call, name: str, entries: list[JsonObject], cursors: list[str]) -> JsonObject:
    """The entries after the one whose cursor is given."""
    after = call.text("startingAfter")
    if after and after not in cursors:
        raise refuse("The cursor is not valid")
    start = cursors.index(after) + 1 if after else 0
    shown = entries[start : start + PAGE]
    answer: JsonObject = {name: shown}
    if start + PAGE < len(entries):
        answer["startingAfter"] = cursors[start + PAGE - 1]
    if start:
        answer["endingBefore"] = cursors[start]
    return answer
