"""Serving a server's sandbox on loopback, and bringing it back to its sample data."""

from __future__ import annotations

import importlib
import os
import socket
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import typer

from connector_kit.paths import private_dir, state_dir
from mcp_suite.errors import SuiteError
from mcp_suite.servers import Script, find, lacking, load

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from connector_kit.testing.authorizations import Authorizations

HOST = "127.0.0.1"
SECOND_CLOUD_ID = "7c0d6c5e-3a52-4c0b-9a55-2f1f6a0e4d22"


def database(script: Script) -> Path:
    """The file in which a service's sandbox is kept, the same for every process of the user."""
    return private_dir(state_dir() / "sandbox") / f"{script.extra}.sqlite3"


def reset(service: str) -> None:
    """Throw away what was changed in a sandbox.

    Raises:
        SuiteError: there is no such server or it has no sandbox.
    """
    script = find(service)
    _stand_in(script).reset(database(script))
    typer.echo(f"{service}: the sandbox holds its sample data again ({database(script)})")


def serve(service: str, port: int, *, second_site: bool = False) -> None:
    """Serve a sandbox on 127.0.0.1 until interrupted; prints how to reach it once it answers.

    A vendor's OAuth hosts are played at the same address; `second_site` makes a login open one more site.

    Raises:
        SuiteError: there is no such server, it has no sandbox or no sites, or the port is taken.
    """
    import uvicorn

    script = find(service)
    stand_in = _stand_in(script)
    if second_site and not has_sites(stand_in):
        raise SuiteError(f"--second-site: a login to {script.extra} opens no sites.", status=2)
    listener = listen(port)
    with listener:
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        app: ASGIApp = stand_in.create_app(database(script))
        if has_sites(stand_in):
            app = with_oauth(script, stand_in, url, app, second_site=second_site)
        config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=1)
        for line in introduction(script, stand_in, url):
            typer.echo(line)
        uvicorn.Server(config).run(sockets=[listener])


def with_oauth(
    script: Script,
    stand_in: ModuleType,
    url: str,
    app: ASGIApp,
    *,
    second_site: bool = False,
    authorizations: Authorizations | None = None,
) -> ASGIApp:
    """The sandbox `app`, at `url`, and in front of it the hosts that its vendor's OAuth needs.

    `authorizations` are the logins that were made before; none by default.
    """
    from mcp_suite.sandbox_oauth import AtlassianHosts, SandboxSite

    sites = [SandboxSite(stand_in.CLOUD_ID, url, "PM OS")]
    if second_site:
        sites.append(SandboxSite(SECOND_CLOUD_ID, "https://pm-os-two.sandbox.invalid", "PM OS Two"))
    return AtlassianHosts(
        app,
        product=script.extra,
        sites=sites,
        account=(stand_in.SANDBOX_EMAIL, stand_in.SANDBOX_TOKEN),
        required_scopes=stand_in.required_scopes,
        authorizations=authorizations,
    )


def has_sites(stand_in: ModuleType) -> bool:
    """Whether a stand-in is one of Atlassian's sites, whose OAuth hosts are others; Slack's are its own."""
    return hasattr(stand_in, "CLOUD_ID")


def introduction(script: Script, stand_in: ModuleType, url: str) -> list[str]:
    """The lines that tell a client of any kind how to reach a sandbox at `url`."""
    by_token, by_app = _variables(script, stand_in, url)
    return [
        f"{script.extra} sandbox at {url}",
        "",
        f"For {script.name}, or any other client, with a token:",
        "",
        *(f"  {name}={value}" for name, value in by_token.items()),
        "",
        "or, to log in with OAuth, with an app:",
        "",
        *(f"  {name}={value}" for name, value in by_app.items()),
        "",
        f"Data: {database(script)}. Ctrl+C ends it; `mcp-suite sandbox reset {script.extra}` starts over.",
    ]


def _variables(script: Script, stand_in: ModuleType, url: str) -> tuple[dict[str, str], dict[str, str]]:
    """The variables for a token and those for an app, by the names that the server knows them by."""
    prefix = script.extra.upper()
    if has_sites(stand_in):
        from mcp_suite.sandbox_oauth import CLIENT_ID, CLIENT_SECRET

        place = {f"{prefix}_URL": url}
        token = {f"{prefix}_EMAIL": stand_in.SANDBOX_EMAIL, f"{prefix}_API_TOKEN": stand_in.SANDBOX_TOKEN}
        return {**place, **token}, {**place, f"{prefix}_CLIENT_ID": CLIENT_ID, f"{prefix}_CLIENT_SECRET": CLIENT_SECRET}
    clients = importlib.import_module(f"{stand_in.__name__}.oauth.clients")
    place = {f"{prefix}_API_URL": url}
    return {**place, f"{prefix}_TOKEN": stand_in.SANDBOX_TOKEN}, {
        **place,
        f"{prefix}_CLIENT_ID": clients.PKCE_CLIENT_ID,
    }


def _stand_in(script: Script) -> ModuleType:
    if missing := lacking(script, load(script)):
        raise SuiteError(missing)
    try:
        return importlib.import_module(f"{script.package}.sandbox")
    except ModuleNotFoundError as error:
        raise SuiteError(f"{script.name} has no sandbox ({error.name} is not there)") from error


def listen(port: int) -> socket.socket:
    """A socket on `HOST` that takes connections already, so that its address can be told.

    Raises:
        SuiteError: the port is taken or not allowed.
    """
    # Only with its protocol named is it one for which asyncio turns Nagle's algorithm off; with it on,
    # answers wait 40 ms for an acknowledgement.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":
        # Elsewhere the option would let a second process take the port over.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        raise SuiteError(f"port {port} on {HOST} cannot be used: {error.strerror}. Try --port 0.") from error
    return listener
