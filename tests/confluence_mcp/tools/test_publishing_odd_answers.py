"""Publishing while Confluence answers something else than it promised: told, and never a crash."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typing_extensions import override

from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.settings import ConfluenceSettings
from connector_kit.testing.odd_json import changes

from .conversation import converse
from .published import PARENT, TOOL, token_in, write_docs

pytestmark = pytest.mark.anyio

CHANGES = changes(frozenset({"id", "spaceId", "parentId", "accountId", "authorId", "type", "status", "key", "value"}))


class Odd(httpx2.AsyncBaseTransport):
    """The way to a site on which answers are changed once it is `on`."""

    def __init__(self, site: Sandbox, change: Callable[[Any], Any]) -> None:
        self._inner = httpx2.ASGITransport(site)
        self._change = change
        self.on = False

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        reply = await self._inner.handle_async_request(request)
        content = await reply.aread()
        if self.on and content:
            content = json.dumps(self._change(json.loads(content))).encode()
        return httpx2.Response(reply.status_code, content=content, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize("name", list(CHANGES))
async def test_an_answer_of_another_shape_does_not_crash_publishing(site: Sandbox, tmp_path: Path, name: str) -> None:
    write_docs(tmp_path / "allowed" / "docs")
    given = {"sandbox": True, "access": "write", "files_dir": tmp_path / "allowed"}
    settings = ConfluenceSettings.model_validate(given)
    way = Odd(site, CHANGES[name])
    async with converse(tmp_path, transport=way, settings=settings, only=TOOL) as confluence:
        text, _ = await confluence.attempt(TOOL, {"folder": "docs", "parent": PARENT})
        for arguments in (
            {"run": token_in(text)},
            {"folder": "docs", "parent": PARENT},
            {"folder": "docs", "parent": "98406"},
        ):
            way.on = True
            told, _ = await confluence.attempt(TOOL, arguments)
            assert confluence.audited()[-1]["error_kind"] != "crash", told
            assert len(told) < 12_000
        way.on = False
        text, _ = await confluence.attempt(TOOL, {"folder": "docs", "parent": PARENT})
        assert "below page" in text, text
