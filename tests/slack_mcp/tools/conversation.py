"""A real MCP client in conversation with the Slack server, both in this process."""

import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import anyio.lowlevel
import httpx2
from mcp.client.session import ElicitationFnT

from connector_kit.access import Access
from connector_kit.http import Exchange, HttpPolicy
from connector_kit.testing import conversation
from connector_kit.testing.conversation import (
    AT_ONCE,
    ERAS,
    Conversation,
    answering,
    cursor_in,
    outside,
    path_of,
    rows,
    tokens,
)
from slack_mcp.client import SlackClient, connect
from slack_mcp.sandbox import SANDBOX_TOKEN, WORKSPACE_URL
from slack_mcp.server import SERVER
from slack_mcp.settings import SlackSettings
from slack_mcp.tools import TOOLS

__all__ = [
    "AT_ONCE",
    "ERAS",
    "NOW",
    "SITE",
    "TOOLSETS",
    "Conversation",
    "answering",
    "calls",
    "converse",
    "cursor_in",
    "given",
    "outside",
    "path_of",
    "rows",
    "tokens",
]

NOW = 1770064200.0
"""2 February 2026, 20:30 UTC: half an hour after the last sample message."""

SITE = WORKSPACE_URL.rstrip("/")
TOOLSETS = TOOLS.optional
"""All of them, so that every tool is offered."""


def given(**settings: Any) -> SlackSettings:
    """Settings for the sandbox: everything allowed and switched on but for what `settings` say."""
    whole = {"sandbox": True, "access": Access.DELETE, "toolsets": TOOLSETS, **settings}
    return SlackSettings.model_validate(whole)


def converse(
    folder: Path,
    *,
    transport: httpx2.AsyncBaseTransport | None = None,
    settings: SlackSettings | None = None,
    mode: str = ERAS[0],
    access: Access = Access.DELETE,
    token: str = SANDBOX_TOKEN,
    elicitation: ElicitationFnT | None = None,
    policy: HttpPolicy = AT_ONCE,
    only: str = "",
    clock: Callable[[], float] = time.time,
) -> AbstractAsyncContextManager[Conversation]:
    """Start a session with a server that reaches Slack by `transport`, or as `settings` say; it waits for nothing.

    With `only` the server has that tool alone, which is built faster than all of them.
    """

    async def no_wait(_: float) -> None:
        await anyio.lowlevel.checkpoint()

    def connected(chosen: SlackSettings, seen: Callable[[Exchange], None]) -> Awaitable[SlackClient]:
        return connect(chosen, transport=transport, policy=policy, on_exchange=seen, sleep=no_wait, clock=clock)

    chosen = settings or given(access=access, token=token)
    return conversation.converse(SERVER, chosen, connected, folder, mode=mode, elicitation=elicitation, only=only)


def calls(slack: Conversation) -> list[str]:
    """The methods that were called, in order."""
    return [path_of(exchange).removeprefix("/api/") for exchange in slack.exchanges]
