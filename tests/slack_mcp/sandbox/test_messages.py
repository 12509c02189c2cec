"""Posting, editing and deleting."""

from collections.abc import Callable
from typing import Any

import pytest

from slack_mcp.sandbox import WORKSPACE_URL, accounts
from slack_mcp.sandbox.sample import channels, people
from slack_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio

MISSING = "1700000000.000100"


async def test_what_is_posted_is_the_newest_message(slack: Visitor) -> None:
    body = await slack.call("chat.postMessage", channel=channels.DEV, text="Phase 4 *begins*")
    message = body["message"]
    assert message["user"] == people.HUMAN_PM.id
    assert message["bot_id"] == people.ASSISTANT.bot, "the app that posted for a person is told"
    assert message["blocks"][0]["elements"][0]["elements"] == [
        {"type": "text", "text": "Phase 4 "},
        {"type": "text", "text": "begins", "style": {"bold": True}},
    ]
    assert await slack.latest(channels.DEV) == message


async def test_timestamps_grow_even_when_the_clock_stands_still(slack: Visitor) -> None:
    stamps = [await slack.post(channels.DEV, str(number)) for number in range(5)]
    assert stamps == sorted(set(stamps))


async def test_a_channel_may_be_named_and_a_person_gets_a_direct_message(bot: Visitor, slack: Visitor) -> None:
    assert (await bot.call("chat.postMessage", channel="#pm-os-dev", text="x"))["channel"] == channels.DEV
    assert (await bot.call("chat.postMessage", channel="general", text="x"))["channel"] == channels.GENERAL
    direct = await bot.call("chat.postMessage", channel=people.HUMAN_PM.id, text="Psst")
    assert direct["channel"] == channels.WITH_ASSISTANT
    new = await slack.call("chat.postMessage", channel=people.ALEX_MOREAU.id, text="Psst")
    assert new["channel"].startswith("D")
    assert await slack.refused("chat.postMessage", channel=people.JORDAN_BLAKE.id, text="x") == "user_disabled"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"text": "x"}, "invalid_arguments"),
        ({"channel": "C0NOWHERE00", "text": "x"}, "channel_not_found"),
        ({"channel": channels.DESIGN, "text": "x"}, "not_in_channel"),
        ({"channel": channels.BOOTSTRAP, "text": "x"}, "is_archived"),
        ({"channel": channels.DEV}, "no_text"),
        ({"channel": channels.DEV, "text": "  "}, "no_text"),
        ({"channel": channels.DEV, "markdown_text": "x", "text": "x"}, "markdown_text_conflict"),
        ({"channel": channels.DEV, "markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"channel": channels.DEV, "blocks": "{"}, "invalid_blocks_format"),
        ({"channel": channels.DEV, "attachments": [{"text": "x"}] * 101}, "too_many_attachments"),
        ({"channel": channels.DEV, "attachments": "nonsense"}, "invalid_attachments"),
        ({"channel": channels.DEV, "text": "x", "thread_ts": MISSING}, "thread_not_found"),
        ({"channel": channels.DEV, "text": "x", "metadata": {"event_type": 1}}, "invalid_metadata_format"),
        (
            {"channel": channels.DEV, "text": "x", "metadata": {"event_type": "a", "event_payload": {"b": "c" * 9000}}},
            "metadata_too_large",
        ),
    ],
)
async def test_what_cannot_be_posted_is_refused(slack: Visitor, arguments: dict[str, Any], error: str) -> None:
    assert await slack.refused("chat.postMessage", **arguments) == error


async def test_only_some_may_post_in_a_restricted_channel(slack: Visitor, visit: Callable[[str], Visitor]) -> None:
    colleague = visit(accounts.COLLEAGUE_TOKEN)
    refused = await colleague.refused("chat.postMessage", channel=channels.ANNOUNCEMENTS, text="x")
    assert refused == "restricted_action"
    await slack.call("chat.postMessage", channel=channels.ANNOUNCEMENTS, text="x")


async def test_a_bot_posts_in_public_channels_without_joining_only_with_the_scope(
    bot: Visitor, visit: Callable[[str], Visitor]
) -> None:
    await bot.call("chat.postMessage", channel=channels.DESIGN, text="x")
    evaluator = visit(accounts.ALERTS_TOKEN)
    answer = await evaluator.call("chat.postMessage", channel=channels.ALERTS, text="x")
    assert answer["message"]["bot_profile"]["name"] == "SystemEvaluator"


async def test_text_is_kept_as_slack_keeps_it(slack: Visitor) -> None:
    text = f"a & b < c, see https://pm-os.example/x. <@{people.ALEX_RIVERA.id}> <!here> &amp;"
    message = (await slack.call("chat.postMessage", channel=channels.DEV, text=text))["message"]
    assert message["text"] == (
        f"a &amp; b &lt; c, see <https://pm-os.example/x>. <@{people.ALEX_RIVERA.id}> <!here> &amp;"
    )
    kinds = [each["type"] for each in message["blocks"][0]["elements"][0]["elements"]]
    assert kinds == ["text", "link", "text", "user", "text", "broadcast", "text"]


async def test_too_long_a_text_is_cut_with_a_warning(slack: Visitor) -> None:
    body = await slack.call("chat.postMessage", channel=channels.DEV, text="x" * 40_001)
    assert len(body["message"]["text"]) == 40_000
    assert body["response_metadata"]["warnings"] == ["message_truncated"]


async def test_names_are_linked_when_that_is_asked_for(slack: Visitor) -> None:
    text = "@alex.rivera @engineers #pm-os-alerts #pm-os-leads @nobody @here"
    plain = (await slack.call("chat.postMessage", channel=channels.DEV, text=text))["message"]
    assert plain["text"] == text
    linked = (await slack.call("chat.postMessage", channel=channels.DEV, text=text, link_names=True))["message"]
    assert linked["text"] == (
        f"<@{people.ALEX_RIVERA.id}> <!subteam^{channels.ENGINEERS}|@engineers> "
        f"<#{channels.ALERTS}|pm-os-alerts> #pm-os-leads @nobody <!here>"
    )


async def test_blocks_are_kept_and_give_a_text_to_those_who_see_none(slack: Visitor) -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Title"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Body*"}},
    ]
    message = (await slack.call("chat.postMessage", channel=channels.DEV, blocks=blocks))["message"]
    assert [each["type"] for each in message["blocks"]] == ["header", "section"]
    assert all(each["block_id"] for each in message["blocks"])
    assert message["text"] == "Title\n*Body*"


