"""The file behind the sandbox: private, shared by processes, and easy to start over."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from slack_mcp.sandbox import create_app, reset
from slack_mcp.sandbox.sample import channels
from slack_mcp.sandbox.store import Store
from slack_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio

POST_TEN = """
import asyncio, sys
from pathlib import Path
from slack_mcp.sandbox import create_app
from slack_mcp.sandbox.visitor import Visitor

async def main():
    app = create_app(Path(sys.argv[1]), clock=lambda: 1770064200.0)
    visitor = Visitor(app)
    print(*[await visitor.post("C0PMOS00002", "x") for _ in range(10)])
    await visitor.aclose()
    app.close()

asyncio.run(main())
"""


def start_processes(database: Path, count: int) -> list[str]:
    """Run several processes at once that post ten messages each; all the timestamps that they got."""
    command = [sys.executable, "-c", POST_TEN, str(database)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(count)]
    stamps: list[str] = []
    for process in running:
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        stamps += output.split()
    return stamps


async def test_processes_that_start_at_once_fill_the_file_once_and_never_share_a_timestamp(tmp_path: Path) -> None:
    database = tmp_path / "new" / "slack.sqlite"
    stamps = await anyio.to_thread.run_sync(start_processes, database, 3)
    assert len(set(stamps)) == 30


async def test_threads_never_share_a_timestamp(slack: Visitor) -> None:
    stamps: list[str] = []

    async def post() -> None:
        stamps.append(await slack.post(channels.DEV, "x"))

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(post)
    assert len(set(stamps)) == 20


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_the_file_and_its_companions_are_for_their_owner_only(tmp_path: Path) -> None:
    app = create_app(tmp_path / "slack.sqlite")
    with app.store.writing() as session:
        session.next_number("anything")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    app.close()
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}


async def test_changes_survive_a_restart_and_do_not_survive_a_reset(database: Path) -> None:
    first = create_app(database)
    visitor = Visitor(first)
    await visitor.post(channels.DEV, "Still here?")
    await visitor.aclose()
    first.close()

    second = create_app(database)
    visitor = Visitor(second)
    assert (await visitor.texts(channels.DEV))[0] == "Still here?"
    reset(database)
    assert (await visitor.texts(channels.DEV))[0] != "Still here?"
    await visitor.aclose()
    second.close()


async def test_a_reset_can_be_asked_for_over_http(slack: Visitor) -> None:
    await slack.post(channels.DEV, "Gone soon")
    assert (await slack.control("POST", "/_sandbox/reset")).status == 204
    assert "Gone soon" not in await slack.texts(channels.DEV)


async def test_a_call_that_is_refused_leaves_nothing_behind(slack: Visitor) -> None:
    before = await slack.texts(channels.DEV)
    assert await slack.refused("chat.scheduleMessage", channel=channels.DEV, text="x", post_at=1) == "time_in_past"
    assert await slack.refused("chat.postMessage", channel="U0PMOS00011", markdown_text="x" * 12_001) == "msg_too_long"
    assert await slack.texts(channels.DEV) == before
    direct = await slack.call("conversations.list", types="im")
    assert len(direct["channels"]) == 2, "no direct message was opened for a message that was refused"


def test_naming_the_sandbox_loads_nothing_heavy() -> None:
    heavy = "{'starlette', 'slack_mcp.sandbox.app', 'slack_mcp.sandbox.store'}"
    code = f"import sys, slack_mcp.sandbox; print({heavy} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == "set()\n"


def test_a_write_that_fails_leaves_nothing_behind(database: Path) -> None:
    store = Store(database)
    with pytest.raises(LookupError), store.writing() as session:
        session.set_meta("anything", "x")
        raise LookupError
    with store.reading() as session:
        assert session.meta("anything") is None
        assert session.meta("data") == "sample"
    store.close()


async def test_the_file_is_made_when_it_is_first_needed(tmp_path: Path) -> None:
    database = tmp_path / "slack.sqlite"
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


async def test_the_same_sample_data_comes_out_every_time(tmp_path: Path, slack: Visitor) -> None:
    other = Visitor(create_app(tmp_path / "other.sqlite"))
    for channel in (channels.GENERAL, channels.DEV, channels.ALERTS, channels.METRICS):
        mine = await slack.call("conversations.history", channel=channel)
        assert mine == await other.call("conversations.history", channel=channel)
    await other.aclose()
    other.app.close()
