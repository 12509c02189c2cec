"""The Confluence server: its table of tools, its settings and its client, put together."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from confluence_mcp.guidance import GUIDANCE
from confluence_mcp.settings import ConfluenceSettings
from confluence_mcp.tools import TOOLS
from confluence_mcp.tools.prompts import PROMPTS
from confluence_mcp.tools.resources import COMPLETIONS, RESOURCES
from connector_kit.serving.main import run
from connector_kit.serving.session import ServerSpec, connect_by

if TYPE_CHECKING:
    from confluence_mcp.client import ConfluenceClient

SERVER: "ServerSpec[ConfluenceSettings, ConfluenceClient]" = ServerSpec(
    service="confluence",
    title="Confluence",
    toolset=TOOLS,
    settings=ConfluenceSettings,
    connect=connect_by("confluence_mcp.client"),
    instructions=(
        "Confluence Cloud: find, read, write and publish pages. A page is named by id, link or SPACE/Title, a space by "
        "key or name. Text goes in and comes out as Markdown; long pages are read and changed by outline, section or "
        "block. More tools are off until the user sets CONFLUENCE_TOOLSETS: access (restrictions, views), admin "
        "(archive, delete parts), blog, history (restore), people, spaces, tasks, templates."
    ),
    guidance=GUIDANCE,
    prompts=PROMPTS,
    resources=RESOURCES,
    completions=COMPLETIONS,
    modules=("markdown_it", "lark", "starlette"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the server; answers the exit status."""
    return run(SERVER, argv)
