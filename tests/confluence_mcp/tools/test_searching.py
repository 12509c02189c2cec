"""Searching: hits, filters, pages, cursors, and queries that are wrong."""

from pathlib import Path

import httpx2
import pytest

from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.settings import ConfluenceSettings
from connector_kit.access import Access

from .conversation import SITE, Conversation, converse, cursor_in, rows

pytestmark = pytest.mark.anyio


def hits(text: str) -> list[list[str]]:
    """The rows of the hits, without the header that stands in the data mark."""
    return [row for row in rows(text) if row[0] != "id"]


def ids(text: str) -> list[str]:
    return [row[0] for row in hits(text)]


async def test_a_hit_has_what_a_model_chooses_by(reader: Conversation) -> None:
    text = await reader.ask("confluence_search", text="feasibility estimate", space="PMOS")
    lines = text.splitlines()
    assert lines[0] == '<data from="search">'
    assert lines[1] == "id | kind | space | updated | title | excerpt"
    row = hits(text)[0]
    assert row[:5] == ["98421", "page", "PMOS", "2026-01-31", "Feasibility assessment"]
    assert "estimate" in row[5]
    assert lines[-1].endswith(f"pages at {SITE}/wiki/spaces/<space>/pages/<id>")
    assert "@@@" not in text


async def test_paging_visits_each_of_a_thousand_pages_once(reader: Conversation) -> None:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        text = await reader.ask("confluence_search", space="KB", kind="page", limit=50, cursor=cursor)
        assert f"returned {len(hits(text))}" in text
        seen += ids(text)
        cursor = cursor_in(text)
        assert len(seen) <= 1_100
    assert len(seen) == len(set(seen)) >= 1_000


async def test_the_total_is_told(reader: Conversation) -> None:
    text = await reader.ask("confluence_search", space="KB", kind="page", limit=2)
    assert "returned 2 of about 1,0" in text


async def test_all_filters_hold_together(reader: Conversation) -> None:
    text = await reader.ask(
        "confluence_search",
        text="decides alone",
        space="PM OS",
        kind="page",
        label="agent-spec, phase-0",
        author="Product Architect",
        since="2026-01-01",
        under="PMOS/Agent Specifications",
    )
    assert "98432" in ids(text)
    (query,) = [each.url for each in reader.exchanges if "/rest/api/search?" in each.url]
    for part in ("siteSearch", "space", "label", "creator", "lastmodified", "ancestor"):
        assert part in query


async def test_comments_and_files_are_found_too(reader: Conversation) -> None:
    comments = await reader.ask("confluence_search", kind="comment", space="PMOS", limit=3)
    assert all(row[1].startswith("comment on 98") for row in hits(comments))
    files = await reader.ask("confluence_search", kind="attachment", space="PMOS")
    assert "attachment on 98415" in {row[1] for row in hits(files)}
    assert all(number.startswith("att") for number in ids(files))


async def test_mine_and_recent_have_words_of_their_own(reader: Conversation) -> None:
    mine = await reader.ask("confluence_search", author="me", kind="blogpost")
    assert ids(mine) == ["98471"]
    assert "Nothing matches" in await reader.ask("confluence_search", author="me", since="1d")


@pytest.mark.parametrize(
    "text",
    [
        'a" OR space = KB OR text ~ "b',
        "agent) OR (space = KB",
        "agent' OR 1",
        "agent \\",
        "AND OR NOT agent",
        "agent*",
        'the "agent',
        "C++ && !agent",
        "title:agent^3 [x TO y]~2",
    ],
)
async def test_words_are_words_whatever_characters_they_have(reader: Conversation, text: str) -> None:
    answer = await reader.ask("confluence_search", text=text, space="PMOS")
    assert {row[2] for row in hits(answer)} <= {"PMOS"}


