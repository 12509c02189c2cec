"""The file behind the sandbox: private, shared by processes, and easy to start over."""

from pathlib import Path

import anyio
import pytest

from confluence_mcp.sandbox import create_app, reset
from confluence_mcp.sandbox.visitor import Visitor
from connector_kit.testing.visits import run_at_once

pytestmark = pytest.mark.anyio

CREATE_THREE = """
import asyncio, os, sys
from pathlib import Path
from confluence_mcp.sandbox import create_app
from confluence_mcp.sandbox.visitor import Visitor

async def main():
    app = create_app(Path(sys.argv[1]))
    visitor = Visitor(app)
    print(*[(await visitor.create(f"{os.getpid()} {number}"))["id"] for number in range(3)])
    await visitor.aclose()
    app.close()

asyncio.run(main())
"""


async def test_processes_that_start_at_once_fill_the_file_once_and_never_share_an_id(tmp_path: Path) -> None:
    numbers = await anyio.to_thread.run_sync(run_at_once, CREATE_THREE, tmp_path / "new" / "confluence.sqlite", 2)
    assert sorted(map(int, numbers)) == list(range(5_000_000, 5_000_006))


async def test_threads_never_share_an_id_and_one_of_two_equal_titles_wins(wiki: Visitor) -> None:
    space = await wiki.space()
    statuses: list[int] = []

    async def create(title: str) -> None:
        answer = await wiki.ask("POST", "/pages", {"spaceId": space, "title": title})
        statuses.append(answer.status)

    async with anyio.create_task_group() as group:
        for number in range(8):
            group.start_soon(create, f"Page {number // 2}")
    assert sorted(statuses) == [200] * 4 + [400] * 4


async def test_changes_survive_a_restart_and_do_not_survive_a_reset(database: Path) -> None:
    first = create_app(database)
    visitor = Visitor(first)
    page = await visitor.create("Still here?")
    await visitor.aclose()
    first.close()

    second = create_app(database, search_lag=0.0)
    visitor = Visitor(second)
    assert (await visitor.get(f"/pages/{page['id']}"))["title"] == "Still here?"
    reset(database)
    assert (await visitor.ask("GET", f"/pages/{page['id']}")).status == 404
    assert (await visitor.create("Again"))["id"] == page["id"], "numbers start over, too"
    assert (await visitor.ask("POST", "/_sandbox/reset")).status == 204
    assert (await visitor.ask("GET", f"/pages/{page['id']}")).status == 404
    await visitor.aclose()
    second.close()
