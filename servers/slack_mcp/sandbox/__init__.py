"""Slack's stand-in: an ASGI app with a sample workspace, which speaks the dialect of the Web API.

It imports nothing else of this distribution, so that it cannot repeat a mistake of the client that it stands
in for. Everything heavy is imported when the app is built, not when this package is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from slack_mcp.sandbox.accounts import SANDBOX_BOT_TOKEN, SANDBOX_TOKEN
from slack_mcp.sandbox.model import WORKSPACE_URL

if TYPE_CHECKING:
    from slack_mcp.sandbox.app import Sandbox

__all__ = [
    "DATA",
    "SANDBOX_BOT_TOKEN",
    "SANDBOX_TOKEN",
    "WORKSPACE_URL",
    "Data",
    "create_app",
    "reset",
    "ways_in",
]

Data = Literal["sample", "large"]
DATA: tuple[str, ...] = get_args(Data)
"""What a workspace can be filled with, the usual first."""

BOT_REDIRECT = "https://localhost/"
"""Where the consent for a bot leads: an address that no server has to answer, for it is copied from the browser."""


def create_app(
    database: Path,
    *,
    data: Data = "sample",
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

    with closing(Store(database)) as store:
        store.reset()


def ways_in(url: str) -> dict[str, dict[str, str]]:
    """How a server signs in to this sandbox served at `url`: what for -> its variables, a person's token first.

    The app of a person is one on the person's own machine, without a secret. That of a bot leads to an address that is
    not on this machine.
    """
    from slack_mcp.sandbox.oauth.clients import CLIENT_ID, CLIENT_SECRET, PKCE_CLIENT_ID

    place = {"SLACK_API_URL": url}
    return {
        "With the token of a person": {**place, "SLACK_TOKEN": SANDBOX_TOKEN},
        "With the token of a bot": {**place, "SLACK_TOKEN": SANDBOX_BOT_TOKEN},
        "To log in in the browser as a person, with an app": {**place, "SLACK_CLIENT_ID": PKCE_CLIENT_ID},
        "To log in in the browser as a bot, with another app": {
            **place,
            "SLACK_TOKEN_KIND": "bot",
            "SLACK_CLIENT_ID": CLIENT_ID,
            "SLACK_CLIENT_SECRET": CLIENT_SECRET,
            "SLACK_REDIRECT_URI": BOT_REDIRECT,
        },
    }
