"""Confluence Cloud's stand-in: an ASGI app with sample data, which speaks the dialects of the REST APIs v2 and v1.

It imports nothing else of this distribution, so that it cannot repeat a mistake of the client that it stands
in for. Everything heavy is imported when the app is built, not when this package is.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from confluence_mcp.sandbox.scopes import required_scopes
from sandbox_kit.atlassian.accounts import ACCOUNTS, SANDBOX_EMAIL, SANDBOX_TOKEN, Account
from sandbox_kit.atlassian.sites import CLOUD_ID, DATA, DEFAULT_SITE_URL, SECOND_CLOUD_ID, SITES, Data, site_with

if TYPE_CHECKING:
    from confluence_mcp.sandbox.app import Sandbox

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
    invisible to search, as it does at the vendor's. With `seed` off the file is left as it is found until the
    first request. A file that holds other `data` is filled anew. `site_url` is where links in the answers point,
    unless told where the data's site is.
    """
    from confluence_mcp.sandbox.app import Sandbox

    sandbox = Sandbox(database, site_url=site_url or site_with(data), search_lag=search_lag, data=data)
    if seed:
        sandbox.store.prepare()
    return sandbox


def reset(database: Path) -> None:
    """Throw away every change in the file and start over with the data that it was filled with.

    Processes that serve the file meanwhile go on with the new data.
    """
    from confluence_mcp.sandbox.store import Store

    with closing(Store(database)) as store:
        store.reset()


def ways_in(url: str) -> dict[str, dict[str, str]]:
    """How a server signs in to this sandbox served at `url`: what for -> its variables.

    To log in in the browser, Atlassian's login pages have to be played beside it.
    """
    variables = {"CONFLUENCE_URL": url, "CONFLUENCE_EMAIL": SANDBOX_EMAIL, "CONFLUENCE_API_TOKEN": SANDBOX_TOKEN}
    return {"With a token": variables}
