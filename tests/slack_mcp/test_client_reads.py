"""Reading the sample workspace: channels, messages, people, marks."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from connector_kit.errors import InvalidInput, NotFound, NotPermitted, ScopeMissing
from connector_kit.testing.recorder import Recorder
from slack_mcp.client import SlackClient, connect
from slack_mcp.sandbox.accounts import READ_BOT_TOKEN, READ_TOKEN
from slack_mcp.settings import SlackSettings

pytestmark = pytest.mark.anyio
Connect = Callable[..., Awaitable[SlackClient]]

DEV, GENERAL, LEADS = "C0PMOS00002", "C0PMOS00001", "C0PMOS00005"


def methods(recorder: Recorder) -> list[str]:
    return [path.removeprefix("/api/") for _, path in recorder.sent]


async def test_building_a_client_sends_nothing(slack: SlackClient, recorder: Recorder) -> None:
    assert slack.account is None
    assert recorder.sent == []


async def test_the_check_tells_who_and_where(slack: SlackClient) -> None:
    assert await slack.check() == "human.pm (U0PMOS00001, user token) at PM OS (https://pm-os.sandbox.invalid)"
    assert slack.account == "U0PMOS00001@T0PMOS00001"


async def test_who_we_are_is_asked_once_and_tells_the_scopes(slack: SlackClient, recorder: Recorder) -> None:
    who = await slack.identity()
    assert (who.kind, who.user_id) == ("user", "U0PMOS00001")
    assert who.scopes is not None
    assert "chat:write" in who.scopes
    await slack.identity()
    assert methods(recorder) == ["auth.test"]


async def test_a_bot_knows_that_it_is_one(bot: SlackClient) -> None:
    who = await bot.identity()
    assert who.kind == "bot"
    assert who.bot_id


async def test_lacking_scopes_are_told_and_others_by_another_name_count(connected: Connect) -> None:
    reader = await connected(token=READ_TOKEN)
    assert await reader.lacking_scopes(["channels:history", "chat:write", "search:read"]) == (
        "chat:write",
        "search:read",
    )
    assert await (await connected()).lacking_scopes(["channels:manage", "channels:join", "search:read"]) == ()


async def test_the_sandbox_needs_neither_settings_nor_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path))
    slack = await connect(SlackSettings(sandbox=True))
    assert "PM OS" in await slack.check()
    await slack.aclose()
    bot = await connect(SlackSettings(sandbox=True, token_kind="bot"))
    assert "bot token" in await bot.check()
    await bot.aclose()


async def test_a_lacking_scope_is_told_by_its_name_for_the_kind_of_token(connected: Connect) -> None:
    person, app = await connected(token=READ_TOKEN), await connected(token=READ_BOT_TOKEN)
    needed = ["channels:manage", "channels:join", "channels:write"]
    assert await person.lacking_scopes(needed) == ("channels:write",)
    assert await app.lacking_scopes(needed) == ("channels:manage", "channels:join")


# Channels


async def test_channels_are_listed_by_kind_with_private_ones(slack: SlackClient) -> None:
    names = [channel.name for channel in (await slack.channels()).items]
    assert {"#general", "#pm-os-dev", "#pm-os-alerts", "#pm-os-metrics", "#pm-os-leads"} <= set(names)
    direct = (await slack.channels(kinds=["dm"])).items
    assert (direct[0].name, direct[0].peer) == ("@alex.rivera", "U0PMOS00010")
    groups = (await slack.channels(kinds=["group_dm"])).items
    assert groups[0].name == "@alex.moreau, @alex.rivera, @human.pm"


async def test_channels_are_filtered_by_name_and_by_membership(slack: SlackClient) -> None:
    assert {channel.name for channel in (await slack.channels("PM-OS")).items} == {
        *("#pm-os-dev", "#pm-os-alerts", "#pm-os-metrics", "#pm-os-leads")
    }
    assert "#design-critique" not in [channel.name for channel in (await slack.channels(mine=True)).items]
    archived = {channel.name for channel in (await slack.channels(archived=True)).items if channel.archived}
    assert archived
    assert not archived & {channel.name for channel in (await slack.channels()).items}


@pytest.mark.parametrize("name", ["", "o"])
async def test_pages_of_channels_hold_each_channel_once(slack: SlackClient, name: str) -> None:
    whole = [channel.id for channel in (await slack.channels(name)).items]
    found: list[str] = []
    cursor: str | None = None
    for limit in (2, 1, 3, 2, 50):  # a tool may ask again for less where an answer got too long
        page = await slack.channels(name, limit=limit, cursor=cursor)
        found += [channel.id for channel in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert found == whole
    assert cursor is None


async def test_a_cursor_of_another_question_is_refused(slack: SlackClient) -> None:
    page = await slack.channels(limit=1)
    with pytest.raises(InvalidInput, match="cursor"):
        await slack.channels(archived=True, limit=1, cursor=page.cursor)
    with pytest.raises(InvalidInput, match="cursor"):
        await slack.history("general", cursor=page.cursor)


async def test_a_token_that_may_list_public_channels_only_says_so(connected: Connect) -> None:
    reader = await connected(token=READ_TOKEN)
    page = await reader.channels()
    assert "groups:read" in page.warnings[0]
    with pytest.raises(NotPermitted, match="im:read"):
        await reader.channels(kinds=["dm"])


@pytest.mark.parametrize(
    "text",
    [
        "pm-os-dev",
        "#PM-OS-dev",
        DEV,
        f"<#{DEV}|pm-os-dev>",
        f"https://pm-os.sandbox.invalid/archives/{DEV}",
    ],
)
async def test_a_channel_is_found_in_every_form_that_people_paste(slack: SlackClient, text: str) -> None:
    channel = await slack.channel(text)
    assert (channel.id, channel.name, channel.size) == (DEV, "#pm-os-dev", 12)
    assert channel.url == f"https://pm-os.sandbox.invalid/archives/{DEV}"


async def test_a_channel_of_ours_is_found_without_reading_the_list_of_all(
    slack: SlackClient, recorder: Recorder
) -> None:
    await slack.history("pm-os-leads", limit=1)
    assert "conversations.list" not in methods(recorder)
    recorder.clear()
    await slack.history("pm-os-dev", limit=1)
    assert set(methods(recorder)) <= {"conversations.history", "users.info"}


async def test_a_channel_that_we_are_not_in_is_found_too(slack: SlackClient) -> None:
    assert (await slack.channel("design-critique")).member is False


async def test_a_missing_channel_tells_what_to_try(slack: SlackClient) -> None:
    with pytest.raises(NotFound, match="Did you mean pm-os-dev") as caught:
        await slack.history("pm-os-dve")
    assert "slack_list_channels" in str(caught.value)
    with pytest.raises(NotFound, match="no such channel"):
        await slack.history("C0NOSUCHONE1")


async def test_a_direct_conversation_goes_by_the_persons_name(slack: SlackClient) -> None:
    channel = await slack.channel("@alex.rivera")
    assert (channel.kind, channel.name) == ("dm", "@alex.rivera")
    with pytest.raises(NotFound, match="no direct conversation"):
        await slack.history("@alex.moreau")


async def test_members_are_people_with_names(slack: SlackClient) -> None:
    page = await slack.members("general", limit=5)
    assert page.items[0].name == "HumanPM"
    rest = await slack.members("general", limit=50, cursor=page.cursor)
    assert len({person.id for person in (*page.items, *rest.items)}) == 13
    assert rest.cursor is None


# Messages


async def test_history_is_whole_with_names_and_permalinks(slack: SlackClient) -> None:
    page = await slack.history("pm-os-dev", limit=100)
    phase = next(message for message in page.items if "Phase 0 is COMPLETE" in message.text)
    assert (phase.author, phase.is_bot, phase.replies) == ("ProductArchitect", True, 2)
    assert phase.time == "2026-01-31T17:00:00Z"
    assert phase.last_reply > phase.time
    assert phase.permalink == f"https://pm-os.sandbox.invalid/archives/{DEV}/p{phase.ts.replace('.', '')}"
    assert "HumanPM" in {name for reaction in phase.reactions for name in reaction.users}
    assert page.items[0].ts > page.items[-1].ts
    assert not any("<@" in message.text for message in page.items)


async def test_mentions_are_resolved_by_looking_up_only_those_who_occur(slack: SlackClient, recorder: Recorder) -> None:
    page = await slack.history("general", window="2026-01-31")
    assert "#pm-os-dev" in next(message.text for message in page.items if "Good morning" in message.text)
    assert "users.list" not in methods(recorder)
    looked_up = methods(recorder).count("users.info")
    recorder.clear()
    await slack.history("general", window="2026-01-31")
    assert methods(recorder) == ["conversations.history"]
    assert looked_up < 6


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        ("2026-01-31", "2026-01-31T08:00", "2026-02-01"),
        ("2026-02-01..2026-02-02", "2026-02-01", "2026-02-03"),
        ("2d", "2026-01-31T20:30", "2026-02-02T20:31"),
    ],
)
async def test_a_window_holds_what_lies_in_it(slack: SlackClient, window: str, first: str, last: str) -> None:
    page = await slack.history("pm-os-dev", window=window, limit=100)
    assert page.items
    assert all(first <= message.time <= last for message in page.items)


async def test_pages_of_a_window_keep_its_bounds_while_time_goes_on(slack: SlackClient, stopped_clock: Any) -> None:
    whole = await slack.history("pm-os-dev", window="2d", limit=100)
    page = await slack.history("pm-os-dev", window="2d", limit=3)
    found = list(page.items)
    while page.cursor:
        stopped_clock.now += 40_000
        page = await slack.history("pm-os-dev", window="2d", limit=3, cursor=page.cursor)
        found += page.items
    assert [message.ts for message in found] == [message.ts for message in whole.items]


async def test_a_window_that_is_open_at_its_end_is_asked_for_with_one(
    slack: SlackClient, recorder: Recorder, stopped_clock: Any
) -> None:
    await slack.history("general", window="2026-01-01..")
    await slack.unread()
    asked = [
        dict(parse_qsl(each.request_body.decode()))
        for each in recorder.exchanges
        if each.url.endswith("/conversations.history")
    ]
    assert len(asked) > 1
    assert all(float(each["latest"]) > stopped_clock.now for each in asked)


async def test_a_thread_is_read_from_any_of_its_messages(slack: SlackClient) -> None:
    page = await slack.history("pm-os-dev", limit=100)
    beginning = next(message for message in page.items if "Phase 0 is COMPLETE" in message.text)
    thread = (await slack.thread(beginning.permalink)).items
    assert [message.ts for message in thread] == sorted(message.ts for message in thread)
    assert (thread[0].ts, len(thread)) == (beginning.ts, 3)
    reply = thread[1]
    assert reply.thread_ts == beginning.ts
    assert f"thread_ts={beginning.ts}" in reply.permalink
    for ref in (reply.permalink, f"{DEV}:{reply.ts}"):
        assert [message.ts for message in (await slack.thread(ref)).items] == [message.ts for message in thread]
    assert (await slack.thread(reply.ts, channel="pm-os-dev")).items == thread


async def test_pages_of_a_thread_repeat_nothing(slack: SlackClient) -> None:
    page = await slack.history("pm-os-dev", limit=100)
    beginning = next(message for message in page.items if message.replies == 2)
    whole = [message.ts for message in (await slack.thread(beginning.permalink)).items]
    part = await slack.thread(beginning.permalink, limit=2)
    found = [message.ts for message in part.items]
    while part.cursor:
        part = await slack.thread(beginning.permalink, limit=1, cursor=part.cursor)
        found += [message.ts for message in part.items]
    assert found == whole


async def test_a_message_is_found_by_its_permalink_reply_or_not(slack: SlackClient) -> None:
    page = await slack.history("pm-os-dev", limit=100)
    beginning = next(message for message in page.items if message.replies == 2)
    assert await slack.message(beginning.permalink) == beginning
    reply = (await slack.thread(beginning.permalink)).items[1]
    assert await slack.message(reply.permalink) == reply
    assert (await slack.message(f"{DEV}:{reply.ts}")).text == reply.text


async def test_a_message_that_is_not_there_is_told(slack: SlackClient) -> None:
    with pytest.raises(NotFound, match=r"no (such )?(message|thread)"):
        await slack.message(f"{DEV}:1769846400.999999")
    with pytest.raises(InvalidInput, match="channel"):
        await slack.message("1769846400.999999")
    with pytest.raises(InvalidInput, match="not in"):
        await slack.message(f"{DEV}:1769846400.999999", channel="general")


async def test_own_messages_and_events_are_marked(slack: SlackClient) -> None:
    page = await slack.history("general", limit=100)
    assert {message.author for message in page.items if message.own} == {"HumanPM"}
    assert "channel_join" in {message.event for message in page.items}


async def test_missing_history_scope_names_the_scope(connected: Connect) -> None:
    reader = await connected(token=READ_BOT_TOKEN)
    with pytest.raises(NotFound, match="/invite @app"):
        await reader.history(LEADS)
    with pytest.raises(ScopeMissing, match="chat:write"):
        await reader.post("general", "hello")


# People


async def test_people_are_found_by_parts_of_names_and_by_address(slack: SlackClient) -> None:
    assert [person.name for person in (await slack.users("alex")).items] == ["Alex Moreau", "Alex R."]
    assert [person.id for person in (await slack.users("alex.rivera@pm-os.example")).items] == ["U0PMOS00010"]
    assert [person.id for person in (await slack.users("@human.pm")).items] == ["U0PMOS00001"]
    assert [person.id for person in (await slack.users("U0PMOS00011")).items] == ["U0PMOS00011"]
    assert (await slack.users("no such person")).items == ()
    with pytest.raises(InvalidInput):
        await slack.users(" ")


async def test_more_people_than_asked_for_are_mentioned(slack: SlackClient) -> None:
    page = await slack.users("alex", limit=1)
    assert len(page.items) == 1
    assert "1 more" in page.warnings[0]


@pytest.mark.parametrize(
    "text", ["me", "U0PMOS00001", "<@U0PMOS00001>", "@human.pm", "HumanPM", "human.pm@pm-os.example"]
)
async def test_one_person_is_found_in_every_form(slack: SlackClient, text: str) -> None:
    assert (await slack.user(text)).id == "U0PMOS00001"


async def test_a_name_that_several_people_have_is_asked_about(slack: SlackClient) -> None:
    with pytest.raises(InvalidInput) as caught:
        await slack.user("Alex")
    assert set(caught.value.fields) == {"U0PMOS00010", "U0PMOS00011"}
    with pytest.raises(InvalidInput, match="Did you mean"):
        await slack.user("alex.riveraa")
    with pytest.raises(InvalidInput, match="e-mail address"):
        await slack.user("nobody@pm-os.example")
    with pytest.raises(NotFound, match="slack_search_users"):
        await slack.user("U0NOSUCHONE1")


async def test_groups_and_their_people(slack: SlackClient) -> None:
    assert [group.handle for group in await slack.groups()] == ["engineers", "leads"]
    assert len(await slack.group_members("@engineers")) == 2
    assert await slack.group_members("Leads") == await slack.group_members("S0PMOS00002")
    with pytest.raises(InvalidInput, match="Did you mean leads"):
        await slack.group_members("leds")


# Marks


async def test_pins_have_names(slack: SlackClient) -> None:
    pinned = [pin for channel in ("general", "pm-os-dev", "pm-os-alerts") for pin in await slack.pins(channel)]
    assert pinned
    assert all(not pin.by.startswith("U0") for pin in pinned)


async def test_what_is_scheduled_is_empty_at_first(slack: SlackClient) -> None:
    assert (await slack.scheduled()).items == ()


# Only some channels


async def test_channels_outside_of_those_allowed_are_neither_read_nor_listed(connected: Connect) -> None:
    slack = await connected(read_channels="pm-os-dev", channels="pm-os-alerts")
    listed = await slack.channels()
    assert {channel.name for channel in listed.items} == {"#pm-os-dev", "#pm-os-alerts"}
    told = (listed.warnings, (await slack.unread()).warnings, (await slack.search("phase")).limits)
    assert all("SLACK_READ_CHANNELS" in warnings[-1] for warnings in told)
    await slack.history(DEV, limit=1)
    for call in (slack.history("general"), slack.channel(GENERAL), slack.pins("general"), slack.files()):
        with pytest.raises(NotPermitted, match=r"[Tt]ools may read"):
            await call
