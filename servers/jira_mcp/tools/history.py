"""The past of issues: what was changed, and how long they stayed in each status."""

from typing import Annotated

from pydantic import Field

from connector_kit.fitting import fitted
from connector_kit.output import joined, one_line, page_line, quoted
from jira_mcp.tools.history_render import change_line, times_text
from jira_mcp.tools.table import PEOPLE, READ, TOOLS, Cursor, IssueKey, Jira

HISTORY = "history"

Since = Annotated[str, Field(description="Date, time, or how long ago, like 7d.", max_length=40)]


@TOOLS.tool(title="Get a Jira issue's history", effect="reads", scopes=(READ, PEOPLE), toolset=HISTORY)
async def jira_get_history(
    key: IssueKey,
    jira: Jira,
    fields: Annotated[
        list[str], Field(description="Only changes of these fields, by name, like status.", max_length=20)
    ] = [],
    person: Annotated[str, Field(description="Only changes by this person: name or me.", max_length=200)] = "",
    since: Since = "",
    until: Annotated[str, Field(description="As since; a date counts to its end.", max_length=40)] = "",
    oldest_first: Annotated[bool, Field(description="Begin with the oldest change.")] = False,
    limit: Annotated[int, Field(description="Changes in an answer.", ge=1, le=100)] = 30,
    cursor: Cursor = "",
) -> str:
    """Read what was changed in an issue, by whom and when, newest first. Links, ranks and files count too.

    jira_get_status_times tells how long it stayed in each status.
    """
    names = tuple(fields)
    found, shown = await fitted(
        lambda count: jira.history(
            key,
            fields=names,
            person=person,
            since=since,
            until=until,
            newest=not oldest_first,
            limit=count,
            cursor=cursor or None,
        ),
        lambda found: joined([change_line(change) for change in found.changes]),
        limit=limit,
    )
    filtered = bool(fields or person or since or until)
    if not found.changes and not found.cursor:
        return _nothing(found.key, found.total, found.authors if person else (), filtered=filtered)
    text = [quoted(found.key, shown.text)] if found.changes else []
    if filtered:
        text.append(f"{found.read} of {found.total} changes were looked at for this.")
    total = None if filtered else found.total
    return "\n".join([*text, page_line(shown.shown, noun="changes", total=total, cursor=found.cursor)])


def _nothing(key: str, total: int, authors: tuple[str, ...], *, filtered: bool) -> str:
    if not total or not filtered:
        return f"{key} was never changed."
    who = f" It was changed by: {', '.join(map(one_line, authors[:20]))}." if authors else ""
    return f"None of the {total} changes of {key} matches.{who}"


@TOOLS.tool(title="Get Jira status times", effect="reads", scopes=(READ,), toolset=HISTORY)
async def jira_get_status_times(
    jira: Jira,
    keys: Annotated[list[IssueKey], Field(description="Issue keys; or give jql.", max_length=1_000)] = [],
    jql: Annotated[str, Field(description="Which issues, as JQL.", max_length=4_000)] = "",
    limit: Annotated[int, Field(description="Issues at most, with jql.", ge=1, le=1_000)] = 100,
) -> str:
    """Tell how long issues stayed in each status: one issue stay by stay with who moved it, several in sums.

    Lead time is from creation to done, cycle time from the first status in progress to done, both by the calendar.
    """
    wanted = "matches" if jql.strip() else "can be seen"
    return times_text(await jira.status_times(keys, jql=jql, limit=limit), wanted=wanted)
