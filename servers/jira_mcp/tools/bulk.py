"""Changing many issues at once: what would change is shown first, then just that is run."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from mcp.server.mcpserver import Context, Elicit, Resolve
from pydantic import Field

from connector_kit.serving.consent import Answer, Consent, ask, require
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


@TOOLS.tool(title="Move many Jira issues to a status", effect="changes", scopes=(READ, WRITE), toolset="bulk")
async def jira_transition_issues(
    jira: Jira,
    ctx: Context,
    keys: Keys = [],
    jql: Jql = "",
    status: Annotated[str, Field(description="Target status by name, or the name of a transition.")] = "",
    notify: Notify = False,
    run: Run = "",
) -> str:
    """Move up to 1,000 issues to a status, each by one transition whose screen needs no field.

    First answers which can go there and a token; show that to the user, then call again with run=token.
    """
    if not run:
        shown = await jira.preview_transition(status, keys=keys, jql=jql, notify=notify)
        return preview_text(shown, "jira_transition_issues")
    given = {"keys": keys, "jql": jql, "status": status, "notify": notify}
    return outcome_text(await jira.run_bulk(run, "transition", given, on_progress=telling(ctx)))


@TOOLS.tool(title="Move many Jira issues to a project", effect="changes", scopes=(READ, PEOPLE, WRITE), toolset="bulk")
async def jira_move_issues_to_project(
    jira: Jira,
    ctx: Context,
    keys: Keys = [],
    jql: Jql = "",
    project: Annotated[str, Field(description="Key of the project to move them to; their own changes types.")] = "",
    type: Annotated[str, Field(description="Issue type there; else each keeps its own.")] = "",
    parent: Annotated[str, Field(description="Key of the new parent, which sub-tasks need.")] = "",
    statuses: Annotated[
        dict[str, str],
        Field(description='What becomes of statuses that are not there: {"In Review": "In Progress"}.'),
    ] = {},
    fields: Annotated[dict[str, Any], Field(description="Fields that are required there, by name.")] = {},
    notify: Notify = False,
    run: Run = "",
) -> str:
    """Move up to 1,000 issues to another project, type or parent; their sub-tasks go along, their keys change.

    First answers what would change and a token; show that to the user, then call again with run=token.
    """
    if not run:
        shown = await jira.preview_move(
            project,
            keys=keys,
            jql=jql,
            issue_type=type,
            parent=parent,
            statuses=statuses,
            values=fields,
            notify=notify,
        )
        return preview_text(shown, "jira_move_issues_to_project")
    given: dict[str, object] = {"keys": keys, "jql": jql, "project": project, "type": type, "parent": parent}
    given |= {"statuses": statuses, "fields": fields, "notify": notify}
    return outcome_text(await jira.run_bulk(run, "move", given, on_progress=telling(ctx)))


async def ask_before_deleting_many(ctx: Context, run: str, confirm: bool, jira: Jira) -> Consent | Elicit[Consent]:
    """The question whether to delete what the preview showed; there is none before the preview."""
    if not run:
        return Consent(confirm=True)
    return ask(ctx, jira.planned_bulk(run, "delete").question, confirmed=confirm)


@TOOLS.tool(title="Delete many Jira issues", effect="destroys", scopes=(READ, WRITE), toolset="bulk")
async def jira_delete_issues(
    jira: Jira,
    ctx: Context,
    answer: Annotated[Answer, Resolve(ask_before_deleting_many)],
    keys: Keys = [],
    jql: Jql = "",
    delete_subtasks: Annotated[bool, Field(description="Delete their sub-tasks, too.")] = False,
    notify: Notify = False,
    run: Run = "",
    confirm: Annotated[bool, Field(description="The user has agreed to this very deletion.")] = False,
) -> str:
    """Delete up to 1,000 issues for good, with comments and history.

    First answers which would go and a token; show that to the user, then call again with run=token. The user is
    asked before they go.
    """
    if not run:
        shown = await jira.preview_deletion(keys=keys, jql=jql, delete_subtasks=delete_subtasks, notify=notify)
        return preview_text(shown, "jira_delete_issues")
    require(answer)
    given = {"keys": keys, "jql": jql, "delete_subtasks": delete_subtasks, "notify": notify}
    return outcome_text(await jira.run_bulk(run, "delete", given, on_progress=telling(ctx)))


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
