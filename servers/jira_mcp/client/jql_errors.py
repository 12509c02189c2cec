"""Jira's complaints about JQL, with the place and the likely meaning."""

import re
from collections.abc import Iterable

from connector_kit.errors import InvalidInput
from jira_mcp.client.jql import point_at
from jira_mcp.client.matching import suggestion

_POSITION = re.compile(r"\(line (?P<line>\d+), character (?P<character>\d+)\)")
_FIELD = re.compile(r"(?:[Ff]ield '(?P<name>[^']+)' does not exist|sort using field '(?P<order>[^']+)')")
_VALUE = re.compile(r"[Vv]alue (?:with ID )?'(?P<value>[^']*)' does not exist for the field '(?P<field>[^']+)'")
_FUNCTION = re.compile(r"function '(?P<name>[^']+)'", re.IGNORECASE)
_FUNCTIONS = (
    "currentUser", "now", "startOfDay", "endOfDay", "startOfWeek", "endOfWeek", "startOfMonth", "endOfMonth",
    "startOfYear", "endOfYear", "openSprints", "closedSprints", "futureSprints", "membersOf", "linkedIssues",
    "releasedVersions", "unreleasedVersions", "latestReleasedVersion", "earliestUnreleasedVersion",
    "subtasksOf", "updatedBy", "issueHistory", "watchedIssues",
)  # fmt: skip
"""https://support.atlassian.com/jira-software-cloud/docs/jql-functions/"""

_PEOPLE = ("assignee", "reporter", "creator", "watcher", "voter")
_UNBOUNDED = "unbounded"


def unknown_field(message: str) -> str | None:
    """The field name that Jira does not know, if that is what it complains about."""
    match = _FIELD.search(message)
    return (match["name"] or match["order"]) if match else None


def unknown_value(message: str) -> tuple[str, str] | None:
    """The field and the value that it does not have, if that is what Jira complains about."""
    match = _VALUE.search(message)
    return (match["field"], match["value"]) if match else None


def position(message: str, jql: str, moved: int = 0) -> int | None:
    """Where in `jql` Jira stopped reading, counted from 0; `moved` as `within_projects` says."""
    match = _POSITION.search(message)
    if not match:
        return None
    lines = jql.splitlines(keepends=True) or [""]
    line = min(int(match["line"]), len(lines)) - 1
    before = sum(len(text) for text in lines[:line])
    return max(0, min(before + int(match["character"]) - 1 - (moved if line == 0 else 0), len(jql)))


def explain(error: InvalidInput, jql: str, moved: int, known: Iterable[str] = ()) -> InvalidInput:
    """The error with the place in the query and a suggestion out of the `known` fields or values."""
    message, fields = error.message, dict(error.fields)
    at = position(message, jql, moved)
    if at is not None:
        fields["jql"] = point_at(jql, at)
        message = _POSITION.sub(f"(character {at + 1})", message)
    step = error.next_step
    names = tuple(known)
    field, value = unknown_field(message), unknown_value(message)
    if field is not None:
        step = suggestion(field, names).strip() or "jira_list_fields lists the fields."
    elif value is not None:
        step = f"{suggestion(value[1], names)} Values: {', '.join(names[:15])}.".strip() if names else ""
        if value[0].casefold() in _PEOPLE:
            step = "jira_search_users finds people; give the account id, in quotation marks."
        elif not names:
            step = "jira_list_fields with project, type and field lists a field's values."
    elif _UNBOUNDED in message.lower():
        step = "Add a condition before ORDER BY, such as project = KEY or updated >= -30d."
    elif "'LIMIT'" in message.upper():
        step = "JQL has no LIMIT: the tool's own argument limits the answer."
    elif (match := _FUNCTION.search(message)) is not None:
        step = suggestion(match["name"], _FUNCTIONS).strip()
    return InvalidInput(message, next_step=step, fields=fields, status=error.status, request_id=error.request_id)
