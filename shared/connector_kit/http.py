"""One async HTTP client for every service: authenticated, limited, retried, failing in our words."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import anyio
import httpx2

from connector_kit.errors import ServiceError
from connector_kit.replies import Exchange, Reply, StreamedReply, error_for

__all__ = ["Exchange", "HttpClient", "HttpPolicy", "Params", "Reply", "StreamedReply", "error_for"]

Params = Mapping[str, str | int | bool | Sequence[str] | None]


@dataclass(frozen=True, slots=True)
class HttpPolicy:
    """How patient and how careful the client is; times in seconds, sizes in bytes."""

    retries: int = 3
    base_delay: float = 1.0
    max_delay: float = 8.0
    max_asked_delay: float = 30.0
    total_timeout: float = 45.0
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    requests_per_minute: float = 100.0
    burst: float | None = None
    max_body: int = 8 * 1024 * 1024
    breaker_failures: int = 5
    breaker_pause: float = 30.0
    max_redirects: int = 5


class HttpClient:
    """The client of one service."""

    def __init__(
        self,
        base_url: str,
        *,
        service: str,
        auth: httpx2.Auth | None = None,
        policy: HttpPolicy = HttpPolicy(),
        explain: Callable[[Reply], ServiceError] | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        lanes: Mapping[str, float] | None = None,
        headers: Mapping[str, str] | None = None,
        on_exchange: Callable[[Exchange], None] | None = None,
        on_unauthorized: Callable[[Reply], Awaitable[bool]] | None = None,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        raise NotImplementedError

    @property
    def base_url(self) -> str:
        """The address that paths are relative to, without a slash at its end."""
        raise NotImplementedError

    def rebase(self, base_url: str, auth: httpx2.Auth | None = None) -> None:
        """Go on at another address, with only the credentials given for it."""
        raise NotImplementedError

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: object | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
        lane: str = "",
    ) -> Reply:
        """Send one request and return the complete answer."""
        raise NotImplementedError

    def stream(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: object | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
        lane: str = "",
    ) -> AbstractAsyncContextManager[StreamedReply]:
        """Send one request and read the answer in pieces."""
        raise NotImplementedError

    async def aclose(self) -> None:
        """Close all connections."""
        raise NotImplementedError
