"""What people add to an issue: comments, time spent, links."""

from typing import Annotated

from pydantic import Field

from jira_mcp.tools.table import PEOPLE, READ, TOOLS, WRITE, IssueKey, Jira


@TOOLS.tool(title="Comment on a Jira issue", effect="adds", scopes=(WRITE,))
async def jira_add_comment(
    key: IssueKey,
    body: Annotated[str, Field(description="Markdown; [@Name](mention:ACCOUNT_ID) mentions.", min_length=1)],
    jira: Jira,
    visible_to: Annotated[str, Field(description="Project role that alone may read it.")] = "",
) -> str:
    """Add a comment to an issue; people who watch it are notified."""
    done = await jira.add_comment(key, body, visible_to=visible_to)
    return f"commented on {key}: comment {done.id} {done.url}"


@TOOLS.tool(title="Log work on a Jira issue", effect="adds", scopes=(PEOPLE, WRITE))
async def jira_add_worklog(
    key: IssueKey,
    time_spent: Annotated[str, Field(description='Like "1h 30m" or "2d".', min_length=1, max_length=40)],
    jira: Jira,
    started: Annotated[
        str,
        Field(description="ISO 8601 time when the work began, in your time zone unless it names one; now if empty."),
    ] = "",
    comment: Annotated[str, Field(description="What was done, as Markdown.")] = "",
) -> str:
    """Record time that you, the signed-in account, spent on an issue."""
    done = await jira.add_worklog(key, time_spent, started=started or None, comment=comment)
    started = f"{done.started[:16]}{done.started[-5:]}"
    return f"logged {done.time_spent} on {key}: worklog {done.id}, started {started} {jira.browse_url(key)}"


@TOOLS.tool(title="Link two Jira issues", effect="adds", idempotent=True, scopes=(READ, WRITE))
async def jira_add_link(
    from_key: IssueKey,
    relation: Annotated[str, Field(description='How from_key relates to to_key, like "blocks".', min_length=1)],
    to_key: IssueKey,
    jira: Jira,
) -> str:
    """Link two issues so that it reads: from_key relation to_key. For an epic, set the parent field instead."""
    done = await jira.link(from_key, relation, to_key)
    return f"linked {done.source} {done.phrase} {done.target} {done.url}"
