"""What a site offers: projects, issue types with their fields, people."""

from typing import Annotated

from pydantic import Field

from connector_kit.output import page_line, table
from jira_mcp.tools.table import PEOPLE, READ, TOOLS, Cursor, Jira, ProjectKey


@TOOLS.tool(title="List Jira projects", effect="reads", scopes=(READ,))
async def jira_list_projects(
    jira: Jira,
    query: Annotated[str, Field(description="Part of the name or key.")] = "",
    limit: Annotated[int, Field(description="Projects in an answer.", ge=1, le=50)] = 50,
    cursor: Cursor = "",
) -> str:
    """List the projects that the account can see, with their keys."""
    page = await jira.projects(query, limit=limit, cursor=cursor or None)
    if not page.items:
        return "No project matches." if query else "The account can see no project."
    rows = ((item.key, item.name, item.kind, item.lead) for item in page.items)
    shown = table(("key", "name", "kind", "lead"), rows)
    last = page_line(shown.shown, noun="projects", total=page.total, cursor=page.cursor)
    return f"{shown.text}\n{last}"


@TOOLS.tool(title="List Jira issue types", effect="reads", scopes=(READ,))
async def jira_list_issue_types(project: ProjectKey, jira: Jira) -> str:
    """List the issue types of a project. jira_list_fields tells what one of them takes."""
    types = await jira.issue_types(project)
    level = {1: "epic", 0: "standard", -1: "sub-task"}
    rows = ((item.name, level.get(item.level, f"level {item.level}"), item.description) for item in types)
    return table(("type", "level", "description"), rows).text


@TOOLS.tool(title="Find Jira users", effect="reads", scopes=(PEOPLE,))
async def jira_search_users(
    query: Annotated[str, Field(description="Part of a name or an e-mail address.", min_length=1)],
    jira: Jira,
    project: Annotated[str, Field(description="Only people to whom issues of this project can be assigned.")] = "",
) -> str:
    """Find people and their account ids, for assignees and mentions."""
    found = await jira.search_users(query, assignable_in=project or None)
    if not found:
        return f"Nobody matches {query!r}. Try a shorter part of the name."
    rows = ((user.account_id, user.name, user.email, "" if user.active else "inactive") for user in found)
    return table(("account_id", "name", "email", "state"), rows).text
