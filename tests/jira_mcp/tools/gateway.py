"""A site behind a gateway that holds its visitors to the scopes of their token, as Atlassian's does."""

import shutil
from collections.abc import Collection
from pathlib import Path

import httpx2
from typing_extensions import override

from jira_mcp.sandbox import create_app, required_scopes


class Gateway(httpx2.AsyncBaseTransport):
    """Refuses what the token's scopes do not cover; `refused` are those requests."""

    def __init__(self, database: Path, held: Collection[str]) -> None:
        self._site = create_app(database)
        self._within = httpx2.ASGITransport(self._site)
        self._held = frozenset(held)
        self.refused: list[str] = []

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        families = required_scopes(request.method, request.url.path)
        if families and not any(family <= self._held for family in families):
            self.refused.append(f"{request.method} {request.url.path}")
            body = {"code": 401, "message": "Unauthorized; scope does not match"}
            return httpx2.Response(401, json=body, request=request)
        return await self._within.handle_async_request(request)

    @override
    async def aclose(self) -> None:
        self._site.close()


def fresh(seeded: Path, folder: Path, number: int) -> Path:
    """A database of a test's own, as the sandbox's is at first."""
    database = folder / f"jira-{number}.sqlite3"
    shutil.copyfile(seeded, database)
    return database
