"""Searching: by meaning or by words, honest about which, and about what it cannot find; and finding people."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

from slack_mcp.sandbox import SANDBOX_TOKEN
from slack_mcp.sandbox.accounts import READ_TOKEN

from .conversation import NOW, Conversation, calls, converse, cursor_in, outside, rows
from .test_reading import every_ts, stamps

if TYPE_CHECKING:
    from slack_mcp.sandbox.app import Sandbox

pytestmark = pytest.mark.anyio
CLASSIC = "xoxp-sandbox-searches-by-words"


def with_scopes(site: "Sandbox", value: str, keep: Callable[[str], bool], *, like: str = SANDBOX_TOKEN) -> str:
    """A token of the sandbox's own with those scopes that `keep` lets pass."""
    with site.store.writing() as session:
        token = session.tokens.find(like)
        assert token is not None
        session.tokens.save(replace(token, value=value, scopes=tuple(filter(keep, token.scopes))))
    return value


async def test_the_search_by_meaning_comes_first(reader: Conversation) -> None:
    text = await reader.ask("slack_search_messages", query="quality gate")
    assert "[2026-02-02 19:30Z #pm-os-alerts SystemEvaluator · C0PMOS00003:1770060600.055026" in text
    assert "(Finds by meaning: the likeliest messages, not all of them.)" in text
    assert "; by assistant.search.context. Permalink of a message: " in text
    assert "CHANNEL_ID/p and its ts without the dot" in text
    assert "Quality gate" not in outside(text)
    assert "search.messages" not in calls(reader)


async def test_a_token_of_the_old_kind_searches_by_words(site: "Sandbox", tmp_path: Path) -> None:
    token = with_scopes(site, CLASSIC, lambda scope: not scope.startswith("search:read."))
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), token=token, clock=lambda: NOW) as slack:
        text = await slack.ask("slack_search_messages", query="deployed", newest_first=True)
    assert stamps(text) == sorted(stamps(text), reverse=True)
    assert "(Finds words, not meanings; a message of the last minute may be missing.)" in text
    assert "; by search.messages." in text
    assert "assistant.search.context" not in calls(slack)


@pytest.mark.parametrize("kept", ["search:read", "search:read.public"])
async def test_search_is_narrowed_down_by_channel_person_and_window(site: "Sandbox", tmp_path: Path, kept: str) -> None:
    token = with_scopes(site, CLASSIC, lambda scope: not scope.startswith("search:") or scope == kept)
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), token=token, clock=lambda: NOW) as slack:
        in_channel = await slack.ask("slack_search_messages", query="deployed", channel="#pm-os-dev")
        by_one = await slack.ask("slack_search_messages", query="deployed", sender="@DataAnalyst")
        lately = await slack.ask("slack_search_messages", query="deployed", window="12h")
        mine = await slack.ask("slack_search_messages", query="PM OS", sender="me")
    assert len(stamps(in_channel)) >= 4
    assert in_channel.count("#pm-os-dev ") >= len(stamps(in_channel))
    assert stamps(by_one) == ["1769958000.030570"]
    assert set(stamps(lately)) == {"1770033600.041779", "1770040800.042798"}
    assert "HumanPM · " in mine
    assert "· you" in mine


async def test_a_hit_in_a_thread_says_so_and_leads_to_it(reader: Conversation) -> None:
    text = await reader.ask("slack_search_messages", query="Paris croissant")
    assert "C0PMOS00001:1769848440.004076 · reply in 1769848200.003057]" in text
    assert "?thread_ts=TS&cid=CHANNEL_ID with the ts that it is a reply in." in text
    thread = await reader.ask("slack_read_thread", message="C0PMOS00001:1769848440.004076")
    assert "Hello from Paris" in thread


async def test_a_hit_in_a_direct_conversation_is_told_with_whom(reader: Conversation) -> None:
    text = await reader.ask("slack_search_messages", query="ten minutes for the Slack connector")
    assert "[2026-02-02 16:30Z @Alex R. Alex R. · D0PMOS00001:1770049800.045855]" in text


async def test_nothing_found_says_by_what_and_what_else_to_try(reader: Conversation) -> None:
    text = await reader.ask("slack_search_messages", query="zeppelin")
    assert text.startswith("Nothing found by assistant.search.context. Try other words")
    assert "slack_read_channel" in text


