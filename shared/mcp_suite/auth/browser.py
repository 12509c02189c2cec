"""The person's browser and terminal while a login waits for consent."""

import os
import sys
import threading
import webbrowser
from contextlib import suppress
from urllib.parse import urlsplit

import anyio
import anyio.from_thread
import anyio.lowlevel
import typer

from mcp_suite.auth.attempt import NOTHING
from mcp_suite.errors import SuiteError

_PATIENCE = 3.0
"""Seconds for a browser to start. One that takes longer is a program that ends when the person closes it."""


def open_page(url: str) -> bool:
    """Open a page in the person's graphical browser; False where there is none that is known to be one."""
    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return False
    if type(found) is webbrowser.GenericBrowser and not os.environ.get("BROWSER"):
        return False  # a browser for the terminal, which would take it over
    opened = [True]

    def run() -> None:
        opened[0] = found.open(url)

    # A daemon: a browser that runs in the foreground must not keep the login from going on or ending.
    thread = threading.Thread(target=run, name="browser", daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    return opened[0]


def show(text: str) -> None:
    """What the login has to tell the person."""
    typer.echo(f"\n{text}")


def elsewhere(redirect_uri: str) -> str:
    """What to do when the browser is on another machine than this."""
    port = urlsplit(redirect_uri).port
    told = "\nThe browser has to come back to this machine. If it is on another one, "
    if not port:  # any free one is taken, at the last moment
        return f"{told}leave with Ctrl+C and give a redirect URI with a port of your choice: --redirect-uri"
    return f"{told}first run there: ssh -L {port}:127.0.0.1:{port} THIS-MACHINE"


async def pasted_address() -> str:
    """The address that the person pastes.

    Raises SuiteError when there is nobody any more.
    """
    typer.echo("Paste it here: ", nl=False)
    lines: list[str] = []
    arrived = anyio.Event()
    loop = anyio.lowlevel.current_token()
    descriptor = sys.stdin.fileno()

    def read() -> None:
        # Not through sys.stdin: a thread that waits in there would keep the process from ending after Ctrl+C.
        line = b""
        with suppress(OSError):
            while not line.endswith(b"\n") and (piece := os.read(descriptor, 16384)):
                line += piece
        lines.append(line.decode(errors="replace"))
        with suppress(RuntimeError):
            anyio.from_thread.run_sync(arrived.set, token=loop)

    threading.Thread(target=read, name="paste", daemon=True).start()
    await arrived.wait()
    if not lines[0]:
        raise SuiteError(NOTHING)
    return lines[0]
