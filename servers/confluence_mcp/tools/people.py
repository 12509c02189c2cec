"""People."""

from typing import Annotated

from pydantic import Field

from confluence_mcp.scopes import DETAILS
from confluence_mcp.tools.table import TOOLS, Confluence
from connector_kit.output import page_line, table

_COLUMNS = ("account_id", "name", "kind", "status")


@TOOLS.tool(title="Search people in Confluence", effect="reads", scopes=(DETAILS,), toolset="people")
async def confluence_search_users(
    confluence: Confluence,
    query: Annotated[str, Field(description="Words of the name.", min_length=1, max_length=200)],
    limit: Annotated[int, Field(description="People in an answer.", ge=1, le=50)] = 10,
) -> str:
    """Find people by name, with their account ids."""
    found = await confluence.search_people(query, limit=limit)
    if not found:
        return "Nobody matches."
    rows = ((each.account_id, each.name, each.kind, each.status) for each in found)
    shown = table(_COLUMNS, rows)
    return f"{shown.text}\n{page_line(shown.shown, noun='accounts')}"
