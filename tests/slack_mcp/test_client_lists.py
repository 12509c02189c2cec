"""Long lists are read as far as somebody looks, and no further; names that cannot be looked up stay ids."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import anyio.lowlevel
import httpx2
import pytest

from connector_kit.errors import NotFound, ScopeMissing, Unavailable
from connector_kit.testing.faults import QUICK, Fault, FaultServer
from connector_kit.testing.recorder import Recorder
from slack_mcp.client import SlackClient, connect
from slack_mcp.client.concurrency import gather
from slack_mcp.client.lazy import LazyList
from slack_mcp.sandbox import create_app
from slack_mcp.settings import SlackSettings

pytestmark = pytest.mark.anyio

NOW = 1770064200.0


class Numbers:
    """Pages of ten numbers; counts how many were read."""

    def __init__(self, last: int = 50) -> None:
        self.read = 0
        self.last = last
        self.now = 0.0

    async def load(self, cursor: str | None) -> tuple[list[int], str | None]:
        await anyio.lowlevel.checkpoint()
        self.read += 1
        start = int(cursor or 0)
        return list(range(start, start + 10)), str(start + 10) if start + 10 < self.last else None

    def clock(self) -> float:
        return self.now


def _never(_number: int) -> bool:
    return False


async def test_a_list_is_read_until_enough_was_found() -> None:
    numbers = Numbers()
    lazy = LazyList(numbers.load, pages=10)
    assert await lazy.select(lambda number: number == 12, enough=1) == ([12], False)
    assert numbers.read == 2
    assert await lazy.select(lambda number: number == 3, enough=1) == ([3], False)
    assert numbers.read == 2
    assert await lazy.select(lambda number: number % 20 == 0) == ([0, 20, 40], True)
    assert numbers.read == 5


async def test_a_list_is_not_read_beyond_its_pages_nor_twice_at_once() -> None:
    numbers = Numbers(10_000)
    lazy = LazyList(numbers.load, pages=3)
    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(lazy.select, _never)
    assert numbers.read == 3
    assert len(lazy.seen) == 30


async def test_a_list_is_read_anew_after_a_while_and_after_a_change() -> None:
    numbers = Numbers(10)
    lazy = LazyList(numbers.load, pages=3, ttl=60.0, clock=numbers.clock)
    for _ in range(2):
        await lazy.select(lambda number: number == 1)
    numbers.now = 61.0
    await lazy.select(lambda number: number == 1)
    assert numbers.read == 2
    lazy.forget()
    await lazy.select(lambda number: number == 1)
    assert numbers.read == 3


async def test_a_page_that_was_read_while_the_list_changed_does_not_count() -> None:
    numbers = Numbers(10)
    changes = 1

    async def load(cursor: str | None) -> tuple[list[int], str | None]:
        nonlocal changes
        page = await numbers.load(cursor)
        if changes:
            changes -= 1
            lazy.forget()
        return page

    lazy = LazyList(load, pages=3)
    assert await lazy.select(lambda number: number == 1) == ([1], True)
    assert (numbers.read, lazy.seen) == (2, list(range(10)))


async def test_a_failure_is_told_and_the_list_goes_on_from_there() -> None:
    numbers = Numbers()
    fails = True

    async def load(cursor: str | None) -> tuple[list[int], str | None]:
        if fails and cursor:
            raise Unavailable("down")
        return await numbers.load(cursor)

    lazy = LazyList(load, pages=5)
    with pytest.raises(Unavailable):
        await lazy.select(lambda number: number == 12)
    fails = False
    assert await lazy.select(lambda number: number == 12, enough=1) == ([12], False)
    assert numbers.read == 2


async def test_look_ups_that_fail_or_take_too_long_are_left_out() -> None:
    async def look_up(key: int) -> str:
        if key == 1:
            raise NotFound("gone")
        if key == 2:
            await anyio.sleep_forever()
        return str(key)

    assert await gather([0, 1, 2, 3, 3], look_up, seconds=0.05) == {0: "0", 3: "3"}
    assert await gather(list[int](), look_up) == {}


# Names


async def client_of(server: FaultServer) -> SlackClient:
    settings = SlackSettings.model_validate({"token": "xoxb-1111111111-2222", "api_url": server.url})
    return await connect(settings, policy=QUICK)


CHANNEL = {"ok": True, "channel": {"id": "C0123456789", "name": "general"}}
SAID = {
    "ts": "1769846400.000100",
    "user": "U0000ANN1",
    "text": "<@U0000BOB1> in <#C9999999999> and <!subteam^S0000GRP1>",
}


async def test_without_the_scopes_for_names_ids_stay_and_nothing_is_asked() -> None:
    async with FaultServer() as server:
        few = {"X-OAuth-Scopes": "channels:history,channels:read"}
        me = {"ok": True, "user_id": "U0000ME01", "bot_id": "B1", "url": "https://acme.slack.com/"}
        server.queue("/api/auth.test", Fault.json(me, headers=few))
        server.queue(
            "/api/conversations.info",
            Fault.json(CHANNEL, headers=few),
            Fault.json({"ok": False, "error": "channel_not_found"}),
        )
        server.queue("/api/conversations.history", *[Fault.json({"ok": True, "messages": [SAID]}, headers=few)] * 2)
        slack = await client_of(server)
        await slack.history("C0123456789")
        message = (await slack.history("C0123456789")).items[0]
        assert message.author == "U0000ANN1"
        assert "@U0000BOB1 in #C9999999999 and @S0000GRP1" in message.text.replace("\\", "")
        asked = [request.path for request in server.requests]
        assert not {"/api/users.info", "/api/usergroups.list"} & set(asked)
        assert asked.count("/api/conversations.info") == 2  # what could not be found is remembered
        await slack.aclose()


async def test_people_whom_slack_does_not_show_are_asked_for_once() -> None:
    async with FaultServer(Fault.json({"ok": False, "error": "user_not_found"})) as server:
        server.queue(
            "/api/auth.test", Fault.json({"ok": True, "user_id": "U0000ME01", "url": "https://acme.slack.com/"})
        )
        server.queue("/api/conversations.info", Fault.json(CHANNEL))
        said = {**SAID, "text": "hello"}
        server.queue("/api/conversations.history", *[Fault.json({"ok": True, "messages": [said]})] * 2)
        slack = await client_of(server)
        for _ in range(2):
            assert (await slack.history("C0123456789")).items[0].author == "U0000ANN1"
        assert sum(request.path == "/api/users.info" for request in server.requests) == 1
        await slack.aclose()


async def test_a_scope_that_only_the_list_of_all_lacks_does_not_hide_our_channels() -> None:
    async with FaultServer() as server:
        server.queue(
            "/api/auth.test", Fault.json({"ok": True, "user_id": "U0000ME01", "url": "https://acme.slack.com/"})
        )
        lacking = Fault.json({"ok": False, "error": "missing_scope", "needed": "groups:read"})
        server.queue("/api/users.conversations", lacking)
        server.queue("/api/conversations.list", lacking)
        slack = await client_of(server)
        with pytest.raises(ScopeMissing, match="groups:read"):
            await slack.channel("general")
        await slack.aclose()


# A large workspace


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of three hundred channels and two thousand people."""
    database = tmp_path_factory.mktemp("large") / "slack.sqlite3"
    create_app(database, data="large").close()
    return database


