"""The table that the tool modules fill, and the parameter types that they share."""

from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import Resolve
from pydantic import AfterValidator, Field

from connector_kit.serving.session import client_of
from connector_kit.serving.toolset import Toolset

TOOLS = Toolset("confluence")

if TYPE_CHECKING:
    from confluence_mcp.client import ConfluenceClient

    Confluence = Annotated[ConfluenceClient, Resolve(client_of)]
else:
    # The SDK reads this annotation when the server starts; the client is imported by the first call.
    Confluence = Annotated[Any, Resolve(client_of)]

_LONGEST = 2_000
"""Characters: a link to a page will do as its name."""


def _like_a_name(text: str) -> str:
    if len(text) > _LONGEST:
        raise ValueError(f"{len(text):,} characters are no name")
    return text


# Checked by a function: limits in the schema would cost as much as the descriptions.
PageName = Annotated[str, Field(description="Page: id, link, or SPACE/Title."), AfterValidator(_like_a_name)]
SpaceName = Annotated[str, Field(description="Space: key or name."), AfterValidator(_like_a_name)]
Cursor = Annotated[str, Field(description="Next cursor of the answer before; all else as then.")]
Markdown = Annotated[str, Field(description="Markdown.")]
