"""Reactions, pins and bookmarks."""

from collections.abc import Callable

import pytest

from slack_mcp.sandbox import accounts
from slack_mcp.sandbox.sample import channels, people
from slack_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio

MISSING = "1700000000.000100"


async def test_reactions_are_counted_by_name_in_the_order_they_came(slack: Visitor, bot: Visitor) -> None:
    ts = await slack.post(channels.DEV, "Vote")
    for visitor, name in ((slack, "eyes"), (bot, ":+1:"), (slack, "thumbsup")):
        await visitor.call("reactions.add", channel=channels.DEV, timestamp=ts, name=name)
    body = await slack.call("reactions.get", channel=channels.DEV, timestamp=ts)
    assert body["message"]["reactions"] == [
        {"name": "eyes", "users": [people.HUMAN_PM.id], "count": 1},
        {"name": "+1", "users": [people.ASSISTANT.id, people.HUMAN_PM.id], "count": 2},
    ]
    assert body["message"]["permalink"]


async def test_a_reaction_is_given_and_taken_once(slack: Visitor) -> None:
    item = {"channel": channels.DEV, "timestamp": await slack.post(channels.DEV, "Vote"), "name": "eyes"}
    await slack.call("reactions.add", **item)
    assert await slack.refused("reactions.add", **item) == "already_reacted"
    await slack.call("reactions.remove", **item)
    assert await slack.refused("reactions.remove", **item) == "no_reaction"
    assert "reactions" not in await slack.latest(channels.DEV)


async def test_one_person_reacts_in_so_many_ways_only(slack: Visitor) -> None:
    item = {"channel": channels.DEV, "timestamp": await slack.post(channels.DEV, "Vote")}
    for number in range(23):
        await slack.call("reactions.add", name=f"e{number}", **item)
    assert await slack.refused("reactions.add", name="e23", **item) == "too_many_reactions"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"timestamp": MISSING}, "message_not_found"),
        ({"timestamp": "now"}, "bad_timestamp"),
        ({"timestamp": ""}, "no_item_specified"),
        ({"channel": "C0NOWHERE00"}, "channel_not_found"),
        ({"name": "two words"}, "invalid_name"),
        ({"name": ""}, "invalid_name"),
    ],
)
async def test_a_reaction_to_nothing_is_refused(slack: Visitor, change: dict[str, str], error: str) -> None:
    item = {"channel": channels.DEV, "timestamp": await slack.post(channels.DEV, "Vote"), "name": "eyes"}
    assert await slack.refused("reactions.add", **{**item, **change}) == error


async def test_reacting_takes_membership_and_an_open_channel(slack: Visitor) -> None:
    for channel, error in ((channels.DESIGN, "not_in_channel"), (channels.BOOTSTRAP, "is_archived")):
        ts = (await slack.latest(channel))["ts"]
        assert await slack.refused("reactions.add", channel=channel, timestamp=ts, name="eyes") == error


async def test_what_somebody_reacted_to_leaves_out_what_the_caller_may_not_see(
    slack: Visitor, visit: Callable[[str], Visitor]
) -> None:
    ts = await slack.post(channels.LEADS, "Secret")
    await slack.call("reactions.add", channel=channels.LEADS, timestamp=ts, name="eyes")
    mine = (await slack.call("reactions.list"))["items"]
    assert mine[0]["message"]["text"] == "Secret"
    seen = await visit(accounts.COLLEAGUE_TOKEN).call("reactions.list", user=people.HUMAN_PM.id)
    assert len(seen["items"]) == len(mine) - 1
    page = await slack.call("reactions.list", limit=1)
    following = await slack.call("reactions.list", cursor=page["response_metadata"]["next_cursor"])
    assert [*page["items"], *following["items"]] == mine


