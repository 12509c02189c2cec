"""Creating issues, one or many."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import Context
from pydantic import BaseModel, ConfigDict, Field

from connector_kit.errors import InvalidInput
from connector_kit.output import one_line, table
from connector_kit.sites import and_site
from jira_mcp.tools.render import values
from jira_mcp.tools.table import PEOPLE, READ, TOOLS, WRITE, FieldMap, Jira, Markdown, ProjectKey, Summary

if TYPE_CHECKING:
    from jira_mcp.client import NewIssue
    from jira_mcp.client.create_many import Creation
    from jira_mcp.models import CreateResult

MANY = 1_000
_FAILURES_BUDGET = 14_000
_ALIKE = 3
"""Items that fail for the same reason are told one by one, unless there are more."""

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

    jira_list_issue_types tells a project's types, jira_list_fields what a type requires. Use
    jira_create_issues for more than two.
    """
    done = await jira.create(_new(project, type, summary, description, parent, assignee, fields))
    told = f"\n{values(done.changed)}" if done.changed else ""
    return f"created {done.key} {done.url}{told}"


class IssueItem(BaseModel):
    """An issue to create."""

    model_config = ConfigDict(extra="forbid")

    type: Type
    summary: Summary
    description: Markdown = ""
    parent: Annotated[str, Field(description='Its key, or "#0" for the first of these issues.')] = ""
    assignee: Person = ""
    fields: Annotated[dict[str, Any], Field(description="Further fields by name.")] = {}


@TOOLS.tool(title="Create many Jira issues", effect="adds", scopes=(READ, PEOPLE, WRITE))
async def jira_create_issues(
    jira: Jira,
    ctx: Context,
    project: ProjectKey = "",
    issues: Annotated[list[IssueItem], Field(description="The issues.", max_length=MANY)] = [],
    resume: Annotated[str, Field(description="Token of a call that left some; alone.")] = "",
) -> str:
    """Create up to 1,000 issues in a project; tells the key of each.

    An item that fails does not stop the others: correct it and send it alone again.
    """

    async def told(done: int, total: int) -> None:
        await ctx.report_progress(done, total, f"{done} of {total} issues")

    if resume and issues:
        raise InvalidInput("Nothing was created.", fields={"issues": "goes without resume, in a call of its own"})
    if resume:
        return _told(await jira.resume_creating(resume, on_progress=told))
    if not issues:
        raise InvalidInput("There is nothing to create.", fields={"issues": "is empty"})
    wanted = [
        _new(project, item.type, item.summary, item.description, item.parent, item.assignee, item.fields)
        for item in issues
    ]
    return _told(await jira.create_many(wanted, on_progress=told), project)


def _told(results: "Creation", project: str = "") -> str:
    """What became of all items: keys as runs, the others with their reasons."""
    created = [result for result in results if result.key is not None]
    doubtful = [result for result in results if result.unknown]
    unsent = [result for result in results if result.unsent]
    failed = [result for result in results if not (result.key or result.unknown or result.unsent)]
    where = one_line(project) or next(((result.key or "").rpartition("-")[0] for result in created), "")
    counts = [
        f"{len(group):,} {what}"
        for group, what in ((failed, "failed"), (doubtful, "in doubt"), (unsent, "not sent"))
        if group
    ]
    head = "; ".join([f"created {len(created):,} of {len(results):,} issues{f' in {where}' if where else ''}", *counts])
    runs = _runs(results)
    lines = [head, *runs]
    if doubtful or failed:
        budget = max(4_000, _FAILURES_BUDGET - sum(map(len, runs)))
        lines.append(_failures([*doubtful, *failed], budget))
    if unsent:
        lines.append(f"not sent: {_places(unsent)}. {unsent[0].error}")
    if results.resume:
        steps = (("looks again for those in doubt", doubtful), ("sends the rest", unsent))
        again = " and ".join(step for step, group in steps if group)
        lines.append(f"jira_create_issues with resume={results.resume}{and_site()} alone {again} (15 minutes, once).")
    return "\n".join(lines)


def _failures(failed: "Sequence[CreateResult]", budget: int) -> str:
    groups: dict[str, list[CreateResult]] = {}
    for result in failed:
        groups.setdefault(_reason(result), []).append(result)
    rows: list[tuple[str, ...]] = []
    for reason, group in groups.items():
        if len(group) > _ALIKE:
            rows.append((_places(group), f"{group[0].summary[:80]} and {len(group) - 1} more", reason))
        else:
            rows += [(_places([result]), result.summary[:80], reason) for result in group]
    shown = table(("item", "summary", "what is wrong"), rows, budget=budget)
    return shown.text + ("" if shown.shown == len(rows) else f"\n{len(rows) - shown.shown} more failed")


def _places(results: "Sequence[CreateResult]") -> str:
    """Where they stand in the list: `issues[0..4], issues[7]`."""
    runs: list[list[int]] = []
    for index in sorted(result.index for result in results):
        if runs and index == runs[-1][1] + 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    shown = [f"issues[{low}]" if low == high else f"issues[{low}..{high}]" for low, high in runs]
    return ", ".join(shown[:100]) + (f" and {len(shown) - 100} more" if len(shown) > 100 else "")


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


def _reason(result: "CreateResult") -> str:
    reasons = "; ".join(f"{name}: {reason}" for name, reason in result.fields.items())
    stop = "." if reasons and result.next_step and not reasons.endswith((".", "?")) else ""
    error = " ".join(part for part in (result.error, f"{reasons}{stop}", result.next_step) if part)
    unknown = "outcome unknown, look before repeating. " if result.unknown else ""
    return f"{unknown}{error}"


def _new(
    project: str, type: str, summary: str, description: str, parent: str, assignee: str, fields: dict[str, Any]
) -> "NewIssue":
    from jira_mcp.client import NewIssue

    return NewIssue(project, type, summary, description, parent or None, fields, assignee or None)
