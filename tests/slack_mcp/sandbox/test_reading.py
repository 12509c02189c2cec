"""Histories and threads: order, windows, cursors, and what a message says of its replies."""

from collections.abc import Callable

import pytest

from slack_mcp.sandbox import accounts
from slack_mcp.sandbox.sample import channels, people
from slack_mcp.sandbox.visitor import Clock, Visitor

pytestmark = pytest.mark.anyio

FIRST_OF_FEBRUARY, SECOND_OF_FEBRUARY = "1769904000", "1769990400.000000"


async def test_the_newest_message_comes_first_and_replies_stay_in_their_threads(slack: Visitor) -> None:
    history = (await slack.call("conversations.history", channel=channels.DEV))["messages"]
    stamps = [each["ts"] for each in history]
    assert stamps == sorted(stamps, reverse=True)
    assert not [each for each in history if each.get("thread_ts", each["ts"]) != each["ts"] and "subtype" not in each]


async def test_a_reply_that_was_sent_to_the_channel_too_is_in_both(slack: Visitor) -> None:
    history = (await slack.call("conversations.history", channel=channels.DEV))["messages"]
    broadcast = next(each for each in history if each.get("subtype") == "thread_broadcast")
    assert broadcast["root"]["ts"] == broadcast["thread_ts"]
    thread = await slack.call("conversations.replies", channel=channels.DEV, ts=broadcast["thread_ts"])
    assert broadcast["ts"] in [each["ts"] for each in thread["messages"]]


async def test_pages_of_a_history_follow_each_other(slack: Visitor) -> None:
    everything = await slack.texts(channels.DEV)
    found: list[str] = []
    cursor = ""
    while True:
        body = await slack.call("conversations.history", channel=channels.DEV, limit=4, cursor=cursor)
        found += [each["text"] for each in body["messages"]]
        assert body["has_more"] == ("response_metadata" in body)
        if not body["has_more"]:
            break
        cursor = body["response_metadata"]["next_cursor"]
    assert found == everything


async def test_a_window_leaves_its_borders_out_unless_told_otherwise(slack: Visitor) -> None:
    body = await slack.call(
        "conversations.history", channel=channels.DEV, oldest=FIRST_OF_FEBRUARY, latest=SECOND_OF_FEBRUARY
    )
    assert {each["ts"][:5] for each in body["messages"]} == {"17699"}
    assert len(body["messages"]) == 7
    assert (body["oldest"], body["latest"]) == (FIRST_OF_FEBRUARY, SECOND_OF_FEBRUARY)
    edge = {"oldest": body["messages"][-1]["ts"], "latest": body["messages"][0]["ts"]}
    assert len((await slack.call("conversations.history", channel=channels.DEV, **edge))["messages"]) == 5
    inside = await slack.call("conversations.history", channel=channels.DEV, inclusive=True, **edge)
    assert len(inside["messages"]) == 7


@pytest.mark.parametrize("border", ["oldest", "latest"])
async def test_a_border_that_is_no_moment_is_refused(slack: Visitor, border: str) -> None:
    refused = await slack.refused("conversations.history", channel=channels.DEV, **{border: "yesterday"})
    assert refused == f"invalid_ts_{border}"


@pytest.mark.parametrize("cursor", ["x", "bmV4dF90czoxMjM=", "dGVhbTpDMDAx"])
async def test_a_cursor_of_something_else_is_refused(slack: Visitor, cursor: str) -> None:
    for method in ("conversations.history", "conversations.replies"):
        ts = (await slack.latest(channels.DEV))["ts"]
        assert await slack.refused(method, channel=channels.DEV, ts=ts, cursor=cursor) == "invalid_cursor"


async def test_a_bot_reads_only_where_it_is_and_a_person_every_public_channel(slack: Visitor, bot: Visitor) -> None:
    assert await bot.refused("conversations.history", channel=channels.DESIGN) == "not_in_channel"
    assert await slack.texts(channels.DESIGN)


async def test_reading_private_channels_takes_another_scope(visit: Callable[[str], Visitor]) -> None:
    answer = await visit(accounts.READ_TOKEN).ask("conversations.history", channel=channels.LEADS)
    assert (answer.body["error"], answer.body["needed"]) == ("missing_scope", "groups:history")


async def test_a_thread_begins_with_its_parent_which_counts_the_replies(slack: Visitor, clock: Clock) -> None:
    parent = await slack.post(channels.DEV, "Question")
    replies: list[str] = []
    for number in range(3):
        clock.now += 60
        replies.append(await slack.post(channels.DEV, f"Answer {number}", thread_ts=parent))
    thread = (await slack.call("conversations.replies", channel=channels.DEV, ts=parent))["messages"]
    assert [each["text"] for each in thread] == ["Question", "Answer 0", "Answer 1", "Answer 2"]
    assert thread[0]["reply_count"] == 3
    assert thread[0]["latest_reply"] == replies[-1]
    assert thread[0]["reply_users"] == [people.HUMAN_PM.id]
    assert thread[0]["thread_ts"] == parent
    assert thread[1]["parent_user_id"] == people.HUMAN_PM.id
    assert (await slack.latest(channels.DEV))["text"] == "Question"


