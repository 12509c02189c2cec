"""Serving a server's sandbox on loopback, and bringing it back to its sample data."""

import importlib
import os
import socket
from pathlib import Path
from types import ModuleType

import typer

from connector_kit.paths import private_dir, state_dir
from mcp_suite.errors import SuiteError
from mcp_suite.servers import Script, find, lacking, load

HOST = "127.0.0.1"


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


def serve(service: str, port: int) -> None:
    """Serve a sandbox on 127.0.0.1 until interrupted; prints how to reach it once it answers.

    Raises:
        SuiteError: there is no such server, it has no sandbox, or the port is taken.
    """
    import uvicorn

    script = find(service)
    stand_in = _stand_in(script)
    listener = listen(port)
    with listener:
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        app = stand_in.create_app(database(script))
        config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=1)
        for line in introduction(script, url, stand_in.SANDBOX_EMAIL, stand_in.SANDBOX_TOKEN):
            typer.echo(line)
        uvicorn.Server(config).run(sockets=[listener])


def introduction(script: Script, url: str, email: str, token: str) -> list[str]:
    """The lines that tell a client of any kind how to reach a sandbox at `url`."""
    prefix = script.extra.upper()
    return [
        f"{script.extra} sandbox at {url}",
        "",
        f"  sign in (HTTP Basic)   {email}",
        f"  with the token         {token}",
        "",
        f"For {script.name}, or any other client:",
        "",
        f"  {prefix}_URL={url}",
        f"  {prefix}_EMAIL={email}",
        f"  {prefix}_API_TOKEN={token}",
        "",
        f"Data: {database(script)}. Ctrl+C ends it; `mcp-suite sandbox reset {script.extra}` starts over.",
    ]


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