async def test_a_phrase_in_quotation_marks_is_one(reader: Conversation) -> None:
    assert "98432" in ids(await reader.ask("confluence_search", text='"decides alone"', limit=50))
    assert "Nothing matches" in await reader.ask("confluence_search", text='"alone decides"')


async def test_cql_goes_through_as_it_is(reader: Conversation) -> None:
    text = await reader.ask("confluence_search", cql='space = PMOS AND label = "agent-spec" ORDER BY title', limit=2)
    assert [row[4] for row in hits(text)] == ["Agent Specifications", "Data Analyst"]


@pytest.mark.parametrize(
    ("cql", "told"),
    [
        ("spaces = PMOS", "There is no field 'spaces': use space."),
        ("author = me", "use creator (who made it) or contributor"),
        ("text = agent", "text takes ~, not =: text ~ "),
        ("lastmodified ~ yesterday", 'lastmodified >= now("-7d")'),
        ("label ~ x", "label takes = or in, not ~"),
        ("type = page LIMIT 5", "CQL has no LIMIT"),
        ("title = big-plan", "needs quotation marks"),
        ("not type = page", "cannot begin with a negative condition"),
        ('title ~ "open', "is never closed"),
        ("title ~ (a", "never closed"),
    ],
)
async def test_wrong_cql_is_refused_with_what_is_wrong_and_what_to_try(
    reader: Conversation, cql: str, told: str
) -> None:
    text = await reader.refused("confluence_search", cql=cql)
    assert told in text
    assert "Could not parse cql" in text
    assert "Write it like: space = PMOS" in text
    assert "com.atlassian" not in text


async def test_cql_and_filters_together_are_refused(reader: Conversation) -> None:
    assert "nothing was searched" in await reader.refused("confluence_search", cql="type = page", space="PMOS")
    assert "Nothing was asked for" in await reader.refused("confluence_search")
    assert reader.exchanges == []


async def test_what_does_not_exist_is_named(reader: Conversation) -> None:
    assert "No space has the key or name 'NOPE'" in await reader.refused("confluence_search", space="NOPE")
    assert "Nobody called 'Mister X'" in await reader.refused("confluence_search", author="Mister X")
    assert "may mean 2 people" in await reader.refused("confluence_search", author="Alex")


async def test_a_cursor_of_another_question_is_refused_by_name(reader: Conversation) -> None:
    cursor = cursor_in(await reader.ask("confluence_search", text="agent", limit=1))
    text = await reader.refused("confluence_search", text="plan", limit=1, cursor=cursor)
    assert "cursor: belongs to a question with other arguments" in text


async def test_a_search_says_what_it_may_not_know_yet(confluence: Conversation) -> None:
    assert "within the last minute" not in await confluence.ask("confluence_search", text="agent")
    await confluence.ask("confluence_update_labels", page="98432", add=["fresh"])
    assert "may be missing here" in await confluence.ask("confluence_search", text="agent")


ESCAPES = [
    "space = KB",
    'space = KB) OR (text ~ "a"',
    'text ~ "shop" OR space = KB',
    'type = page OR text ~ "x\\" OR space = KB"',
    "type = page ORDER BY title) OR (space = KB",
    "id = 200001",
    "space in (KB, PMOS) AND type = page",
]


@pytest.mark.parametrize("cql", ESCAPES)
async def test_no_query_leaves_the_spaces_that_are_allowed(library: Sandbox, tmp_path: Path, cql: str) -> None:
    settings = ConfluenceSettings.model_validate({"sandbox": True, "access": Access.READ, "spaces": "pmos"})
    async with converse(tmp_path, transport=httpx2.ASGITransport(library), settings=settings) as confluence:
        text, _ = await confluence.attempt("confluence_search", {"cql": cql, "limit": 50})
        assert {row[2] for row in hits(text)} <= {"PMOS"}
        for sent in (each.url for each in confluence.exchanges if "/search?" in each.url):
            assert "cql=space%20in%20%28%22PMOS%22%29" in sent
