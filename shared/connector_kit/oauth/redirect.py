"""The one-shot listener that a login's browser comes back to (RFC 8252, 7.3), and the pages it shows."""

from __future__ import annotations

import errno
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from html import escape
from http import HTTPStatus
from urllib.parse import SplitResult, parse_qsl, urlsplit

import anyio
from anyio.abc import SocketAttribute, SocketStream

from connector_kit.errors import NotConfigured
from connector_kit.oauth.pkce import same

_LOOPBACK = ("127.0.0.1", "localhost")
_LONGEST_HEAD = 16 * 1024
_PATIENCE = 10.0  # seconds for a request to arrive whole: browsers open connections that they do not use
_CLIENTS = 20  # at once
_VERDICT = 60.0  # seconds that the browser waits for the exchange of its code

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width">
<style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1rem;color:#222}}
h1{{font-size:1.5rem}}@media(prefers-color-scheme:dark){{body{{background:#181818;color:#ddd}}}}</style></head>
<body><h1>{title}</h1><p>{text}</p></body></html>
"""
_HEADERS = (
    "Content-Type: text/html; charset=utf-8",
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy: no-referrer",
    "Cache-Control: no-store",
    "X-Content-Type-Options: nosniff",
    "Connection: close",
)


def checked_redirect(redirect_uri: str, variable: str) -> SplitResult:
    """The parts of a redirect URI: http on this machine, or https anywhere.

    Raises NotConfigured naming `variable` for any other.
    """
    try:
        parts = urlsplit(redirect_uri)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable, parts = False, urlsplit("")
    if not usable or parts.query or parts.fragment or parts.username is not None or parts.password is not None:
        raise NotConfigured(
            f"{variable} is not an address that a browser can come back to.",
            next_step="Expected the very redirect URI of the app, like http://localhost:8765/callback.",
        )
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise NotConfigured(
            f"{variable} would send the login unencrypted, or to an address that is not listened on.",
            next_step="Expected http://localhost:PORT/… or http://127.0.0.1:PORT/…, or an https address.",
        )
    return parts


class RedirectListener:
    """Waits on 127.0.0.1 for the answer to one login; made by `listening`.

    `redirect_uri` is what the vendor is told: the configured one, with the port in it that was taken.
    """

    def __init__(self, port: int, parts: SplitResult, state: str) -> None:
        self._path = parts.path or "/"
        self._state = state
        self._hosts = tuple(f"{host}:{port}" for host in _LOOPBACK)
        self._answer: Mapping[str, str] | None = None
        self._answered = anyio.Event()
        self._verdict = _page(200, "Received", "The login goes on in the terminal.")
        self._decided = anyio.Event()
        self._told = anyio.Event()
        self._limiter = anyio.CapacityLimiter(_CLIENTS)
        self.redirect_uri = parts._replace(netloc=f"{parts.hostname}:{port}").geturl()

    async def answer(self) -> Mapping[str, str]:
        """The parameters of the first answer with the right state: a code, or the vendor's error."""
        await self._answered.wait()
        assert self._answer is not None
        return self._answer

    async def show(self, title: str, text: str, *, worked: bool) -> None:
        """Tell the browser how the login ended, if it is waiting, and return when it has been told."""
        self._verdict = _page(200 if worked else 400, title, text)
        self._decided.set()
        if self._answer is not None:
            with anyio.move_on_after(_PATIENCE):
                await self._told.wait()

    async def serve(self, stream: SocketStream) -> None:
        """Answer one connection. Never raises for what the other side does."""
        async with self._limiter, stream:
            with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream):
                head = ""
                with anyio.move_on_after(_PATIENCE):
                    head = await _read_head(stream)
                if not head:
                    return
                refusal = self._judge(head)
                if refusal is not None:
                    await stream.send(refusal)
                    return
                try:
                    with anyio.move_on_after(_VERDICT):
                        await self._decided.wait()
                    await stream.send(self._verdict)
                finally:
                    self._told.set()

    def _judge(self, head: str) -> bytes | None:
        """The page that refuses a request, or None if it is the answer that the login waits for."""
        lines = head.split("\r\n")
        method, _, rest = lines[0].partition(" ")
        target, _, _ = rest.partition(" ")
        if method != "GET":
            return _page(405, "Not here", "Only a browser's visit is expected.")
        path, _, query = target.partition("?")
        if path != self._path:
            return _page(404, "Nothing here", "This address is not part of the login.")
        host = next((line[5:].strip().lower() for line in lines if line.lower().startswith("host:")), "")
        answer = read_answer(query, self._state) if host in self._hosts else None
        if answer is None:
            return _page(400, "Not accepted", "This answer does not belong to the login that is waiting.")
        if self._answer is not None:
            return _page(409, "Already used", "The login has had its answer. You can close this window.")
        self._answer = answer
        self._answered.set()
        return None


def read_answer(query: str, state: str) -> Mapping[str, str] | None:
    """The parameters of an answer, or None unless it has the right state and one code or one error."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=30)
    except ValueError:
        return None
    answer = dict(pairs)
    right = same(answer.get("state", ""), state)
    if not right or len(answer) != len(pairs) or bool(answer.get("code")) == bool(answer.get("error")):
        return None
    return answer


@asynccontextmanager
async def listening(parts: SplitResult, state: str, variable: str) -> AsyncGenerator[RedirectListener]:
    """Listen at a loopback redirect URI, on 127.0.0.1 alone, until the block ends; then the port is free again.

    Raises NotConfigured naming `variable` for a port that is taken or may not be listened on.
    """
    try:
        sockets = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=parts.port or 0)
    except OSError as error:
        why = "is taken by another program" if error.errno == errno.EADDRINUSE else "cannot be listened on"
        raise NotConfigured(
            f"Port {parts.port} of 127.0.0.1, where the browser comes back to, {why}.",
            next_step=f"End the other login, or set {variable} (and the app's redirect URI) to another port.",
        ) from None
    failure: Exception | None = None
    async with sockets:
        port = int(sockets.extra(SocketAttribute.local_port))  # noqa: S610 - anyio's, not Django's
        listener = RedirectListener(port, parts, state)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(sockets.serve, listener.serve)
            try:
                yield listener
            except Exception as error:  # noqa: BLE001 - raised below, where the task group does not wrap it
                failure = error
            tasks.cancel_scope.cancel()
    if failure is not None:
        raise failure


async def _read_head(stream: SocketStream) -> str:
    """The request line and headers, empty if they are too long."""
    head = b""
    while b"\r\n\r\n" not in head:
        if len(head) > _LONGEST_HEAD:
            return ""
        head += await stream.receive(4096)
    return head.partition(b"\r\n\r\n")[0].decode("latin-1")


def _page(status: int, title: str, text: str) -> bytes:
    body = _PAGE.format(title=escape(title), text=escape(text)).encode()
    head = (f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *_HEADERS, f"Content-Length: {len(body)}")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body
