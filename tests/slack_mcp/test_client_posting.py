"""Posts whose requests or answers get lost: found, tried once more, or told; never doubled."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest

from connector_kit.errors import (
    OutcomeUnknown,
)
from connector_kit.testing.faults import QUICK
from slack_mcp.client import SlackClient, connect
from slack_mcp.settings import SlackSettings

from .faulty import NOW, no_pause

pytestmark = pytest.mark.anyio


class Losing(httpx2.AsyncBaseTransport):
    """A way to a sandbox on which answers, or whole requests, of one method get lost."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self.inner = inner
        self.method = "chat.postMessage"
        self.plan: list[str] = []
        self.blind = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass a request on; "answer" loses its answer, "request" the request."""
        if self.blind and "conversations." in request.url.path:
            raise httpx2.ConnectError("no way")
        if not request.url.path.endswith(self.method) or not self.plan:
            return await self.inner.handle_async_request(request)
        what = self.plan.pop(0)
        if what != "request":
            response = await self.inner.handle_async_request(request)
            await response.aread()
            if what == "bad gateway":
                return httpx2.Response(502, text="<html></html>")
        raise httpx2.ReadError("lost")


@pytest.fixture
async def losing(sandbox_transport: httpx2.AsyncBaseTransport) -> Losing:
    """A way to the sandbox that loses what a test wants."""
    return Losing(sandbox_transport)


@pytest.fixture
async def poster(losing: Losing, stopped_clock: Callable[[], float]) -> AsyncIterator[SlackClient]:
    """A client on that way."""
    client = await connect(
        SlackSettings(sandbox=True), transport=losing, policy=QUICK, sleep=no_pause, clock=stopped_clock
    )
    yield client
    await client.aclose()


async def posts_of(slack: SlackClient, text: str) -> int:
    return sum(message.text == text for message in (await slack.history("general")).items)


@pytest.mark.parametrize("lost", ["answer", "bad gateway"])
@pytest.mark.parametrize("thread", [False, True])
async def test_a_post_whose_answer_was_lost_is_found_and_not_doubled(
    poster: SlackClient, losing: Losing, lost: str, thread: bool
) -> None:
    under = next(each for each in (await poster.history("general")).items if each.replies == 2).ts if thread else ""
    losing.plan = [lost]
    posted = (await poster.post("general", "only once", thread=under)).messages[0]
    assert posted.found
    seen = (await poster.thread(under, channel="general")).items if thread else (await poster.history("general")).items
    assert [message.ts for message in seen if message.text == "only once"] == [posted.ts]


async def test_a_post_that_was_lost_on_the_way_is_tried_once_more(poster: SlackClient, losing: Losing) -> None:
    losing.plan = ["request"]
    posted = (await poster.post("general", "second try")).messages[0]
    assert not posted.found
    assert await posts_of(poster, "second try") == 1


async def test_a_post_that_is_not_answered_for_long_may_still_come_and_is_not_repeated(
    sandbox_transport: httpx2.AsyncBaseTransport, stopped_clock: Any
) -> None:
    class Late(Losing):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.url.path.endswith(self.method) and not self.plan:
                self.plan.append("under way")
                stopped_clock.now += 30.0
                raise httpx2.ReadTimeout("no answer")
            return await self.inner.handle_async_request(request)

    late = Late(sandbox_transport)
    settings = SlackSettings(sandbox=True)
    slack = await connect(settings, transport=late, policy=QUICK, sleep=no_pause, clock=stopped_clock)
    with pytest.raises(OutcomeUnknown, match="slack_read_channel with C0PMOS00001"):
        await slack.post("general", "late")
    assert await posts_of(slack, "late") == 0
    await slack.aclose()


async def test_a_post_that_is_lost_twice_is_told_with_where_to_look(poster: SlackClient, losing: Losing) -> None:
    losing.plan = ["request", "request", "request"]
    with pytest.raises(OutcomeUnknown, match="slack_read_channel with C0PMOS00001"):
        await poster.post("general", "never there")
    assert len(losing.plan) == 1


async def test_a_post_whose_fate_cannot_be_seen_is_not_repeated(poster: SlackClient, losing: Losing) -> None:
    await poster.channel("general")
    losing.plan = ["answer"]
    losing.blind = True
    with pytest.raises(OutcomeUnknown, match="could not be seen"):
        await poster.post("general", "who knows")
    losing.blind = False
    assert await posts_of(poster, "who knows") == 1


async def test_a_clock_that_is_wrong_does_not_double_a_post(losing: Losing) -> None:
    class Dated(Losing):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            response = await super().handle_async_request(request)
            response.headers["Date"] = "Mon, 02 Feb 2026 20:30:00 GMT"
            return response

    way = Dated(losing.inner)
    slack = await connect(
        SlackSettings(sandbox=True), transport=way, policy=QUICK, sleep=no_pause, clock=lambda: 1_800_000_000.0
    )
    under = next(each for each in (await slack.history("general")).items if each.replies == 2).ts
    way.plan = ["answer", "request", "request"]
    assert (await slack.post("general", "in time", thread=under)).messages[0].found
    await slack.aclose()


async def test_a_message_of_ours_that_bears_no_mark_keeps_a_post_from_being_repeated(
    poster: SlackClient, losing: Losing
) -> None:
    class Unmarked(Losing):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            response = await super().handle_async_request(request)
            if request.url.path.endswith("conversations.history"):
                await response.aread()
                body = json.loads(response.content)
                for message in body["messages"]:
                    message.pop("metadata", None)
                return httpx2.Response(200, json=body)
            return response

    way = Unmarked(losing.inner)
    slack = await connect(SlackSettings(sandbox=True), transport=way, policy=QUICK, sleep=no_pause, clock=lambda: NOW)
    way.plan = ["answer"]
    with pytest.raises(OutcomeUnknown, match="cannot be told apart"):
        await slack.post("general", "maybe")
    assert await posts_of(poster, "maybe") == 1
    await slack.aclose()


async def test_the_rest_of_a_long_text_is_handed_back_when_it_could_not_be_posted(
    poster: SlackClient, losing: Losing
) -> None:
    text = "\n\n".join(f"Part {number} " + "words " * 1_900 for number in range(3))

    class Archiving(Losing):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.url.path.endswith("chat.postMessage") and b"Part 1 " in request.content:
                body = {"ok": False, "error": "is_archived"}
                return httpx2.Response(200, content=json.dumps(body), headers={"Content-Type": "application/json"})
            return await self.inner.handle_async_request(request)

    slack = await connect(SlackSettings(sandbox=True), transport=Archiving(losing.inner), policy=QUICK, sleep=no_pause)
    posted = await slack.post("general", text)
    assert len(posted.messages) == 1
    assert "#general is archived" in posted.problem
    assert posted.unsent.startswith("Part 1 ")
    assert "Part 2 " in posted.unsent
    assert not posted.unclear
    await slack.aclose()
