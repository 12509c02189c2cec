"""Channels: found by a part of the name, told what they are about, page after page without a loss."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from connector_kit.output import ANSWER_BUDGET
from slack_mcp.sandbox.accounts import READ_TOKEN

from .conversation import NOW, SITE, Conversation, calls, converse, cursor_in, given, outside, rows

if TYPE_CHECKING:
    from slack_mcp.sandbox.app import Sandbox

pytestmark = pytest.mark.anyio


async def test_channels_are_listed_by_name_with_what_they_are_about(reader: Conversation) -> None:
    text = await reader.ask("slack_list_channels")
    assert text.splitlines()[0] == "channel | id | members | kind | topic"
    assert ["#general", "C0PMOS00001", "13", "member", "PM OS: Phase 4 comes next"] in rows(text)
    assert ["#pm-os-leads", "C0PMOS00005", "2", "private member", ""] in rows(text)
    assert text.splitlines()[-1] == "returned 8 channels; more: no"


async def test_direct_conversations_are_called_by_those_who_are_in_them(reader: Conversation) -> None:
    found = rows(await reader.ask("slack_list_channels", kinds=["dm", "group_dm"]))
    assert [row[0] for row in found] == ["@alex.moreau, @alex.rivera, @human.pm", "@alex.rivera", "@assistant"]


async def test_a_part_of_the_name_is_enough(reader: Conversation) -> None:
    found = rows(await reader.ask("slack_list_channels", name="PM-OS"))
    assert {row[0] for row in found} == {"#pm-os-dev", "#pm-os-alerts", "#pm-os-metrics", "#pm-os-leads"}


async def test_archived_channels_and_those_of_others_are_listed_where_asked_for(reader: Conversation) -> None:
    archived = rows(await reader.ask("slack_list_channels", archived=True, name="bootstrap"))
    assert [row[3] for row in archived] == ["member archived"]
    mine = await reader.ask("slack_list_channels", mine=True)
    assert "#design-critique" not in mine
    assert "#announcements" in mine


async def test_no_channel_is_said_to_match_with_where_was_looked(reader: Conversation) -> None:
    assert await reader.ask("slack_list_channels", name="zeppelin") == "No channel matches."
    assert await reader.ask("slack_list_channels", name="zeppelin", kinds=["dm"]) == "No channel matches among dm."


async def test_kinds_that_the_token_may_not_list_are_told(library: "Sandbox", tmp_path: Path) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(library), token=READ_TOKEN) as slack:
        text = await slack.ask("slack_list_channels")
    assert "Channels of the kind private are not shown: the token lacks groups:read." in text
    assert "#pm-os-leads" not in text


async def every_row(slack: Conversation, tool: str, **arguments: Any) -> list[list[str]]:
    """The rows of all pages."""
    found: list[list[str]] = []
    cursor = ""
    for _ in range(50):
        text = await slack.ask(tool, **arguments, cursor=cursor)
        found += rows(text)
        cursor = cursor_in(text) or ""
        if not cursor:
            return found
    raise AssertionError("the pages never end")


async def test_all_channels_come_page_after_page(city: "Sandbox", tmp_path: Path) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(city), clock=lambda: NOW) as slack:
        found = await every_row(slack, "slack_list_channels", limit=70)
        at_once = await every_row(slack, "slack_list_channels", limit=200)
        some = await every_row(slack, "slack_list_channels", name="team", limit=30)
    assert len(found) > 250
    assert len({row[1] for row in found}) == len(found)
    assert sorted(found) == sorted(at_once)
    assert sorted(some) == sorted(row for row in found if "team" in row[0])


async def test_rows_that_do_not_fit_are_what_the_next_cursor_leads_to(site: "Sandbox", tmp_path: Path) -> None:
    with site.store.writing() as session:
        for number in range(1, 9):
            channel = session.conversations.find(f"C0PMOS0000{number}")
            assert channel is not None
            channel.topic = "🜚" * 120
            channel.name = f"{channel.name}-{'ü' * 60}"
            session.conversations.save(channel)
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), clock=lambda: NOW) as slack:
        whole = await every_row(slack, "slack_list_channels")
    assert len(whole) == 8


async def test_a_channel_tells_topic_purpose_pins_bookmarks_and_members(reader: Conversation) -> None:
    text = await reader.ask("slack_get_channel", channel="#pm-os-dev", include=["members", "pins", "bookmarks"])
    head, *rest = text.splitlines()
    assert head == f"C0PMOS00002 · public · you are a member · 12 members {SITE}/archives/C0PMOS00002"
    for told in (
        "name: #pm-os-dev",
        "topic: Phases 0 to 3 are done :tada:",
        "purpose: Development updates of PM OS",
        "created: 2026-01-31 08:00",
        "by: HumanPM",
        "pins:",
        "bookmarks:",
        f"- Roadmap: {SITE}/wiki/spaces/PMOS/pages/98464 (Bk0PMOS00001)",
        "returned 12 members; more: no",
    ):
        assert told in rest
    assert any(line.endswith("pinned 2026-02-02 19:01 by HumanPM") for line in rest)
    assert "Roadmap" not in outside(text)


async def test_a_channel_without_pins_or_bookmarks_says_so(reader: Conversation) -> None:
    text = await reader.ask("slack_get_channel", channel="#design-critique", include=["pins", "bookmarks"])
    assert "you are not a member" in text
    assert "\npins: none\nbookmarks: none\n" in text


@pytest.mark.parametrize(
    "name", ["general", "#General", "C0PMOS00001", "<#C0PMOS00001|general>", f"{SITE}/archives/C0PMOS00001"]
)
async def test_a_channel_is_named_in_every_way_that_people_know(reader: Conversation, name: str) -> None:
    assert (await reader.ask("slack_get_channel", channel=name)).startswith("C0PMOS00001 · public")


async def test_a_name_that_nobody_has_is_told_with_those_that_look_like_it(reader: Conversation) -> None:
    text = await reader.refused("slack_get_channel", channel="#pm-os-alrets")
    assert "There is no channel called '#pm-os-alrets'" in text
    assert "Did you mean pm-os-alerts" in text
    assert "slack_list_channels" in text


async def test_all_members_come_page_after_page(city: "Sandbox", tmp_path: Path) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(city), clock=lambda: NOW) as slack:
        largest = max(await every_row(slack, "slack_list_channels", limit=200), key=lambda row: int(row[2]))
        first = await slack.ask("slack_get_channel", channel=largest[1], include=["members"])
        ids = [row[1] for row in rows(first.partition("</data>")[2].lstrip())]
        cursor = cursor_in(first)
        while cursor:
            text = await slack.ask("slack_get_channel", channel=largest[1], cursor=cursor)
            assert len(text.encode()) < ANSWER_BUDGET
            ids += [row[1] for row in rows(text)]
            cursor = cursor_in(text)
    assert len(ids) == len(set(ids)) == int(largest[2])


async def test_channels_that_tools_may_not_read_are_neither_listed_nor_told(site: "Sandbox", tmp_path: Path) -> None:
    settings = given(read_channels=("#general",), channels=("pm-os-dev",))
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings) as slack:
        found = rows(await slack.ask("slack_list_channels"))
        assert {row[0] for row in found} == {"#general", "#pm-os-dev"}
        text = await slack.refused("slack_get_channel", channel="#pm-os-leads")
    assert "SLACK_READ_CHANNELS" in text
    assert "conversations.members" not in calls(slack)
