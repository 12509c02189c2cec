"""Channels and marks: what was changed is told, also where a later step failed; doing it twice changes nothing."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from slack_mcp.sandbox import SANDBOX_BOT_TOKEN
from slack_mcp.sandbox.visitor import Visitor

from .conversation import NOW, Conversation, calls, converse, given

if TYPE_CHECKING:
    from slack_mcp.sandbox.app import Sandbox

pytestmark = pytest.mark.anyio
MESSAGE = "C0PMOS00002:1769868000.009171"


async def fail(site: "Sandbox", method: str, error: str) -> None:
    """Have the next call of a method refused."""
    visitor = Visitor(site)
    await visitor.control("POST", "/_sandbox/faults", {"method": method, "error": error})
    await visitor.aclose()


async def test_a_channel_is_created_changed_and_archived(slack: Conversation) -> None:
    text = await slack.ask("slack_create_channel", name="#launch-2026", topic="When", purpose="Launching")
    channel = text.partition("(")[2].partition(")")[0]
    assert text == f"created #launch-2026 ({channel}); topic set; purpose set"
    told = await slack.ask("slack_update_channel", channel="#launch-2026", name="launch", topic="-", purpose="Later")
    assert told == f"#launch-2026 ({channel}); renamed to #launch; topic set; purpose set"
    shown = await slack.ask("slack_get_channel", channel="#launch")
    assert "purpose: Later" in shown
    assert "topic:" not in shown
    assert await slack.ask("slack_update_channel", channel="launch", archived=True) == f"#launch ({channel}); archived"
    again = await slack.ask("slack_update_channel", channel="launch", archived=True)
    assert again == f"#launch ({channel}); archived (it was so already)"
    back = await slack.ask("slack_update_channel", channel=channel, archived=False, topic="Here again")
    assert back == f"#launch ({channel}); unarchived; topic set"


async def test_a_private_channel_is_private(slack: Conversation) -> None:
    await slack.ask("slack_create_channel", name="secret-plans", private=True)
    assert "· private ·" in await slack.ask("slack_get_channel", channel="secret-plans")


async def test_a_name_that_is_taken_or_cannot_be_is_told(slack: Conversation) -> None:
    assert "A channel of that name exists" in await slack.refused("slack_create_channel", name="general")
    assert "small letters, digits" in await slack.refused("slack_create_channel", name="No Blanks, please!")
    assert calls(slack).count("conversations.create") == 1


async def test_what_was_done_is_told_where_a_later_step_failed(slack: Conversation, site: "Sandbox") -> None:
    await fail(site, "conversations.setTopic", "too_long")
    text = await slack.ask("slack_create_channel", name="half-done", topic="x", purpose="y")
    head, rest = text.splitlines()
    assert head.startswith("created #half-done (C0")
    assert rest.startswith("Then it stopped, before: topic set, purpose set. The text is longer than Slack takes.")
    await fail(site, "conversations.setPurpose", "user_is_restricted")
    text = await slack.ask("slack_update_channel", channel="half-done", topic="x", purpose="y", archived=True)
    assert "; topic set\nThen it stopped, before: purpose set, archived. A guest may not do this." in text
    await fail(site, "conversations.setTopic", "user_is_restricted")
    assert (await slack.refused("slack_update_channel", channel="half-done", topic="x")).startswith("A guest may not")


async def test_people_are_invited_and_removed(slack: Conversation) -> None:
    text = await slack.ask(
        "slack_update_members", channel="#pm-os-leads", invite=["@alex.rivera"], remove=["alex.moreau@pm-os.example"]
    )
    assert text == ("#pm-os-leads (C0PMOS00005); invited @alex.rivera; removed alex.moreau@pm-os.example")
    again = await slack.ask("slack_update_members", channel="#pm-os-leads", invite=["@alex.rivera"])
    assert again.endswith("invited @alex.rivera (it was so already)")
    members = await slack.ask("slack_get_channel", channel="#pm-os-leads", include=["members"])
    assert "U0PMOS00010" in members
    assert "U0PMOS00011" not in members


async def test_nothing_to_change_is_refused_before_anything_is_asked(slack: Conversation) -> None:
    assert "Nobody was named." in await slack.refused("slack_update_members", channel="#general")
    assert "Nothing to change was named." in await slack.refused("slack_update_channel", channel="#general")
    assert "conversations.invite" not in calls(slack)


async def test_a_channel_is_joined_and_left(slack: Conversation) -> None:
    assert await slack.ask("slack_join_channel", channel="#design-critique") == (
        "joined #design-critique (C0PMOS00008)"
    )
    assert await slack.ask("slack_join_channel", channel="#design-critique", leave=True) == "left #design-critique"
    assert await slack.ask("slack_join_channel", channel="#design-critique", leave=True) == (
        "left #design-critique: you were not in it"
    )
    assert "Nobody can leave #general." in await slack.refused("slack_join_channel", channel="#general", leave=True)


async def test_a_bot_joins_as_well(site: "Sandbox", tmp_path: Path) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), token=SANDBOX_BOT_TOKEN) as slack:
        assert "joined #design-critique" in await slack.ask("slack_join_channel", channel="#design-critique")
        assert "created #of-the-bot" in await slack.ask("slack_create_channel", name="of-the-bot")


async def test_a_conversation_with_several_people_is_opened_once(slack: Conversation) -> None:
    first = await slack.ask("slack_open_conversation", people=["@alex.rivera", "alex.moreau@pm-os.example"])
    assert first.endswith("(C0PMOS00009)")
    again = await slack.ask("slack_open_conversation", people=["@alex.moreau", "@alex.rivera"])
    assert again == "opened @alex.moreau, @alex.rivera (C0PMOS00009)"
    assert "opened @alex.rivera (D0PMOS00001)" in await slack.ask("slack_open_conversation", people=["@alex.rivera"])
    await slack.ask("slack_post_message", channel="C0PMOS00009", text="To all of you")


async def test_a_reaction_is_added_and_taken_away(slack: Conversation) -> None:
    on = "eyes on 1769868000.009171 in #pm-os-dev"
    assert await slack.ask("slack_react_to_message", message=MESSAGE, emoji=":eyes:") == f"added {on}"
    assert await slack.ask("slack_react_to_message", message=MESSAGE, emoji="eyes") == f"{on}: it was so already"
    assert ":eyes: by HumanPM" in await slack.ask("slack_read_thread", message=MESSAGE)
    assert await slack.ask("slack_react_to_message", message=MESSAGE, emoji="eyes", remove=True) == f"removed {on}"
    assert await slack.ask("slack_react_to_message", message=MESSAGE, emoji="eyes", remove=True) == (
        f"{on}: it was so already"
    )
    for not_a_name in ("no such emoji", "🜚"):
        text = await slack.refused("slack_react_to_message", message=MESSAGE, emoji=not_a_name)
        assert "should be a name like thumbsup or white_check_mark" in text


@pytest.mark.parametrize(("emoji", "name"), [("👀", "eyes"), ("❤️", "heart"), (":+1:", "+1"), ("👍", "+1")])
async def test_a_usual_emoji_need_not_be_spelt(slack: Conversation, emoji: str, name: str) -> None:
    text = await slack.ask("slack_react_to_message", message=MESSAGE, emoji=emoji)
    assert text.startswith((f"added {name} on ", f"{name} on "))


async def test_a_message_is_pinned_and_unpinned(slack: Conversation) -> None:
    on = "1769868000.009171 in #pm-os-dev"
    assert await slack.ask("slack_pin_message", message=MESSAGE) == f"pinned {on}"
    assert await slack.ask("slack_pin_message", message=MESSAGE) == f"{on}: it was so already"
    assert "p1769868000009171" in await slack.ask("slack_get_channel", channel="#pm-os-dev", include=["pins"])
    assert await slack.ask("slack_pin_message", message=MESSAGE, remove=True) == f"unpinned {on}"
    assert await slack.ask("slack_pin_message", message=MESSAGE, remove=True) == f"{on}: it was so already"


async def test_a_bookmark_is_added_and_removed(slack: Conversation) -> None:
    text = await slack.ask("slack_add_bookmark", channel="#general", title="Docs | all", link="https://example.org/a")
    number = text.removeprefix("added bookmark ")
    shown = await slack.ask("slack_get_channel", channel="#general", include=["bookmarks"])
    assert f"- Docs ¦ all: https://example.org/a ({number})" in shown
    assert await slack.ask("slack_remove_bookmark", channel="#general", id=number) == f"removed {number} in #general"
    gone = await slack.refused("slack_remove_bookmark", channel="#general", id=number)
    assert "There is no such bookmark in #general. slack_get_channel with include=bookmarks lists them." in gone


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "nonsense"])
async def test_a_bookmark_is_a_link_to_the_web(slack: Conversation, link: str) -> None:
    assert "should begin with https://" in await slack.refused(
        "slack_add_bookmark", channel="#general", title="x", link=link
    )
    assert "bookmarks.add" not in calls(slack)


@pytest.mark.parametrize("toolset", ["bookmarks", "canvases", "channels", "people", "scheduling"])
async def test_a_toolset_that_is_off_says_how_to_switch_it_on(site: "Sandbox", tmp_path: Path, toolset: str) -> None:
    calls_of: dict[str, tuple[str, dict[str, Any]]] = {
        "bookmarks": ("slack_add_bookmark", {"channel": "#general", "title": "x", "link": "https://example.org"}),
        "canvases": ("slack_create_canvas", {"title": "x", "text": "x"}),
        "channels": ("slack_create_channel", {"name": "x"}),
        "people": ("slack_list_groups", {}),
        "scheduling": ("slack_list_scheduled_messages", {}),
    }
    settings = given(toolsets=())
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings, clock=lambda: NOW) as slack:
        tool, arguments = calls_of[toolset]
        text, is_error = await slack.attempt(tool, arguments)
    assert is_error
    assert f"SLACK_TOOLSETS={toolset}" in text
    assert slack.exchanges == []
