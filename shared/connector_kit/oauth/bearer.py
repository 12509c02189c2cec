"""Signing requests with the access token of a login."""

from collections.abc import AsyncGenerator, Generator

import httpx2

from connector_kit.oauth.manager import OAuthManager


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
        token = await self._manager.access_token()
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == 401 and await self._manager.renew(token):
            request.headers["Authorization"] = f"Bearer {await self._manager.access_token()}"
            yield request
