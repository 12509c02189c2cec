"""One space in full."""

from typing import Annotated

from pydantic import Field

from confluence_mcp.scopes import PEOPLE, SPACES
from confluence_mcp.tools.render import day
from confluence_mcp.tools.table import TOOLS, Confluence
from connector_kit.errors import clean_text
from connector_kit.output import one_line, quoted

_OPERATIONS = 60
_DESCRIPTION = 2_000


@TOOLS.tool(title="Get a Confluence space", effect="reads", scopes=(PEOPLE, SPACES), toolset="spaces")
async def confluence_get_space(
    space: Annotated[str, Field(description="Space: key or name.", max_length=300)],
    confluence: Confluence,
) -> str:
    """Read a space: its homepage, owner, labels, and what this account may do in it."""
    found = await confluence.space_detail(space)
    place = found.space
    facts = [
        f"# {one_line(clean_text(place.name, 300))}",
        f"kind: {one_line(place.kind)}; created {day(found.created)}; owner: {one_line(found.owner)}",
        f"homepage: {place.homepage}" if place.homepage else "no homepage",
    ]
    facts += [f"labels: {', '.join(map(one_line, found.labels))}"] if found.labels else []
    facts += ["", clean_text(place.description, _DESCRIPTION)] if place.description.strip() else []
    status = "" if place.status == "current" else f" · {one_line(place.status)}"
    facts += ["", f"you may: {', '.join(map(one_line, found.can[:_OPERATIONS]))}"] if found.can else []
    head = f"{one_line(place.key)} · id {place.id}{status} · {place.url}"
    return "\n".join((head, quoted(f"space {place.key}", "\n".join(facts))))
