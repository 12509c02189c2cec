"""A sandbox on loopback, in a process of its own, that can be slowed down and asked what it received.

`python -m mcp_suite.bench.service PACKAGE DATABASE [DATA]` prints a line of JSON with its url and the variables of a
server that uses it, and leaves when its standard input ends.
"""

import asyncio
import importlib
import json
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Generator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from mcp_suite.bench.figures import MeasurementError
from mcp_suite.isolated import Isolated
from mcp_suite.sandbox import HOST, listen
from mcp_suite.servers import Script, load

if TYPE_CHECKING:
    import httpx2

CONTROL = "/_bench"
FASTEST = "6000"
"""Requests a minute that are allowed to the server: more than are made."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it arrived: `target` is the path with its query."""

    method: str
    target: str
    body: str

    def about(self, old: str, new: str) -> "Received":
        """The same request about another issue."""
        return Received(self.method, self.target.replace(old, new), self.body.replace(old, new))


class Observed:
    """An app between the network and `inner`: it delays each request and keeps it for whoever asks.

    It can also repeat the last answer to all requests, at no cost, so that nothing but the delay is measured.
    """

    def __init__(self, inner: Application) -> None:
        """Pass everything on at once at first."""
        self._inner = inner
        self._delay = 0.0
        self._repeating = False
        self._last: list[MutableMapping[str, Any]] = []
        self._received: list[dict[str, str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
        elif str(scope["path"]).startswith(CONTROL):
            await self._control(scope, receive, send)
        else:
            body = await _body(receive)
            query = bytes(scope["query_string"]).decode()
            target = str(scope["path"]) + (f"?{query}" if query else "")
            self._received.append({"method": scope["method"], "target": target, "body": body.decode()})
            await asyncio.sleep(self._delay)
            await self._answer(scope, _again(body, receive), send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._repeating:
            for message in self._last:
                await send(message)
            return
        answer: list[MutableMapping[str, Any]] = []

        async def keep(message: MutableMapping[str, Any]) -> None:
            answer.append(message)
            await send(message)

        await self._inner(scope, receive, keep)
        self._last = answer

    async def _control(self, scope: Scope, receive: Receive, send: Send) -> None:
        content = b"{}"
        if scope["method"] == "PUT":
            wanted = json.loads(await _body(receive))
            self._delay, self._repeating = float(wanted["delay"]), bool(wanted["repeating"])
        else:
            content = json.dumps(self._received).encode()
            self._received.clear()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": content})


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """A stream that gives a body that was read already, and then what else comes."""
    left = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> MutableMapping[str, Any]:
        return left.pop() if left else await receive()

    return replay


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

    def delay(self, seconds: float, *, repeating: bool = False) -> None:
        """Let every request wait from now on, and then be answered as the last one was when `repeating`."""
        wanted = {"delay": seconds, "repeating": repeating}
        self.http.put(f"{CONTROL}/pace", json=wanted).raise_for_status()

    def received(self) -> list[Received]:
        """The requests since the last time this was asked."""
        found: list[dict[str, str]] = self.http.get(f"{CONTROL}/requests").raise_for_status().json()
        return [Received(**item) for item in found]

    def send(self, request: Received) -> bytes:
        """Send a request as a plain client does, and answer the body.

        Raises:
            MeasurementError: the service refused it.
        """
        reply = self.http.request(
            request.method, request.target, content=request.body or None, headers=headers_of(request)
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
                raise MeasurementError("the service did not start")
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


def main(package: str, database: str, data: str = "") -> None:
    """Serve until the standard input ends."""
    import uvicorn

    stand_in = importlib.import_module(f"{package}.sandbox")
    app = Observed(stand_in.create_app(Path(database), **({"data": data} if data else {})))
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
