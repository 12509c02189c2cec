"""The file behind the sandbox: private, shared by processes, and easy to start over."""

from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from connector_kit.testing.visits import run_at_once
from jira_mcp.sandbox import create_app, reset
from jira_mcp.sandbox.store import Store
from jira_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio

CREATE_TEN = """
import asyncio, sys
from pathlib import Path
from jira_mcp.sandbox import create_app
from jira_mcp.sandbox.visitor import Visitor

async def main():
    app = create_app(Path(sys.argv[1]))
    visitor = Visitor(app)
    print(*[await visitor.create() for _ in range(10)])
    await visitor.aclose()
    app.close()

asyncio.run(main())
"""


async def test_processes_that_start_at_once_fill_the_file_once_and_never_share_a_key(tmp_path: Path) -> None:
    database = tmp_path / "new" / "jira.sqlite"
    keys = await anyio.to_thread.run_sync(run_at_once, CREATE_TEN, database, 4)
    assert len(keys) == 40
    assert sorted(int(key.removeprefix("PMOS-")) for key in keys) == list(range(57, 97))
    with Store(database).reading() as session:
        assert session.sequence("key:NOVA") == 2000


async def test_threads_never_share_a_key(jira: Visitor) -> None:
    keys: list[str] = []

    async def create() -> None:
        keys.append(await jira.create())

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(create)
    assert len(set(keys)) == 20


async def test_changes_survive_a_restart_and_do_not_survive_a_reset(database: Path) -> None:
    first = create_app(database)
    visitor = Visitor(first)
    key = await visitor.create(summary="Still here?")
    await visitor.aclose()
    first.close()

    second = create_app(database, search_lag=0.0)
    visitor = Visitor(second)
    assert (await visitor.fields(key, "summary"))["summary"] == "Still here?"
    assert await visitor.found("summary ~ 'Still here'") == [key]
    reset(database)
    assert (await visitor.ask("GET", f"/issue/{key}")).status == 404
    assert await visitor.found("summary ~ 'Still here'") == []
    assert await visitor.create() == key, "numbers start over, too"
    await visitor.aclose()
    second.close()


async def test_a_reset_can_be_asked_for_over_http(jira: Visitor) -> None:
    key = await jira.create()
    assert (await jira.ask("POST", "/_sandbox/reset")).status == 204
    assert (await jira.ask("GET", f"/issue/{key}")).status == 404


async def test_another_process_sees_a_change_at_once(database: Path, jira: Visitor) -> None:
    other = create_app(database, search_lag=0.0)
    visitor = Visitor(other)
    assert await visitor.found("summary ~ elsewhere") == []
    key = await jira.create(summary="Made elsewhere")
    assert await visitor.found("summary ~ elsewhere") == [key]
    await jira.ask("DELETE", f"/issue/{key}")
    assert await visitor.found("summary ~ elsewhere") == []
    await visitor.aclose()
    other.close()


async def test_the_same_sample_data_comes_out_every_time(tmp_path: Path, visit: Callable[[str], Visitor]) -> None:
    other = Visitor(create_app(tmp_path / "other.sqlite"))
    mine = visit("Human PM")
    for key in ("PMOS-2", "NOVA-1", "NOVA-777", "DESK-3"):
        assert await mine.fields(key) == await other.fields(key)
    await other.aclose()
    other.app.close()
