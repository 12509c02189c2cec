"""Sandboxes that run inside this process: faults on demand, and what stands between them and a client."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

import httpx2
from typing_extensions import override


class Site(Protocol):
    """A sandbox as an ASGI app."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request."""
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...


class Gateway(httpx2.AsyncBaseTransport):
    """The way to a site that refuses what the scopes of a token do not cover, as Atlassian's gateway does.

    `required` tells for a method and path the sets of scopes of which the token, which has those `held`, must cover
    one. `refused` are the requests that it did not cover. The site is closed with it.
    """

    def __init__(
        self, site: Site, required: Callable[[str, str], Collection[frozenset[str]]], held: Collection[str]
    ) -> None:
        self._site = site
        self._within = httpx2.ASGITransport(site)
        self._required = required
        self._held = frozenset(held)
        self.refused: list[str] = []

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        families = self._required(request.method, request.url.path)
        if families and not any(family <= self._held for family in families):
            self.refused.append(f"{request.method} {request.url.path}")
            body = {"code": 401, "message": "Unauthorized; scope does not match"}
            return httpx2.Response(401, json=body, request=request)
        return await self._within.handle_async_request(request)

    @override
    async def aclose(self) -> None:
        self._site.close()


class Internet(httpx2.AsyncBaseTransport):
    """Leads to one of several sites by its host; one that is `down` does not answer."""

    def __init__(self, sites: Mapping[str, Site]) -> None:
        self._within = {httpx2.URL(url).host: httpx2.ASGITransport(site) for url, site in sites.items()}
        self.down: set[str] = set()

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.host in self.down:
            raise httpx2.ConnectError("no route to host")
        return await self._within[request.url.host].handle_async_request(request)


async def break_it(site: Callable[..., Any], path: str, method: str = "", count: int = 1, **fault: Any) -> None:
    """Have the site's next requests for a path fail."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(site), base_url="http://site") as control:
        body = {"path": path, "method": method, "count": count, **fault}
        assert (await control.post("/_sandbox/faults", json=body)).status_code == 201
