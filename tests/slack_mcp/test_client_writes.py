"""Writing into the sample workspace: messages, marks, channels. What nobody meant is not done."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from connector_kit.errors import Conflict, InvalidInput, NotFound, NotPermitted
from connector_kit.testing.recorder import Recorder
from slack_mcp.client import SlackClient
from slack_mcp.text import MentionPolicy

pytestmark = pytest.mark.anyio
Connect = Callable[..., Awaitable[SlackClient]]

GENERAL = "C0PMOS00001"


def sent(recorder: Recorder, method: str) -> list[Any]:
    return recorder.bodies(f"/api/{method}")


async def test_a_post_is_markdown_without_previews_and_tells_where_it_is(
    slack: SlackClient, recorder: Recorder
) -> None:
    posted = (await slack.post("general", "**Done**: see [the plan](https://pm-os.example/plan)")).messages
    assert len(posted) == 1
    assert posted[0].channel == "#general"
    message = await slack.message(posted[0].permalink)
    assert "**Done**" in message.text
    assert message.own
    body = sent(recorder, "chat.postMessage")[0]
    assert (body["unfurl_links"], body["unfurl_media"]) == (False, False)
    assert body["markdown_text"].startswith("**Done**")
    assert body["metadata"]["event_payload"]["id"]
    await slack.post("general", "look: https://pm-os.example", unfurl=True)
    assert sent(recorder, "chat.postMessage")[1]["unfurl_links"] is True


@pytest.mark.parametrize("text", ["@channel look", "<!here> look", "<!everyone>", "<!subteam^S0PMOS00001> look"])
async def test_nobody_is_shouted_at_unless_that_is_meant(slack: SlackClient, recorder: Recorder, text: str) -> None:
    await slack.post("general", text)
    await slack.post("general", text, mentions=MentionPolicy(broadcast=True, groups=True))
    quiet, loud = (body["markdown_text"] for body in sent(recorder, "chat.postMessage"))
    assert "<!" not in quiet
    assert not any(word in quiet for word in ("@channel", "@here", "@everyone"))
    assert "<!" in loud


async def test_a_long_text_becomes_several_messages_in_order(slack: SlackClient, recorder: Recorder) -> None:
    text = "\n\n".join(f"Paragraph {number} " + "words " * 300 for number in range(12))
    posted = await slack.post("general", text)
    parts = [body["markdown_text"] for body in sent(recorder, "chat.postMessage")]
    assert len(parts) == len(posted.messages) == 2
    assert all(len(part) <= 12_000 for part in parts)
    assert "Paragraph 0 " in parts[0]
    assert "Paragraph 11 " in parts[1]
    assert [message.ts for message in posted.messages] == sorted(message.ts for message in posted.messages)


async def test_a_text_that_is_empty_or_a_book_is_refused_before_anything_is_sent(
    slack: SlackClient, recorder: Recorder
) -> None:
    for text in (" \n ", "word " * 30_000):
        with pytest.raises(InvalidInput):
            await slack.post("general", text)
    assert recorder.sent == []


async def test_replies_go_to_the_thread_whichever_of_its_messages_is_named(slack: SlackClient) -> None:
    page = await slack.history("pm-os-dev", limit=100)
    beginning = next(message for message in page.items if message.replies == 2)
    reply = (await slack.thread(beginning.permalink)).items[-1]
    for named in (beginning.ts, reply.ts, reply.permalink):
        posted = (await slack.post("pm-os-dev", "Thanks!", thread=named)).messages[0]
        assert f"thread_ts={beginning.ts}" in posted.permalink
    assert len((await slack.thread(beginning.permalink)).items) == 6
    shown = (await slack.post("pm-os-dev", "All of you", thread=beginning.ts, broadcast=True)).messages[0]
    assert shown.ts in [message.ts for message in (await slack.history("pm-os-dev")).items]


async def test_a_post_to_a_person_opens_the_conversation(slack: SlackClient) -> None:
    posted = (await slack.post("@alex.moreau", "Hello Alex")).messages[0]
    assert posted.channel == "@alex.moreau"
    assert [message.text for message in (await slack.history("@alex.moreau")).items] == ["Hello Alex"]


async def test_blocks_are_posted_with_their_fallback(slack: SlackClient, recorder: Recorder) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*Quality gate*"}}]
    posted = await slack.post_blocks("pm-os-alerts", blocks, "Quality gate")
    assert "Quality gate" in (await slack.message(posted.permalink)).text
    assert sent(recorder, "chat.postMessage")[0]["text"] == "Quality gate"


async def test_own_messages_are_edited_and_deleted(slack: SlackClient) -> None:
    posted = (await slack.post("general", "Frist")).messages[0]
    edited = await slack.update(posted.permalink, "First @channel")
    assert edited.ts == posted.ts
    message = await slack.message(posted.permalink)
    assert message.text.startswith("First")
    assert message.edited
    await slack.delete(posted.permalink)
    with pytest.raises(NotFound):
        await slack.message(posted.permalink)


async def test_messages_of_others_are_neither_edited_nor_deleted(slack: SlackClient, recorder: Recorder) -> None:
    theirs = next(message for message in (await slack.history("pm-os-dev")).items if not message.own)
    with pytest.raises(NotPermitted, match="Only its author"):
        await slack.update(theirs.permalink, "hm")
    with pytest.raises(NotPermitted, match="only own messages"):
        await slack.delete(theirs.permalink)
    assert sent(recorder, "chat.delete") == []


async def test_an_own_message_is_shown_before_it_is_changed(slack: SlackClient) -> None:
    posted = (await slack.post("general", "Mine")).messages[0]
    assert (await slack.own_message(posted.permalink)).text == "Mine"
    theirs = next(message for message in (await slack.history("pm-os-dev")).items if not message.own)
    with pytest.raises(NotPermitted, match="only own messages are deleted"):
        await slack.own_message(theirs.permalink)


async def test_a_bot_edits_its_own(bot: SlackClient) -> None:
    await bot.join("general")
    posted = (await bot.post("general", "beep")).messages[0]
    await bot.update(posted.permalink, "boop")
    assert (await bot.message(posted.permalink)).text.startswith("boop")


async def test_a_message_is_scheduled_listed_and_taken_back(slack: SlackClient, connected: Connect) -> None:
    planned = await slack.schedule("general", "Good **morning**", "2026-02-03T09:00+00:00")
    assert planned.at == "2026-02-03T09:00:00Z"
    listed = (await slack.scheduled()).items
    assert [(item.id, item.channel, item.at) for item in listed] == [(planned.id, "#general", planned.at)]
    assert "morning" in listed[0].text
    await slack.unschedule("general", planned.id)
    assert (await slack.scheduled(channel="general")).items == ()
    await slack.schedule("general", "kept", "2h")
    assert (await (await connected(read_channels="pm-os-dev")).scheduled()).items == ()
    with pytest.raises(NotFound, match="scheduled any more"):
        await slack.unschedule("general", planned.id)


@pytest.mark.parametrize(
    ("at", "when"),
    [("90m", "2026-02-02T22:00:00Z"), ("in 2h", "2026-02-02T22:30:00Z"), ("1 d", "2026-02-03T20:30:00Z")],
)
async def test_a_time_may_be_said_from_now_on(slack: SlackClient, at: str, when: str) -> None:
    assert (await slack.schedule("general", "later", at)).at == when


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-02-02T20:00+00:00", "passed"),
        ("2027-02-02T20:00+00:00", "120 days"),
        ("tomorrow", "look like"),
        ("0001-01-01T00:00", "look like"),
        ("9999999d", "look like"),
    ],
)
async def test_a_time_that_cannot_be_is_refused(slack: SlackClient, recorder: Recorder, at: str, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await slack.schedule("general", "hello", at)
    assert told in caught.value.fields["at"]
    assert recorder.sent == []


async def test_marks_set_twice_are_told_as_there_already(slack: SlackClient) -> None:
    theirs = (await slack.history("pm-os-dev")).items[3].permalink
    for put, take in (
        (lambda: slack.react(theirs, ":eyes:"), lambda: slack.unreact(theirs, "eyes")),
        (lambda: slack.pin(theirs), lambda: slack.unpin(theirs)),
    ):
        assert [(await put()).already, (await put()).already] == [False, True]
        assert [(await take()).already, (await take()).already] == [False, True]


async def test_what_is_no_name_of_an_emoji_is_refused(slack: SlackClient) -> None:
    with pytest.raises(InvalidInput, match="name of an emoji"):
        await slack.react(f"{GENERAL}:1769846400.000100", "two words")


async def test_bookmarks_come_and_go(slack: SlackClient) -> None:
    before = await slack.bookmarks("general")
    added = await slack.add_bookmark("general", "The\nplan", "https://pm-os.example/plan", emoji="pushpin")
    assert (added.title, added.link) == ("The plan", "https://pm-os.example/plan")
    assert added in await slack.bookmarks("general")
    await slack.remove_bookmark("general", added.id)
    assert await slack.bookmarks("general") == before
    for title, link in (("x", "javascript:alert(1)"), ("", "https://pm-os.example")):
        with pytest.raises(InvalidInput):
            await slack.add_bookmark("general", title, link)


# Channels


async def test_a_channel_lives_from_creation_to_archive(slack: SlackClient, recorder: Recorder) -> None:
    created = await slack.create_channel("phase-4")
    assert (created.name, created.kind, created.member) == ("#phase-4", "public", True)
    await slack.set_topic("phase-4", "What comes\nnext @channel")
    await slack.set_purpose("phase-4", "Planning")
    await slack.invite("phase-4", ["@alex.rivera", "alex.moreau@pm-os.example"])
    described = await slack.channel("phase-4")
    assert described.topic.startswith("What comes next")
    topic = next(each for each in recorder.exchanges if each.url.endswith("setTopic")).request_body.decode()
    assert "%40channel" not in topic
    assert (described.purpose, described.size, described.creator) == ("Planning", 3, "HumanPM")
    assert (await slack.invite("phase-4", ["@alex.rivera"])).already
    assert not (await slack.invite("phase-4", ["@alex.rivera", "@noor.haddad"])).already
    assert (await slack.channel("phase-4")).size == 4
    await slack.remove("phase-4", "@alex.rivera")
    assert (await slack.remove("phase-4", "@alex.rivera")).already
    renamed = await slack.rename_channel("#phase-4", "phase-four")
    assert renamed.name == "#phase-four"
    with pytest.raises(NotFound):
        await slack.channel("#phase-4")
    assert not (await slack.archive_channel("phase-four")).already
    assert (await slack.archive_channel(created.id)).already
    with pytest.raises(Conflict, match="#phase-four is archived"):
        await slack.post("phase-four", "anybody?")
    await slack.unarchive_channel("phase-four")
    assert (await slack.unarchive_channel("phase-four")).already


async def test_a_channel_is_not_renamed_out_of_those_allowed(connected: Connect) -> None:
    slack = await connected(channels="pm-os-alerts,alarms")
    with pytest.raises(NotPermitted, match="SLACK_CHANNELS"):
        await slack.rename_channel("pm-os-alerts", "elsewhere")
    assert (await slack.rename_channel("pm-os-alerts", "alarms")).name == "#alarms"


async def test_limits_are_told_before_anything_is_sent(slack: SlackClient, recorder: Recorder) -> None:
    for call in (
        slack.set_topic("general", "x" * 251),
        slack.schedule("general", "x" * 12_001, "2h"),
        slack.schedule("general", " ", "2h"),
    ):
        with pytest.raises(InvalidInput):
            await call
    posted = (await slack.post("general", "short")).messages[0]
    with pytest.raises(InvalidInput, match="12,000"):
        await slack.update(posted.permalink, "x " * 7_000)
    with pytest.raises(InvalidInput, match="people to invite"):
        await slack.invite("general", [])
    assert not [path for _, path in recorder.sent if path.endswith(("setTopic", "scheduleMessage", "update", "invite"))]


async def test_an_empty_channel_is_read_already(slack: SlackClient) -> None:
    await slack.open_dm(["@alex.moreau"])
    assert (await slack.mark_read("@alex.moreau")).already


async def test_a_private_channel_is_one(slack: SlackClient) -> None:
    assert (await slack.create_channel("secrets", private=True)).kind == "private"


@pytest.mark.parametrize("name", ["With Capitals", "", "#", "a" * 81, "dots.in.it", "-begins-badly"])
async def test_a_name_that_slack_does_not_take_is_refused_before_anything_is_sent(
    slack: SlackClient, recorder: Recorder, name: str
) -> None:
    with pytest.raises(InvalidInput, match="name"):
        await slack.create_channel(name)
    assert recorder.sent == []


async def test_a_name_that_is_taken_is_told(slack: SlackClient) -> None:
    with pytest.raises(Conflict, match="A channel of that name exists"):
        await slack.create_channel("general")


async def test_channels_are_joined_and_left(slack: SlackClient) -> None:
    joined = await slack.join("design-critique")
    assert joined.name == "#design-critique"
    assert not (await slack.leave("design-critique")).already
    assert (await slack.leave("design-critique")).already
    with pytest.raises(NotPermitted, match="Nobody can leave"):
        await slack.leave("general")


async def test_direct_conversations_with_one_and_with_several(slack: SlackClient) -> None:
    one = await slack.open_dm(["@alex.rivera"])
    assert (one.kind, one.name) == ("dm", "@alex.rivera")
    several = await slack.open_dm(["@alex.rivera", "alex.moreau@pm-os.example"])
    assert several.kind == "group_dm"
    assert several == await slack.open_dm(["@alex.rivera", "@alex.moreau"])
    with pytest.raises(InvalidInput):
        await slack.open_dm([])


async def test_mark_read_up_to_a_message(slack: SlackClient, recorder: Recorder) -> None:
    messages = (await slack.history("pm-os-alerts")).items
    await slack.mark_read("pm-os-alerts", message=messages[1].ts)
    assert recorder.exchanges[-1].request_body.decode() == f"channel=C0PMOS00003&ts={messages[1].ts}"
    unread = {item.channel.name: item.count for item in (await slack.unread()).channels}
    assert unread["#pm-os-alerts"] == 1


# Only some channels


@pytest.mark.parametrize("name", ["c0pmos00003", "u0pmos00011"])
async def test_a_channel_named_like_an_allowed_id_is_not_allowed(connected: Connect, name: str) -> None:
    slack = await connected(channels="C0PMOS00003,U0PMOS00011")
    with pytest.raises(NotPermitted, match="SLACK_CHANNELS"):
        await slack.create_channel(name)
    with pytest.raises(NotPermitted, match="SLACK_CHANNELS"):
        await slack.rename_channel("C0PMOS00001", name)


async def test_no_conversation_with_several_is_opened_where_none_may_be_written_to(
    connected: Connect, recorder: Recorder
) -> None:
    slack = await connected(channels="#pm-os-alerts,@alex.rivera")
    with pytest.raises(NotPermitted, match="SLACK_CHANNELS"):
        await slack.open_dm(["@alex.rivera", "@alex.moreau"])
    assert "/api/conversations.open" not in [path for _, path in recorder.sent]


async def test_nothing_is_written_outside_of_the_channels_allowed(connected: Connect, recorder: Recorder) -> None:
    slack = await connected(channels="#pm-os-alerts,@alex.rivera")
    await slack.post("C0PMOS00003", "allowed")
    await slack.post("@alex.rivera", "allowed")
    elsewhere = (await slack.history("general")).items[0].permalink
    recorder.clear()
    for call in (
        slack.post("general", "no"),
        slack.post("@alex.moreau", "no"),
        slack.react(elsewhere, "eyes"),
        slack.pin(elsewhere),
        slack.set_topic(GENERAL, "no"),
        slack.schedule("general", "no", "2026-02-03T09:00+00:00"),
        slack.create_channel("elsewhere"),
        slack.add_bookmark("general", "x", "https://pm-os.example"),
        slack.invite("general", ["me"]),
        slack.archive_channel("general"),
        slack.mark_read("general"),
        slack.upload("x.txt", "general"),
        slack.create_canvas("x", "y", channel="general"),
    ):
        with pytest.raises(NotPermitted, match="SLACK_CHANNELS"):
            await call
    writes = ("post", "open", "add", "set", "create", "invite", "archive", "mark", "schedule")
    assert not [path for _, path in recorder.sent if any(word in path.partition(".")[2].lower() for word in writes)]
