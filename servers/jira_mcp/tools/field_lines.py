"""Fields as lines that a model reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from connector_kit.output import one_line

if TYPE_CHECKING:
    from jira_mcp.models import ScreenField

_TAKES: Mapping[str, str] = {
    "address": "link, https://…",
    "date": "date, 2026-01-31",
    "datetime": "date and time, 2026-01-31T09:30+01:00",
    "estimates": '{"original": "2d", "remaining": "4h"}',
    "group": "group by name",
    "list of group": "list of groups by name",
    "list of user": "list of people by name",
    "option with a second level": 'option with a second level, "First / Second"',
    "project": "project by key or name",
    "sprint": "sprint by name or number",
    "team": "team by name or id",
    "texts": "list of texts",
    "user": "person by name",
}
_MOST_LISTED, _FIRST = 30, 5
"""Values that are told with their field, and how many of more than that."""


def field_line(item: ScreenField) -> str:
    """A field of a screen in a line: name, kind, whether it must be filled, what it takes."""
    if item.why_not:
        return f"{item.name}: not written here, {item.why_not}"
    must = " (required)" if item.required and not item.has_default else ""
    listed = item.allowed if item.allowed_total <= _MOST_LISTED else item.allowed[:_FIRST]
    shown = ", ".join(listed)
    more = f" and {item.allowed_total - len(listed)} more" if item.allowed_total > len(listed) else ""
    default = f"; default {item.default}" if item.default else ""
    return f"{item.name}{must}: {_TAKES.get(item.kind, item.kind)}{f'; one of {shown}{more}' if shown else ''}{default}"


def field_lines(fields: Sequence[ScreenField]) -> Iterable[str]:
    """The fields of a screen, a line each; those that share a name with their ids."""
    names = [item.name.casefold() for item in fields]
    for item in fields:
        twice = f" [{item.id}]" if names.count(item.name.casefold()) > 1 else ""
        yield f"- {one_line(field_line(item))}{twice}"
