"""Blog posts."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from confluence_mcp.scopes import PAGES, PEOPLE, SPACES
from confluence_mcp.tools.render import day
from confluence_mcp.tools.table import TOOLS, Confluence, Cursor
from connector_kit.errors import clean_text
from connector_kit.fitting import fitted
from connector_kit.output import page_line, quoted, table

if TYPE_CHECKING:
    from confluence_mcp.client import ConfluenceClient
    from confluence_mcp.models import PageRef
    from connector_kit.pages import Page

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
    found, shown = await fitted(
        lambda most: _posts(confluence, space, most, cursor), lambda found: table(_COLUMNS, found[1]), limit=limit
    )
    page = found[0]
    if not page.items and not page.cursor:
        return "There are no blog posts."
    last = page_line(shown.shown, noun="posts", cursor=page.cursor)
    return f"{quoted('blog', shown.text)}\n{last}"


async def _posts(
    confluence: "ConfluenceClient", space: str, limit: int, cursor: str
) -> "tuple[Page[PageRef], list[tuple[str, ...]]]":
    """Some posts, and the rows of these."""
    page = await confluence.blog_posts(space, limit=limit, cursor=cursor or None)
    names = await confluence.names_of(each.author or "" for each in page.items)
    return page, [
        (each.id, each.space_key, day(each.created), names.get(each.author or "", ""), clean_text(each.title, _TITLE))
        for each in page.items
    ]
