"""A real MCP client in conversation with the Confluence server, both in this process."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx2
from mcp.client.session import ElicitationFnT

from connector_kit.access import Access
from connector_kit.http import Exchange, HttpPolicy
from connector_kit.testing import conversation
from connector_kit.testing.conversation import AT_ONCE, ERAS, Conversation, answering, cursor_in, rows, tokens
from confluence_mcp.client import ConfluenceClient, connect
from confluence_mcp.server import SERVER
from confluence_mcp.settings import ConfluenceSettings

__all__ = ["AT_ONCE", "ERAS", "SITE", "Conversation", "answering", "converse", "cursor_in", "rows", "tokens"]

SITE = "https://pm-os.sandbox.invalid"


def converse(
    folder: Path,
    *,
    transport: httpx2.AsyncBaseTransport | None = None,
    settings: ConfluenceSettings | None = None,
    mode: str = ERAS[0],
    access: Access = Access.DELETE,
    elicitation: ElicitationFnT | None = None,
    policy: HttpPolicy = AT_ONCE,
    only: str = "",
) -> AbstractAsyncContextManager[Conversation]:
    """Start a session with a server that reaches Confluence by `transport`, or as `settings` say.

    All toolsets are switched on. With `only` the server has that tool alone, which is built faster than all of them.
    """

    def connected(given: ConfluenceSettings, seen: Callable[[Exchange], None]) -> Awaitable[ConfluenceClient]:
        return connect(given, transport=transport, policy=policy, on_exchange=seen)

    chosen = settings or ConfluenceSettings.model_validate(
        {"sandbox": True, "access": access, "toolsets": SERVER.toolset.optional}
    )
    return conversation.converse(SERVER, chosen, connected, folder, mode=mode, elicitation=elicitation, only=only)
