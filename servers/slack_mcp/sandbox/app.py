"""The ASGI app: reads the call, checks its token, runs the method, and answers as the Web API does."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Literal

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from slack_mcp.sandbox.control import CONTROL, due_fault
from slack_mcp.sandbox.errors import ApiError, missing_scope
from slack_mcp.sandbox.files import edge
from slack_mcp.sandbox.limits import Limits
from slack_mcp.sandbox.methods import METHODS, deliver_due
from slack_mcp.sandbox.model import JsonObject, Token
from slack_mcp.sandbox.oauth import pages
from slack_mcp.sandbox.registry import Method
from slack_mcp.sandbox.session import Session
from slack_mcp.sandbox.store import Store
from slack_mcp.sandbox.web import Call, arguments_of, bearer_token, nobody

_API = "/api/"

ROUTES: dict[str, Callable[[Sandbox, Request], Awaitable[Response]]] = {**edge.ROUTES, **pages.ROUTES}
"""What else the workspace serves, by the beginning of the path."""


class Sandbox:
    """A Slack workspace over one SQLite file."""

    def __init__(
        self, database: Path, *, data: Literal["sample", "large"], clock: Callable[[], float], limits: float | None
    ) -> None:
        self.store = Store(database, data)
        self.clock = clock
        self.limits = Limits(limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the server's start and stop."""
        if scope["type"] == "lifespan":
            await self.store.live(receive, send)
        elif scope["type"] == "http":
            response = await self._respond(Request(scope, receive))
            await response(scope, receive, send)

    def close(self) -> None:
        """Give back the database connections."""
        self.store.close()

    async def _respond(self, request: Request) -> Response:
        path = request.url.path
        if path in CONTROL:
            body = await request.body()
            return await anyio.to_thread.run_sync(CONTROL[path], self, request.method, body)
        for beginning, serve in ROUTES.items():
            if path.startswith(beginning):
                return await self._faulty(path[1:], partial(serve, self, request))
        if not path.startswith(_API):
            return Response("<html><body>There's been a glitch…</body></html>", 404, media_type="text/html")
        return await self._call(request, path.removeprefix(_API))

    async def _call(self, request: Request, name: str) -> Response:
        body = await request.body()

        async def answer() -> Response:
            return await anyio.to_thread.run_sync(self._answer, request, name, body)

        return await self._faulty(name, answer)

    async def _faulty(self, name: str, answer: Callable[[], Awaitable[Response]]) -> Response:
        """The answer, unless a fault was asked for."""
        fault = await anyio.to_thread.run_sync(due_fault, self.store, name)
        if fault:
            await anyio.sleep(fault.delay)
            faulty = fault.response()
            if faulty and not fault.after:
                return faulty
        answered = await answer()
        late = fault.response() if fault and fault.after else None
        return late or answered

    def _answer(self, request: Request, name: str, body: bytes) -> Response:
        method, token = METHODS.get(name), nobody()
        try:
            if method is None:
                raise ApiError("unknown_method", req_method=name[:100])
            content_type = request.headers.get("content-type", "")
            arguments, warnings = arguments_of(request.url.query, content_type, body)
            value = bearer_token(request.headers.get("authorization", ""), arguments, content_type)
            arguments.pop("token", None)
            now = self.clock()
            if not method.open:
                token = self.signed_in(value, now)
                _admit(method, token)
            wait = self.limits.wait(method, token.app, str(arguments.get("channel", "")), now)
            if wait is not None:
                return _limited(wait, method, token)
            self._deliver(now)
            base = str(request.base_url).rstrip("/")
            with self.store.writing() if method.writes else self.store.reading() as session:
                session.base_url = base
                call = Call(
                    name,
                    arguments,
                    token,
                    session,
                    now,
                    base,
                    self.limits.restricted_history,
                    request.headers,
                    warnings,
                )
                answer = {"ok": True, **method.handler(call)}
            _remark(answer, call)
        except ApiError as refusal:
            return _json(refusal.body(), method, token, refusal.status)
        return _json(answer, method, token)

    def _deliver(self, now: float) -> None:
        """Post the messages that have waited long enough."""
        with self.store.reading() as session:
            waiting = session.messages.due(now)
        if waiting:
            with self.store.writing() as session:
                deliver_due(session, now)

    def signed_in(self, value: str, now: float) -> Token:
        """The token behind the call; `ApiError` when it is no good."""
        if not value:
            raise ApiError("not_authed")
        if value.startswith("xapp-"):
            raise ApiError("not_allowed_token_type")
        with self.store.reading() as session:
            return _live(session, value, now)


def _live(session: Session, value: str, now: float) -> Token:
    token = session.tokens.find(value)
    if token is None:
        raise ApiError("invalid_auth")
    if token.revoked:
        raise ApiError("token_revoked")
    if token.expires is not None and token.expires <= now:
        raise ApiError("token_expired")
    user = session.people.find(token.user)
    if user is None or user.deleted:
        raise ApiError("account_inactive")
    return token


def _admit(method: Method, token: Token) -> None:
    """Refuse a token of the wrong kind, or without the scopes."""
    if token.kind not in method.scopes:
        raise ApiError("not_allowed_token_type")
    wanted = method.scopes[token.kind]
    if wanted and not token.has(*wanted):
        raise missing_scope(wanted, token.scopes)


def _remark(answer: JsonObject, call: Call) -> None:
    """Tell the warnings and sentences that came up."""
    if call.warnings:
        answer["warning"] = ",".join(call.warnings)
        answer.setdefault("response_metadata", {})["warnings"] = call.warnings
    if call.messages:
        answer.setdefault("response_metadata", {})["messages"] = call.messages


def _headers(method: Method | None, token: Token) -> Mapping[str, str]:
    headers = {
        "Server": "Apache",
        "x-slack-req-id": secrets.token_hex(16),
        "Cache-Control": "private, no-cache, no-store, must-revalidate",
        "Pragma": "no-cache",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    if token.value:
        headers["x-oauth-scopes"] = ",".join(token.scopes)
        if method:
            headers["x-accepted-oauth-scopes"] = ",".join(method.scopes.get(token.kind, ()))
    return headers


def _json(body: Mapping[str, object], method: Method | None, token: Token, status: int = 200) -> Response:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(content, status, _headers(method, token), "application/json; charset=utf-8")


def _limited(seconds: int, method: Method, token: Token) -> Response:
    response = _json({"ok": False, "error": "ratelimited"}, method, token, 429)
    response.headers["Retry-After"] = str(seconds)
    return response
