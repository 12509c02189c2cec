"""Changing many issues at once: what would change is shown first, then just that is run."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from mcp.server.mcpserver import Context
from pydantic import Field

from jira_mcp.tools.bulk_render import outcome_text, preview_text
from jira_mcp.tools.table import PEOPLE, READ, TOOLS, WRITE, FieldMap, Jira

Keys = Annotated[list[str], Field(description="Issue keys.", max_length=1_000)]
Jql = Annotated[str, Field(description="Or a query that finds them.", max_length=10_000)]
Notify = Annotated[bool, Field(description="Have Jira mail those who watch.")]
Run = Annotated[str, Field(description="Token of the preview; the rest may be left out.", max_length=200)]


@TOOLS.tool(title="Update many Jira issues", effect="changes", scopes=(READ, PEOPLE, WRITE), toolset="bulk")
async def jira_update_issues(
    jira: Jira,
    ctx: Context,
    keys: Keys = [],
    jql: Jql = "",
    fields: FieldMap = {},
    notify: Notify = False,
    run: Run = "",
) -> str:
    """Set fields of up to 1,000 issues, with values as in jira_update_issue.

    First answers what would change in which issues, and a token; show that to the user, then call again with
    run=token. Nothing is changed before.
    """
    if not run:
        return preview_text(await jira.preview_edit(fields, keys=keys, jql=jql, notify=notify), "jira_update_issues")
    given = {"keys": keys, "jql": jql, "fields": fields, "notify": notify}
    return outcome_text(await jira.run_bulk(run, "edit", given, on_progress=telling(ctx)))


@TOOLS.tool(title="Look at a bulk operation of Jira", effect="reads", scopes=(READ,), toolset="bulk")
async def jira_get_bulk_task(
    task: Annotated[str, Field(description="Task id that a bulk operation told.", min_length=1, max_length=64)],
    jira: Jira,
    ctx: Context,
    wait: Annotated[bool, Field(description="Wait until it is over, at most 40 seconds.")] = True,
) -> str:
    """How far a bulk operation is; when it is over, what came of each issue. Jira remembers it for 14 days."""
    return outcome_text(await jira.follow_bulk(task, wait=wait, on_progress=telling(ctx)))


def telling(ctx: Context) -> Callable[[int], Awaitable[None]]:
    """What tells the client how many per cent are done."""

    async def told(percent: int) -> None:
        await ctx.report_progress(percent, 100, f"{percent} per cent")

    return told
