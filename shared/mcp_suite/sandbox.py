"""Serving a server's sandbox on loopback, and bringing it back to its sample data."""

from __future__ import annotations

import importlib
import inspect
import os
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import anyio
import typer

from connector_kit.paths import private_dir, state_dir
from mcp_suite.errors import SuiteError
from mcp_suite.servers import Script, find, lacking, load

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from connector_kit.testing.authorizations import Authorizations
    from mcp_suite.sandbox_oauth import SandboxSite

HOST = "127.0.0.1"
PATIENCE = 2.0
"""Seconds after which it is told what takes long."""


def kept_in(script: Script, stand_in: ModuleType, data: str = "") -> Path:
    """The file or folder in which a service's sandbox is kept, the same for every process of the user.

    `data` other than the usual has one of its own.
    """
    name = f"{script.extra}-{data}" if data else script.extra
    return private_dir(state_dir() / "sandbox") / (name if is_a_process(stand_in) else f"{name}.sqlite3")


def reset(service: str, data: str = "") -> None:
    """Throw away what was changed in a sandbox.

    Raises:
        SuiteError: there is no such server, it has no sandbox, or no such data.
    """
    script = find(service)
    stand_in = stand_in_of(script)
    data = _unusual(script, stand_in, data)
    path = kept_in(script, stand_in, data)
    if not data or path.exists():
        if inspect.iscoroutinefunction(stand_in.reset):
            run_or_tell(stand_in, lambda: anyio.run(stand_in.reset, path))
        else:
            stand_in.reset(path)
    typer.echo(f"{service}: the sandbox holds its sample data again ({path})")


def serve(service: str, port: int, *, data: str = "", second_site: bool = False) -> None:
    """Serve a sandbox on 127.0.0.1 until interrupted; prints how to reach it once it answers.

    A vendor's OAuth hosts are played at the same address; `second_site` makes a login open one more site. `data` is
    what the sandbox is filled with, where it has a choice.

    Raises:
        SuiteError: there is no such server, it has no sandbox, no such data or no sites, the port is taken, or the
            sandbox cannot be started.
    """
    script = find(service)
    stand_in = stand_in_of(script)
    if second_site and not has_sites(stand_in):
        raise SuiteError(f"--second-site: a login to {script.extra} opens no sites.", status=2)
    data = _unusual(script, stand_in, data)
    if is_a_process(stand_in):
        _keep_running(script, stand_in, port, data)
    else:
        _serve_app(script, stand_in, port, data, second_site=second_site)


def _keep_running(script: Script, stand_in: ModuleType, port: int, data: str) -> None:
    """Serve a sandbox that is a process of its own."""

    def started(url: str) -> None:
        for line in introduction(script, stand_in, url, data):
            typer.echo(line)
        if port not in (0, urlsplit(url).port):
            typer.echo("It ran already, for somebody else, and keeps its port.")

    async def keep() -> None:
        await stand_in.serve(kept_in(script, stand_in, data), port, started, progress=typer.echo)

    with suppress(KeyboardInterrupt):
        run_or_tell(stand_in, lambda: anyio.run(keep))


def prepare(script: Script, say: Callable[[str], None]) -> None:
    """Fetch what a sandbox needs besides what is installed, unless it is there; `say` is told when it takes a while.

    Raises:
        SuiteError: it cannot be had.
    """
    stand_in = stand_in_of(script)
    fetch: Callable[[], None] | None = getattr(stand_in, "fetch", None)
    if fetch is None:
        return
    patience = threading.Timer(PATIENCE, say, ["Fetching the packages of its sandbox; this is done once."])
    patience.daemon = True
    patience.start()
    try:
        run_or_tell(stand_in, fetch)
    finally:
        patience.cancel()


def run_or_tell(stand_in: ModuleType, run: Callable[[], None]) -> None:
    """Run something of a sandbox. Raises SuiteError when that says why it cannot."""
    unavailable: type[Exception] = stand_in.SandboxUnavailable
    try:
        run()
    except unavailable as error:
        raise SuiteError(f"{error} {getattr(error, 'next_step', '')}".rstrip()) from error


