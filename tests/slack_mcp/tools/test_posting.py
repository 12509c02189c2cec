"""Posting: Markdown in, one message or several out, nobody called by accident, and what was posted is told."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx2
import pytest

from connector_kit.http import Exchange

from .conversation import ERAS, NOW, SITE, Conversation, calls, converse, given, rows

if TYPE_CHECKING:
    from slack_mcp.sandbox.app import Sandbox

    from .conftest import Clock

pytestmark = pytest.mark.anyio
THREAD = "C0PMOS00001:1769848200.003057"


def body_of(exchange: Exchange) -> dict[str, Any]:
    """The arguments of a call, whichever way they were sent."""
    text = exchange.request_body.decode()
    if text.startswith("{"):
        return json.loads(text)
    return {name: values[0] for name, values in parse_qs(text).items()}


def posts(slack: Conversation) -> list[dict[str, Any]]:
    """The arguments of each post."""
    return [body_of(exchange) for exchange in slack.sent("POST", "/api/chat.postMessage")]


@pytest.mark.parametrize("era", ERAS)
async def test_a_post_is_told_with_its_id_and_permalink(site: "Sandbox", tmp_path: Path, era: str) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), mode=era, clock=lambda: NOW) as slack:
        text = await slack.ask("slack_post_message", channel="#general", text="**Hello**\n\n- one\n- two")
        assert text == (
            f"posted to #general: C0PMOS00001:1770064200.000000 {SITE}/archives/C0PMOS00001/p1770064200000000"
        )
        read = await slack.ask("slack_read_channel", channel="#general", limit=1)
    assert "[20:30 HumanPM · 1770064200.000000 · you] **Hello**" in read
    assert "• one" in read or "- one" in read


async def test_a_person_is_written_to_by_name(slack: Conversation) -> None:
    text = await slack.ask("slack_post_message", channel="@alex.rivera", text="Hello")
    assert text.startswith("posted to @alex.rivera: D0PMOS00001:")


async def test_a_reply_goes_to_its_thread_and_to_the_channel_if_asked_for(slack: Conversation) -> None:
    quiet = await slack.ask("slack_post_message", channel="#general", text="Quietly", thread=THREAD)
    assert quiet.endswith("?thread_ts=1769848200.003057&cid=C0PMOS00001")
    await slack.ask("slack_post_message", channel="#general", text="Aloud", thread=THREAD, broadcast=True)
    channel = await slack.ask("slack_read_channel", channel="#general", limit=3)
    assert "Quietly" not in channel
    assert "Aloud" in channel
    thread = await slack.ask("slack_read_thread", message=THREAD)
    assert "Quietly" in thread
    assert "Aloud" in thread


async def test_a_reply_to_a_reply_stays_in_the_thread(slack: Conversation) -> None:
    text = await slack.ask("slack_post_message", channel="#general", text="Hi", thread="1769848440.004076")
    assert "thread_ts=1769848200.003057" in text


async def test_a_long_text_becomes_several_messages_in_order(slack: Conversation) -> None:
    paragraphs = [f"{number}. " + "word " * 400 for number in range(15)]
    text = await slack.ask("slack_post_message", channel="#general", text="\n\n".join(paragraphs), thread=THREAD)
    lines = text.splitlines()
    assert len(lines) == 3
    assert all("thread_ts=1769848200.003057" in line for line in lines)
    sent = [post["markdown_text"] for post in posts(slack)]
    assert all(len(part) <= 12_000 for part in sent)
    assert "\n\n".join(sent).split() == "\n\n".join(paragraphs).split()


async def test_far_too_long_a_text_is_refused_before_anything_is_posted(slack: Conversation) -> None:
    text = await slack.refused("slack_post_message", channel="#general", text="word " * 40_000)
    assert "at most 10 are posted at a time" in text
    assert "canvas" in text
    assert posts(slack) == []


@pytest.mark.parametrize("text", ["", " \n"])
async def test_nothing_is_not_posted(slack: Conversation, text: str) -> None:
    await slack.refused("slack_post_message", channel="#general", text=text)
    assert posts(slack) == []


SHOUTS = [
    "@channel all hands",
    "<!channel> all hands",
    "<!here|here>",
    "&lt;!everyone&gt;",
    "@everyone!",
    "<!subteam^S0PMOS00001>",
    "<!subteam^S0PMOS00001|@engineers>",
]


@pytest.mark.parametrize("shout", SHOUTS)
async def test_nobody_shouts_by_accident(slack: Conversation, shout: str) -> None:
    text = await slack.ask("slack_post_message", channel="#general", text=shout)
    assert text.endswith("notify nobody: mention_all lets them.")
    message = text.split()[3]
    alert = {"title": shout, "text": shout, "steps": [shout], "fields": {"x": shout}}
    text = await slack.ask("slack_post_alert", channel="#general", **alert)
    assert text.endswith("notify nobody: slack_post_message has mention_all.")  # which an alert has not
    later = await slack.ask("slack_schedule_message", channel="#general", text=shout, at="2h")
    assert "notify nobody" in later
    await slack.ask("slack_update_message", message=message, text=f"2 {shout}")
    await slack.ask("slack_create_canvas", title=shout, text=shout)
    for exchange in slack.exchanges:
        sent = json.dumps(body_of(exchange)) if exchange.request_body[:1] == b"{" else str(body_of(exchange))
        assert "<!" not in sent
        assert "@channel" not in sent
        assert "@everyone" not in sent


async def test_everybody_is_called_where_that_is_meant(slack: Conversation) -> None:
    text = await slack.ask("slack_post_message", channel="#general", text="<!channel> all hands", mention_all=True)
    assert "\n" not in text
    assert "<!channel>" in posts(slack)[0]["markdown_text"]


async def test_a_single_person_may_be_mentioned(slack: Conversation) -> None:
    await slack.ask("slack_post_message", channel="#general", text="<@U0PMOS00010> please look")
    assert "<@U0PMOS00010>" in posts(slack)[0]["markdown_text"]


async def test_links_show_no_previews_unless_asked_for(slack: Conversation) -> None:
    await slack.ask("slack_post_message", channel="#general", text="https://example.org")
    await slack.ask("slack_post_message", channel="#general", text="https://example.org", unfurl=True)
    first, second = posts(slack)
    assert [first["unfurl_links"], first["unfurl_media"]] in ([False, False], ["false", "false"])
    assert [second["unfurl_links"], second["unfurl_media"]] in ([True, True], ["true", "true"])


async def test_an_alert_stands_out_and_has_words_for_notifications(slack: Conversation) -> None:
    text = await slack.ask(
        "slack_post_alert",
        channel="#pm-os-alerts",
        title="Gate failed",
        severity="critical",
        priority="P1",
        text="**Coverage** fell",
        steps=["Look at the report", "Write tests"],
        fields={"Gate": "coverage", "Was": "97 %"},
    )
    assert text.startswith("posted to #pm-os-alerts: C0PMOS00003:1770064200.000000 ")
    (post,) = posts(slack)
    assert "Gate failed" in post["text"]
    read = await slack.ask("slack_read_channel", channel="#pm-os-alerts", limit=1)
    for told in ("CRITICAL P1: Gate failed", "**Coverage** fell", "**Was**\n  97 %", "1. Look at the report"):
        assert told in read


async def test_an_own_message_is_edited_and_nobody_elses(slack: Conversation) -> None:
    text = await slack.ask("slack_update_message", message=THREAD, text="Good evening")
    assert text == f"updated {THREAD} {SITE}/archives/C0PMOS00001/p1769848200003057"
    assert "· edited ·" in await slack.ask("slack_read_thread", message=THREAD)
    told = await slack.refused("slack_update_message", message="C0PMOS00002:1769868000.009171", text="Mine")
    assert "Only its author may edit this message. Reply to it instead." in told


async def test_where_the_account_is_not_in_it_says_how_to_get_in(slack: Conversation) -> None:
    text = await slack.refused("slack_post_message", channel="#design-critique", text="Hello")
    assert "This account is not in #design-critique." in text
    assert "slack_join_channel" in text
    await slack.ask("slack_join_channel", channel="#design-critique")
    await slack.ask("slack_post_message", channel="#design-critique", text="Hello")


async def test_archived_and_read_only_channels_say_so(slack: Conversation) -> None:
    assert "#pm-os-bootstrap is archived" in await slack.refused(
        "slack_post_message", channel="#pm-os-bootstrap", text="x"
    )


WRITES: list[tuple[str, dict[str, Any]]] = [
    ("slack_post_message", {"channel": "#general", "text": "x"}),
    ("slack_post_alert", {"channel": "#general", "title": "x"}),
    ("slack_update_message", {"message": THREAD, "text": "x"}),
    ("slack_delete_message", {"message": THREAD, "confirm": True}),
    ("slack_schedule_message", {"channel": "#general", "text": "x", "at": "2h"}),
    ("slack_react_to_message", {"message": THREAD, "emoji": "eyes"}),
    ("slack_pin_message", {"message": THREAD}),
    ("slack_mark_read", {"channel": "#general"}),
    ("slack_add_bookmark", {"channel": "#general", "title": "x", "link": "https://example.org"}),
    ("slack_update_channel", {"channel": "#general", "topic": "x"}),
    ("slack_update_members", {"channel": "#general", "invite": ["@alex.rivera"]}),
    ("slack_create_channel", {"name": "elsewhere"}),
    ("slack_create_canvas", {"title": "x", "text": "x", "channel": "#general"}),
]
READS = {"auth.test", "conversations.info", "conversations.list", "users.conversations", "users.list", "files.info"}


@pytest.mark.parametrize(("tool", "arguments"), WRITES, ids=[tool for tool, _ in WRITES])
async def test_nothing_is_written_outside_of_the_channels_that_the_user_named(
    site: "Sandbox", tmp_path: Path, tool: str, arguments: dict[str, Any]
) -> None:
    settings = given(channels=("#pm-os-dev",))
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings, clock=lambda: NOW) as slack:
        text = await slack.refused(tool, **arguments)
    assert "is outside of the channels that tools may write to: #pm-os-dev" in text
    assert "SLACK_CHANNELS" in text
    assert set(calls(slack)) <= READS


async def test_a_message_is_scheduled_listed_and_taken_back(slack: Conversation, time: "Clock") -> None:
    text = await slack.ask("slack_schedule_message", channel="#general", text="Later", at="2026-02-03T09:00Z")
    assert text.startswith("scheduled for 2026-02-03T09:00:00Z in #general: Q0")
    number = text.split()[5]
    assert rows(await slack.ask("slack_list_scheduled_messages")) == [
        [number, "2026-02-03T09:00:00Z", "#general", "Later"]
    ]
    assert await slack.ask("slack_list_scheduled_messages", channel="#pm-os-dev") == "Nothing is scheduled."
    assert (await slack.ask("slack_cancel_scheduled_message", channel="#general", id=number)).startswith("cancelled")
    assert await slack.ask("slack_list_scheduled_messages") == "Nothing is scheduled."
    await slack.refused("slack_cancel_scheduled_message", channel="#general", id=number)
    await slack.ask("slack_schedule_message", channel="#general", text="In a while", at="1h", thread=THREAD)
    time.now += 2 * 3600.0
    assert "In a while" in await slack.ask("slack_read_thread", message=THREAD)


@pytest.mark.parametrize(
    ("at", "told"), [("2025-01-01T09:00", "has passed"), ("200d", "120 days"), ("soon", "2026-02-03T09:00")]
)
async def test_a_time_that_cannot_be_is_told(slack: Conversation, at: str, told: str) -> None:
    text = await slack.refused("slack_schedule_message", channel="#general", text="x", at=at)
    assert told in text
    assert "[at: " in text
    assert "chat.scheduleMessage" not in calls(slack)


async def test_the_record_of_a_post_holds_ids_but_no_text(slack: Conversation) -> None:
    await slack.ask("slack_post_message", channel="C0PMOS00001", text="between you and me")
    record = slack.audited()[-1]
    assert record["tool"] == "slack_post_message"
    assert record["effect"] == "adds"
    assert record["arguments"]["channel"] == "C0PMOS00001"
    assert record["account"] == "U0PMOS00001@T0PMOS00001"
    assert "between you" not in slack.audit_text()