async def test_attachments_are_numbered_and_have_a_fallback(slack: Visitor) -> None:
    attachments = [{"color": "good", "text": "One"}, {"title": "Two", "blocks": [{"type": "divider"}]}]
    body = await slack.call("chat.postMessage", channel=channels.DEV, attachments=attachments)
    shown = body["message"]["attachments"]
    assert [(each["id"], each["fallback"]) for each in shown] == [(1, "One"), (2, "Two")]


async def test_previews_are_made_only_when_they_are_asked_for(slack: Visitor) -> None:
    link = "https://pm-os.example/page"
    plain = (await slack.call("chat.postMessage", channel=channels.DEV, text=link))["message"]
    assert "attachments" not in plain
    preview = (await slack.call("chat.postMessage", channel=channels.DEV, text=link, unfurl_links=True))["message"]
    assert preview["attachments"][0]["from_url"] == link
    picture = "https://pm-os.example/a.png"
    shown = (await slack.call("chat.postMessage", channel=channels.DEV, text=picture))["message"]
    assert shown["attachments"][0]["image_url"] == picture
    hidden = await slack.call("chat.postMessage", channel=channels.DEV, text=picture, unfurl_media=False)
    assert "attachments" not in hidden["message"]


async def test_a_message_can_be_shared_by_its_link_but_not_out_of_a_private_channel(slack: Visitor) -> None:
    public = (await slack.call("conversations.history", channel=channels.DEV, limit=1))["messages"][0]
    private = (await slack.call("conversations.history", channel=channels.LEADS, limit=1))["messages"][0]
    links = [
        (await slack.call("chat.getPermalink", channel=channel, message_ts=message["ts"]))["permalink"]
        for channel, message in ((channels.DEV, public), (channels.LEADS, private))
    ]
    body = await slack.call("chat.postMessage", channel=channels.GENERAL, text=" ".join(links), unfurl_links=True)
    shared, bare = body["message"]["attachments"]
    assert shared["is_msg_unfurl"]
    assert shared["author_name"] == "DocMaintainer"
    assert shared["message_blocks"][0]["message"]["blocks"] == public["blocks"]
    assert "is_msg_unfurl" not in bare