def _serve_app(script: Script, stand_in: ModuleType, port: int, data: str, *, second_site: bool) -> None:
    """Serve a sandbox that is an ASGI app."""
    import uvicorn

    listener = listen(port)
    with listener:
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        chosen = {"data": data} if data else {}
        app: ASGIApp = stand_in.create_app(kept_in(script, stand_in, data), **chosen)
        if has_sites(stand_in):
            app = with_oauth(script, stand_in, url, app, second_site=second_site)
        config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=1)
        for line in introduction(script, stand_in, url, data, second_site=second_site):
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
    """The sandbox `app`, at `url`, and in front of it Atlassian's hosts that a login needs.

    `authorizations` are the logins that were made before; none by default.
    """
    from mcp_suite.sandbox_oauth import AtlassianHosts, SandboxSite

    sites = [SandboxSite(stand_in.CLOUD_ID, url, "PM OS")]
    if second_site:
        sites.append(_second_site(script, stand_in))
    return AtlassianHosts(
        app,
        product=script.extra,
        sites=sites,
        account=(stand_in.SANDBOX_EMAIL, stand_in.SANDBOX_TOKEN),
        required_scopes=stand_in.required_scopes,
        authorizations=authorizations,
    )


def _second_site(script: Script, stand_in: ModuleType) -> SandboxSite:
    """The other site of the same people, with data of its own."""
    from mcp_suite.sandbox_oauth import SandboxSite

    known: Mapping[str, str] = stand_in.SITES
    url, data = list(known.items())[1]
    app: ASGIApp = stand_in.create_app(kept_in(script, stand_in, data), site_url=url, data=data)
    return SandboxSite(stand_in.SECOND_CLOUD_ID, url, data.capitalize(), app)


def is_a_process(stand_in: ModuleType) -> bool:
    """Whether a stand-in is a process of its own, and no ASGI app."""
    return not hasattr(stand_in, "create_app")


def has_sites(stand_in: ModuleType) -> bool:
    """Whether a stand-in is one of Atlassian's sites, whose OAuth hosts are others; else it plays its vendor's own."""
    return hasattr(stand_in, "CLOUD_ID")


def introduction(
    script: Script, stand_in: ModuleType, url: str, data: str = "", *, second_site: bool = False
) -> list[str]:
    """The lines that tell a client of any kind how to reach a sandbox at `url`."""
    lines = [f"{script.extra} sandbox at {url}, for {script.name} or any other client.", ""]
    ways: dict[str, Mapping[str, str]] = stand_in.ways_in(url)
    if has_sites(stand_in):
        from mcp_suite.sandbox_oauth import CLIENT_ID, CLIENT_SECRET

        prefix = script.extra.upper()
        app = {f"{prefix}_URL": url, f"{prefix}_CLIENT_ID": CLIENT_ID, f"{prefix}_CLIENT_SECRET": CLIENT_SECRET}
        ways = {**ways, "To log in in the browser, with an app": app}
        if second_site:
            both = {**app, f"{prefix}_SITES": list(stand_in.SITES)[1]}
            ways["With that app, on both sites that the login opens"] = both
    for way, variables in ways.items():
        lines += [f"{way}:", "", *(f"  {name}={value}" for name, value in variables.items()), ""]
    again = f"mcp-suite sandbox reset {script.extra}" + (f" --data {data}" if data else "")
    if second_site:
        second = list(stand_in.SITES.values())[1]
        lines.append(
            f"The second site's data: {kept_in(script, stand_in, second)}, with --data {second} to start over."
        )
    return [*lines, f"Data: {kept_in(script, stand_in, data)}. Ctrl+C ends it; `{again}` starts over."]


def stand_in_of(script: Script) -> ModuleType:
    """A server's sandbox package.

    It has `create_app(database, …)`, `reset(database)` and `ways_in(url)`; `DATA`, the usual first, if `create_app`
    can fill it with different `data`; `CLOUD_ID` and `required_scopes(method, path)` if it is a site of Atlassian's,
    and `SITES`, their data by address, with the `SECOND_CLOUD_ID` of the other.

    One that cannot be an app in our process has, in the place of `create_app`, the coroutine
    `serve(folder, port, started, *, progress)`, which tells `started` its address once it answers and goes on until
    it is cancelled, a coroutine `reset(folder)`, and `SandboxUnavailable`, which both raise with a `next_step`.

    Raises:
        SuiteError: it has none, or what it needs is not installed.
    """
    if missing := lacking(script, load(script)):
        raise SuiteError(missing)
    try:
        return importlib.import_module(f"{script.package}.sandbox")
    except ModuleNotFoundError as error:
        raise SuiteError(f"{script.name} has no sandbox ({error.name} is not there)") from error


def _unusual(script: Script, stand_in: ModuleType, data: str) -> str:
    """The data that was asked for, empty for the usual; raises SuiteError for one that there is not."""
    known: Sequence[str] = getattr(stand_in, "DATA", ("sample",))
    if data and data not in known:
        raise SuiteError(f"--data: the sandbox of {script.extra} has {', '.join(known)}.", status=2)
    return "" if data == known[0] else data


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
