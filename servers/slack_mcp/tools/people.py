"""Finding people."""

from typing import Annotated

from pydantic import Field

from connector_kit.output import page_line, table
from slack_mcp.tools.render import ROOM, USER_COLUMNS, user_row
from slack_mcp.tools.table import TOOLS, Slack


@TOOLS.tool(title="Search Slack users", effect="reads", scopes=("users:read",))
async def slack_search_users(
    query: Annotated[str, Field(description="Name, handle, e-mail or id.", min_length=1, max_length=200)],
    slack: Slack,
    limit: Annotated[int, Field(description="People in an answer.", ge=1, le=100)] = 20,
) -> str:
    """Find people and their ids, for mentions (<@U123>); other tools take @name and e-mail addresses as they are."""
    page = await slack.users(query, limit=limit)
    if not page.items:
        return "\n".join(["Nobody matches.", *page.warnings])
    shown = table(USER_COLUMNS, map(user_row, page.items), budget=ROOM)
    left_out = len(page.items) - shown.shown
    notes = [*page.warnings, *([f"{left_out} more do not fit here: be more specific."] if left_out else [])]
    return "\n".join([shown.text, *notes, page_line(shown.shown, noun="users")])


@TOOLS.tool(title="List Slack user groups", effect="reads", scopes=("usergroups:read",), toolset="people")
async def slack_list_groups(
    slack: Slack,
    group: Annotated[str, Field(description="@handle or id of one group, to list its members.", max_length=80)] = "",
) -> str:
    """List the user groups (@handles that mention several people), or the members of one."""
    if group:
        named_group = await slack.group(group)
        members = await slack.group_members(group)
        shown = table(USER_COLUMNS, map(user_row, members), budget=ROOM)
        line = page_line(shown.shown, noun="members", total=named_group.size)
        return f"{shown.text}\n{line.removesuffix('; more: no')}"
    groups = await slack.groups()
    if not groups:
        return "The workspace has no user groups."
    rows = ((f"@{item.handle}", item.id, "" if item.size is None else item.size, item.name) for item in groups)
    shown = table(("group", "id", "members", "name"), rows, budget=ROOM)
    line = page_line(shown.shown, noun="groups", total=len(groups))
    return f"{shown.text}\n{line.removesuffix('; more: no')}"
