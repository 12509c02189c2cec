"""A real MCP client in conversation with the Snowflake server, both in this process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from mcp.client.session import ElicitationFnT

from connector_kit.http import Exchange
from connector_kit.testing import conversation
from connector_kit.testing.conversation import ERAS, Conversation, answering, cursor_in, outside, rows, tokens
from snowflake_mcp.client import SnowflakeClient, connect
from snowflake_mcp.server import SERVER
from snowflake_mcp.settings import SnowflakeSettings

__all__ = ["ERAS", "Conversation", "answering", "converse", "cursor_in", "outside", "rows", "tokens"]


def converse(
    folder: Path,
    settings: SnowflakeSettings,
    *,
    mode: str = ERAS[0],
    elicitation: ElicitationFnT | None = None,
    only: str = "",
    client: Callable[[SnowflakeSettings], Awaitable[SnowflakeClient]] = connect,
) -> AbstractAsyncContextManager[Conversation]:
    """Start a session with a server of these settings, its audit log in `folder`.

    With `only` the server has that tool alone, which is built faster than all of them.
    """

    def connected(chosen: SnowflakeSettings, seen: Callable[[Exchange], None]) -> Awaitable[SnowflakeClient]:
        del seen  # the connector has its own way to Snowflake
        return client(chosen)

    return conversation.converse(SERVER, settings, connected, folder, mode=mode, elicitation=elicitation, only=only)
