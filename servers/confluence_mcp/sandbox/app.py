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

from confluence_mcp.sandbox.control import CONTROL, Fault, due_fault
from confluence_mcp.sandbox.errors import ApiError
from confluence_mcp.sandbox.site import CLOUD_ID, SECOND_CLOUD_ID
from confluence_mcp.sandbox.store import Store
from confluence_mcp.sandbox.v1.long_work import catch_up
from confluence_mcp.sandbox.v1.table import V1
from confluence_mcp.sandbox.v2.table import V2
from confluence_mcp.sandbox.web import Call, Handler, Reply, Routes
from sandbox_kit.atlassian.accounts import NOBODY, Account, signed_in

_BURST_LIMIT = 100


def _tenant_info(call: Call) -> Reply:
    """GET /_edge/tenant_info: the cloud id, open to everybody."""
    return Reply(200, {"cloudId": SECOND_CLOUD_ID if call.store.data == "ops" else CLOUD_ID})


EDGE: Routes = {"/_edge/tenant_info": {"GET": _tenant_info}}
"""What answers without credentials, beside the controls and the media service, which has signed addresses."""


class Sandbox:
    """A Confluence Cloud site over one SQLite file."""

    def __init__(self, database: Path, *, site_url: str, search_lag: float, data: str = "sample") -> None:
        self.store = Store(database, search_lag, data=data)
        self.site_url = site_url.rstrip("/")
        resources = {**EDGE, **V2, **V1, **CONTROL}
        paths = sorted(resources, key=lambda path: [part.startswith("{") for part in path.split("/")])
        self._router = Router(
            [Route(path, _Resource(self, resources[path])) for path in paths],
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
            reply = await _suffer(fault, path) if fault else None
        account = _account(request.headers.get("authorization", ""))
        if reply is None:
            reply = await anyio.to_thread.run_sync(self._reply, request, body, account, handlers)
        return _response(reply, account)

    def _reply(self, request: Request, body: bytes, account: Account | None, handlers: Mapping[str, Handler]) -> Reply:
        path = request.url.path
        if account is None and path not in EDGE and not path.startswith(("/_sandbox/", "/media/")):
            return _unauthenticated(path)
        if not handlers:
            return _missing(path)
        handler = handlers.get(request.method)
        if handler is None:
            refusal = ApiError(405, f"Method Not Allowed: {request.method}")
            return Reply(405, refusal.body(path), {"Allow": ", ".join(sorted(handlers))})
        call = Call(
            request.method,
            path,
            request.path_params,
            request.headers,
            parse_qs(request.url.query, keep_blank_values=True),
            body,
            account or NOBODY,
            self.store,
            self.site_url,
        )
        try:
            if body and request.method in ("POST", "PUT") and not _may_have(request, path):
                raise ApiError(415, f"Content type '{request.headers.get('content-type', '')[:100]}' not supported")
            catch_up(self.store)
            return handler(call)
        except ApiError as refusal:
            return Reply(refusal.status, refusal.body(path))


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


def _unauthenticated(path: str) -> Reply:
    headers = {
        "WWW-Authenticate": 'OAuth realm="https%3A%2F%2Fpm-os.sandbox.invalid"',
        "X-Seraph-LoginReason": "AUTHENTICATED_FAILED",
    }
    if path.startswith("/wiki/rest/"):
        return Reply(401, ApiError(401, "Unauthorized").body(path), headers)
    return Reply(401, {"code": 401, "message": "Unauthorized"}, headers)


def _missing(path: str) -> Reply:
    """What there is no resource for. Outside its APIs the wiki answers with the page of its web application."""
    if path.startswith(("/wiki/api/", "/wiki/rest/")):
        return Reply(404, ApiError(404, f"The sandbox has no resource at {path[:200]}").body(path))
    if path.startswith("/wiki/download/"):  # for people in a browser; API tokens have no way in since CHANGE-2735
        return _unauthenticated(path)
    if path.startswith("/wiki/"):
        page = "<!doctype html><html><head><title>Confluence</title></head><body></body></html>"
        return Reply(200, page, {"Content-Type": "text/html;charset=UTF-8"})
    return Reply(404, {"code": 404, "message": f"The sandbox has no resource at {path[:200]}"})


def _may_have(request: Request, path: str) -> bool:
    """Whether a body of this content type may be sent to this path."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (kind == "multipart/form-data" and "/child/attachment" in path)


async def _suffer(fault: Fault, path: str) -> Reply | None:
    """Wait as long as the fault says, then answer as it says; None to go on as usual."""
    await anyio.sleep(fault.delay)
    return fault.reply(path)


def _response(reply: Reply, account: Account | None) -> Response:
    trace = uuid.uuid4().hex
    headers = {
        "Server": "AtlassianEdge",
        "atl-traceid": trace,
        "atl-request-id": str(uuid.UUID(trace)),
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
