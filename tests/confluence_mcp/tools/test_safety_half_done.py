"""What was done is told, also where what should follow it fails; nothing sounds undone that is done."""

from pathlib import Path

import httpx2
import pytest

from confluence_mcp.sandbox.app import Sandbox

from .conversation import converse

pytestmark = pytest.mark.anyio

PAGE = "98432"


class Failing(httpx2.AsyncBaseTransport):
    """Lets `good` changes through; then everything fails, or what `method` says."""

    def __init__(self, site: Sandbox, good: int = 1, method: str = "") -> None:
        self._inside = httpx2.ASGITransport(site)
        self._left = good
        self._method = method

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self._left < 1 and self._method in ("", request.method):
            return httpx2.Response(403, json={"message": "No."})
        if request.method != "GET" and "users-bulk" not in request.url.path:
            self._left -= 1
        return await self._inside.handle_async_request(request)


async def test_a_move_that_cannot_be_looked_at_afterwards_is_told_as_done(site: Sandbox, tmp_path: Path) -> None:
    async with converse(tmp_path, transport=Failing(site)) as confluence:
        text = await confluence.ask("confluence_move_page", page=PAGE, target="98404")
    assert text.startswith(f'moved {PAGE} "Product Architect"')
    assert "under 98404" in text


async def test_a_copy_that_cannot_be_looked_at_afterwards_is_told_with_its_id(site: Sandbox, tmp_path: Path) -> None:
    async with converse(tmp_path, transport=Failing(site)) as confluence:
        text = await confluence.ask("confluence_copy_page", page=PAGE, target="98404")
    assert text.startswith("copied to 5")
    assert '"Copy of Product Architect"' in text


async def test_a_page_that_cannot_be_looked_at_afterwards_is_told_with_its_id(site: Sandbox, tmp_path: Path) -> None:
    async with converse(tmp_path, transport=Failing(site)) as confluence:
        text = await confluence.ask("confluence_create_page", space="PMOS", title="New", body="x", labels=["one"])
    assert text.startswith("created 5")
    assert "its labels were not set" in text


async def test_labels_that_were_changed_before_a_failure_are_told(site: Sandbox, tmp_path: Path) -> None:
    async with converse(tmp_path, transport=Failing(site, 2, "DELETE")) as confluence:
        text = await confluence.refused(
            "confluence_update_labels", page=PAGE, add=["one"], remove=["agent-spec", "phase-0"]
        )
    assert "Before it: added one; removed agent-spec" in text


async def test_a_list_that_was_not_read_to_its_end_is_not_written_back(site: Sandbox, tmp_path: Path) -> None:
    inside = httpx2.ASGITransport(site)
    people = [{"accountId": f"712020:{number}", "displayName": "Somebody"} for number in range(200)]
    many = {"operation": "update", "restrictions": {"user": {"results": people}}}

    class Many(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.method == "GET" and request.url.path.endswith("/restriction"):
                return httpx2.Response(200, json={"results": [many]})
            return await inside.handle_async_request(request)

    async with converse(tmp_path, transport=Many()) as confluence:
        text = await confluence.refused("confluence_update_restrictions", page=PAGE, view=["me"])
        assert "cannot all be kept" in text
        assert not confluence.sent("PUT", f"/wiki/rest/api/content/{PAGE}/restriction")
