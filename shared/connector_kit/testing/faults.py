"""A loopback server that misbehaves on request: the faults that every client must survive.

    async with FaultServer() as server:
        server.queue("/rest/api/3/issue/A-1", Fault(503, headers={"Retry-After": "1"}), Fault.json({"key": "A-1"}))
        ... call the client with base_url=server.url ...
        assert [request.method for request in server.requests] == ["GET", "GET"]

It speaks HTTP/1.1 on plain TCP, so that it can also break off in the middle of a body. It needs no pytest.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import struct
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from types import TracebackType
from typing import Literal, Self
from urllib.parse import parse_qsl, unquote

from connector_kit.policy import HttpPolicy

Cut = Literal["", "accept", "before_answer", "reset", "mid_body"]
"""Where the connection is dropped: nowhere, right after accept, after the request was read (closed in order, or
reset), in the middle of the body."""

HTML = b"<!DOCTYPE html><html><head><title>Log in</title></head><body><h1>Please log in</h1></body></html>"
"""The page that proxies and login walls send instead of JSON."""

GARBAGE = bytes(range(128, 256)) * 4
"""Bytes that are neither text nor JSON."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One answer of the server, healthy or not; times in seconds.

    `header_delay` waits before the status line. `drip` sends the body byte by byte with this pause between.
    `cut` drops the connection; "accept" is only seen by a new connection, and only in the queue for any path.
    `close` ends the connection after a complete answer and announces it, `hang_up` does so unannounced.
    `raw` is sent as it is instead of an HTTP answer.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    header_delay: float = 0.0
    drip: float = 0.0
    cut: Cut = ""
    close: bool = False
    hang_up: bool = False
    raw: bytes | None = None

    @classmethod
    def json(cls, value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Self:
        """An answer with `value` as its JSON body."""
        body = json.dumps(value).encode()
        return cls(status, body, {"Content-Type": "application/json", **(headers or {})})

    @classmethod
    def html(cls, status: int = 200) -> Self:
        """A web page where JSON is due."""
        return cls(status, HTML, {"Content-Type": "text/html; charset=utf-8"})

    @classmethod
    def garbage(cls) -> Self:
        """Bytes that claim to be JSON."""
        return cls(200, GARBAGE, {"Content-Type": "application/json"})

    @classmethod
    def truncated_gzip(cls) -> Self:
        """A compressed JSON body that ends too early, though its length is announced as complete."""
        whole = gzip.compress(json.dumps({"text": [str(number) for number in range(500)]}).encode())
        return cls(200, whole[: len(whole) // 2], {"Content-Type": "application/json", "Content-Encoding": "gzip"})

    @classmethod
    def redirect(cls, location: str, status: int = 302) -> Self:
        """A redirect to `location`."""
        return cls(status, b"", {"Location": location})

    @classmethod
    def large(cls, size: int = 10 * 1024 * 1024) -> Self:
        """A JSON text of `size` bytes."""
        return cls(200, b'"' + b"x" * (size - 2) + b'"', {"Content-Type": "application/json"})

    def slow_headers(self, seconds: float) -> Self:
        """The same answer, its status line after `seconds`."""
        return replace(self, header_delay=seconds)

    def slow_body(self, seconds: float) -> Self:
        """The same answer, with `seconds` before each byte of its body."""
        return replace(self, drip=seconds)

    def dropped(self, where: Cut) -> Self:
        """The same answer, with the connection dropped at `where`."""
        return replace(self, cut=where)

    def head(self) -> bytes:
        """The status line and headers as they go over the wire."""
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Unknown"
        headers = {"Content-Length": str(len(self.body)), **self.headers}
        if self.close:
            headers["Connection"] = "close"
        lines = [f"HTTP/1.1 {self.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """A request as it arrived. `path` and `query` are decoded, `target` is not; header names in lower case."""

    method: str
    target: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> object:
        """The body read as JSON; ValueError if it is none."""
        value: object = json.loads(self.body)
        return value


Answering = Callable[[ReceivedRequest], Awaitable[Fault]]
"""Makes an answer of a request; cancelled when the client goes away meanwhile."""


class FaultServer:
    """The server; an async context manager. `url` is its address, `requests` all that arrived so far.

    Answers come from the queue of the path (`queue`), then from the queue for any path (`queue("*", …)`), then
    from `answering`, where given, else from `default`. `disconnects` counts clients that went away before their
    answer was complete, `connections` the connections accepted.
    """

    def __init__(self, default: Fault | None = None, *, answering: Answering | None = None) -> None:
        self.default = default or Fault.json({})
        self._answering = answering
        self.requests: list[ReceivedRequest] = []
        self.disconnects = 0
        self.connections = 0
        self._queues: dict[str, deque[Fault]] = {}
        self._changed = asyncio.Condition()
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._port = 0

    @property
    def url(self) -> str:
        """The address without a slash at its end, like http://127.0.0.1:40123."""
        return f"http://127.0.0.1:{self._port}"

    def queue(self, path: str, *answers: Fault) -> None:
        """Answer the next requests to the decoded `path` (or "*": any) with these, one each, in order."""
        self._queues.setdefault(path, deque()).extend(answers)

    def pending(self) -> int:
        """How many queued answers nobody has asked for yet."""
        return sum(len(answers) for answers in self._queues.values())

    async def wait_for_requests(self, count: int, timeout: float = 5.0) -> None:
        """Return when at least `count` requests arrived; TimeoutError after `timeout` seconds."""
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(lambda: len(self.requests) >= count)

    async def wait_for_disconnects(self, count: int = 1, timeout: float = 5.0) -> None:
        """Return when at least `count` clients went away early; TimeoutError after `timeout` seconds."""
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(lambda: self.disconnects >= count)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=1024 * 1024)
        self._port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        connections = list(self._connections.items())
        for task, writer in connections:
            task.cancel()
            writer.transport.abort()
        await asyncio.gather(*(task for task, _ in connections), return_exceptions=True)
        await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections[task] = writer
        task.add_done_callback(self._connections.pop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self._drops_on_accept():
                return
            first: bytes | None = b""
            while first is not None:
                first = await self._exchange(reader, writer, first)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client closed a connection that it no longer needs
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, first: bytes) -> bytes | None:
        """One request and its answer; `first` is what was read of the request already.

        Returns what was read of the next request, or None if the connection ends here.
        """
        request = await _read_request(reader, first)
        async with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
        # A client sends nothing before its answer is complete, so that this read ends early only if it leaves.
        gone = asyncio.create_task(reader.read(1))
        answer = asyncio.create_task(self._respond(request, writer))
        try:
            await asyncio.wait({gone, answer}, return_when=asyncio.FIRST_COMPLETED)
            left = gone.done() and (gone.exception() is not None or not gone.result())
            if not left:
                await asyncio.wait({answer})
            if not answer.done() or answer.exception() is not None:
                await self._note_disconnect()
                return None
            goes_on = answer.result()
        finally:
            for task in (gone, answer):
                task.cancel()
            await asyncio.gather(gone, answer, return_exceptions=True)
        if not goes_on:
            return None
        return b"" if gone.cancelled() else gone.result()

    async def _respond(self, request: ReceivedRequest, writer: asyncio.StreamWriter) -> bool:
        fault = self._queued(request.path)
        if fault is None:
            fault = await self._answering(request) if self._answering else self.default
        return await _answer(fault, request.method, writer)

    async def _note_disconnect(self) -> None:
        async with self._changed:
            self.disconnects += 1
            self._changed.notify_all()

    def _drops_on_accept(self) -> bool:
        answers = self._queues.get("*")
        if answers and answers[0].cut == "accept":
            answers.popleft()
            return True
        return not answers and self.default.cut == "accept"

    def _queued(self, path: str) -> Fault | None:
        for name in (path, "*"):
            if answers := self._queues.get(name):
                return answers.popleft()
        return None


async def _read_request(reader: asyncio.StreamReader, first: bytes) -> ReceivedRequest:
    head = first + await reader.readuntil(b"\r\n\r\n")
    start, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _ = start.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    raw_path, _, raw_query = target.partition("?")
    query = tuple(parse_qsl(raw_query, keep_blank_values=True))
    return ReceivedRequest(method, target, unquote(raw_path), query, headers, body)


async def _answer(fault: Fault, method: str, writer: asyncio.StreamWriter) -> bool:
    """Send the answer; returns whether the connection goes on."""
    await asyncio.sleep(fault.header_delay)
    if fault.cut == "reset":
        # A zero linger time makes the kernel send RST instead of FIN.
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
    if fault.cut in ("accept", "before_answer", "reset"):
        return False
    if fault.raw is not None:
        writer.write(fault.raw)
        await writer.drain()
        return False
    writer.write(fault.head())
    body = b"" if method == "HEAD" else fault.body
    if fault.cut == "mid_body":
        body = body[: len(body) // 2]
    if fault.drip:
        for position in range(len(body)):
            await asyncio.sleep(fault.drip)
            writer.write(body[position : position + 1])
            await writer.drain()
    else:
        writer.write(body)
        await writer.drain()
    return fault.cut == "" and not fault.close and not fault.hang_up


@dataclass(frozen=True, slots=True)
class FaultCase:
    """A named fault with the error kinds that a client must make of it.

    `read_kind` is for a request that may be repeated, `write_kind` for one that must not.
    `repeated` says whether a read is tried again; a write is never sent twice unless `write_repeated`.
    """

    name: str
    answer: Fault
    read_kind: str
    write_kind: str
    repeated: bool = False
    write_repeated: bool = False


def fault_cases(field_errors: object = None, *, slow: float = 5.0, large: int = 10 * 1024 * 1024) -> list[FaultCase]:
    """The faults that every tool of every server is tested with.

    `field_errors` is the vendor's JSON body of a 400 that names fields. `slow` (seconds) must exceed the read
    timeout of the client's policy, `large` (bytes) its `max_body`; `QUICK` suits both defaults.
    """

    def status(code: int, read: str, write: str = "", **headers: str) -> FaultCase:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = {"message": f"This is the service's explanation of {code}."}
        answer = Fault.json(field_errors if code == 400 and field_errors is not None else body, code, named)
        label = f"{code} with {', '.join(named)}" if named else str(code)
        passing = code in (500, 502, 503, 504)
        refused = code == 429 or (code == 503 and bool(named))
        return FaultCase(label, answer, read, write or read, passing or refused, refused)

    healthy = Fault.json({"ok": True, "filler": "x" * 200})
    unknown = "outcome_unknown"
    return [
        status(400, "invalid_input"),
        status(401, "not_authenticated"),
        status(403, "not_permitted"),
        status(404, "not_found"),
        status(409, "conflict"),
        status(410, "not_found"),
        status(413, "invalid_input"),
        status(422, "invalid_input"),
        status(429, "rate_limited"),
        status(429, "rate_limited", Retry_After="0"),
        status(500, "unavailable", unknown),
        status(502, "unavailable", unknown),
        status(503, "unavailable", unknown),
        status(503, "unavailable", Retry_After="0"),
        status(504, "unavailable", unknown),
        FaultCase("slow headers", healthy.slow_headers(slow), "timed_out", unknown, repeated=True),
        FaultCase("slow body", healthy.slow_body(0.02), "timed_out", unknown),
        FaultCase("dropped before the answer", healthy.dropped("before_answer"), "unavailable", unknown, repeated=True),
        FaultCase("reset", healthy.dropped("reset"), "unavailable", unknown, repeated=True),
        FaultCase("dropped mid-body", healthy.dropped("mid_body"), "unavailable", unknown, repeated=True),
        FaultCase("HTML instead of JSON", Fault.html(), "bad_answer", "bad_answer"),
        FaultCase("garbage instead of JSON", Fault.garbage(), "bad_answer", "bad_answer"),
        FaultCase("truncated gzip", Fault.truncated_gzip(), "bad_answer", "bad_answer"),
        FaultCase("10 MB answer", Fault.large(large), "bad_answer", "bad_answer"),
    ]


QUICK = HttpPolicy(
    base_delay=0.001,
    max_delay=0.004,
    connect_timeout=5.0,
    read_timeout=0.5,
    total_timeout=2.5,
    requests_per_minute=1_000_000,
    breaker_failures=1_000,
    max_body=8 * 1024 * 1024,
)
"""A policy for fault tests: the same rules as in production, with waits of milliseconds."""
