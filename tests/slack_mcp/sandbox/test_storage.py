"""The file behind the sandbox: private, shared by processes, and easy to start over."""

from pathlib import Path

import anyio
import pytest

from connector_kit.testing.visits import run_at_once
from slack_mcp.sandbox import create_app, reset
from slack_mcp.sandbox.sample import channels
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


async def test_processes_that_start_at_once_fill_the_file_once_and_never_share_a_timestamp(tmp_path: Path) -> None:
    database = tmp_path / "new" / "slack.sqlite"
    stamps = await anyio.to_thread.run_sync(run_at_once, POST_TEN, database, 3)
    assert len(set(stamps)) == 30


async def test_threads_never_share_a_timestamp(slack: Visitor) -> None:
    stamps: list[str] = []

    async def post() -> None:
        stamps.append(await slack.post(channels.DEV, "x"))

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(post)
    assert len(set(stamps)) == 20


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


async def test_the_same_sample_data_comes_out_every_time(tmp_path: Path, slack: Visitor) -> None:
    other = Visitor(create_app(tmp_path / "other.sqlite"))
    for channel in (channels.GENERAL, channels.DEV, channels.ALERTS, channels.METRICS):
        mine = await slack.call("conversations.history", channel=channel)
        assert mine == await other.call("conversations.history", channel=channel)
    await other.aclose()
    other.app.close()
