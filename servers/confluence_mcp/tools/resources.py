"""What a client can attach to a conversation by its address, and what it proposes while somebody types one."""

from typing import TYPE_CHECKING

from mcp.server.mcpserver import Context

from confluence_mcp.tools.render import reading, tree_line
from connector_kit.output import quoted
from connector_kit.serving.completions import Completions
from connector_kit.serving.offers import Resources
from connector_kit.serving.session import client_of

if TYPE_CHECKING:
    from confluence_mcp.client import ConfluenceClient

RESOURCES = Resources("confluence")
COMPLETIONS = Completions()

_NEWEST = 20
_PROPOSED = 50


@RESOURCES.template("confluence://page/{id}", title="Confluence page", media_type="text/markdown")
async def confluence_page(id: str, ctx: Context) -> str:
    """A page or blog post with its text, by its id."""
    confluence = await client_of(ctx)
    return reading(await confluence.read(id), "")


@RESOURCES.template("confluence://space/{key}", title="Confluence space", media_type="text/markdown")
async def confluence_space(key: str, ctx: Context) -> str:
    """A space: the top of its tree, and the pages that were changed last."""
    confluence = await client_of(ctx)
    tree = await confluence.space_tree(key)
    newest = await confluence.newest(key, limit=_NEWEST)
    lines = [*map(tree_line, tree.pages), "", "changed last:", *map(tree_line, newest.pages)]
    return quoted(f"space {tree.space_key}", "\n".join(lines))


@COMPLETIONS.of("space", "key")
async def spaces(confluence: "ConfluenceClient", typed: str) -> list[str]:
    """Keys of spaces, by a part of key or name."""
    return [space.key for space in (await confluence.spaces(typed.strip(), limit=_PROPOSED)).items]


@COMPLETIONS.of("label")
async def labels(confluence: "ConfluenceClient", typed: str) -> list[str]:
    """Labels of pages that were changed lately."""
    wanted = typed.strip().casefold()
    return [label for label in await confluence.recent_labels() if wanted in label.casefold()]


@COMPLETIONS.of("page", "parent")
async def pages(confluence: "ConfluenceClient", typed: str) -> list[str]:
    """Pages as SPACE/Title, by a space and words of the title."""
    space, slash, title = typed.partition("/")
    found = await confluence.pages_like(title if slash else typed, limit=_PROPOSED)
    wanted = space.strip().casefold() if slash else ""
    return [f"{each.space_key}/{each.title}" for each in found if wanted in ("", each.space_key.casefold())]


@COMPLETIONS.of("id")
async def ids(confluence: "ConfluenceClient", typed: str) -> list[str]:
    """Ids of pages that were changed lately, by the beginning of the id or words of the title."""
    begun = typed.strip()
    found = await confluence.pages_like("" if begun.isdecimal() else begun, limit=_PROPOSED)
    return [each.id for each in found if not begun.isdecimal() or each.id.startswith(begun)]
