"""Creating issues, one or many."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import Context
from pydantic import BaseModel, ConfigDict, Field

from connector_kit.output import one_line, table
from jira_mcp.tools.render import values
from jira_mcp.tools.table import PEOPLE, READ, TOOLS, WRITE, FieldMap, Jira, Markdown, ProjectKey, Summary

if TYPE_CHECKING:
    from jira_mcp.client import NewIssue
    from jira_mcp.models import CreateResult

MANY = 200
"""Issues in one call: four requests, so that the answer comes before clients lose patience."""

Type = Annotated[str, Field(description="Issue type by name, like Task, Bug or Epic.", min_length=1)]
Parent = Annotated[str, Field(description="Key of the epic or parent issue.")]
Person = Annotated[str, Field(description='Name, e-mail or account id; "me".')]


@TOOLS.tool(title="Create a Jira issue", effect="adds", scopes=(READ, PEOPLE, WRITE))
async def jira_create_issue(
    project: ProjectKey,
    type: Type,
    summary: Summary,
    jira: Jira,
    description: Markdown = "",
    parent: Parent = "",
    assignee: Person = "",
    fields: FieldMap = {},
) -> str:
    """Create one issue.

    jira_list_issue_types tells a project's types, and which fields a type requires. Use
    jira_create_issues for more than two.
    """
    done = await jira.create(_new(project, type, summary, description, parent, assignee, fields))
    told = f"\n{values(done.changed)}" if done.changed else ""
    return f"created {done.key} {done.url}{told}"


class IssueItem(BaseModel):
    """One issue of a list to create."""

    model_config = ConfigDict(extra="forbid")

    type: Type
    summary: Summary
    description: Markdown = ""
    parent: Parent = ""
    assignee: Person = ""
    fields: Annotated[dict[str, Any], Field(description="Further fields by name.")] = {}


@TOOLS.tool(title="Create many Jira issues", effect="adds", scopes=(READ, PEOPLE, WRITE))
async def jira_create_issues(
    project: ProjectKey,
    issues: Annotated[list[IssueItem], Field(description="The issues.", min_length=1, max_length=MANY)],
    jira: Jira,
    ctx: Context,
) -> str:
    """Create many issues in one project, 50 a request. Says for each whether it was created, in their order.

    An item that fails does not stop the others: correct it and send it alone again.
    """
    wanted = [
        _new(project, item.type, item.summary, item.description, item.parent, item.assignee, item.fields)
        for item in issues
    ]

    async def told(done: int, total: int) -> None:
        await ctx.report_progress(done, total, f"{done} of {total} issues")

    results = await jira.create_many(wanted, on_progress=told)
    failed = [result for result in results if result.key is None]
    head = f"created {len(results) - len(failed)} of {len(results)} issues in {one_line(project)}"
    if not failed:
        return "\n".join([head, *_runs(results)])
    shown = table(("item", "summary", "what is wrong"), map(_failure, failed))
    rest = "" if shown.shown == len(failed) else f"\n{len(failed) - shown.shown} more failed"
    return "\n".join([f"{head}; {len(failed)} failed", *_runs(results), shown.text + rest])


def _runs(results: "Sequence[CreateResult]") -> list[str]:
    """Which item became which issue, neighbours told together: `issues[0..49] → PROJ-1..PROJ-50`."""
    runs: list[list[CreateResult]] = []
    for result in results:
        if result.key is None:
            continue
        before = runs[-1][-1] if runs else None
        if before is not None and result.index == before.index + 1 and _number(result) == _number(before) + 1:
            runs[-1].append(result)
        else:
            runs.append([result])
    return [
        f"issues[{run[0].index}..{run[-1].index}] → {run[0].key}..{run[-1].key}"
        if len(run) > 1
        else f"issues[{run[0].index}] → {run[0].key}"
        for run in runs
    ]


def _number(result: "CreateResult") -> int:
    return int((result.key or "0").rpartition("-")[2])


def _failure(result: "CreateResult") -> tuple[str, ...]:
    reasons = "; ".join(f"{name}: {reason}" for name, reason in result.fields.items())
    stop = "." if reasons and result.next_step and not reasons.endswith((".", "?")) else ""
    error = " ".join(part for part in (result.error, f"{reasons}{stop}", result.next_step) if part)
    unknown = "outcome unknown, look before repeating. " if result.unknown else ""
    return (f"issues[{result.index}]", result.summary[:80], f"{unknown}{error}")


def _new(
    project: str, type: str, summary: str, description: str, parent: str, assignee: str, fields: dict[str, Any]
) -> "NewIssue":
    from jira_mcp.client import NewIssue

    return NewIssue(project, type, summary, description, parent or None, fields, assignee or None)
