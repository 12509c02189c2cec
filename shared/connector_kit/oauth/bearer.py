"""Signing requests with the access token of a login."""

from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager

import anyio.lowlevel
import httpx2

from connector_kit.oauth.manager import OAuthManager
from connector_kit.transmission import AUTHORIZING


class BearerAuth(httpx2.Auth):
    """Sends a manager's access token with each request, and once more with another when it is refused (401)."""

    def __init__(self, manager: OAuthManager) -> None:
        """Nothing is asked of the manager before the first request."""
        self._manager = manager

    def sync_auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response]:
        """Not there: a renewal is awaited."""
        del request
        raise RuntimeError("BearerAuth works with async clients only")

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """What httpx2 asks for; raises what the manager raises."""
        with _authorizing(request):
            token = await self._manager.access_token()
            # A renewal is not cancelled with its caller, who may have to leave now.
            await anyio.lowlevel.checkpoint()
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code != 401:
            return
        with _authorizing(request):
            other = await self._manager.access_token() if await self._manager.renew(token) else ""
            await anyio.lowlevel.checkpoint()
        if other:
            request.headers["Authorization"] = f"Bearer {other}"
            yield request


@contextmanager
def _authorizing(request: httpx2.Request) -> Generator[None]:
    """Say that the request waits for credentials: it is not under way, or was refused."""
    request.extensions[AUTHORIZING] = True
    try:
        yield
    except Exception:
        request.extensions.pop(AUTHORIZING)
        raise
    request.extensions.pop(AUTHORIZING)
