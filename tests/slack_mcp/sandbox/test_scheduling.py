"""Messages that wait for their moment."""

from typing import Any

import pytest

from slack_mcp.sandbox.sample import channels
from slack_mcp.sandbox.visitor import Clock, Visitor

pytestmark = pytest.mark.anyio


async def schedule(visitor: Visitor, clock: Clock, seconds: int, text: str = "Later", **more: Any) -> str:
    body = await visitor.call(
        "chat.scheduleMessage", channel=channels.DEV, text=text, post_at=int(clock.now) + seconds, **more
    )
    return body["scheduled_message_id"]


async def test_a_scheduled_message_is_posted_at_its_moment(slack: Visitor, clock: Clock) -> None:
    await schedule(slack, clock, 600, "On time")
    assert (await slack.latest(channels.DEV))["text"] != "On time"
    clock.now += 900
    message = await slack.latest(channels.DEV)
    assert message["text"] == "On time"
    assert message["ts"].startswith(str(int(clock.now) - 300)), "at its moment, not when somebody looked"
    assert (await slack.call("chat.scheduledMessages.list"))["scheduled_messages"] == []


async def test_waiting_messages_are_listed_for_who_scheduled_them(slack: Visitor, bot: Visitor, clock: Clock) -> None:
    later = await schedule(slack, clock, 7200, "Second")
    sooner = await schedule(slack, clock, 3600, "First")
    listed = (await slack.call("chat.scheduledMessages.list", channel=channels.DEV))["scheduled_messages"]
    assert [(each["id"], each["text"]) for each in listed] == [(sooner, "First"), (later, "Second")]
    assert listed[0]["post_at"] == int(clock.now) + 3600
    assert (await bot.call("chat.scheduledMessages.list"))["scheduled_messages"] == []
    window = await slack.call("chat.scheduledMessages.list", oldest=str(int(clock.now) + 4000))
    assert [each["id"] for each in window["scheduled_messages"]] == [later]
    page = await slack.call("chat.scheduledMessages.list", limit=1)
    rest = await slack.call("chat.scheduledMessages.list", cursor=page["response_metadata"]["next_cursor"])
    assert [each["id"] for each in rest["scheduled_messages"]] == [later]
    assert await slack.refused("chat.scheduledMessages.list", oldest="9", latest="1") == "invalid_arguments"


async def test_a_waiting_message_can_be_taken_back_but_not_in_the_last_minute(
    slack: Visitor, bot: Visitor, clock: Clock
) -> None:
    waiting = {"channel": channels.DEV, "scheduled_message_id": await schedule(slack, clock, 600)}
    error = "invalid_scheduled_message_id"
    assert await bot.refused("chat.deleteScheduledMessage", **waiting) == error
    await slack.call("chat.deleteScheduledMessage", **waiting)
    assert await slack.refused("chat.deleteScheduledMessage", **waiting) == error
    soon = await schedule(slack, clock, 30)
    refused = await slack.refused("chat.deleteScheduledMessage", channel=channels.DEV, scheduled_message_id=soon)
    assert refused == error


async def test_a_reply_can_wait_too(bot: Visitor, clock: Clock) -> None:
    parent = await bot.post(channels.DEV, "Question")
    await schedule(bot, clock, 600, "Answer", thread_ts=parent)
    clock.now += 600
    thread = (await bot.call("conversations.replies", channel=channels.DEV, ts=parent))["messages"]
    assert [each["text"] for each in thread] == ["Question", "Answer"]


@pytest.mark.parametrize(
    ("post_at", "error"),
    [
        ("soon", "invalid_time"),
        ("1770000000", "time_in_past"),
        ("1790000000", "time_too_far"),
        ("", "invalid_arguments"),
    ],
)
async def test_a_moment_that_cannot_be_is_refused(slack: Visitor, post_at: str, error: str) -> None:
    wish = {"channel": channels.DEV, "text": "x", "post_at": post_at}
    assert await slack.refused("chat.scheduleMessage", **wish) == error


async def test_only_so_many_messages_wait_for_the_same_minutes(slack: Visitor, clock: Clock) -> None:
    for _ in range(30):
        await schedule(slack, clock, 600)
    wish = {"channel": channels.DEV, "text": "x", "post_at": int(clock.now) + 601}
    assert await slack.refused("chat.scheduleMessage", **wish) == "restricted_too_many"


async def test_a_message_for_a_channel_that_was_archived_is_dropped(slack: Visitor, clock: Clock) -> None:
    channel = (await slack.call("conversations.create", name="gone-soon"))["channel"]["id"]
    await slack.call("chat.scheduleMessage", channel=channel, text="Late", post_at=int(clock.now) + 600)
    await slack.call("conversations.archive", channel=channel)
    clock.now += 600
    assert "Late" not in await slack.texts(channel)
