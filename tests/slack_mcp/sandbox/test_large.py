"""The large workspace: as large as it says, always the same, and all of it reachable page by page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from slack_mcp.sandbox import create_app
from slack_mcp.sandbox.app import Sandbox
from slack_mcp.sandbox.sample import channels, people
from slack_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio

ALL_KINDS = "public_channel,private_channel"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return create_app(tmp_path_factory.mktemp("large") / "slack.sqlite", data="large")


@pytest.fixture
async def slack(large: Sandbox) -> AsyncIterator[Visitor]:
    visitor = Visitor(large)
    yield visitor
    await visitor.aclose()


async def everything(visitor: Visitor, method: str, key: str, **arguments: object) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    cursor = ""
    while True:
        body = await visitor.call(method, cursor=cursor, **arguments)
        found += body[key]
        cursor = body["response_metadata"]["next_cursor"]
        if not cursor:
            return found


async def test_there_are_as_many_of_everything_as_was_promised(large: Sandbox) -> None:
    with large.store.reading() as session:

        def count(table: str, column: str) -> int:
            query = f"SELECT COUNT(*) FROM {table} WHERE {column} LIKE '_0LARGE%'"  # noqa: S608 - names below
            return session.db.execute(query).fetchone()[0]

        assert count("conversation", "id") == 300
        assert count("user", "id") == 2_000
        assert count("message", "channel") == 50_000
        private = "SELECT COUNT(*) FROM conversation WHERE kind = 'private_channel' AND id LIKE 'C0LARGE%'"
        assert session.db.execute(private).fetchone()[0] == 40


async def test_the_sample_is_still_in_it(slack: Visitor) -> None:
    assert (await slack.latest(channels.METRICS))["text"].count("•") == 8


async def test_all_people_and_channels_are_reached_by_cursors(slack: Visitor) -> None:
    users = await everything(slack, "users.list", "members", limit=500)
    assert len({str(each["id"]) for each in users}) == 2_000 + len(people.USERS)
    seen = await everything(slack, "conversations.list", "channels", limit=90, types=ALL_KINDS)
    ids = {str(each["id"]) for each in seen}
    assert len(ids) == len(seen)
    assert 265 < len([each for each in ids if each.startswith("C0LARGE")]) < 300  # not all of the private ones


async def test_channels_have_different_names_and_members(slack: Visitor) -> None:
    seen = await everything(slack, "users.conversations", "channels", limit=50, types=ALL_KINDS)
    generated = [each for each in seen if str(each["id"]).startswith("C0LARGE")]
    assert len(generated) == 60
    assert len({str(each["name"]) for each in generated}) == 60


async def test_a_busy_channel_is_read_to_its_end(slack: Visitor) -> None:
    found = await slack.call("conversations.history", channel="C0LARGE0000", limit=999)
    stamps = [each["ts"] for each in found["messages"]]
    assert len(stamps) == 999
    assert stamps == sorted(stamps, reverse=True)
    assert found["has_more"]
    thread = next(each for each in found["messages"] if each.get("reply_count", 0) > 1)
    replies = await slack.call("conversations.replies", channel="C0LARGE0000", ts=thread["ts"])
    assert len(replies["messages"]) == thread["reply_count"] + 1


async def test_a_search_of_all_of_it_finds_what_is_there(slack: Visitor) -> None:
    body = await slack.call("search.messages", query="rollout from:@ada.abe in:team-atlas")
    one = body["messages"]["matches"]
    assert all("rollout" in each["text"] and each["user"] == "U0LARGE0000" for each in one)
    assert (await slack.call("search.messages", query="endpoint", count=100, page=2))["messages"]["matches"]


async def test_it_is_the_same_every_time(large: Sandbox, tmp_path: Path) -> None:
    other = create_app(tmp_path / "again.sqlite", data="large")
    query = "SELECT channel, ts, body FROM message ORDER BY channel, ts"
    with large.store.reading() as first, other.store.reading() as second:
        assert first.db.execute(query).fetchall() == second.db.execute(query).fetchall()
    other.close()
