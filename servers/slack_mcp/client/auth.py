"""Signing requests with a token."""

from collections.abc import Generator

import httpx2


class TokenAuth(httpx2.Auth):
    """Sends a token that does not change."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response]:
        """What httpx2 asks for."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request
