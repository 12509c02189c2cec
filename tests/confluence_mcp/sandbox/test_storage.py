"""The file behind the sandbox: private, shared by processes, and easy to start over."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from confluence_mcp.sandbox import create_app, reset
from confluence_mcp.sandbox.store import Store
from confluence_mcp.sandbox.visitor import Visitor

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


def start_processes(database: Path, count: int) -> list[str]:
    """Run processes at once that create three pages each; all the ids that they got."""
    command = [sys.executable, "-c", CREATE_THREE, str(database)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(count)]
    found: list[str] = []
    for process in running:
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        found += output.split()
    return found


async def test_processes_that_start_at_once_fill_the_file_once_and_never_share_an_id(tmp_path: Path) -> None:
    numbers = await anyio.to_thread.run_sync(start_processes, tmp_path / "new" / "confluence.sqlite", 2)
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


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_the_file_and_its_companions_are_for_their_owner_only(database: Path) -> None:
    app = create_app(database)
    with app.store.writing() as session:
        session.next_number("anything")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in database.parent.iterdir()}
    app.close()
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}


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


def test_naming_the_sandbox_loads_nothing_heavy() -> None:
    heavy = "{'starlette', 'lark', 'confluence_mcp.sandbox.app', 'confluence_mcp.sandbox.store'}"
    code = f"import sys, confluence_mcp.sandbox; print({heavy} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == "set()\n"


def test_a_write_that_fails_leaves_nothing_behind(database: Path) -> None:
    store = Store(database)
    with pytest.raises(LookupError), store.writing() as session:
        session.new_id()
        raise LookupError
    with store.writing() as session:
        assert session.new_id() == 5_000_000
    store.close()


async def test_the_file_is_made_when_it_is_first_needed(tmp_path: Path) -> None:
    database = tmp_path / "confluence.sqlite"
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
