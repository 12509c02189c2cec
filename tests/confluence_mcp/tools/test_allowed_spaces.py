"""CONFLUENCE_SPACES: nothing of another space is told or changed, whatever leads there."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.server import SERVER
from confluence_mcp.settings import ConfluenceSettings

from .conversation import SITE, Conversation, converse, rows

pytestmark = pytest.mark.anyio

OUTSIDE = "CONFLUENCE_SPACES allows: KB."
"""The session below may touch KB only; the sample's other pages are in PMOS."""

REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("confluence_get_page", {"page": "98432"}),
    ("confluence_get_page", {"page": "PMOS/Product Architect"}),
    ("confluence_get_page", {"page": f"{SITE}/wiki/spaces/PMOS/pages/98432"}),
    ("confluence_get_page", {"page": f"{SITE}/wiki/spaces/KB/pages/98432"}),
    ("confluence_get_page", {"page": "98471"}),
    ("confluence_get_page", {"page": "98415", "version": 1}),
    ("confluence_list_pages", {"page": "98400"}),
    ("confluence_list_pages", {"page": "98407"}),
    ("confluence_list_pages", {"space": "PMOS"}),
    ("confluence_list_pages", {"space": "PM OS", "show": "newest"}),
    ("confluence_list_pages", {"page": "98432", "show": "ancestors"}),
    ("confluence_list_versions", {"page": "98415"}),
    ("confluence_compare_versions", {"page": "98415", "older": 1}),
    ("confluence_restore_version", {"page": "98415", "number": 1, "version": 3}),
    ("confluence_search", {"space": "PMOS"}),
    ("confluence_search", {"under": "98400"}),
    ("confluence_list_blog_posts", {"space": "PMOS"}),
    ("confluence_get_page_access", {"page": "98465"}),
    ("confluence_get_views", {"page": "98432"}),
    ("confluence_get_space", {"space": "PMOS"}),
    ("confluence_list_tasks", {"space": "PMOS"}),
    ("confluence_list_tasks", {"page": "98408"}),
    ("confluence_list_templates", {"space": "PMOS"}),
    ("confluence_get_template", {"template": "Weekly report", "space": "PMOS"}),
    ("confluence_create_page", {"space": "PMOS", "title": "X", "body": "X."}),
    ("confluence_create_page", {"parent": "98400", "title": "X", "body": "X."}),
    ("confluence_create_page", {"space": "KB", "parent": "98400", "title": "X", "body": "X."}),
    ("confluence_update_page", {"page": "98432", "body": "X.", "how": "append"}),
    ("confluence_move_page", {"page": "98432", "target": "200000"}),
    ("confluence_move_page", {"page": "200001", "target": "98400"}),
    ("confluence_copy_page", {"page": "98432", "target": "200000"}),
    ("confluence_copy_page", {"page": "200001", "target": "98400"}),
    ("confluence_update_labels", {"page": "98432", "add": ["x"]}),
    ("confluence_delete_page", {"page": "98432", "confirm": True}),
    ("confluence_archive_pages", {"pages": ["200001", "98432"], "confirm": True}),
    ("confluence_list_comments", {"page": "98411"}),
    ("confluence_add_comment", {"page": "98411", "body": "X."}),
    ("confluence_add_comment", {"reply_to": "300001", "body": "X."}),
    ("confluence_update_comment", {"comment_id": "300001", "body": "X."}),
    ("confluence_delete_comment", {"comment_id": "300001", "confirm": True}),
    ("confluence_list_attachments", {"page": "98415"}),
    ("confluence_get_attachment", {"page": "98415", "attachment": "plan.md"}),
    ("confluence_add_attachment", {"page": "98415", "text": "X.", "name": "x.txt"}),
    ("confluence_delete_attachment", {"page": "98415", "attachment": "plan.md", "confirm": True}),
    ("confluence_create_blog_post", {"space": "PMOS", "title": "X", "body": "X."}),
    ("confluence_create_from_template", {"space": "PMOS", "template": "Weekly report", "title": "X"}),
    ("confluence_create_space", {"key": "NEWONE", "name": "New one"}),
    ("confluence_update_restrictions", {"page": "98432", "edit": ["me"]}),
    ("confluence_update_task", {"task": "2", "done": True}),
]
UNTOUCHED = {"confluence_publish_folder", "confluence_search_users", "confluence_list_spaces"}
"""Tried elsewhere, or about no page."""


@pytest.fixture
async def limited(site: Sandbox, tmp_path: Path) -> AsyncIterator[Conversation]:
    """A session that may touch the knowledge base only."""
    given = {"sandbox": True, "access": "delete", "toolsets": SERVER.toolset.optional, "spaces": "kb"}
    settings = ConfluenceSettings.model_validate(given)
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings) as confluence:
        yield confluence


def test_every_tool_is_tried(anyio_backend: str) -> None:
    assert {tool for tool, _ in REFUSED} | UNTOUCHED == {entry.name for entry in SERVER.toolset}


async def test_nothing_outside_is_read_or_changed(limited: Conversation) -> None:
    wrong: list[str] = []
    for tool, arguments in REFUSED:
        text, is_error = await limited.attempt(tool, arguments)
        kind = limited.audited()[-1]["error_kind"]
        if not is_error or kind != "not_permitted" or OUTSIDE not in text:
            wrong.append(f"{tool} {arguments}: {kind}: {text[:200]}")
    assert not wrong, "\n".join(wrong)
    assert {each.method for each in limited.exchanges} == {"GET"}


async def test_lists_leave_out_what_is_outside(limited: Conversation) -> None:
    assert [row[0] for row in rows(await limited.ask("confluence_list_spaces"))] == ["KB"]
    assert [row[0] for row in rows(await limited.ask("confluence_list_spaces", query="P"))] == []
    assert "PMOS" not in await limited.ask("confluence_search", text="agent OR plan")
    assert "PMOS" not in await limited.ask("confluence_list_blog_posts")
    assert "No task matches" in await limited.ask("confluence_list_tasks", state="all")


async def test_what_is_inside_is_read_as_ever(limited: Conversation) -> None:
    assert "space KB" in await limited.ask("confluence_get_page", page="200001")
    assert "(+" in await limited.ask("confluence_list_pages", space="KB")
    found = await limited.ask("confluence_search", kind="page", limit=3)
    assert {row[2] for row in rows(found) if row[0] != "id"} == {"KB"}
