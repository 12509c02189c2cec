"""Versions: who changed what, what is different, going back."""

import pytest

from .conversation import SITE, Conversation, cursor_in

pytestmark = pytest.mark.anyio


async def test_versions_are_listed_from_the_newest_on(reader: Conversation) -> None:
    text = await reader.ask("confluence_list_versions", page="98415")
    assert text.splitlines()[1:4] == [
        "3 · 2026-02-02 21:15 · Human PM: Confluence before Slack; approved",
        "2 · 2026-02-02 20:50 · Engineering Partner: Goals, risks and the four integrations",
        "1 · 2026-02-02 20:05 · Product Architect",
    ]
    first = await reader.ask("confluence_list_versions", page="98415", limit=2)
    rest = await reader.ask("confluence_list_versions", page="98415", limit=2, cursor=cursor_in(first))
    assert rest.splitlines()[1].startswith("1 · ")


async def test_a_blog_post_has_versions_too(reader: Conversation) -> None:
    assert "returned 1 version" in await reader.ask("confluence_list_versions", page="98471")


async def test_what_changed_between_two_versions_is_told_block_by_block(reader: Conversation) -> None:
    text = await reader.ask("confluence_compare_versions", page="98415", older=2, newer=3)
    assert text.startswith("98415: from version 2 to 3: ")
    assert f"{SITE}/wiki/spaces/PMOS/pages/98415" in text.splitlines()[0]
    assert "approved" in text
    assert any(line.startswith("+ ") for line in text.splitlines())
    assert "712020:" not in text
    swapped = await reader.ask("confluence_compare_versions", page="98415", older=3, newer=2)
    assert swapped == text


async def test_a_new_title_is_told(reader: Conversation) -> None:
    text = await reader.ask("confluence_compare_versions", page="98415", older=1)
    assert "title: Phase 4 PRD: Integrations → Phase 4 PRD: MCP Integration Suite" in text


async def test_a_version_is_not_compared_with_itself(reader: Conversation) -> None:
    assert "older: is the same as newer" in await reader.refused("confluence_compare_versions", page="98415", older=3)
    assert "404" in await reader.refused("confluence_compare_versions", page="98415", older=1, newer=77)


async def test_an_old_version_becomes_the_current_one(confluence: Conversation) -> None:
    before = await confluence.ask("confluence_get_page", page="98415", version=1)
    text = await confluence.ask(
        "confluence_restore_version", page="98415", number=1, version=3, message="Too long", restore_title=True
    )
    assert text == f"restored version 1 of 98415 as version 4 {SITE}/wiki/spaces/PMOS/pages/98415"
    now = await confluence.ask("confluence_get_page", page="98415")
    assert now.partition("## Goal")[2] in before
    assert "# Phase 4 PRD: Integrations" in now
    listed = await confluence.ask("confluence_list_versions", page="98415")
    assert "4 · " in listed
    assert "Too long" in listed


async def test_nothing_is_restored_over_a_change_that_nobody_saw(confluence: Conversation) -> None:
    text = await confluence.refused("confluence_restore_version", page="98415", number=1, version=2)
    assert "is at version 3 now, not 2; nothing was restored" in text
    assert "confluence_compare_versions with older=2" in text
    assert "number: should be below 3" in await confluence.refused(
        "confluence_restore_version", page="98415", number=3, version=3
    )
    assert {each.method for each in confluence.exchanges} == {"GET"}
