"""The tree of pages: levels, order, what is above, what is new, long lists."""

import re

import pytest

from .conversation import Conversation, cursor_in

pytestmark = pytest.mark.anyio


def pages(text: str) -> list[tuple[int, str, str]]:
    """Depth, id and the rest of each line."""
    found = re.findall(r"^( *)(\d+) (.+)$", text, re.MULTILINE)
    return [(len(indent) // 2, number, rest) for indent, number, rest in found]


async def test_a_space_begins_with_its_homepage_and_its_sections(reader: Conversation) -> None:
    text = await reader.ask("confluence_list_pages", space="PM OS")
    listed = pages(text)
    assert listed[0] == (0, "98400", "PM OS")
    sections = [rest.partition(" (+")[0] for depth, _, rest in listed if depth == 1]
    assert sections[:6] == [
        "Product Requirements",
        "Technical Specifications",
        "Agent Specifications",
        "Discovery Trees",
        "Phase Reports",
        "Dashboards",
    ]
    assert "Agent Specifications (+8)" in text


async def test_children_stand_in_the_order_of_the_tree(reader: Conversation) -> None:
    text = await reader.ask("confluence_list_pages", page="PMOS/Agent Specifications")
    names = [rest for _, _, rest in pages(text)]
    assert names[:3] == ["Orchestrator", "Product Architect", "Engineering Partner"]
    assert len(names) == 8
    assert text.endswith("returned 8 pages; more: no")


async def test_the_whole_tree_is_told_at_once_or_page_by_page(reader: Conversation) -> None:
    whole = pages(await reader.ask("confluence_list_pages", space="PMOS", depth=10))
    assert len(whole) > 25
    assert max(depth for depth, _, _ in whole) >= 2
    seen: list[tuple[int, str, str]] = []
    cursor: str | None = ""
    while cursor is not None:
        text = await reader.ask("confluence_list_pages", space="PMOS", depth=10, limit=7, cursor=cursor)
        seen += pages(text)
        cursor = cursor_in(text)
    assert seen == whole


async def test_a_space_of_a_thousand_pages_is_listed_to_the_end(reader: Conversation) -> None:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        text = await reader.ask("confluence_list_pages", space="KB", depth=10, limit=250, cursor=cursor)
        assert len(text.encode()) < 26_000
        seen += [number for _, number, _ in pages(text)]
        cursor = cursor_in(text)
    assert len(seen) == len(set(seen)) == 1_000


async def test_what_is_above_is_told_from_the_top_on(reader: Conversation) -> None:
    text = await reader.ask("confluence_list_pages", page="98432", show="ancestors")
    assert pages(text) == [(0, "98400", "PM OS"), (1, "98403", "Agent Specifications")]
    top = await reader.ask("confluence_list_pages", page="98400", show="ancestors")
    assert top == "98400 is at the top of space PMOS."


async def test_the_newest_pages_of_a_space_come_first(reader: Conversation) -> None:
    text = await reader.ask("confluence_list_pages", space="KB", show="newest", limit=3)
    days = re.findall(r"· (\d{4}-\d\d-\d\d)$", text, re.MULTILINE)
    assert len(days) == 3
    assert days == sorted(days, reverse=True)
    more = await reader.ask("confluence_list_pages", space="KB", show="newest", limit=3, cursor=cursor_in(text))
    assert not {number for _, number, _ in pages(text)} & {number for _, number, _ in pages(more)}


async def test_folders_and_archived_pages_are_marked(reader: Conversation) -> None:
    text = await reader.ask("confluence_list_pages", space="PMOS", depth=3)
    assert "Meeting notes [folder]" in text
    (folder,) = [number for _, number, rest in pages(text) if rest.startswith("Meeting notes")]
    inside = await reader.ask("confluence_list_pages", page=folder)
    assert pages(inside) == [(0, "98408", "2026-02-02 Weekly")]
    assert '<data from="pages of PMOS">' in inside


async def test_nothing_below_is_said_in_words(reader: Conversation) -> None:
    assert await reader.ask("confluence_list_pages", page="98432") == "There is nothing below it."


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"page": "98400", "space": "PMOS"},
        {"page": "98400", "show": "newest"},
        {"space": "PMOS", "show": "ancestors"},
    ],
)
async def test_a_page_or_a_space_is_needed(reader: Conversation, arguments: dict[str, str]) -> None:
    assert "page: " in await reader.refused("confluence_list_pages", **arguments)
    assert reader.exchanges == []


async def test_a_cursor_of_another_list_is_refused(reader: Conversation) -> None:
    cursor = cursor_in(await reader.ask("confluence_list_pages", space="PMOS", depth=10, limit=2))
    text = await reader.refused("confluence_list_pages", page="98400", depth=10, cursor=cursor)
    assert "cursor: belongs to a question with other arguments" in text
