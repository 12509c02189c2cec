"""What stands between a service and its clients: it delays requests, keeps them, and can answer them again."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx2

CONTROL = "/_bench"
AGAIN = "x-bench-again"
"""The header of a request that is made a second time: the number of the first."""

_TIMER = 0.002
"""Seconds by which an event loop's timer may be late."""
_OF_A_CONNECTION = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"host"})

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it arrived: `target` is the path with its query; bytes of `body` that are no UTF-8 are surrogates.

    `number` counts requests, `status` is that of the answer; `arrived` and `answered` are moments of the clock that
    all processes share.
    """

    method: str
    target: str
    body: str
    number: int = 0
    status: int = 0
    arrived: float = 0.0
    answered: float = 0.0

    @property
    def content(self) -> bytes:
        """The body as it was sent."""
        return self.body.encode("utf-8", "surrogateescape")

    def about(self, old: str, new: str) -> "Received":
        """The same request about another thing."""
        return Received(self.method, self.target.replace(old, new), self.body.replace(old, new))


@dataclass(frozen=True, slots=True)
class _Exchange:
    request: Received
    answer: list[Message]


class Observed:
    """An app between the network and `inner`: it delays each request and keeps it for whoever asks.

    A request with the header `AGAIN` is answered as that one was, after the same time, and `inner` hears nothing of
    it: so even what cannot be done twice can be asked for twice. That holds for those last asked for.
    """

    def __init__(self, inner: Application) -> None:
        """Pass everything on at once at first."""
        self._inner = inner
        self._delay = 0.0
        self._count = 0
        self._new: list[_Exchange] = []
        self._told: dict[str, _Exchange] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        arrived = time.perf_counter()
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        if str(scope["path"]).startswith(CONTROL):
            await self._control(scope, receive, send)
            return
        again = dict(scope["headers"]).get(AGAIN.encode())
        body = await _body(receive)
        if again is not None:
            await self._repeat(self._told[again.decode()], arrived, send)
            return
        await asyncio.sleep(self._delay)
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)
            if not message.get("more_body", message["type"] == "http.response.start"):
                self._note(scope, body, arrived, answer)
            await send(message)

        await self._inner(scope, _with(body, receive), keep)

    def _note(self, scope: Scope, body: bytes, arrived: float, answer: list[Message]) -> None:
        self._count += 1
        text = body.decode("utf-8", "surrogateescape")
        request = Received(
            scope["method"], _target(scope), text, self._count, answer[0]["status"], arrived, time.perf_counter()
        )
        self._new.append(_Exchange(request, answer))

    @staticmethod
    async def _repeat(exchange: _Exchange, arrived: float, send: Send) -> None:
        until = arrived + exchange.request.answered - exchange.request.arrived
        await asyncio.sleep(max(0.0, until - time.perf_counter() - _TIMER))
        while time.perf_counter() < until:  # noqa: ASYNC110 - a timer is not that exact
            await asyncio.sleep(0)
        for message in exchange.answer:
            await send(message)

    async def _control(self, scope: Scope, receive: Receive, send: Send) -> None:
        content = b"{}"
        if scope["method"] == "PUT":
            self._delay = float(json.loads(await _body(receive))["delay"])
        else:
            content = json.dumps([asdict(exchange.request) for exchange in self._new]).encode()
            self._told = {str(exchange.request.number): exchange for exchange in self._new}
            self._new = []
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": content})


class Forwarding:
    """An app that passes requests on to a service at an address, and its answers back as they are."""

    def __init__(self, url: str) -> None:
        """Connect to nothing yet."""
        self._url = url
        self._http: httpx2.AsyncClient | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        import httpx2

        if scope["type"] != "http":
            await _lifespan(receive, send)
            return
        if self._http is None:
            self._http = httpx2.AsyncClient(base_url=self._url, trust_env=False, timeout=120)
        request = self._http.build_request(
            scope["method"],
            _target(scope),
            content=await _body(receive),
            headers=[pair for pair in scope["headers"] if pair[0] not in _OF_A_CONNECTION],
        )
        reply = await self._http.send(request, stream=True)
        content = b"".join([part async for part in reply.aiter_raw()])
        headers = [(name.lower(), value) for name, value in reply.headers.raw if name.lower() not in _OF_A_CONNECTION]
        await send({"type": "http.response.start", "status": reply.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": content})


async def _lifespan(receive: Receive, send: Send) -> None:
    while (message := await receive())["type"] != "lifespan.shutdown":
        await send({"type": f"{message['type']}.complete"})
    await send({"type": "lifespan.shutdown.complete"})


def _target(scope: Scope) -> str:
    path = bytes(scope.get("raw_path") or str(scope["path"]).encode()).decode()
    query = bytes(scope["query_string"]).decode()
    return f"{path}?{query}" if query else path


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _with(body: bytes, receive: Receive) -> Receive:
    """A stream that gives a body that was read already, and then what else comes."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return left.pop() if left else await receive()

    return replay