async def test_every_page_of_a_thread_begins_with_the_parent(slack: Visitor) -> None:
    parent = await slack.post(channels.DEV, "Question")
    for number in range(5):
        await slack.post(channels.DEV, f"Answer {number}", thread_ts=parent)
    first = await slack.call("conversations.replies", channel=channels.DEV, ts=parent, limit=3)
    assert [each["text"] for each in first["messages"]] == ["Question", "Answer 0", "Answer 1"]
    cursor = first["response_metadata"]["next_cursor"]
    second = await slack.call("conversations.replies", channel=channels.DEV, ts=parent, limit=10, cursor=cursor)
    assert [each["text"] for each in second["messages"]] == ["Question", "Answer 2", "Answer 3", "Answer 4"]
    assert not second["has_more"]


async def test_a_window_of_a_thread(slack: Visitor) -> None:
    parent = await slack.post(channels.DEV, "Question")
    stamps = [await slack.post(channels.DEV, f"Answer {number}", thread_ts=parent) for number in range(3)]
    asked = {"channel": channels.DEV, "ts": parent, "oldest": stamps[1], "latest": stamps[1]}
    only = await slack.call("conversations.replies", inclusive=True, **asked)
    assert [each["text"] for each in only["messages"]] == ["Question", "Answer 1"]
    assert len((await slack.call("conversations.replies", **asked))["messages"]) == 1


async def test_a_reply_that_is_asked_for_by_itself_comes_alone(slack: Visitor) -> None:
    parent = await slack.post(channels.DEV, "Question")
    reply = await slack.post(channels.DEV, "Answer", thread_ts=parent)
    body = await slack.call("conversations.replies", channel=channels.DEV, ts=reply)
    assert [(each["ts"], each["thread_ts"]) for each in body["messages"]] == [(reply, parent)]


@pytest.mark.parametrize("ts", ["1700000000.000100", "nonsense"])
async def test_a_thread_that_is_not_there_is_refused(slack: Visitor, ts: str) -> None:
    assert await slack.refused("conversations.replies", channel=channels.DEV, ts=ts) == "thread_not_found"


async def test_a_reply_to_a_reply_goes_to_the_same_thread(slack: Visitor) -> None:
    parent = await slack.post(channels.DEV, "Question")
    reply = await slack.post(channels.DEV, "Answer", thread_ts=parent)
    await slack.post(channels.DEV, "And?", thread_ts=reply)
    thread = (await slack.call("conversations.replies", channel=channels.DEV, ts=parent))["messages"]
    assert [each["text"] for each in thread] == ["Question", "Answer", "And?"]


async def test_a_notice_takes_no_replies(slack: Visitor) -> None:
    await slack.call("conversations.join", channel=channels.DESIGN)
    notice = await slack.latest(channels.DESIGN)
    refused = await slack.refused("chat.postMessage", channel=channels.DESIGN, text="x", thread_ts=notice["ts"])
    assert refused == "cannot_reply_to_message"


async def test_a_deleted_parent_leaves_a_tombstone_until_its_last_reply_is_deleted(slack: Visitor) -> None:
    parent = await slack.post(channels.DEV, "Question")
    reply = await slack.post(channels.DEV, "Answer", thread_ts=parent)
    await slack.call("chat.delete", channel=channels.DEV, ts=parent)
    stone = await slack.latest(channels.DEV)
    assert (stone["subtype"], stone["text"]) == ("tombstone", "This message was deleted.")
    assert stone["reply_count"] == 1
    assert await slack.refused("chat.update", channel=channels.DEV, ts=parent, text="x") == "message_not_found"
    await slack.call("chat.delete", channel=channels.DEV, ts=reply)
    assert (await slack.latest(channels.DEV))["ts"] != parent


async def test_a_parent_without_replies_is_a_message_like_any_other_again(slack: Visitor) -> None:
    parent = await slack.post(channels.DEV, "Question")
    reply = await slack.post(channels.DEV, "Answer", thread_ts=parent)
    await slack.call("chat.delete", channel=channels.DEV, ts=reply)
    assert "thread_ts" not in await slack.latest(channels.DEV)


async def test_a_reply_can_be_sent_to_the_channel_later(slack: Visitor) -> None:
    parent = await slack.post(channels.DEV, "Question")
    reply = await slack.post(channels.DEV, "Answer", thread_ts=parent)
    edit = {"channel": channels.DEV, "ts": reply, "text": "Answer!"}
    changed = (await slack.call("chat.update", reply_broadcast=True, **edit))["message"]
    assert changed["subtype"] == "thread_broadcast"
    assert (await slack.latest(channels.DEV))["ts"] == reply
