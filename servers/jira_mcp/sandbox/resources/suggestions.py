"""What Jira's JQL editor offers for a field as one types
(developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-jql)."""

from __future__ import annotations

from collections.abc import Iterable

from jira_mcp.sandbox import agile_store, field_kinds, project_parts
from jira_mcp.sandbox.index import IndexedIssue
from jira_mcp.sandbox.model import FieldSpec
from jira_mcp.sandbox.refs import visible_projects
from jira_mcp.sandbox.sample import site
from jira_mcp.sandbox.sample.fields import FIELDS
from jira_mcp.sandbox.web import Call
from sandbox_kit.atlassian.web import Reply

_MOST = 15

Suggestion = tuple[str, str]
"""What a query says, and what a person reads."""


def suggestions(call: Call) -> Reply:
    """GET jql/autocompletedata/suggestions: values whose name begins with some text, fifteen at most."""
    words, name = call.text("fieldValue"), call.text("fieldName").casefold()
    field = next((each for each in FIELDS if name in {*map(str.casefold, each.clauses), each.id}), None)
    found = [each for each in _values(call, field) if each[1].casefold().startswith(words.casefold())] if field else []
    results = [
        {"value": value, "displayName": f"<b>{shown[: len(words)]}</b>{shown[len(words) :]}" if words else shown}
        for value, shown in found[:_MOST]
    ]
    return Reply(200, {"results": results})


def _values(call: Call, field: FieldSpec) -> list[Suggestion]:
    with call.store.reading() as session:
        if field.kind == "sprint":
            return [(str(number), name) for number, name in agile_store.names(session).items()]
        projects = [project_parts.current(session, each) for each in visible_projects(call.account)]
        if field.kind == "labels":
            call.index.refresh(session)
    match field.kind:
        case "labels":
            return _quoted(sorted({word for each in call.index.visible(call.account) for word in _labels(each, field)}))
        case "priority":
            return _quoted(each.name for each in site.PRIORITIES)
        case "versions" | "version":
            return _quoted(each.name for project in projects for each in project.versions)
        case "components":
            return _quoted(each.name for project in projects for each in project.components)
        case "option" | "options" | "group" | "groups" | "security":
            return _quoted(ref.names[0] for ref in field_kinds.values_in_queries(field))
        case _:
            return []


def _labels(each: IndexedIssue, field: FieldSpec) -> tuple[str, ...]:
    value = each.value(field.id)
    return tuple(str(word) for word in value) if isinstance(value, tuple) else ()


def _quoted(names: Iterable[str]) -> list[Suggestion]:
    return [(f'"{name}"' if " " in name else name, name) for name in dict.fromkeys(names)]
