"""Slack's stand-in: an ASGI app with a sample workspace, which speaks the dialect of the Web API.

It imports nothing else of this distribution, so that it cannot repeat a mistake of the client that it stands
in for. Everything heavy is imported when the app is built, not when this package is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from slack_mcp.sandbox.accounts import SANDBOX_BOT_TOKEN, SANDBOX_TOKEN
from slack_mcp.sandbox.model import WORKSPACE_URL

if TYPE_CHECKING:
    from slack_mcp.sandbox.app import Sandbox

__all__ = ["SANDBOX_BOT_TOKEN", "SANDBOX_TOKEN", "WORKSPACE_URL", "create_app", "reset"]


def create_app(
    database: Path,
    *,
    data: Literal["sample", "large"] = "sample",
    clock: Callable[[], float] = time.time,
    limits: float | None = None,
    seed: bool = True,
) -> Sandbox:
    """Build the ASGI app over a SQLite file, which is created and filled on first use.

    Several processes may serve the same file at once. `data` is the sample workspace, or the same with a large
    generated one around it; a file that holds the other is filled anew. `clock` gives the time in seconds since
    1970. `limits` is how many times Slack's own budget of calls per minute each method has, None for no limits.
    With `seed` off the file is left as it is found until the first request.
    """
    from slack_mcp.sandbox.app import Sandbox

    sandbox = Sandbox(database, data=data, clock=clock, limits=limits)
    if seed:
        sandbox.store.prepare()
    return sandbox


def reset(database: Path) -> None:
    """Throw away every change in the file and start over with the data that it was filled with.

    Processes that serve the file meanwhile go on with the new data.
    """
    from slack_mcp.sandbox.store import Store

    store = Store(database)
    try:
        store.reset()
    finally:
        store.close()
