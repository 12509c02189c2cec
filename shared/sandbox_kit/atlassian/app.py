"""The ASGI app of a site: signs people in, finds the handler, and answers as the vendor's edge does."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar
from urllib.parse import parse_qs

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from sandbox_kit.atlassian.accounts import NOBODY, Account, signed_in
from sandbox_kit.atlassian.control import Controls, due_fault
from sandbox_kit.atlassian.sites import cloud_id_of
from sandbox_kit.atlassian.store import SiteStore
from sandbox_kit.atlassian.web import AnyCall, RefusalError, Reply

_BURST_LIMIT = 100
_TENANT_INFO = "/_edge/tenant_info"

StoreT = TypeVar("StoreT", bound=SiteStore[Any])
CallT = TypeVar("CallT", bound=AnyCall)
Handlers: TypeAlias = Mapping[str, Callable[[CallT], Reply]]
"""The handlers of one path, by method."""
Basics: TypeAlias = tuple[
    str, str, Mapping[str, Any], Mapping[str, str], Mapping[str, list[str]], bytes, Account, StoreT
]
"""What every call begins with: the fields of `SiteCall`."""


def tenant_info(call: AnyCall) -> Reply:
    """GET /_edge/tenant_info: the cloud id, open to everybody."""
    return Reply(200, {"cloudId": cloud_id_of(call.store.data)})


class Site(ABC, Generic[CallT, StoreT]):
    """A product of Atlassian's on a site over one SQLite file.

    `routes` are its handlers by path and method; `{name}` in a path is one segment.
    """

    controls: ClassVar[Controls]
    open_paths: ClassVar[frozenset[str]] = frozenset()
    """Paths that answer without credentials, beside the controls, the media service and the cloud id."""
    trace_header: ClassVar[str] = ""
    """The product's own name for the id of an answer's trace, beside that of the edge."""

    def __init__(self, store: StoreT, site_url: str, routes: Mapping[str, Handlers[CallT]]) -> None:
        self.store = store
        self.site_url = site_url.rstrip("/")
        edge: dict[str, Handlers[CallT]] = {_TENANT_INFO: {"GET": tenant_info}}
        resources = {**edge, **routes, **self.controls.routes}
        paths = sorted(resources, key=lambda path: [part.startswith("{") for part in path.split("/")])
        self._router = Router(
            [Route(path, _Resource(self, resources[path])) for path in paths],
            redirect_slashes=False,
            default=_Resource(self, {}),
        )

    @abstractmethod
    def call(self, basics: Basics[StoreT]) -> CallT:
        """The request as the product's handlers see it."""

    @abstractmethod
    def refuse(self, status: int, sentence: str) -> RefusalError:
        """The product's error."""

    @abstractmethod
    def check_type(self, content_type: str, path: str) -> None:
        """Refuse (415) a body of this `content_type`, as sent, if none such may be sent to this path."""

    @abstractmethod
    def catch_up(self) -> None:
        """Do what should have been done meanwhile."""

    def unauthenticated(self, path: str) -> Reply:
        """401, as the edge answers it."""
        headers = {
            "WWW-Authenticate": 'OAuth realm="https%3A%2F%2Fpm-os.sandbox.invalid"',
            "X-Seraph-LoginReason": "AUTHENTICATED_FAILED",
        }
        return Reply(401, self.unauthenticated_body(path), headers)

    @abstractmethod
    def unauthenticated_body(self, path: str) -> object:
        """What a stranger is told."""

    def missing(self, path: str) -> Reply:
        """What there is no resource for."""
        return Reply(404, self.refuse(404, f"The sandbox has no resource at {path[:200]}").body(path))

    def not_allowed(self, method: str) -> str:  # noqa: ARG002 - one of the products names it
        """What is said of a method that a resource does not have."""
        return "Method Not Allowed"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the server's start and stop."""
        if scope["type"] == "lifespan":
            await self.store.live(receive, send)
        elif scope["type"] == "http":
            await self._router(scope, receive, send)

    def close(self) -> None:
        """Give back the database connections."""
        self.store.close()

    async def answer(self, request: Request, handlers: Handlers[CallT]) -> Response:
        """The answer to a request for a path that has these handlers by method."""
        body = await request.body()
        path = request.url.path
        reply: Reply | None = None
        if not path.startswith("/_sandbox/"):
            fault = await anyio.to_thread.run_sync(due_fault, self.store, request.method, path)
            if fault:
                await anyio.sleep(fault.delay)
                reply = self.controls.reply(fault, path)
        account = _account(request.headers.get("authorization", ""))
        if reply is None:
            reply = await anyio.to_thread.run_sync(self._reply, request, body, account, handlers)
        return self._response(reply, account)

    def _reply(self, request: Request, body: bytes, account: Account | None, handlers: Handlers[CallT]) -> Reply:
        method, path = request.method, request.url.path
        if account is None and not self._is_open(path):
            return self.unauthenticated(path)
        if not handlers:
            return self.missing(path)
        handler = handlers.get(method)
        if handler is None:
            refusal = self.refuse(405, self.not_allowed(method))
            return Reply(405, refusal.body(path), {"Allow": ", ".join(sorted(handlers))})
        query = parse_qs(request.url.query, keep_blank_values=True)
        values = (method, path, request.path_params, request.headers, query, body, account or NOBODY, self.store)
        try:
            if body and method in ("POST", "PUT"):
                self.check_type(request.headers.get("content-type", ""), path)
            self.catch_up()
            return handler(self.call(values))
        except RefusalError as refusal:
            return Reply(refusal.status, refusal.body(path))

    def _is_open(self, path: str) -> bool:
        return path == _TENANT_INFO or path in self.open_paths or path.startswith(("/_sandbox/", "/media/"))

    def _response(self, reply: Reply, account: Account | None) -> Response:
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
        if self.trace_header:
            headers[self.trace_header] = trace
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


class _Resource(Generic[CallT, StoreT]):
    """The methods of one path."""

    def __init__(self, site: Site[CallT, StoreT], handlers: Handlers[CallT]) -> None:
        self._site = site
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._site.answer(Request(scope, receive), self._handlers)
        await response(scope, receive, send)


def media_type_of(content_type: str) -> str:
    """The media type in a Content-Type, without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def _account(authorization: str) -> Account | None:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        email, _, token = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return signed_in(email, token)