@pytest.fixture
async def crowd(large: Path, recorder: Recorder) -> AsyncIterator[SlackClient]:
    """A client there."""
    app = create_app(large, data="large", clock=lambda: NOW)
    settings = SlackSettings(sandbox=True)
    client = await connect(
        settings, transport=httpx2.ASGITransport(app), policy=QUICK, on_exchange=recorder, clock=lambda: NOW
    )
    yield client
    await client.aclose()
    app.close()


async def test_all_channels_are_reached_page_by_page(crowd: SlackClient) -> None:
    names: list[str] = []
    cursor: str | None = None
    while True:
        page = await crowd.channels(limit=70, cursor=cursor)
        names += [channel.name for channel in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert len(names) == len(set(names)) > 250
    assert names == [channel.name for channel in (await crowd.channels(limit=999)).items]


async def test_a_conversation_among_many_people_looks_up_those_in_it_only(
    crowd: SlackClient, recorder: Recorder
) -> None:
    busiest = max((await crowd.channels(mine=True, kinds=["public"], limit=300)).items, key=lambda each: each.size or 0)
    recorder.clear()
    page = await crowd.history(busiest.id, limit=100)
    assert not any(message.author.startswith("U0") for message in page.items)
    paths = [path for _, path in recorder.sent]
    assert "/api/users.list" not in paths
    assert paths.count("/api/users.info") <= 60


async def test_somebody_among_thousands_is_found_by_handle_name_and_address(crowd: SlackClient) -> None:
    found = (await crowd.users("anna")).items
    assert found
    person = found[-1]
    assert await crowd.user(f"@{person.handle}") == person
    assert await crowd.user(person.email or "") == person
    assert await crowd.user(person.real_name) == person


async def test_no_more_conversations_are_looked_at_than_a_minute_allows(crowd: SlackClient, recorder: Recorder) -> None:
    unread = await crowd.unread(limit=5)
    assert (unread.looked_at, len(unread.channels)) == (40, 5)
    assert unread.total > 40
    assert any("Only the first 40" in warning for warning in unread.warnings)
    assert any("more conversations" in warning for warning in unread.warnings)
    assert sum(path == "/api/conversations.info" for _, path in recorder.sent) == 40
