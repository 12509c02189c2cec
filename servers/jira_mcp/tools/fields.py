"""Which fields issues have, and the values that they take."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from connector_kit.errors import clean_text
from connector_kit.output import ANSWER_BUDGET, one_line, size, table
from jira_mcp.tools.field_lines import field_lines
from jira_mcp.tools.table import PEOPLE, READ, TOOLS, Jira

if TYPE_CHECKING:
    from jira_mcp.field_models import FieldValues

_GIVEN = frozenset({"project", "issuetype", "issuelinks"})
"""Fields that a tool has as arguments of its own, or in a tool of its own."""


@TOOLS.tool(title="List Jira fields", effect="reads", scopes=(READ, PEOPLE))
async def jira_list_fields(
    jira: Jira,
    key: Annotated[str, Field(description="Issue to edit.")] = "",
    project: Annotated[str, Field(description="With type: a new issue.")] = "",
    type: Annotated[str, Field(description="Its type.")] = "",
    field: Annotated[str, Field(description="List its values.")] = "",
    query: Annotated[str, Field(description="Part of a name or value.")] = "",
) -> str:
    """List fields and what they take: an issue's, a new one's or the site's."""
    if field.strip():
        return _values(await jira.field_values(field, query, key=key, project=project, type_name=type), query)
    if key.strip() or project.strip() or type.strip():
        found = await jira.screen_fields(key=key, project=project, type_name=type, query=query)
        fields = [item for item in found.fields if item.id not in _GIVEN]
        if not fields and query.strip():
            return f"No field of {found.where} is called like {clean_text(query, 60)!r}; it has {found.total} fields."
        return _within(f"{found.where} takes:", field_lines(fields))
    infos = await jira.site_fields(query)
    if not infos:
        return f"No field of this site is called like {clean_text(query, 60)!r}."
    rows = ((info.id, info.name, info.kind, next(iter(info.clauses), "")) for info in infos)
    shown = table(("id", "name", "type", "in JQL"), rows)
    return f"{shown.text}\n{_count(shown.shown, len(infos), 'fields')}"


def _values(found: "FieldValues", query: str) -> str:
    said = f"{one_line(found.info.name)} ({found.info.id}): {one_line(found.info.kind)}, on {found.where}"
    if found.field and found.field.required and not found.field.has_default:
        said += ", required"
    if found.field and found.field.default:
        said += f", default {one_line(found.field.default)}"
    if not found.values:
        none = f"No value is called like {clean_text(query, 60)!r}" if query.strip() and not found.note else ""
        return f"{said}\n{none or found.note or 'it has no values'}."
    lines = (f"- {one_line(value)}" for value in found.values)
    note = f"; {found.note}" if found.note else ""
    return _within(said, lines, total=found.total, noun="values") + note


def _within(head: str, lines: Iterable[str], *, total: int = 0, noun: str = "fields") -> str:
    """The lines that fit into an answer, and how many there are."""
    every = list(lines)
    shown, used = [head], size(head)
    for line in every:
        used += size(line) + 1
        if used > ANSWER_BUDGET:
            break
        shown.append(line)
    return "\n".join([*shown, _count(len(shown) - 1, total or len(every), noun)])


def _count(shown: int, total: int, noun: str) -> str:
    more = f"{shown} of {total} {noun}; query narrows them" if shown < total else f"{total} {noun}"
    return more if total != 1 else f"1 {noun.removesuffix('s')}"
