"""What Confluence goes on with by itself: how far it is, that it failed, or that nobody knows."""

from pathlib import Path

import httpx2
import pytest
from typing_extensions import override

from confluence_mcp.client import long_tasks
from confluence_mcp.sandbox.app import Sandbox
from connector_kit.wire import JsonObject

from .conversation import converse, tokens

pytestmark = pytest.mark.anyio

CALLS = (
    ("confluence_copy_page", {"page": "98405", "target": "KB", "descendants": True}, "copying"),
    ("confluence_delete_page", {"page": "98405", "descendants": True, "confirm": True}, "deleting"),
    ("confluence_archive_pages", {"pages": ["98462"], "confirm": True}, "archiving"),
)


class Tasks(httpx2.AsyncBaseTransport):
    """The sandbox, but what it says of tasks is replaced."""

    def __init__(self, site: Sandbox, answer: JsonObject, status: int = 200) -> None:
        self._within = httpx2.ASGITransport(site)
        self._answer, self._status = answer, status

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if "/longtask/" in request.url.path:
            return httpx2.Response(self._status, json=self._answer, request=request)
        return await self._within.handle_async_request(request)


async def test_a_task_that_takes_longer_than_a_call_goes_on_and_says_where_to_look(
    site: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_tasks, "_LONGEST", 0.0)
    running: JsonObject = {"id": "7", "percentageComplete": 40, "finished": False, "successful": True, "messages": []}
    async with converse(tmp_path, transport=Tasks(site, running)) as confluence:
        for tool, arguments, doing in CALLS:
            text = await confluence.ask(tool, **arguments)
            assert f"Confluence is {doing}" in text
            assert "40 per cent done (task " in text
            assert "goes on by itself. confluence_" in text
            assert tokens(text) < 150


async def test_a_task_that_failed_says_why(site: Sandbox, tmp_path: Path) -> None:
    failed: JsonObject = {
        "id": "7",
        "percentageComplete": 100,
        "finished": True,
        "successful": False,
        "messages": [],
        "errors": [{"translation": "A page with this title exists: Velocity"}],
    }
    async with converse(tmp_path, transport=Tasks(site, failed)) as confluence:
        for tool, arguments, doing in CALLS:
            text = await confluence.refused(tool, **arguments)
            assert f"Confluence could not finish {doing}" in text
            assert "A page with this title exists: Velocity. A part of it may be done" in text


async def test_a_task_that_nobody_tells_of_any_more_is_not_started_again(site: Sandbox, tmp_path: Path) -> None:
    async with converse(tmp_path, transport=Tasks(site, {"message": "gone"}, 404)) as confluence:
        for tool, arguments, doing in CALLS:
            text = await confluence.ask(tool, **arguments)
            assert f"Confluence is {doing}" in text
            assert "did not say how far it is" in text
            assert "confluence_" in text
        assert len([each for each in confluence.exchanges if each.method != "GET"]) == len(CALLS)
