"""Spaces."""

from typing import Annotated, Literal

from pydantic import Field

from confluence_mcp.scopes import SPACES
from confluence_mcp.tools.table import TOOLS, Confluence, Cursor
from connector_kit.errors import clean_text
from connector_kit.fitting import fitted_table
from connector_kit.output import page_line

_COLUMNS = ("key", "name", "kind", "description")


@TOOLS.tool(title="List Confluence spaces", effect="reads", scopes=(SPACES,))
async def confluence_list_spaces(
    confluence: Confluence,
    query: Annotated[str, Field(description="Part of key or name.")] = "",
    kind: Annotated[Literal["", "global", "personal"], Field(description="Only these.")] = "",
    limit: Annotated[int, Field(description="Spaces in an answer.", ge=1, le=50)] = 25,
    cursor: Cursor = "",
) -> str:
    """List the spaces that the account can see, with their keys."""
    page, shown = await fitted_table(
        lambda most: confluence.spaces(query, kind=kind, limit=most, cursor=cursor or None),
        _COLUMNS,
        lambda each: (each.key, each.name, each.kind, clean_text(each.description, 120)),
        limit=limit,
    )
    if not page.items and not page.cursor:
        return "No space matches." if query or kind else "The account can see no space."
    return f"{shown.text}\n{page_line(shown.shown, noun='spaces', total=page.total, cursor=page.cursor)}"
