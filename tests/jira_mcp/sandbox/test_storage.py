"""The file behind the sandbox: private, shared by processes, and easy to start over."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

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


def start_processes(database: Path, count: int) -> list[str]:
    """Run several processes at once that create ten issues each; all the keys that they got."""
    command = [sys.executable, "-c", CREATE_TEN, str(database)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(count)]
    keys: list[str] = []
    for process in running:
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        keys += output.split()
    return keys


async def test_processes_that_start_at_once_fill_the_file_once_and_never_share_a_key(tmp_path: Path) -> None:
    database = tmp_path / "new" / "jira.sqlite"
    keys = await anyio.to_thread.run_sync(start_processes, database, 4)
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


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_the_file_and_its_companions_are_for_their_owner_only(tmp_path: Path) -> None:
    app = create_app(tmp_path / "jira.sqlite")
    with app.store.writing() as session:
        session.next_number("anything")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    app.close()
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}


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


def test_naming_the_sandbox_loads_nothing_heavy() -> None:
    heavy = "{'starlette', 'lark', 'jira_mcp.sandbox.app', 'jira_mcp.sandbox.store'}"
    code = f"import sys, jira_mcp.sandbox; print({heavy} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == "set()\n"


def test_a_write_that_fails_leaves_nothing_behind(database: Path) -> None:
    store = Store(database)
    with pytest.raises(LookupError), store.writing() as session:
        session.next_number("key:PMOS")
        raise LookupError
    with store.reading() as session:
        assert session.sequence("key:PMOS") == 56
    store.close()


async def test_the_file_is_made_when_it_is_first_needed(tmp_path: Path) -> None:
    database = tmp_path / "jira.sqlite"
    app = create_app(database, seed=False)
    assert not database.exists()
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent: list[str] = []

    async def receive() -> dict[str, str]:
        return next(messages)

    async def send(message: object) -> None:
        assert isinstance(message, dict)
        sent.append(str(message["type"]))  # pyright: ignore[reportUnknownArgumentType] - an ASGI message

    await app({"type": "lifespan"}, receive, send)
    assert database.exists()
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_the_same_sample_data_comes_out_every_time(tmp_path: Path, visit: Callable[[str], Visitor]) -> None:
    other = Visitor(create_app(tmp_path / "other.sqlite"))
    mine = visit("Human PM")
    for key in ("PMOS-2", "NOVA-1", "NOVA-777", "DESK-3"):
        assert await mine.fields(key) == await other.fields(key)
    await other.aclose()
    other.app.close()
