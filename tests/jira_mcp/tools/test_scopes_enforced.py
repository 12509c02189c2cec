"""Tools behind a gateway that holds them to the scopes of their token, as Atlassian's does."""

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typing_extensions import override

from connector_kit.access import Access
from connector_kit.oauth.profiles import JIRA_GRANULAR
from connector_kit.serving.toolset import ToolEntry
from jira_mcp.sandbox import create_app, required_scopes

from .conversation import converse
from .test_scopes import CALLS, USUAL

pytestmark = pytest.mark.anyio
EACH = pytest.mark.parametrize("entry", list(USUAL), ids=lambda entry: entry.name)


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


async def called(tool: str, arguments: dict[str, Any], gateway: Gateway, folder: Path) -> tuple[str, bool]:
    async with converse(folder, transport=gateway, only=tool) as jira:
        return await jira.attempt(tool, arguments)


def fresh(seeded: Path, folder: Path, number: int) -> Path:
    database = folder / f"jira-{number}.sqlite3"
    shutil.copyfile(seeded, database)
    return database


@EACH
@pytest.mark.parametrize("family", ["classic", "granular"])
async def test_a_token_with_just_the_scopes_of_a_tool_is_refused_nothing(
    entry: ToolEntry, family: str, seeded: Path, tmp_path: Path
) -> None:
    held = entry.scopes if family == "classic" else JIRA_GRANULAR.scopes_for(Access(entry.access))
    for number, arguments in enumerate(CALLS[entry.name]):
        gateway = Gateway(fresh(seeded, tmp_path, number), held)
        await called(entry.name, arguments, gateway, tmp_path / str(number))
        assert gateway.refused == []


@EACH
async def test_a_token_without_the_main_scope_of_a_tool_is_told_with_what_it_takes(
    entry: ToolEntry, seeded: Path, tmp_path: Path
) -> None:
    main = entry.scopes[-1] if entry.access != "read" else entry.scopes[0]
    gateway = Gateway(fresh(seeded, tmp_path, 0), set(entry.scopes) - {main})
    text, is_error = await called(entry.name, CALLS[entry.name][0], gateway, tmp_path)
    assert is_error
    assert f"{entry.name} needs the scope" in text
    assert main in text
    assert "make an API token with the scope" in text
    assert "`mcp-suite auth login jira`" in text
