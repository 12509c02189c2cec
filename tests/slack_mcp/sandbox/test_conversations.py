"""Which conversations there are, who sees them, and how they change."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from slack_mcp.sandbox import accounts
from slack_mcp.sandbox.sample import channels, people
from slack_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio


async def names(visitor: Visitor, **arguments: Any) -> set[str]:
    body = await visitor.call("conversations.list", **arguments)
    return {each.get("name", each["id"]) for each in body["channels"]}


async def create(visitor: Visitor, name: str, **more: Any) -> str:
    return (await visitor.call("conversations.create", name=name, **more))["channel"]["id"]


async def test_public_channels_are_listed_unless_other_kinds_are_asked_for(slack: Visitor) -> None:
    listed = await names(slack)
    assert {"general", "pm-os-dev", "pm-os-alerts", "pm-os-metrics", "design-critique"} <= listed
    assert "pm-os-leads" not in listed
    assert await names(slack, types="private_channel") == {"pm-os-leads"}
    assert await names(slack, types="im") == {channels.WITH_ALEX, channels.WITH_ASSISTANT}
    assert await names(slack, types="mpim") == {"mpdm-alex.moreau--alex.rivera--human.pm-1"}


async def test_archived_channels_can_be_left_out(slack: Visitor) -> None:
    assert "pm-os-bootstrap" in await names(slack)
    assert "pm-os-bootstrap" not in await names(slack, exclude_archived=True)


async def test_an_unknown_kind_is_refused(slack: Visitor) -> None:
    assert await slack.refused("conversations.list", types="public_channel,secret") == "invalid_types"


async def test_a_kind_without_its_scope_is_refused(visit: Callable[[str], Visitor]) -> None:
    answer = await visit(accounts.READ_TOKEN).ask("conversations.list", types="public_channel,private_channel,im")
    assert answer.body["error"] == "missing_scope"
    assert answer.body["needed"] == "groups:read,im:read"


async def test_pages_follow_each_other_without_gap_or_overlap(slack: Visitor) -> None:
    everything = [each["id"] for each in (await slack.call("conversations.list"))["channels"]]
    found: list[str] = []
    cursor = ""
    while True:
        body = await slack.call("conversations.list", limit=3, cursor=cursor)
        found += [each["id"] for each in body["channels"]]
        cursor = body["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert found == everything


@pytest.mark.parametrize("cursor", ["nonsense", "dXNlcjpVMDYx", "dGVhbTo=", "ÄÖ"])
async def test_a_cursor_from_elsewhere_is_refused(slack: Visitor, cursor: str) -> None:
    assert await slack.refused("conversations.list", cursor=cursor) == "invalid_cursor"


@pytest.mark.parametrize("limit", [0, -1, 1001])
async def test_a_limit_out_of_range_is_refused(slack: Visitor, limit: int) -> None:
    assert await slack.refused("conversations.list", limit=limit) == "invalid_limit"


async def test_a_private_channel_does_not_exist_for_others(visit: Callable[[str], Visitor]) -> None:
    colleague = visit(accounts.COLLEAGUE_TOKEN)
    for method in ("conversations.info", "conversations.history", "conversations.members"):
        assert await colleague.refused(method, channel=channels.LEADS) == "channel_not_found"


async def test_a_guest_sees_nothing_but_his_channels(visit: Callable[[str], Visitor]) -> None:
    guest = visit(accounts.GUEST_TOKEN)
    assert await names(guest) == {"audit-room"}
    assert await guest.refused("conversations.info", channel=channels.GENERAL) == "channel_not_found"
    assert await guest.refused("conversations.create", name="mine") == "user_is_restricted"


async def test_a_channel_tells_its_topic_purpose_and_what_the_caller_has_read(slack: Visitor) -> None:
    body = await slack.call("conversations.info", channel=channels.ALERTS, include_num_members=True)
    channel = body["channel"]
    assert channel["purpose"]["value"] == "What the System Evaluator has to report"
    assert channel["num_members"] == 5
    assert channel["is_member"]
    assert channel["last_read"].startswith("1770060600")
    assert "unread_count" not in channel, "Slack counts unread messages for direct messages only"


async def test_a_direct_message_counts_what_is_unread(slack: Visitor, visit: Callable[[str], Visitor]) -> None:
    await visit(accounts.COLLEAGUE_TOKEN).call("chat.postMessage", channel=channels.WITH_ALEX, text="Still there?")
    channel = (await slack.call("conversations.info", channel=channels.WITH_ALEX))["channel"]
    assert channel["user"] == people.ALEX_RIVERA.id
    assert channel["unread_count"] == 1
    assert channel["latest"]["text"] == "Still there?"


async def test_reading_is_remembered(slack: Visitor) -> None:
    latest = (await slack.call("conversations.history", channel=channels.ALERTS, limit=1))["messages"][0]["ts"]
    await slack.call("conversations.mark", channel=channels.ALERTS, ts=latest)
    assert (await slack.call("conversations.info", channel=channels.ALERTS))["channel"]["last_read"] == latest
    assert await slack.refused("conversations.mark", channel=channels.ALERTS, ts="now") == "invalid_timestamp"
    assert await slack.refused("conversations.mark", channel=channels.DESIGN, ts=latest) == "not_in_channel"


async def test_ones_own_conversations_are_those_one_is_in(slack: Visitor, bot: Visitor) -> None:
    mine = (await slack.call("users.conversations", types="public_channel,private_channel"))["channels"]
    assert {"general", "pm-os-leads"} <= {each["name"] for each in mine}
    assert "design-critique" not in {each["name"] for each in mine}
    theirs = await bot.call("users.conversations", user=people.HUMAN_PM.id, types="private_channel")
    assert theirs["channels"] == [], "a bot that is not in a private channel does not learn of it"


async def test_members_are_listed(slack: Visitor) -> None:
    body = await slack.call("conversations.members", channel=channels.LEADS)
    assert body["members"] == [people.HUMAN_PM.id, people.ALEX_MOREAU.id]
    page = await slack.call("conversations.members", channel=channels.DEV, limit=5)
    rest = await slack.call(
        "conversations.members", channel=channels.DEV, cursor=page["response_metadata"]["next_cursor"]
    )
    assert len(page["members"]) == 5
    assert not set(page["members"]) & set(rest["members"])


async def test_a_new_channel_has_its_maker_in_it(slack: Visitor, bot: Visitor) -> None:
    channel = (await slack.call("conversations.create", name="phase-4"))["channel"]
    assert channel["is_member"]
    assert channel["creator"] == people.HUMAN_PM.id
    assert "phase-4" in await names(bot)
    private = await create(slack, "phase-4-leads", is_private=True)
    assert await bot.refused("conversations.info", channel=private) == "channel_not_found"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "invalid_name_required"),
        ("general", "name_taken"),
        ("pm-os-leads", "name_taken"),
        ("a" * 81, "invalid_name_maxlength"),
        ("---", "invalid_name_punctuation"),
        ("Phase", "invalid_name_specials"),
        ("two words", "invalid_name_specials"),
        ("a.b", "invalid_name_specials"),
    ],
)
async def test_a_name_that_a_channel_may_not_have_is_refused(slack: Visitor, name: str, error: str) -> None:
    assert await slack.refused("conversations.create", name=name) == error


async def test_a_renamed_channel_remembers_its_old_name(slack: Visitor, visit: Callable[[str], Visitor]) -> None:
    channel = await create(slack, "old-name")
    renamed = (await slack.call("conversations.rename", channel=channel, name="new-name"))["channel"]
    assert (renamed["name"], renamed["previous_names"]) == ("new-name", ["old-name"])
    notice = (await slack.call("conversations.history", channel=channel, limit=1))["messages"][0]
    assert notice["subtype"] == "channel_name"
    colleague = visit(accounts.COLLEAGUE_TOKEN)
    assert await colleague.refused("conversations.rename", channel=channel, name="mine") == "not_in_channel"
    await colleague.call("conversations.join", channel=channel)
    assert await colleague.refused("conversations.rename", channel=channel, name="mine") == "not_authorized"


async def test_an_archived_channel_takes_no_messages_until_it_is_opened_again(slack: Visitor) -> None:
    channel = await create(slack, "short-lived")
    await slack.call("conversations.archive", channel=channel)
    assert await slack.refused("conversations.archive", channel=channel) == "already_archived"
    assert await slack.refused("chat.postMessage", channel=channel, text="x") == "is_archived"
    assert await slack.refused("conversations.setTopic", channel=channel, topic="x") == "is_archived"
    await slack.call("conversations.unarchive", channel=channel)
    assert await slack.refused("conversations.unarchive", channel=channel) == "not_archived"
    await slack.call("chat.postMessage", channel=channel, text="x")


async def test_general_stays(slack: Visitor) -> None:
    general = channels.GENERAL
    assert await slack.refused("conversations.archive", channel=general) == "cant_archive_general"
    assert await slack.refused("conversations.leave", channel=general) == "cant_leave_general"
    kicked = await slack.refused("conversations.kick", channel=general, user=people.ALEX_RIVERA.id)
    assert kicked == "cant_kick_from_general"


@pytest.mark.parametrize("what", ["topic", "purpose"])
async def test_topic_and_purpose_are_set_and_announced(slack: Visitor, what: str) -> None:
    method = f"conversations.set{what.capitalize()}"
    body = await slack.call(method, channel=channels.DEV, **{what: "Phase 4 & more"})
    assert body[what] == "Phase 4 & more"
    assert body["channel"][what]["creator"] == people.HUMAN_PM.id
    notice = (await slack.call("conversations.history", channel=channels.DEV, limit=1))["messages"][0]
    assert (notice["subtype"], notice[what]) == (f"channel_{what}", "Phase 4 & more")
    assert await slack.refused(method, channel=channels.DEV, **{what: "x" * 251}) == "too_long"
    assert await slack.refused(method, channel=channels.DESIGN, **{what: "x"}) == "not_in_channel"
    assert await slack.refused(method, channel=channels.DEV) == "invalid_arguments"


async def test_people_join_and_leave(slack: Visitor) -> None:
    joined = await slack.call("conversations.join", channel=channels.DESIGN)
    assert joined["channel"]["is_member"]
    again = await slack.call("conversations.join", channel=channels.DESIGN)
    assert again["warning"] == "already_in_channel"
    assert again["response_metadata"]["warnings"] == ["already_in_channel"]
    await slack.call("conversations.leave", channel=channels.DESIGN)
    assert (await slack.call("conversations.leave", channel=channels.DESIGN))["not_in_channel"]
    assert await slack.refused("conversations.join", channel=channels.BOOTSTRAP) == "is_archived"
    assert await slack.refused("conversations.join", channel=channels.LEADS) == "method_not_supported_for_channel_type"


async def test_the_last_one_cannot_leave_a_private_channel(slack: Visitor) -> None:
    channel = await create(slack, "alone", is_private=True)
    assert await slack.refused("conversations.leave", channel=channel) == "last_member"


async def test_one_who_cannot_be_invited_stops_all_unless_forced(slack: Visitor) -> None:
    channel = await create(slack, "invitations")
    users = f"{people.ALEX_RIVERA.id},{people.HUMAN_PM.id},U0NOBODY00"
    answer = await slack.ask("conversations.invite", channel=channel, users=users)
    assert answer.body["error"] == "cant_invite_self"
    assert [each["error"] for each in answer.body["errors"]] == ["cant_invite_self", "user_not_found"]
    assert (await slack.call("conversations.members", channel=channel))["members"] == [people.HUMAN_PM.id]
    forced = await slack.call("conversations.invite", channel=channel, users=users, force=True)
    assert len(forced["errors"]) == 2
    assert people.ALEX_RIVERA.id in (await slack.call("conversations.members", channel=channel))["members"]
    again = await slack.refused("conversations.invite", channel=channel, users=people.ALEX_RIVERA.id)
    assert again == "already_in_channel"
    assert await slack.refused("conversations.invite", channel=channel) == "no_user"
    everybody = ",".join(["U"] * 1001)
    assert await slack.refused("conversations.invite", channel=channel, users=everybody) == "too_many_users"


async def test_somebody_can_be_put_out(slack: Visitor) -> None:
    alex = people.ALEX_RIVERA.id
    await slack.call("conversations.kick", channel=channels.DEV, user=alex)
    assert await slack.refused("conversations.kick", channel=channels.DEV, user=alex) == "not_in_channel"
    myself = await slack.refused("conversations.kick", channel=channels.DEV, user=people.HUMAN_PM.id)
    assert myself == "cant_kick_self"
    assert await slack.refused("conversations.kick", channel=channels.DEV, user="U0NOBODY00") == "user_not_found"


async def test_a_direct_message_is_found_again(slack: Visitor) -> None:
    opened = await slack.call("conversations.open", users=people.ALEX_RIVERA.id)
    assert opened["channel"] == {"id": channels.WITH_ALEX}
    assert opened["already_open"]
    new = await slack.call("conversations.open", users=people.ALEX_MOREAU.id, return_im=True)
    assert not new["already_open"]
    assert new["channel"]["user"] == people.ALEX_MOREAU.id
    group = await slack.call("conversations.open", users=f"{people.ALEX_MOREAU.id},{people.ALEX_RIVERA.id}")
    assert group["channel"]["id"] == channels.TRIO
    again = await slack.call("conversations.open", channel=new["channel"]["id"])
    assert again["already_open"]


async def test_a_direct_message_can_be_closed(slack: Visitor) -> None:
    await slack.call("conversations.close", channel=channels.WITH_ALEX)
    assert (await slack.call("conversations.close", channel=channels.WITH_ALEX))["already_closed"]
    assert not (await slack.call("conversations.open", channel=channels.WITH_ALEX))["already_open"]
    refused = await slack.refused("conversations.close", channel=channels.DEV)
    assert refused == "method_not_supported_for_channel_type"


@pytest.mark.parametrize(
    ("users", "error"),
    [
        ("", "users_list_not_supplied"),
        ("U0NOBODY00", "user_not_found"),
        (people.JORDAN_BLAKE.id, "user_disabled"),
        (",".join(f"U{number}" for number in range(9)), "too_many_users"),
    ],
)
async def test_a_direct_message_that_cannot_be_is_refused(slack: Visitor, users: str, error: str) -> None:
    assert await slack.refused("conversations.open", users=users) == error


async def test_a_bot_writes_to_no_other_bot(bot: Visitor) -> None:
    assert await bot.refused("conversations.open", users=people.DATA_ANALYST.id) == "cannot_dm_bot"
    first = await bot.call("conversations.open", users=f"{people.ALEX_MOREAU.id},{people.ALEX_RIVERA.id}")
    found = await bot.call("conversations.info", channel=first["channel"]["id"])
    assert found["channel"]["name"] == "mpdm-alex.moreau--alex.rivera--assistant-1"
    missing = await bot.refused("conversations.open", users=people.ALEX_RIVERA.id, prevent_creation=True)
    assert missing == "channel_not_found"


async def test_channels_cannot_be_treated_as_direct_messages_nor_the_other_way_round(slack: Visitor) -> None:
    error = "method_not_supported_for_channel_type"
    assert await slack.refused("conversations.open", channel=channels.DEV) == error
    assert await slack.refused("conversations.archive", channel=channels.WITH_ALEX) == error
    assert await slack.refused("conversations.setTopic", channel=channels.WITH_ALEX, topic="x") == error


async def test_a_bot_that_is_not_in_a_channel_cannot_open_it_again(slack: Visitor, bot: Visitor) -> None:
    assert await bot.refused("conversations.unarchive", channel=channels.BOOTSTRAP) == "not_in_channel"


async def test_a_guest_puts_nobody_out(slack: Visitor, visit: Callable[[str], Visitor]) -> None:
    guest = visit(accounts.GUEST_TOKEN)
    refused = await guest.refused("conversations.kick", channel=channels.AUDIT, user=people.HUMAN_PM.id)
    assert refused == "restricted_action"
    assert (await slack.call("conversations.info", channel=channels.AUDIT, include_locale=True))["channel"]["locale"]


async def test_a_cursor_behind_the_end_is_refused(slack: Visitor) -> None:
    cursor = base64.b64encode(b"member:999").decode()
    assert await slack.refused("conversations.members", channel=channels.DEV, cursor=cursor) == "invalid_cursor"


async def test_what_everybody_reads_of_a_restricted_channel_says_that_it_is(slack: Visitor) -> None:
    assert (await slack.call("conversations.info", channel=channels.ANNOUNCEMENTS))["channel"]["is_read_only"]
