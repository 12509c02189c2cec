"""What typical answers cost a model. Bytes are counted, so that the figures are the same on every machine."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from connector_kit.testing.contract import catalogue, wire
from connector_kit.testing.contract import tokens as tokens_of
from slack_mcp.server import SERVER

from .conversation import NOW, Conversation, converse, rows, tokens
from .families import UPLOADED, settings_for
from .test_reading import stamps

if TYPE_CHECKING:
    from slack_mcp.sandbox.app import Sandbox

pytestmark = pytest.mark.anyio
OWN, THEIRS = "C0PMOS00001:1769848200.003057", "C0PMOS00002:1769868000.009171"
WRITES: list[tuple[str, dict[str, Any]]] = [
    ("slack_post_message", {"channel": "#general", "text": "@channel **Hello** " * 100}),
    ("slack_post_message", {"channel": "#general", "text": "Hello", "thread": OWN, "broadcast": True}),
    ("slack_post_alert", {"channel": "#general", "title": "Gate failed", "steps": ["Look"], "fields": {"Gate": "x"}}),
    ("slack_update_message", {"message": OWN, "text": "Hello"}),
    ("slack_delete_message", {"message": OWN, "confirm": True}),
    ("slack_schedule_message", {"channel": "#general", "text": "Hello", "at": "2h"}),
    ("slack_react_to_message", {"message": THEIRS, "emoji": "eyes"}),
    ("slack_pin_message", {"message": THEIRS}),
    ("slack_mark_read", {"channel": "#general"}),
    ("slack_upload_file", {"path": UPLOADED, "channel": "#general"}),
    ("slack_create_canvas", {"title": "Plan", "text": "Well."}),
    ("slack_add_bookmark", {"channel": "#general", "title": "Docs", "link": "https://example.org"}),
    ("slack_create_channel", {"name": "brand-new", "topic": "New", "purpose": "Newer"}),
    ("slack_update_members", {"channel": "#pm-os-leads", "invite": ["@alex.rivera"]}),
]


@pytest.mark.parametrize("channel", ["#team-churn", "#team-data"])
async def test_thirty_messages_cost_at_most_1800_tokens(city: "Sandbox", tmp_path: Path, channel: str) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(city), clock=lambda: NOW) as slack:
        text = await slack.ask("slack_read_channel", channel=channel)
    assert len(stamps(text)) == 30
    assert "Permalink of a message: " in text
    assert tokens(text) <= 1_800


async def test_a_hundred_channels_cost_at_most_1500_tokens(city: "Sandbox", tmp_path: Path) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(city), clock=lambda: NOW) as slack:
        text = await slack.ask("slack_list_channels")
    assert len(rows(text)) == 100
    assert tokens(text) <= 1_500


async def test_twenty_hits_cost_at_most_1500_tokens(city: "Sandbox", tmp_path: Path) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(city), clock=lambda: NOW) as slack:
        text = await slack.ask("slack_search_messages", query="rollout staging")
    assert len(stamps(text)) == 20
    assert tokens(text) <= 1_500


@pytest.mark.parametrize(("tool", "arguments"), WRITES, ids=[tool for tool, _ in WRITES])
async def test_a_write_costs_at_most_100_tokens(
    site: "Sandbox", tmp_path: Path, tool: str, arguments: dict[str, Any]
) -> None:
    settings = settings_for(tmp_path)
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings, clock=lambda: NOW) as slack:
        assert tokens(await slack.ask(tool, **arguments)) <= 100


async def test_a_short_refusal_is_enough(reader: Conversation) -> None:
    assert tokens(await reader.refused("slack_read_channel", channel="#nowhere")) <= 100
    assert tokens(await reader.refused("slack_read_thread", message="C0PMOS00001:1769848200.999999")) <= 100
    assert tokens(await reader.refused("slack_read_channel", channel="#general", window="soon")) <= 100


def test_the_usual_tools_are_about_twenty_and_cost_at_most_4000_tokens(anyio_backend: str) -> None:
    usual = {entry.name for entry in SERVER.toolset if not entry.toolset}
    offered = [wire(tool) for tool in catalogue(SERVER) if tool.name in usual]
    assert 15 <= len(offered) <= 22
    assert tokens_of(offered) <= 4_000
