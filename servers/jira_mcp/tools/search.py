"""Finding issues, by JQL or by plain filters."""

from typing import Annotated

from pydantic import Field

from connector_kit.errors import InvalidInput, clean_text
from connector_kit.fitting import fitted_table
from connector_kit.output import page_line
from jira_mcp.tools.render import columns, row
from jira_mcp.tools.table import PEOPLE, READ, TOOLS, Cursor, Jira

JQL_SHOWN = 2_000
"""Characters of a query that an answer repeats."""
_COUNT_LAGS = "(What was written within the last minute may not be counted yet; a search without count_only sees it.)"
_LIST_LAGS = (
    "(More than 50 issues were written within the last minute: some of them may be missing or old here; "
    "jira_get_issue shows them as they are.)"
)


@TOOLS.tool(title="Search Jira issues", effect="reads", scopes=(READ, PEOPLE))
async def jira_search_issues(
    jira: Jira,
    jql: Annotated[str, Field(description="JQL; then leave the filters empty.", max_length=10_000)] = "",
    text: Annotated[str, Field(description="Words in summary, description or comments.")] = "",
    project: Annotated[str, Field(description="Project key.")] = "",
    type: Annotated[str, Field(description="Issue type, like Bug or Epic.")] = "",
    status: Annotated[str, Field(description="Status by name.")] = "",
    category: Annotated[str, Field(description="to do, in progress, done or open (not done).")] = "",
    assignee: Annotated[str, Field(description="Name, e-mail, me or unassigned.")] = "",
    parent: Annotated[str, Field(description="Key of the epic or parent issue.")] = "",
    sprint: Annotated[str, Field(description="Sprint by name, or open.")] = "",
    updated_after: Annotated[str, Field(description="2026-01-31, or -7d.")] = "",
    fields: Annotated[list[str], Field(description="Further fields to show, by name.", max_length=10)] = [],
    limit: Annotated[int, Field(description="Issues in an answer.", ge=1, le=100)] = 25,
    cursor: Cursor = "",
    count_only: Annotated[bool, Field(description="Only say how many match.")] = False,
) -> str:
    """Find issues by JQL, or by plain filters that all must hold (newest change first).

    Answers one row per issue. Read a whole issue with jira_get_issue.
    """
    from jira_mcp.client import SearchFilters

    filters = SearchFilters(
        text=text,
        project=_one(project),
        type=_one(type),
        status=_one(status),
        category=category,
        assignee=_one(assignee),
        parent=parent,
        sprint=sprint,
        updated_after=updated_after,
    )
    if not jql.strip():
        jql = await jira.jql_from(filters)
    elif filters != SearchFilters():
        raise InvalidInput(
            "jql was given together with plain filters; nothing was searched.",
            next_step="Put the filters into the JQL, or leave jql empty.",
        )
    if count_only:
        number = await jira.count(jql)
        late = f" {_COUNT_LAGS}" if jira.counts_lag() else ""
        return f"about {number:,} issue{'' if number == 1 else 's'} match {clean_text(jql, JQL_SHOWN)}{late}"
    page, shown = await fitted_table(
        lambda count: jira.search(jql, fields=fields, limit=count, cursor=cursor or None),
        columns(fields),
        row,
        limit=limit,
    )
    remarks = [f"Jira remarks: {remark}" for remark in page.warnings]
    if jira.lists_lag():
        remarks.append(_LIST_LAGS)
    if not page.items and not page.cursor:
        return "\n".join([f"No issue matches {clean_text(jql, JQL_SHOWN)}", *remarks])
    total = await jira.count(jql) if page.cursor and not cursor else None
    last = page_line(shown.shown, noun="issues", total=total, cursor=page.cursor)
    return "\n".join([shown.text, *remarks, f"{last}; each at {jira.browse_url('<key>')}"])


def _one(value: str) -> tuple[str, ...]:
    return (value,) if value.strip() else ()
