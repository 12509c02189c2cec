"""Reading pages and where they stand."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from confluence_mcp.scopes import METADATA, PAGES, PEOPLE, SPACES, TREE
from confluence_mcp.tools.render import reading, tree_line
from confluence_mcp.tools.table import TOOLS, Confluence, Cursor, PageName
from connector_kit.errors import InvalidInput
from connector_kit.fitting import fitted
from connector_kit.output import joined, page_line, quoted

if TYPE_CHECKING:
    from confluence_mcp.reading_models import Tree


@TOOLS.tool(title="Get a Confluence page", effect="reads", scopes=(PAGES, PEOPLE, SPACES))
async def confluence_get_page(
    page: PageName,
    confluence: Confluence,
    part: Annotated[
        str, Field(description='"outline", a heading, a block id, or how to read on; empty: all.', max_length=300)
    ] = "",
    version: Annotated[int, Field(description="An old version; 0: as it is now.", ge=0)] = 0,
) -> str:
    """Read a page or blog post as Markdown, with its version, labels, parent and people.

    Ask for the outline of a long page first: it has the ids of blocks to read and to change by.
    """
    return reading(await confluence.read(page, part=part, version=version or None), part)


@TOOLS.tool(title="List Confluence pages", effect="reads", scopes=(TREE, METADATA, PAGES, SPACES))
async def confluence_list_pages(
    confluence: Confluence,
    page: Annotated[str, Field(description="Page to list from; or give space.")] = "",
    space: Annotated[str, Field(description="Space: key or name.")] = "",
    show: Annotated[
        Literal["below", "ancestors", "newest"], Field(description="newest: of a space, changed last first.")
    ] = "below",
    depth: Annotated[int, Field(description="Levels below; 10: the whole tree.", ge=1, le=10)] = 1,
    limit: Annotated[int, Field(description="Pages in an answer.", ge=1, le=250)] = 100,
    cursor: Cursor = "",
) -> str:
    """List the pages below a page or in a space as a tree, or what stands above a page.

    Find pages by what they say, by label or author with confluence_search.
    """
    if bool(page.strip()) == bool(space.strip()) or (show == "newest") > bool(space.strip()):
        raise InvalidInput(
            "It takes either a page or a space.",
            fields={"page": "goes with below or ancestors", "space": "not with it"},
        )
    if show == "ancestors":
        if space:
            raise InvalidInput("Only a page has something above it.", fields={"page": "is empty"})
        return await _above(confluence, page)

    async def read(most: int) -> "Tree":
        if show == "newest":
            return await confluence.newest(space, limit=most, cursor=cursor or None)
        if page.strip():
            return await confluence.branch(page, depth=depth, limit=most, cursor=cursor or None)
        return await confluence.space_tree(space, depth=depth, limit=most, cursor=cursor or None)

    found, shown = await fitted(read, lambda found: joined([tree_line(each) for each in found.pages]), limit=limit)
    if not found.pages:
        return "There is nothing below it." if page.strip() else "The space has no pages that can be seen."
    last = page_line(shown.shown, noun="pages", total=found.total, cursor=found.cursor)
    cut = [] if found.whole else [f"(There is more than these {found.total:,}: list from a page further down.)"]
    more = ["(+n): so many right below it."] if any(each.below for each in found.pages) else []
    return "\n".join([quoted(f"pages of {found.space_key}", shown.text), *more, *cut, last])


async def _above(confluence: Confluence, page: str) -> str:
    ref, found = await confluence.ancestors(page)
    if not found:
        return f"{ref.id} is at the top of space {ref.space_key}."
    return quoted(f"above {ref.id} in space {ref.space_key}", "\n".join(map(tree_line, found)))