async def test_an_app_may_post_under_another_name_with_the_scope(bot: Visitor, slack: Visitor) -> None:
    body = await bot.call(
        "chat.postMessage", channel=channels.DEV, text="x", username="Robot", icon_emoji=":robot_face:"
    )
    message = body["message"]
    assert (message["subtype"], message["username"]) == ("bot_message", "Robot")
    assert message["icons"] == {"emoji": ":robot_face:"}
    assert "user" not in message
    assert await slack.refused("chat.postMessage", channel=channels.DEV, text="x", username="R") == "missing_scope"


async def test_the_clients_own_id_is_kept_and_does_not_stop_a_second_post(slack: Visitor) -> None:
    first = await slack.call("chat.postMessage", channel=channels.DEV, text="x", client_msg_id="an-id")
    second = await slack.call("chat.postMessage", channel=channels.DEV, text="x", client_msg_id="an-id")
    assert first["message"]["client_msg_id"] == "an-id"
    assert first["ts"] != second["ts"]


async def test_metadata_is_shown_only_when_it_is_asked_for(slack: Visitor) -> None:
    metadata = {"event_type": "release", "event_payload": {"version": 4}}
    body = await slack.call("chat.postMessage", channel=channels.DEV, text="x", metadata=metadata)
    assert body["message"]["metadata"] == metadata
    assert "metadata" not in await slack.latest(channels.DEV)
    shown = await slack.call("conversations.history", channel=channels.DEV, limit=1, include_all_metadata=True)
    assert shown["messages"][0]["metadata"] == metadata


async def test_an_edited_message_says_so(slack: Visitor) -> None:
    ts = await slack.post(channels.DEV, "Frist")
    body = await slack.call("chat.update", channel=channels.DEV, ts=ts, text="First")
    assert (body["text"], body["ts"]) == ("First", ts)
    message = await slack.latest(channels.DEV)
    assert message["edited"]["user"] == people.HUMAN_PM.id
    assert message["blocks"][0]["elements"][0]["elements"] == [{"type": "text", "text": "First"}]


async def test_an_edit_keeps_what_it_does_not_name(slack: Visitor) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "Body"}}
    made = await slack.call("chat.postMessage", channel=channels.DEV, blocks=[section], attachments=[{"text": "a"}])
    edit = {"channel": channels.DEV, "ts": made["ts"]}
    changed = (await slack.call("chat.update", **edit, text="Another fallback"))["message"]
    assert changed["blocks"][0]["type"] == "section"
    assert changed["attachments"][0]["text"] == "a"
    bare = (await slack.call("chat.update", **edit, text="Now bare", blocks=[], attachments=[]))["message"]
    assert bare["blocks"][0]["type"] == "rich_text"
    assert "attachments" not in bare
    titled = (await slack.call("chat.update", **edit, markdown_text="# Title"))["message"]
    assert titled["blocks"][0]["type"] == "header"
    kept = (await slack.call("chat.update", **edit, attachments=[{"text": "b"}]))["message"]
    assert kept["blocks"] == titled["blocks"]


async def test_only_ones_own_messages_can_be_edited(slack: Visitor, bot: Visitor) -> None:
    ts = await slack.post(channels.DEV, "Mine")
    edit = {"channel": channels.DEV, "text": "Yours"}
    assert await bot.refused("chat.update", ts=ts, **edit) == "cant_update_message"
    assert await slack.refused("chat.update", ts=MISSING, **edit) == "message_not_found"
    assert await slack.refused("chat.update", ts=ts, channel=channels.DEV) == "no_text"
    too_long = await slack.refused("chat.update", ts=ts, channel=channels.DEV, text="x" * 40_001)
    assert too_long == "msg_too_long"
    notice = (await slack.call("conversations.join", channel=channels.DESIGN), await slack.latest(channels.DESIGN))[1]
    joined = await slack.refused("chat.update", ts=notice["ts"], channel=channels.DESIGN, text="x")
    assert joined == "cant_update_message"


