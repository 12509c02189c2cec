"""Blog posts."""

from typing import Annotated

from pydantic import Field

from confluence_mcp.scopes import PAGES, PEOPLE, SPACES
from confluence_mcp.tools.render import day
from confluence_mcp.tools.table import TOOLS, Confluence, Cursor
from connector_kit.errors import clean_text
from connector_kit.output import page_line, quoted, table

_COLUMNS = ("id", "space", "posted", "author", "title")
_TITLE = 160


@TOOLS.tool(title="List Confluence blog posts", effect="reads", scopes=(PAGES, PEOPLE, SPACES), toolset="blog")
async def confluence_list_blog_posts(
    confluence: Confluence,
    space: Annotated[str, Field(description="Space: key or name.")] = "",
    limit: Annotated[int, Field(description="Posts in an answer.", ge=1, le=50)] = 20,
    cursor: Cursor = "",
) -> str:
    """List blog posts, newest first. Read one with confluence_get_page."""
    page = await confluence.blog_posts(space, limit=limit, cursor=cursor or None)
    if not page.items and not page.cursor:
        return "There are no blog posts."
    names = await confluence.names_of(each.author or "" for each in page.items)
    rows = (
        (each.id, each.space_key, day(each.created), names.get(each.author or "", ""), clean_text(each.title, _TITLE))
        for each in page.items
    )
    shown = quoted("blog", table(_COLUMNS, rows).text)
    return f"{shown}\n{page_line(len(page.items), noun='posts', cursor=page.cursor)}"
