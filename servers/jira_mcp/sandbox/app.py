"""The ASGI app: signs people in, finds the handler, and answers as the vendor's edge does."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from jira_mcp.sandbox.agile_routes import AGILE
from jira_mcp.sandbox.bulk import BULK
from jira_mcp.sandbox.bulk_tasks import catch_up
from jira_mcp.sandbox.errors import ApiError
from jira_mcp.sandbox.index import IssueIndex
from jira_mcp.sandbox.render import Renderer
from jira_mcp.sandbox.resources.attachments import ATTACHMENTS
from jira_mcp.sandbox.resources.control import CONTROL, Fault, due_fault
from jira_mcp.sandbox.resources.table import OPEN, RESOURCES
from jira_mcp.sandbox.resources.toolset_table import TOOLSETS
from jira_mcp.sandbox.store import Store
from jira_mcp.sandbox.web import Call, Handler, Reply
from sandbox_kit.atlassian.accounts import NOBODY, Account, signed_in

_BURST_LIMIT = 100


class Sandbox:
    """A Jira Cloud site over one SQLite file."""

    def __init__(self, database: Path, *, site_url: str, search_lag: float, data: str = "sample") -> None:
        self.store = Store(database, search_lag, data=data)
        self.site_url = site_url.rstrip("/")
        self._index = IssueIndex(search_lag)
        self._renderer = Renderer(site_url)
        resources = {**RESOURCES, **ATTACHMENTS, **TOOLSETS, **AGILE, **BULK, **CONTROL}
        self._router = Router(
            [Route(path, _Resource(self, handlers)) for path, handlers in resources.items()],
            redirect_slashes=False,
            default=_Resource(self, {}),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the server's start and stop."""
        if scope["type"] == "lifespan":
            await self.store.live(receive, send)
        elif scope["type"] == "http":
            await self._router(scope, receive, send)

    def close(self) -> None:
        """Give back the database connections."""
        self.store.close()

    async def answer(self, request: Request, handlers: Mapping[str, Handler]) -> Response:
        """The answer to a request for a path that has these handlers by method."""
        body = await request.body()
        path = request.url.path
        reply: Reply | None = None
        if not path.startswith("/_sandbox/"):
            fault = await anyio.to_thread.run_sync(due_fault, self.store, request.method, path)
            reply = await _suffer(fault) if fault else None
        account = _account(request.headers.get("authorization", ""))
        if reply is None:
            reply = await anyio.to_thread.run_sync(self._reply, request, body, account, handlers)
        return _response(reply, account)

    def _reply(self, request: Request, body: bytes, account: Account | None, handlers: Mapping[str, Handler]) -> Reply:
        path = request.url.path
        if account is None and path not in OPEN and not path.startswith(("/_sandbox/", "/media/")):
            return _unauthenticated()
        if not handlers:
            return Reply(404, {"errorMessages": [f"The sandbox has no resource at {path[:200]}"], "errors": {}})
        handler = handlers.get(request.method)
        if handler is None:
            return Reply(405, {"errorMessages": ["Method Not Allowed"], "errors": {}}, _allow(handlers))
        call = Call(
            request.method,
            path,
            request.path_params,
            request.headers,
            parse_qs(request.url.query, keep_blank_values=True),
            body,
            account or NOBODY,
            self.store,
            self._index,
            self._renderer,
        )
        try:
            if body and request.method in ("POST", "PUT") and not (path.endswith("/attachments") or _is_json(request)):
                raise ApiError(415, "The request's Content-Type must be application/json.")
            catch_up(self.store)
            return handler(call)
        except ApiError as refusal:
            return Reply(refusal.status, refusal.body())


class _Resource:
    """The methods of one path."""

    def __init__(self, sandbox: Sandbox, handlers: Mapping[str, Handler]) -> None:
        self._sandbox = sandbox
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._sandbox.answer(Request(scope, receive), self._handlers)
        await response(scope, receive, send)


def _account(authorization: str) -> Account | None:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        email, _, token = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return signed_in(email, token)


def _unauthenticated() -> Reply:
    return Reply(
        401,
        {"errorMessages": ["Client must be authenticated to access this resource."], "errors": {}},
        {
            "WWW-Authenticate": 'OAuth realm="https%3A%2F%2Fpm-os.sandbox.invalid"',
            "X-Seraph-LoginReason": "AUTHENTICATED_FAILED",
        },
    )


def _allow(handlers: Mapping[str, Handler]) -> dict[str, str]:
    return {"Allow": ", ".join(sorted(handlers))}


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


async def _suffer(fault: Fault) -> Reply | None:
    """Wait as long as the fault says, then answer as it says; None to go on as usual."""
    await anyio.sleep(fault.delay)
    return fault.reply()


def _response(reply: Reply, account: Account | None) -> Response:
    trace = uuid.uuid4().hex
    headers = {
        "Server": "AtlassianEdge",
        "atl-traceid": trace,
        "atl-request-id": str(uuid.UUID(trace)),
        "x-arequestid": trace,
        "Cache-Control": "no-cache, no-store, no-transform",
        "X-Content-Type-Options": "nosniff",
        "X-RateLimit-Limit": str(_BURST_LIMIT),
        "X-RateLimit-Remaining": str(_BURST_LIMIT - 1),
        "X-RateLimit-NearLimit": "false",
    }
    if account:
        headers["X-AACCOUNTID"] = account.account_id.replace(":", "%3A")
    headers.update(reply.headers)
    if reply.body is None:
        return Response(status_code=reply.status, headers=headers)
    if isinstance(reply.body, str | bytes):
        return Response(reply.body, reply.status, headers)
    content = json.dumps(reply.body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    headers["Content-Type"] = "application/json;charset=UTF-8"
    return Response(content, reply.status, headers)
