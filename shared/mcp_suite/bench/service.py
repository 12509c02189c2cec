"""A sandbox on loopback, in a process of its own, that can be slowed down and asked what it received.

`python -m mcp_suite.bench.service PACKAGE DATABASE [DATA]` prints a line of JSON with its url and the variables of a
server that uses it, and leaves when its standard input ends.
"""

import asyncio
import importlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import IO, TYPE_CHECKING, Any, cast

from mcp_suite.bench.figures import MeasurementError
from mcp_suite.bench.observed import CONTROL, Application, Forwarding, Observed, Received
from mcp_suite.isolated import Isolated
from mcp_suite.sandbox import HOST, is_a_process, listen
from mcp_suite.servers import Script, load

if TYPE_CHECKING:
    import httpx2

FASTEST = "6000"
"""Requests a minute that are allowed to the server: more than are made."""
STAND_IN_SECONDS = 200.0
"""How long a stand-in that is a process of its own may take to start."""


@dataclass(frozen=True, slots=True)
class Service:
    """A running service: where it is, how a server signs in to it, and a plain HTTP client.

    That client is signed in where the service takes an e-mail address and a token; `auth` are these.
    """

    script: Script
    url: str
    signing_in: Mapping[str, str]
    auth: tuple[str, str]
    http: "httpx2.Client"

    def variables(self) -> dict[str, str]:
        """The environment of a server that uses this service and is not slowed by its own rate limit."""
        settings = load(self.script).settings
        own = {settings.variable("access"): "write"}
        if "requests_per_minute" in settings.model_fields:
            own[settings.variable("requests_per_minute")] = FASTEST
        return {**self.signing_in, **own}

    def delay(self, seconds: float) -> None:
        """Let every request wait from now on before it is answered."""
        self.http.put(f"{CONTROL}/pace", json={"delay": seconds}).raise_for_status()

    def received(self) -> list[Received]:
        """The requests since the last time this was asked."""
        found: list[dict[str, Any]] = self.http.get(f"{CONTROL}/requests").raise_for_status().json()
        return [Received(**item) for item in found]

    def send(self, request: Received) -> bytes:
        """Send a request as a plain client does, and answer the body.

        Raises:
            MeasurementError: the service refused it.
        """
        reply = self.http.request(
            request.method, request.target, content=request.content or None, headers=headers_of(request)
        )
        if reply.status_code >= 400:
            raise MeasurementError(f"{request.method} {request.target}: {reply.status_code} {reply.text[:200]}")
        return reply.content


def headers_of(request: Received) -> dict[str, str]:
    """What a plain client says about a request."""
    return {"accept": "application/json", **({"content-type": "application/json"} if request.body else {})}


@contextmanager
def running(script: Script, place: Isolated, *, data: str = "") -> Generator[Service]:
    """Start a service for the time of the context, filled with `data` if not with the usual.

    Raises:
        MeasurementError: it did not start.
    """
    import httpx2

    database = str(place.folder / "service.sqlite3")
    command = [sys.executable, "-m", "mcp_suite.bench.service", script.package, database, data]
    with (
        place.errors.open("ab") as errors,
        subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=place.environment,
            cwd=place.folder,
        ) as process,
    ):
        try:
            line = cast("IO[bytes]", process.stdout).readline()
            if not line:
                raise MeasurementError(f"the service did not start: {place.tail()}".rstrip(": "))
            about: dict[str, Any] = json.loads(line)
            variables: dict[str, str] = about["variables"]
            prefix = script.extra.upper()
            auth = (variables.get(f"{prefix}_EMAIL", ""), variables.get(f"{prefix}_API_TOKEN", ""))
            with httpx2.Client(base_url=about["url"], auth=auth, trust_env=False, timeout=30) as http:
                yield Service(script, about["url"], variables, auth, http)
        finally:
            cast("IO[bytes]", process.stdin).close()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def _app(stand_in: ModuleType, database: Path, data: str) -> Application:
    if not is_a_process(stand_in):
        return stand_in.create_app(database, **({"data": data} if data else {}))
    found: queue.Queue[str] = queue.Queue()
    serving = threading.Thread(target=lambda: asyncio.run(stand_in.serve(database, 0, found.put)), daemon=True)
    serving.start()
    return Forwarding(found.get(timeout=STAND_IN_SECONDS))


def main(package: str, database: str, data: str = "") -> None:
    """Serve until the standard input ends."""
    import uvicorn

    stand_in = importlib.import_module(f"{package}.sandbox")
    app = Observed(_app(stand_in, Path(database), data))
    listener = listen(0)
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)

    def leave_with_parent() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=leave_with_parent, daemon=True).start()
    url = f"http://{HOST}:{listener.getsockname()[1]}"
    about = {"url": url, "variables": next(iter(stand_in.ways_in(url).values()))}
    sys.stdout.write(f"{json.dumps(about)}\n")
    sys.stdout.flush()
    server.run(sockets=[listener])


if __name__ == "__main__":
    main(*sys.argv[1:4])
