"""What toolsets read: blog posts, access, views, tasks, templates, people, spaces."""

import pytest

from .conversation import SITE, Conversation, cursor_in, rows

pytestmark = pytest.mark.anyio


async def test_blog_posts_are_listed_from_the_newest_on(reader: Conversation) -> None:
    text = await reader.ask("confluence_list_blog_posts", space="PMOS")
    listed = [row for row in rows(text) if row[0] != "id"]
    assert listed[0] == ["98473", "PMOS", "2026-02-02", "System Evaluator", "What we count from now on"]
    assert [row[2] for row in listed] == sorted((row[2] for row in listed), reverse=True)
    first = await reader.ask("confluence_list_blog_posts", limit=1)
    second = await reader.ask("confluence_list_blog_posts", limit=1, cursor=cursor_in(first))
    assert rows(second)[1][0] == "98472"
    assert await reader.ask("confluence_list_blog_posts", space="KB") == "There are no blog posts."


async def test_restrictions_are_told_by_name(reader: Conversation) -> None:
    text = await reader.ask("confluence_get_page_access", page="98465")
    assert "may be seen only by Human PM, Alex Moreau" in text
    assert "may be changed only by Alex Moreau" in text
    free = await reader.ask("confluence_get_page_access", page="98432")
    assert free == "98432 has no restrictions."


async def test_whether_somebody_may_is_asked_of_confluence(reader: Conversation) -> None:
    text = await reader.ask("confluence_get_page_access", page="98465", person="data analyst")
    assert text.startswith("98465: no, they may not see it")
    assert "Data Analyst: " in text
    mine = await reader.ask("confluence_get_page_access", page="98465", person="me", operation="read")
    assert mine.startswith("98465: yes, they may see it")


async def test_views_are_counted(reader: Conversation) -> None:
    text = await reader.ask("confluence_get_views", page="98432")
    assert text.startswith("98432 was viewed ")
    later = await reader.ask("confluence_get_views", page="98432", since="2030-01-01")
    assert later == "98432 was viewed 0 times by 0 viewers since 2030-01-01"


async def test_tasks_are_listed_with_whose_they_are(reader: Conversation) -> None:
    text = await reader.ask("confluence_list_tasks", page="98408")
    mine = next(row for row in rows(text) if row[3] == "Human PM")
    assert mine[1:] == [
        "open",
        "2026-02-12",
        "Human PM",
        "98408 2026-02-02 Weekly",
        "@Human PM tries three workflows by hand before 2026-02-12",
    ]
    every = await reader.ask("confluence_list_tasks", space="PMOS", state="all", limit=50)
    states = {row[1] for row in rows(every)[1:]}
    assert states == {"open", "done"}
    due = await reader.ask("confluence_list_tasks", space="PMOS", due_before="2026-02-05")
    assert {row[2] for row in rows(due)[1:]} == {"2026-02-03"}
    assert "Human PM" not in await reader.ask("confluence_list_tasks", assignee="Engineering Partner")
    assert "a page or a space" in await reader.refused("confluence_list_tasks", page="98408", space="PMOS")


async def test_tasks_are_paged(reader: Conversation) -> None:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        text = await reader.ask("confluence_list_tasks", space="PMOS", state="all", limit=5, cursor=cursor)
        seen += [row[0] for row in rows(text)[1:]]
        cursor = cursor_in(text)
    assert len(seen) == len(set(seen)) > 10


async def test_templates_are_listed_and_read_with_their_variables(reader: Conversation) -> None:
    site_wide = await reader.ask("confluence_list_templates")
    assert "Decision record" in site_wide
    assert "Weekly report" not in site_wide
    assert "Weekly report" in await reader.ask("confluence_list_templates", space="PMOS")
    text = await reader.ask("confluence_get_template", template="weekly report", space="PMOS")
    assert text.startswith("template ")
    assert "variables: Week" in text
    assert "| Metric | Last week | This week |" in text
    assert "There are: <data>Decision record</data>" in await reader.refused(
        "confluence_get_template", template="Weekly report"
    )


async def test_people_are_found_by_words_of_their_name(reader: Conversation) -> None:
    text = await reader.ask("confluence_search_users", query="alex")
    assert {row[1] for row in rows(text)} == {"Alex Moreau", "Alex Rivera"}
    assert await reader.ask("confluence_search_users", query="nobody at all") == "Nobody matches."


async def test_a_space_is_told_in_full(reader: Conversation) -> None:
    text = await reader.ask("confluence_get_space", space="pm os")
    assert text.splitlines()[0].startswith("PMOS · id ")
    assert text.splitlines()[0].endswith(f"{SITE}/wiki/spaces/PMOS")
    assert "homepage: 98400" in text
    assert "owner: Human PM" in text
    assert "create page" in text


async def test_spaces_are_found_by_part_of_name_or_key(reader: Conversation) -> None:
    assert [row[0] for row in rows(await reader.ask("confluence_list_spaces", query="knowledge"))] == ["KB"]
    everything = await reader.ask("confluence_list_spaces", limit=1)
    following = await reader.ask("confluence_list_spaces", limit=1, cursor=cursor_in(everything))
    assert rows(everything)[0][0] != rows(following)[0][0]
    assert await reader.ask("confluence_list_spaces", query="no such space") == "No space matches."
