"""Calling a tool as a client does, with a failure in words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import anyio

if TYPE_CHECKING:
    from mcp import Client
    from mcp.shared.dispatcher import ProgressFnT


class CallError(Exception):
    """A tool refused, failed, or could not be reached; the text says why. `refused` if it was the tool that said so."""

    def __init__(self, message: str, *, refused: bool = False) -> None:
        """Keep the message."""
        super().__init__(message)
        self.refused = refused


async def text_of(
    client: "Client", tool: str, arguments: Mapping[str, Any], *, timeout: float, tell: "ProgressFnT | None" = None
) -> str:
    """Call a tool and answer its text; `timeout` is in seconds.

    Raises:
        CallError: the tool answered with an error, did not answer in time, or its server is gone.
    """
    from mcp.shared.exceptions import MCPError
    from mcp_types import TextContent

    try:
        result = await client.call_tool(tool, dict(arguments), read_timeout_seconds=timeout, progress_callback=tell)
    except MCPError as error:
        raise CallError(str(error)) from error
    except (anyio.ClosedResourceError, anyio.BrokenResourceError, anyio.EndOfStream) as error:
        raise CallError("the server is gone") from error
    text = "\n".join(part.text for part in result.content if isinstance(part, TextContent))
    if result.is_error:
        raise CallError(text, refused=True)
    return text
