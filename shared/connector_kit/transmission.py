"""One exchange on the wire: connection, redirects, body."""

from __future__ import annotations

import os
import ssl
from collections.abc import AsyncGenerator, Callable, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path

import anyio
import httpx2

from connector_kit import failures
from connector_kit.addresses import has_host, origin
from connector_kit.bodies import Body
from connector_kit.call import READING_METHODS, Call
from connector_kit.errors import NotConfigured, OutcomeUnknown, ServiceError, clean_text
from connector_kit.policy import HttpPolicy
from connector_kit.replies import Exchange, Reply

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DONE_ELSEWHERE = frozenset({302, 303})  # many services answer a finished form with one of these
_FOREIGN_HEADERS = frozenset({"accept", "accept-language", "user-agent", "range", "if-none-match"})
"""All that another host gets to see: a list of what is harmless cannot forget a secret."""
AUTHORIZING = "connector_kit.authorizing"
"""Extension of a request that waits for its credentials, before it is sent or after it was refused."""
_SECRET_WORDS = ("authorization", "cookie", "token", "secret", "api-key", "apikey")


class Wire:
    """The connections of one client, opened at its first request.

    Proxies (`HTTPS_PROXY`, `NO_PROXY`, …) and CA certificates (`SSL_CERT_FILE`, `SSL_CERT_DIR`,
    `REQUESTS_CA_BUNDLE`, `CURL_CA_BUNDLE`) come from the environment; loopback never goes through a proxy.
    Cookies are not kept: a session that the service starts must not outlive the credentials.
    """

    def __init__(
        self,
        service: str,
        policy: HttpPolicy,
        transport: httpx2.AsyncBaseTransport | None,
        on_exchange: Callable[[Exchange], None] | None,
    ) -> None:
        self._service = service
        self._policy = policy
        self._transport = transport
        self._on_exchange = on_exchange
        self._client: httpx2.AsyncClient | None = None

    async def aclose(self) -> None:
        """Close all connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _opened(self) -> httpx2.AsyncClient:
        if self._client is None:
            policy = self._policy
            try:
                self._client = httpx2.AsyncClient(
                    headers={"User-Agent": "mcp-integration-suite"},
                    timeout=httpx2.Timeout(
                        policy.read_timeout, connect=policy.connect_timeout, pool=policy.total_timeout
                    ),
                    cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                    verify=_ca_context() or True,
                    transport=self._transport,
                    mounts={f"all://{host}": None for host in ("127.0.0.1", "localhost", "[::1]")},
                )
            except (OSError, ValueError, ImportError, httpx2.InvalidURL) as error:
                raise NotConfigured(
                    f"The proxy or certificate settings of the environment cannot be used: {error}.",
                    next_step="Check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR.",
                ) from error
        return self._client

    async def exchange(
        self, call: Call, url: httpx2.URL, auth: httpx2.Auth | None
    ) -> tuple[Reply, httpx2.Response | None]:
        """Send `call` to `url` and follow redirects.

        Returns the answer, complete unless the call is streamed: then the open response comes with it.
        Raises httpx2.TransportError for a broken connection and BadAnswer for an answer of no use.
        """
        headers, body = call.headers, call.body
        for _ in range(self._policy.max_redirects + 1):
            client = self._opened()
            call.host = url.host
            content = body.pieces() if isinstance(body, Body) else body
            request = client.build_request(call.method, url, headers=headers, content=content)
            seen = _without_secrets(request.headers)
            try:
                response = await client.send(request, auth=auth, stream=True, follow_redirects=False)
            except httpx2.TransportError as error:
                self._observe(request, seen, None, b"", error)
                raise
            except anyio.get_cancelled_exc_class():
                if request.extensions.get(AUTHORIZING):
                    call.in_flight = False
                raise
            target = response.headers.get("location")
            if response.status_code not in _REDIRECTS or target is None or call.redirects is False:
                return await self._receive(call, request, seen, response)
            await _close(response)
            self._observe(request, seen, response, b"")
            to = self._redirect(call, url, response.status_code, target)
            if origin(to) != origin(url):
                auth = body = None
                headers = {name: value for name, value in headers.items() if name.lower() in _FOREIGN_HEADERS}
            url = to
        raise self._bad_redirect(call, 302, "to yet another place, too often in a row")

    def _redirect(self, call: Call, url: httpx2.URL, status: int, target: str) -> httpx2.URL:
        """Where to go on. Raises ServiceError for a redirect that must not be followed."""
        try:
            to = url.join(target)
        except (httpx2.InvalidURL, ValueError):
            raise self._bad_redirect(call, status, "to something that is no address") from None
        where = f"to {clean_text(to.host, 100)}"
        if call.method not in READING_METHODS:
            if status in _DONE_ELSEWHERE and not call.repeatable:
                raise OutcomeUnknown(
                    f"{self._service} answered {call.method} {call.path} with a redirect {where}.",
                    next_step="Look whether it happened before repeating it.",
                    status=status,
                )
            raise self._bad_redirect(call, status, f"{where}; what changes something is not sent on")
        if to.scheme not in ("http", "https") or not has_host(to) or to.userinfo:
            raise self._bad_redirect(call, status, "to something that is no web address")
        if url.scheme == "https" and to.scheme == "http":
            raise self._bad_redirect(call, status, f"{where} without encryption")
        if callable(call.redirects) and origin(to) != origin(url) and not call.redirects(to.host):
            raise self._bad_redirect(call, status, f"{where}, which is not followed")
        return to

    def _bad_redirect(self, call: Call, status: int, where: str) -> ServiceError:
        return failures.unreadable(
            self._service, call, status, f"a redirect {where}", "Check the address of the service."
        )

    async def _receive(
        self, call: Call, request: httpx2.Request, seen: Mapping[str, str], response: httpx2.Response
    ) -> tuple[Reply, httpx2.Response | None]:
        status = response.status_code
        empty = Reply(status, response.headers, b"", call.method, call.path, call.repeatable)
        if status >= 400:
            call.refusal = empty
        else:
            call.accepted_status = status
            if call.streamed:
                self._observe(request, seen, response, b"")
                return empty, response
        body = bytearray()
        try:
            await self._read(call, response, body)
        except httpx2.TransportError as error:
            self._observe(request, seen, response, bytes(body), error)
            if status < 400:
                raise
        finally:
            await _close(response)
        content = bytes(body)
        self._observe(request, seen, response, content)
        return Reply(status, response.headers, content, call.method, call.path, call.repeatable), None

    async def _read(self, call: Call, response: httpx2.Response, body: bytearray) -> None:
        """Read the decoded body; the body of an error is cut at the limit, any other refused."""
        limit = self._policy.max_body
        refused = response.status_code >= 400
        announced = response.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > limit and not refused and call.method != "HEAD":
            raise self._too_large(call, response)
        try:
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > limit:
                    if not refused:
                        raise self._too_large(call, response)
                    del body[limit:]
                    return
        except httpx2.DecodingError:
            if not refused:
                what = "compressed data that cannot be unpacked"
                raise failures.unreadable(self._service, call, response.status_code, what, "Try again later.") from None

    def _too_large(self, call: Call, response: httpx2.Response) -> ServiceError:
        what = f"more than {self._policy.max_body / 1024 / 1024:.3g} MiB"
        return failures.unreadable(
            self._service, call, response.status_code, what, "Ask for less: fewer items or fields at a time."
        )

    def _observe(
        self,
        request: httpx2.Request,
        seen: Mapping[str, str],
        response: httpx2.Response | None,
        body: bytes,
        error: Exception | None = None,
    ) -> None:
        if self._on_exchange is None:
            return
        self._on_exchange(
            Exchange(
                method=request.method,
                url=request.url.raw_path.decode("ascii"),
                request_headers=seen,
                request_body=_kept(request),
                status=response.status_code if response is not None else None,
                response_headers=response.headers if response is not None else httpx2.Headers(),
                response_body=body,
                error=type(error).__name__ if error is not None else "",
            )
        )


def _kept(request: httpx2.Request) -> bytes:
    try:
        return request.content
    except httpx2.RequestNotRead:  # sent in pieces
        return b""


def _without_secrets(headers: httpx2.Headers) -> httpx2.Headers:
    """A copy taken before the credentials are added, without those that the caller put there."""
    return httpx2.Headers(
        {name: value for name, value in headers.items() if not any(word in name for word in _SECRET_WORDS)}
    )


def _ca_context() -> ssl.SSLContext | None:
    """The CA bundle that requests and curl are told about, where httpx2's own variables are not set."""
    if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"):
        return None
    named = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    if not named:
        return None
    place = Path(named)
    return ssl.create_default_context(capath=place) if place.is_dir() else ssl.create_default_context(cafile=place)


async def _close(response: httpx2.Response) -> None:
    # Also when the caller was cancelled: the socket must not stay open behind its back.
    with anyio.CancelScope(shield=True):
        await response.aclose()


async def streamed_chunks(
    response: httpx2.Response, deadline: float, service: str, call: Call
) -> AsyncGenerator[bytes]:
    """The decoded body in pieces until `deadline`, a time of the event loop."""
    chunks = response.aiter_bytes()
    while True:
        chunk: bytes | None = None
        try:
            with anyio.CancelScope(deadline=deadline) as scope:
                chunk = await anext(chunks, None)
        except httpx2.TransportError as error:
            raise failures.broken_download(service, call, error) from error
        except httpx2.DecodingError as error:
            what = "compressed data that cannot be unpacked"
            raise failures.unreadable(service, call, response.status_code, what, "Try again later.") from error
        if scope.cancelled_caught:
            raise failures.download_too_slow(service, call)
        if chunk is None:
            return
        yield chunk
