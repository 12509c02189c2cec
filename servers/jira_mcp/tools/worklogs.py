"""Time spent: logging it, and what was logged."""

from typing import Annotated

from mcp.server.mcpserver import Context, Elicit, Resolve
from pydantic import Field

from connector_kit.errors import clean_text
from connector_kit.fitting import fitted
from connector_kit.output import ANSWER_BUDGET, joined, page_line, quoted
from connector_kit.serving.consent import Answer, Consent, ask, require
from jira_mcp.tools.render import minute
from jira_mcp.tools.table import PEOPLE, READ, TOOLS, WRITE, Cursor, IssueKey, Jira
from jira_mcp.tools.texts import (
    AcceptLoss,
    Remaining,
    VisibleTo,
    WorklogId,
    hours,
    together,
    worklog_block,
)

_BUDGET = ANSWER_BUDGET - 1_000
_EXCERPT = 200
Day = Annotated[str, Field(description="Day or ISO 8601 time.", max_length=40)]


@TOOLS.tool(title="Log work on a Jira issue", effect="adds", scopes=(READ, PEOPLE, WRITE), toolset="time")
async def jira_add_worklog(
    key: IssueKey,
    time_spent: Annotated[str, Field(description='Like "1h 30m" or "2d".', min_length=1, max_length=40)],
    jira: Jira,
    started: Annotated[
        str,
        Field(description="ISO 8601 time when work began, in your zone unless it names one; empty: now."),
    ] = "",
    comment: Annotated[str, Field(description="What was done, as Markdown.")] = "",
    remaining: Remaining = "",
    visible_to: VisibleTo = "",
) -> str:
    """Record time that you, the signed-in account, spent on an issue."""
    done = await jira.add_worklog(
        key, time_spent, started=started or None, comment=comment, remaining=remaining, visible_to=visible_to
    )
    return (
        f"logged {done.time_spent} on {key}: worklog {done.id}, started {_began(done.started)} {jira.browse_url(key)}"
    )


@TOOLS.tool(title="List the work logged on a Jira issue", effect="reads", scopes=(READ, PEOPLE), toolset="time")
async def jira_list_worklogs(
    key: IssueKey,
    jira: Jira,
    started_from: Day = "",
    started_until: Day = "",
    limit: Annotated[int, Field(ge=1, le=100, description="Work logs, at most.")] = 50,
    cursor: Cursor = "",
) -> str:
    """List the time that people logged on an issue, the latest first, with ids and comments in full."""
    page, shown = await fitted(
        lambda count: jira.worklogs_between(
            key, first=started_from, last=started_until, limit=count, cursor=cursor or None
        ),
        lambda page: joined([worklog_block(item) for item in page.items], between="\n\n", budget=_BUDGET),
        limit=limit,
    )
    if not page.items and not cursor:
        return f"no work was logged on {key}" + (" in that time" if started_from or started_until else "")
    last = page_line(shown.shown, noun="worklogs", total=page.total, cursor=page.cursor)
    these = "these " if cursor or page.cursor else ""
    return f"{quoted(f'worklogs of {key}', shown.text)}\n{these}{together(page.items)}; {last}; {jira.browse_url(key)}"


@TOOLS.tool(title="Change logged work in Jira", effect="changes", scopes=(READ, PEOPLE, WRITE), toolset="time")
async def jira_update_worklog(
    key: IssueKey,
    worklog_id: WorklogId,
    jira: Jira,
    time_spent: Annotated[str, Field(description='Like "1h 30m" or "2d".', max_length=40)] = "",
    started: Annotated[str, Field(description="ISO 8601 time when the work began.", max_length=40)] = "",
    comment: Annotated[str, Field(description="What was done, as Markdown.")] = "",
    remaining: Annotated[
        str, Field(description='Remaining estimate then: "4h" or "keep"; adjusted by the difference if empty.')
    ] = "",
    visible_to: VisibleTo = "",
    accept_loss: AcceptLoss = False,
) -> str:
    """Change a work log; what is empty stays as it is."""
    done, changed = await jira.update_worklog(
        key,
        worklog_id,
        time_spent=time_spent,
        started=started,
        comment=comment,
        remaining=remaining,
        visible_to=visible_to,
        accept_loss=accept_loss,
    )
    if not changed:
        return f"worklog {done.id} of {key} is so already; nothing was written {jira.browse_url(key)}"
    told = f"{done.time_spent}, started {_began(done.started)}"
    return f"updated worklog {done.id} of {key}: {told}; changed: {clean_text(', '.join(changed), 1_000)}"


async def ask_before_deleting_worklog(
    ctx: Context, key: str, worklog_id: str, confirm: bool, jira: Jira
) -> Consent | Elicit[Consent]:
    """The question whether to delete, with the time that would be lost."""
    loss = await jira.worklog(key, worklog_id)
    said = f' "{clean_text(loss.comment, _EXCERPT)}"' if loss.comment else ""
    what = f"{loss.time_spent or hours(loss.seconds)} that {loss.author} logged on {key} ({minute(loss.started)})"
    return ask(ctx, f"Delete the {what} for good?{said}", confirmed=confirm)


@TOOLS.tool(title="Delete logged work in Jira", effect="destroys", scopes=(READ, WRITE), toolset="time")
async def jira_delete_worklog(
    key: IssueKey,
    worklog_id: WorklogId,
    jira: Jira,
    answer: Annotated[Answer, Resolve(ask_before_deleting_worklog)],
    remaining: Annotated[
        str, Field(description='Remaining estimate then: "4h", "keep" or "+2h"; more by the time logged if empty.')
    ] = "",
    confirm: Annotated[bool, Field(description="The user has agreed to this very deletion.")] = False,
) -> str:
    """Delete a work log for good. The user is asked first."""
    require(answer)
    await jira.delete_worklog(key, worklog_id, remaining=remaining)
    return f"deleted worklog {worklog_id.strip()} of {key}"


def _began(started: str) -> str:
    return f"{started[:16]}{started[-5:]}"
