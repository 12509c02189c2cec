"""Creating issues, one or many."""

from typing import Annotated, Any

from mcp.server.mcpserver import Context
from pydantic import BaseModel, Field

from connector_kit.output import table
from jira_mcp.client import NewIssue
from jira_mcp.models import CreateResult
from jira_mcp.tools.table import TOOLS, FieldMap, Jira, Markdown, ProjectKey, Summary

MANY = 500

Type = Annotated[str, Field(description="Issue type by name, like Task, Bug or Epic.", min_length=1)]
Parent = Annotated[str, Field(description="Key of the epic or parent issue.")]
Person = Annotated[str, Field(description='Name, e-mail or account id; "me".')]


@TOOLS.tool(title="Create a Jira issue", effect="adds")
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
    return f"created {done.key} {done.url}"


class IssueItem(BaseModel):
    """One issue of a list to create."""

    type: Type
    summary: Summary
    description: Markdown = ""
    parent: Parent = ""
    assignee: Person = ""
    fields: Annotated[dict[str, Any], Field(description="Further fields by name.")] = {}


@TOOLS.tool(title="Create many Jira issues", effect="adds")
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
    created = sum(result.key is not None for result in results)
    shown = table(("item", "key", "summary", "error"), map(_outcome, results))
    failed = len(results) - created
    head = f"created {created} of {len(results)} issues in {project}" + (f"; {failed} failed" if failed else "")
    rest = results[shown.shown :]
    more = f"\nalso created: {', '.join(result.key or '?' for result in rest)}" if rest else ""
    return f"{head}\n{shown.text}{more}"


def _new(
    project: str, type: str, summary: str, description: str, parent: str, assignee: str, fields: dict[str, Any]
) -> NewIssue:
    given = {"assignee": assignee, **fields} if assignee else fields
    return NewIssue(project, type, summary, description, parent or None, given)


def _outcome(result: CreateResult) -> tuple[str, ...]:
    reasons = "; ".join(f"{name}: {reason}" for name, reason in result.fields.items())
    error = " ".join(part for part in (result.error, reasons) if part)
    if result.unknown:
        error = f"outcome unknown, look before repeating. {error}"
    return (str(result.index), result.key or "", result.summary[:80], error)
