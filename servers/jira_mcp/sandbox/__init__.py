"""Jira Cloud's stand-in: an ASGI app with sample data, which speaks the dialect of the REST API v3.

It imports nothing else of this distribution, so that it cannot repeat a mistake of the client that it stands
in for. Everything heavy is imported when the app is built, not when this package is.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from jira_mcp.sandbox.sample.site import CLOUD_ID, SECOND_CLOUD_ID
from jira_mcp.sandbox.scopes import required_scopes
from sandbox_kit.atlassian.accounts import ACCOUNTS, SANDBOX_EMAIL, SANDBOX_TOKEN, Account

if TYPE_CHECKING:
    from jira_mcp.sandbox.app import Sandbox

__all__ = [
    "ACCOUNTS",
    "CLOUD_ID",
    "DATA",
    "DEFAULT_SITE_URL",
    "SANDBOX_EMAIL",
    "SANDBOX_TOKEN",
    "SECOND_CLOUD_ID",
    "SITES",
    "Account",
    "Data",
    "create_app",
    "required_scopes",
    "reset",
    "ways_in",
]

DEFAULT_SITE_URL = "https://pm-os.sandbox.invalid"
"""Where the links in the answers point: a host that can never exist (RFC 2606)."""

Data = Literal["sample", "ops"]
"""What a file is filled with: the PM OS, or the few issues of a second site of the same people."""
DATA: tuple[str, ...] = get_args(Data)

SITES: dict[str, Data] = {DEFAULT_SITE_URL: "sample", "https://ops.sandbox.invalid": "ops"}
"""The sites that one account reaches, with their data."""


def create_app(
    database: Path,
    *,
    site_url: str = "",
    search_lag: float = 1.0,
    seed: bool = True,
    data: Data = "sample",
) -> Sandbox:
    """Build the ASGI app over a SQLite file, which is created and filled with sample data on first use.

    Several processes may serve the same file at once. `search_lag` is how many seconds a change stays
    invisible to search, as it does at the vendor's, unless the request names the issue in `reconcileIssues`.
    With `seed` off the file is left as it is found until the first request. A file that holds other `data` is filled
    anew. `site_url` is where links in the answers point, unless told where the data's site is.
    """
    from jira_mcp.sandbox.app import Sandbox

    at = site_url or next(url for url, held in SITES.items() if held == data)
    sandbox = Sandbox(database, site_url=at, search_lag=search_lag, data=data)
    if seed:
        sandbox.store.prepare()
    return sandbox


def reset(database: Path) -> None:
    """Throw away every change in the file and start over with the data that it was filled with.

    Processes that serve the file meanwhile go on with the new data.
    """
    from jira_mcp.sandbox.store import Store

    store = Store(database)
    try:
        store.reset()
    finally:
        store.close()


def ways_in(url: str) -> dict[str, dict[str, str]]:
    """How a server signs in to this sandbox served at `url`: what for -> its variables.

    To log in in the browser, Atlassian's login pages have to be played beside it.
    """
    return {"With a token": {"JIRA_URL": url, "JIRA_EMAIL": SANDBOX_EMAIL, "JIRA_API_TOKEN": SANDBOX_TOKEN}}