async def test_messages_in_an_archived_channel_cannot_be_edited(slack: Visitor) -> None:
    history = await slack.call("conversations.history", channel=channels.BOOTSTRAP)
    mine = next(each for each in history["messages"] if each["text"].startswith("All done"))
    assert await slack.refused("chat.update", channel=channels.BOOTSTRAP, ts=mine["ts"], text="x") == "is_inactive"


async def test_a_deleted_message_is_gone(slack: Visitor) -> None:
    ts = await slack.post(channels.DEV, "Oops")
    await slack.call("chat.delete", channel=channels.DEV, ts=ts)
    assert "Oops" not in await slack.texts(channels.DEV)
    assert await slack.refused("chat.delete", channel=channels.DEV, ts=ts) == "message_not_found"


async def test_an_administrator_deletes_what_others_wrote_and_nobody_else_does(
    slack: Visitor, bot: Visitor, visit: Callable[[str], Visitor]
) -> None:
    ts = await bot.post(channels.DEV, "Beep")
    refused = await visit(accounts.COLLEAGUE_TOKEN).refused("chat.delete", channel=channels.DEV, ts=ts)
    assert refused == "cant_delete_message"
    await slack.call("chat.delete", channel=channels.DEV, ts=ts)
    own = await slack.post(channels.DEV, "Mine")
    assert await bot.refused("chat.delete", channel=channels.DEV, ts=own) == "cant_delete_message"


async def test_a_me_message_tells_what_one_does(slack: Visitor) -> None:
    await slack.call("chat.meMessage", channel=channels.DEV, text="is thinking")
    message = await slack.latest(channels.DEV)
    assert (message["subtype"], message["text"]) == ("me_message", "is thinking")
    assert await slack.refused("chat.meMessage", channel=channels.DEV) == "no_text"


async def test_an_ephemeral_message_is_not_kept(bot: Visitor) -> None:
    before = await bot.texts(channels.DEV)
    arguments = {"channel": channels.DEV, "text": "Only you"}
    body = await bot.call("chat.postEphemeral", user=people.HUMAN_PM.id, **arguments)
    assert body["message_ts"]
    assert await bot.texts(channels.DEV) == before
    outsider = await bot.refused("chat.postEphemeral", user=people.NOOR_HADDAD.id, **arguments)
    assert outsider == "user_not_in_channel"


async def test_a_permalink_names_the_thread_of_a_reply(slack: Visitor) -> None:
    ts = await slack.post(channels.DEV, "Parent")
    reply = await slack.post(channels.DEV, "Reply", thread_ts=ts)
    link = await slack.call("chat.getPermalink", channel=channels.DEV, message_ts=reply)
    packed = reply.replace(".", "")
    assert link["permalink"] == (f"{WORKSPACE_URL}archives/{channels.DEV}/p{packed}?thread_ts={ts}&cid={channels.DEV}")
    missing = await slack.refused("chat.getPermalink", channel=channels.DEV, message_ts=MISSING)
    assert missing == "message_not_found"


async def test_an_app_may_show_a_picture_of_its_own(bot: Visitor) -> None:
    picture = "https://pm-os.example/robot.png"
    message = (await bot.call("chat.postMessage", channel=channels.DEV, text="x", icon_url=picture))["message"]
    assert message["icons"] == {"image_48": picture}


async def test_everything_at_once_may_be_parsed_out_of_a_text(slack: Visitor) -> None:
    body = await slack.call("chat.postMessage", channel=channels.DEV, text="@everyone @alex.rivera", parse="full")
    assert body["message"]["text"] == f"<!everyone> <@{people.ALEX_RIVERA.id}>"


async def test_more_than_fifty_blocks_are_refused_with_a_pointer(slack: Visitor) -> None:
    answer = await slack.ask("chat.postMessage", channel=channels.DEV, blocks=[{"type": "divider"}] * 51)
    assert answer.body["error"] == "invalid_blocks"
    assert answer.body["response_metadata"]["messages"] == [
        "[ERROR] no more than 50 items allowed [json-pointer:/blocks]"
    ]


async def test_metadata_can_be_changed_with_the_text(slack: Visitor) -> None:
    ts = await slack.post(channels.DEV, "x", metadata={"event_type": "a", "event_payload": {}})
    new = {"event_type": "b", "event_payload": {"c": 1}}
    body = await slack.call("chat.update", channel=channels.DEV, ts=ts, text="y", metadata=new)
    assert body["message"]["metadata"] == new