async def test_a_pinned_message_says_where(slack: Visitor) -> None:
    ts = await slack.post(channels.DEV, "Keep this")
    item = {"channel": channels.DEV, "timestamp": ts}
    await slack.call("pins.add", **item)
    assert await slack.refused("pins.add", **item) == "already_pinned"
    pins = (await slack.call("pins.list", channel=channels.DEV))["items"]
    assert pins[0]["message"]["text"] == "Keep this"
    assert pins[0]["created_by"] == people.HUMAN_PM.id
    assert (await slack.latest(channels.DEV))["pinned_to"] == [channels.DEV]
    await slack.call("pins.remove", **item)
    assert await slack.refused("pins.remove", **item) == "no_pin"


async def test_a_pin_on_nothing_is_refused(slack: Visitor) -> None:
    assert await slack.refused("pins.add", channel=channels.DEV) == "no_item_specified"
    assert await slack.refused("pins.add", channel=channels.DEV, timestamp=MISSING) == "message_not_found"
    assert await slack.refused("pins.add", channel=channels.DEV, timestamp="x") == "bad_timestamp"
    design = (await slack.latest(channels.DESIGN))["ts"]
    assert await slack.refused("pins.add", channel=channels.DESIGN, timestamp=design) == "not_in_channel"
    closed = (await slack.latest(channels.BOOTSTRAP))["ts"]
    assert await slack.refused("pins.add", channel=channels.BOOTSTRAP, timestamp=closed) == "is_archived"
    await slack.call("conversations.join", channel=channels.DESIGN)
    notice = (await slack.latest(channels.DESIGN))["ts"]
    assert await slack.refused("pins.add", channel=channels.DESIGN, timestamp=notice) == "not_pinnable"


async def test_a_channel_takes_so_many_pins_only(slack: Visitor) -> None:
    for number in range(99):
        ts = await slack.post(channels.DEV, str(number))
        await slack.call("pins.add", channel=channels.DEV, timestamp=ts)
    ts = await slack.post(channels.DEV, "One more")
    assert await slack.refused("pins.add", channel=channels.DEV, timestamp=ts) == "too_many_pins"


async def test_bookmarks_are_added_changed_and_removed(slack: Visitor) -> None:
    place = {"channel_id": channels.DEV}
    made = await slack.call(
        "bookmarks.add", title="Plan", type="link", link="https://pm-os.example/plan", emoji=":map:", **place
    )
    bookmark = made["bookmark"]["id"]
    changed = await slack.call("bookmarks.edit", bookmark_id=bookmark, title="Plans", link="https://x.example", **place)
    assert changed["bookmark"]["title"] == "Plans"
    titles = [each["title"] for each in (await slack.call("bookmarks.list", **place))["bookmarks"]]
    assert titles == ["Roadmap", "Quality dashboard", "Plans"]
    await slack.call("bookmarks.remove", bookmark_id=bookmark, **place)
    assert await slack.refused("bookmarks.remove", bookmark_id=bookmark, **place) == "not_found"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"type": "folder"}, "invalid_bookmark_type"),
        ({"link": "javascript:alert(1)"}, "invalid_link"),
        ({"title": ""}, "invalid_arguments"),
        ({"channel_id": channels.DESIGN}, "permission_denied"),
        ({"channel_id": channels.BOOTSTRAP}, "permission_denied"),
        ({"channel_id": "C0NOWHERE00"}, "channel_not_found"),
    ],
)
async def test_a_bookmark_that_cannot_be_is_refused(slack: Visitor, change: dict[str, str], error: str) -> None:
    wish = {"channel_id": channels.DEV, "title": "T", "type": "link", "link": "https://x.example", **change}
    assert await slack.refused("bookmarks.add", **wish) == error


async def test_a_channel_takes_so_many_bookmarks_only(slack: Visitor) -> None:
    wish = {"channel_id": channels.DEV, "title": "T", "type": "link", "link": "https://x.example"}
    for _ in range(98):
        await slack.call("bookmarks.add", **wish)
    assert await slack.refused("bookmarks.add", **wish) == "too_many_bookmarks"
