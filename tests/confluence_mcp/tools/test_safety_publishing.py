"""A folder that is published again writes over nothing but what was published from it."""

from pathlib import Path

import httpx2
import pytest

from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.settings import ConfluenceSettings

from .conversation import Conversation, converse
from .stored import body_of, resolutions_of

pytestmark = pytest.mark.anyio

TOOL, PARENT = "confluence_publish_folder", "98406"


async def published(confluence: Conversation) -> str:
    """Publish the folder; the preview and what came of it."""
    text = await confluence.ask(TOOL, folder="docs", parent=PARENT)
    return text + await confluence.ask(TOOL, run=text.rpartition("run=")[2]) if "run=" in text else text


async def test_a_copy_of_a_published_page_is_nobodys_but_who_made_it(site: Sandbox, tmp_path: Path) -> None:
    docs = tmp_path / "allowed" / "docs"
    docs.mkdir(parents=True)
    file = docs / "notes.md"
    file.write_text("# Notes\n\nFirst.\n")
    settings = ConfluenceSettings.model_validate({"sandbox": True, "access": "write", "files_dir": docs.parent})
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings) as confluence:
        page = (await published(confluence)).rpartition("created ")[2].partition(":")[0]
        made = await confluence.ask("confluence_copy_page", page=page, target=PARENT, title="Notes as they were")
        copy = made.split()[2]
        file.write_text("# Notes\n\nSecond.\n")
        text = await published(confluence)
        assert f"updated {page}: notes.md" in text
        assert copy not in text
    assert body_of(site, page) == "<p>Second.</p>"
    assert body_of(site, copy) == "<p>First.</p>"


async def test_comments_on_passages_that_stay_survive_publishing_again(site: Sandbox, tmp_path: Path) -> None:
    docs = tmp_path / "allowed" / "docs"
    docs.mkdir(parents=True)
    file = docs / "notes.md"
    file.write_text("# Notes\n\nA passage that stays.\n\nA passage that goes.\n\nFirst.\n")
    settings = ConfluenceSettings.model_validate({"sandbox": True, "access": "write", "files_dir": docs.parent})
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings) as confluence:
        page = (await published(confluence)).rpartition("created ")[2].partition(":")[0]
        for passage in ("that stays", "that goes"):
            await confluence.ask("confluence_add_comment", page=page, anchor=passage, body="Really?")
        file.write_text("# Notes\n\nA passage that stays.\n\nSecond.\n")
        text = await published(confluence)
    assert "comment on “that goes”" in text
    assert "that stays</ac:inline-comment-marker>" in body_of(site, page)
    assert "<p>Second.</p>" in body_of(site, page)
    assert sorted(resolutions_of(site, page)) == ["dangling", "open"]
