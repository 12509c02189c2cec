"""Making pages and blog posts: where they stand, what is refused, and what the answer says."""

from pathlib import Path

import httpx2
import pytest

from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.settings import ConfluenceSettings

from .conversation import SITE, Conversation, converse, tokens
from .stored import body_of

pytestmark = pytest.mark.anyio

PAGES = "/wiki/api/v2/pages"


async def test_a_page_is_made_under_a_parent_named_by_title_link_or_id(confluence: Conversation, site: Sandbox) -> None:
    text = await confluence.ask(
        "confluence_create_page",
        space="PM OS",
        parent="Phase Reports",
        title="Phase 4 completion report",
        body="## In short\n\nIt works, says @[Alex Rivera].",
        labels=["report", "Phase-4"],
    )
    number = text.split()[1]
    assert text.splitlines() == [
        f'created {number} "Phase 4 completion report" v1 {SITE}/wiki/spaces/PMOS/pages/{number}',
        'under 98405 "Phase Reports"; labels report, phase-4',
    ]
    assert tokens(text) < 150
    assert body_of(site, number).startswith("<h2>In short</h2>")
    assert "712020:5a9d1c0e-0000-4000-8000-000000000010" in body_of(site, number)
    for title, parent in (("One", "98405"), ("Two", f"{SITE}/wiki/spaces/PMOS/pages/98405/Phase+Reports")):
        text = await confluence.ask("confluence_create_page", parent=parent, title=title, body="x")
        assert 'under 98405 "Phase Reports"' in text
    text = await confluence.ask("confluence_create_page", space="KB", title="Three", body="x")
    assert "in KB" in text
    text = await confluence.ask("confluence_create_page", parent="PMOS/Phase Reports", title="Four", body="x")
    assert "under 98405" in text


async def test_a_title_that_is_taken_is_answered_with_the_page_there(confluence: Conversation) -> None:
    text = await confluence.refused("confluence_create_page", space="PMOS", title="Velocity", body="x")
    assert "Nothing was written: space PMOS has a page 'Velocity' already" in text
    assert f"98462, version 1 {SITE}/wiki/spaces/PMOS/pages/98462" in text
    assert "confluence_update_page" in text


async def test_what_is_wrong_is_said_before_anything_is_made(confluence: Conversation) -> None:
    for arguments, said in (
        ({"title": "T", "body": "x"}, "name a space"),
        ({"title": "  ", "body": "x", "space": "PMOS"}, "needs a title"),
        ({"title": "T", "body": "x", "space": "PMOS", "parent": "No such page"}, "no page titled 'No such page'"),
        ({"title": "T", "body": "x", "space": "PMOS", "parent": "Phase 1/2"}, "no page titled 'Phase 1/2'"),
        ({"title": "T", "body": "x", "parent": "No such page"}, "should be an id, a link, or SPACE/Title"),
        ({"title": "T", "body": "x", "space": "KB", "parent": "98405"}, "stands in space PMOS, not in KB"),
        ({"title": "T", "body": "x", "space": "PMOS", "labels": ["a b"]}, "a-b would do"),
        ({"title": "T", "body": "Ask @[Alex].", "space": "PMOS"}, "may mean 2 people"),
        ({"title": "T", "body": "Ask @[Nobody Here].", "space": "PMOS"}, "'Nobody Here'"),
        ({"title": "T", "body": "See [this](adf:123456).", "space": "PMOS"}, "placeholders that stand for nothing"),
    ):
        assert said in await confluence.refused("confluence_create_page", **arguments), arguments
    assert not confluence.sent("POST", PAGES)


async def test_a_draft_is_made_changed_and_published(confluence: Conversation, site: Sandbox) -> None:
    text = await confluence.ask("confluence_create_page", space="PMOS", title="Soon", body="First words", draft=True)
    number = text.split()[1]
    assert "draft; in PMOS" in text
    text = await confluence.ask("confluence_update_page", page=number, find="First", body="Better")
    assert "Better words" in body_of(site, number)
    text = await confluence.ask("confluence_update_page", page=number, publish=True)
    assert "published" in text
    assert "Better words" in await confluence.ask("confluence_get_page", page="PMOS/Soon")
    assert "published already" in await confluence.refused("confluence_update_page", page=number, publish=True)


async def test_a_text_that_refers_to_files_says_that_they_have_to_be_attached(confluence: Conversation) -> None:
    text = await confluence.ask(
        "confluence_create_page",
        space="PMOS",
        title="With files",
        body="![Plan](attachment:plan.png)\n\n[All of it](attachment:all%20of%20it.pdf)",
    )
    assert "confluence_add_attachment: plan.png, all of it.pdf" in text
    assert tokens(text) < 150


async def test_a_blog_post_is_made_and_changed(confluence: Conversation) -> None:
    text = await confluence.ask(
        "confluence_create_blog_post", space="PMOS", title="A good week", body="We *did* it.", labels=["news"]
    )
    assert text.startswith("created blog post ")
    assert "/wiki/spaces/PMOS/blog/" in text
    number = text.split()[3]
    text = await confluence.ask("confluence_update_page", page=number, find="*did*", body="really *did*")
    assert f'updated {number} "A good week" v2' in text
    again = await confluence.refused("confluence_create_blog_post", space="PMOS", title="A good week", body="x")
    assert "has a post 'A good week' already" in again


async def test_pages_are_made_in_the_allowed_spaces_only(site: Sandbox, tmp_path: Path) -> None:
    settings = ConfluenceSettings.model_validate(
        {"sandbox": True, "access": "write", "spaces": "PMOS", "toolsets": "blog,templates"}
    )
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings) as confluence:
        for tool, arguments in (
            ("confluence_create_page", {"title": "T", "body": "x", "space": "KB"}),
            ("confluence_create_page", {"title": "T", "body": "x", "parent": "200000"}),
            ("confluence_update_page", {"page": "200000", "body": "x", "how": "append"}),
            ("confluence_update_labels", {"page": "200000", "add": ["x"]}),
            ("confluence_create_blog_post", {"title": "T", "body": "x", "space": "KB"}),
            ("confluence_create_from_template", {"template": "700003", "title": "T", "space": "KB"}),
        ):
            assert "CONFLUENCE_SPACES" in await confluence.refused(tool, **arguments), tool
        assert not [each for each in confluence.exchanges if each.method != "GET"]