async def test_a_token_that_may_not_search_is_told_before_anything_is_asked(library: "Sandbox", tmp_path: Path) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(library), token=READ_TOKEN) as slack:
        text = await slack.refused("slack_search_messages", query="gate")
    assert "slack_search_messages needs the scope search:read, which this login does not have" in text
    assert "add what is lacking to the Slack app" in text
    assert calls(slack) == ["auth.test"]


async def test_kinds_of_conversations_that_are_not_searched_are_named(site: "Sandbox", tmp_path: Path) -> None:
    token = with_scopes(site, CLASSIC, lambda scope: not scope.startswith("search:") or scope == "search:read.public")
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), token=token) as slack:
        text = await slack.ask("slack_search_messages", query="gate")
    assert "(Not searched, for want of scopes: private_channel, im, mpim.)" in text


@pytest.mark.parametrize("classic", [False, True])
async def test_pages_of_a_search_join_without_loss(city: "Sandbox", tmp_path: Path, classic: bool) -> None:
    token = SANDBOX_TOKEN
    if classic:
        token = with_scopes(city, CLASSIC, lambda scope: not scope.startswith("search:read."))
    async with converse(tmp_path, transport=httpx2.ASGITransport(city), token=token, clock=lambda: NOW) as slack:
        first = await slack.ask("slack_search_messages", query="rollout staging", newest_first=True, limit=20)
        found = stamps(first)
        second = await slack.ask(
            "slack_search_messages", query="rollout staging", newest_first=True, limit=20, cursor=cursor_in(first)
        )
        found += stamps(second)
        again: list[str] = []
        cursor = ""
        while len(again) < 40:
            text = await slack.ask(
                "slack_search_messages", query="rollout staging", newest_first=True, limit=7, cursor=cursor
            )
            again += stamps(text)
            cursor = cursor_in(text) or ""
    assert len(found) == 40
    assert len(set(found)) >= 38  # two channels may have had a message in the same moment
    assert again[:40] == found


async def test_an_unknown_sender_is_told_with_what_to_try(reader: Conversation) -> None:
    assert "Nobody called" in await reader.refused("slack_search_messages", query="x", sender="@zaphod")


async def test_people_are_found_by_name_handle_address_and_id(reader: Conversation) -> None:
    for query in ("Alex Rivera", "alex.rivera", "alex.rivera@pm-os.example", "U0PMOS00010", "<@U0PMOS00010>"):
        (row,) = rows(await reader.ask("slack_search_users", query=query))
        assert row[:5] == [
            "Alex R. (Alex Rivera)",
            "U0PMOS00010",
            "alex.rivera",
            "Staff Engineer",
            "alex.rivera@pm-os.example",
        ]
    assert len(rows(await reader.ask("slack_search_users", query="alex"))) == 2
    assert rows(await reader.ask("slack_search_users", query="me"))[0][1] == "U0PMOS00001"
    assert await reader.ask("slack_search_users", query="zaphod") == "Nobody matches."


async def test_people_who_left_and_bots_are_marked(reader: Conversation) -> None:
    assert rows(await reader.ask("slack_search_users", query="jordan"))[0][-1].endswith("deactivated")
    assert rows(await reader.ask("slack_search_users", query="Orchestrator"))[0][-1] == "bot"


async def test_more_people_than_are_shown_are_counted(city: "Sandbox", tmp_path: Path) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(city), clock=lambda: NOW) as slack:
        text = await slack.ask("slack_search_users", query="ada", limit=5)
    assert len(rows(text)) == 5
    assert "more match: be more specific." in text


async def test_groups_and_their_members_are_listed(reader: Conversation) -> None:
    assert rows(await reader.ask("slack_list_groups")) == [
        ["@engineers", "S0PMOS00001", "2", "Engineers"],
        ["@leads", "S0PMOS00002", "2", "Leads"],
    ]
    for group in ("@engineers", "engineers", "S0PMOS00001"):
        members = rows(await reader.ask("slack_list_groups", group=group))
        assert {row[1] for row in members} == {"U0PMOS00010", "U0PMOS00011"}
    assert "Did you mean engineers" in await reader.refused("slack_list_groups", group="@enginers")


async def test_history_of_a_large_channel_is_read_to_the_end(city: "Sandbox", tmp_path: Path) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(city), clock=lambda: NOW) as slack:
        pages = await every_ts(slack, "slack_read_channel", channel="#team-churn", limit=100)
    found = [ts for page in pages for ts in page]
    assert len(found) > 100
    assert len(set(found)) == len(found)
