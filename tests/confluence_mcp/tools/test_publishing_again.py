"""Publishing a folder again: just what changed is sent, and what others added stays."""

from pathlib import Path

import pytest

from confluence_mcp.sandbox.app import Sandbox

from .published import FILES, PARENT, TOOL, Wiki, lines_of, published, shown, talk, write_docs, writes

pytestmark = pytest.mark.anyio


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A folder to publish, in the folder that the user allowed."""
    return write_docs(tmp_path / "allowed" / "docs")


@pytest.fixture
def wiki(site: Sandbox) -> Wiki:
    return Wiki(site)


async def test_only_files_that_changed_are_sent_again(site: Sandbox, wiki: Wiki, tmp_path: Path, docs: Path) -> None:
    async with talk(site, tmp_path) as confluence:
        await published(confluence)
    (docs / "guide" / "data.csv").write_text("a,b\n3,4\n")
    async with talk(site, tmp_path) as confluence:
        text = await published(confluence)
        assert lines_of(text) == ["updated: index.md “The handbook”"]
        assert writes(confluence).count("PUT /wiki/rest/api/content/N/child/attachment") == 1
    assert await wiki.files("The handbook") == {"dot.png": 1, "data.csv": 2}


async def test_labels_follow_the_file_and_those_of_others_stay(
    site: Sandbox, wiki: Wiki, tmp_path: Path, docs: Path
) -> None:
    async with talk(site, tmp_path) as confluence:
        await published(confluence)
        number = (await wiki.page("The handbook"))["id"]
        path = f"/wiki/rest/api/content/{number}/label"
        assert (await wiki.client.post(path, json=[{"prefix": "global", "name": "by-hand"}])).status_code == 200
        (docs / "index.md").write_text(FILES["index.md"].replace("[handbook, phase-4]", "[handbook, new]"))
        await published(confluence)
    assert await wiki.labels("The handbook") == {"handbook", "new", "by-hand"}


async def test_a_page_with_another_title_is_the_same_page(
    site: Sandbox, wiki: Wiki, tmp_path: Path, docs: Path
) -> None:
    async with talk(site, tmp_path) as confluence:
        await published(confluence)
        number = (await wiki.page("Notes"))["id"]
        (docs / "notes.md").write_text("# Remarks\n\nSome.\n")
        text = await published(confluence)
        assert lines_of(text) == ["updated: index.md “The handbook”", "updated: notes.md “Remarks”"]
    assert (await wiki.page("Remarks"))["id"] == number
    assert 'ri:content-title="Remarks"' in await wiki.text("The handbook"), "links follow"


async def test_a_folder_that_gets_a_text_of_its_own_keeps_its_page(
    site: Sandbox, wiki: Wiki, tmp_path: Path, docs: Path
) -> None:
    async with talk(site, tmp_path) as confluence:
        await published(confluence)
        number = (await wiki.page("guide"))["id"]
        (docs / "guide" / "README.md").write_text("# The guide\n\nWhat to know.\n")
        text = await published(confluence)
        assert "updated: guide/README.md “The guide”" in lines_of(text)
        (docs / "guide" / "README.md").rename(docs / "guide" / "index.md")
        assert "updated: guide/index.md “The guide”" in lines_of(await published(confluence))
    assert (await wiki.page("The guide"))["id"] == number
    assert await wiki.below("The guide") == [("Set up", 1)]


async def test_what_another_machine_published_is_known(site: Sandbox, wiki: Wiki, tmp_path: Path, docs: Path) -> None:
    async with talk(site, tmp_path) as here:
        await published(here)
        async with talk(site, tmp_path) as there:
            (docs / "notes.md").write_text("# Notes\n\nFrom there.\n")
            await published(there)
        text, token = await shown(here)
        assert "4 unchanged" in text
        assert not token
        (docs / "notes.md").write_text("# Notes\n\nFrom here.\n")
        assert lines_of(await published(here)) == ["updated: notes.md “Notes”"]
    assert (await wiki.page("Notes"))["version"]["number"] == 3


async def test_the_list_on_the_parent_is_a_help_only(site: Sandbox, wiki: Wiki, tmp_path: Path, docs: Path) -> None:
    async with talk(site, tmp_path) as confluence:
        await published(confluence)
    parent = (await wiki.page("Dashboards"))["id"]
    [listed] = (await wiki.get(f"/pages/{parent}/properties", key="published-markdown-index"))["results"]
    for value in ("nonsense", {"pages": {"98461": ["docs/notes.md", 1, "f" * 32]}}, {"pages": [1]}):
        sent = {"key": listed["key"], "value": value, "version": {"number": listed["version"]["number"] + 1}}
        reply = await wiki.client.put(f"/wiki/api/v2/pages/{parent}/properties/{listed['id']}", json=sent)
        assert reply.status_code == 200, reply.text
        listed = reply.json()
        async with talk(site, tmp_path) as confluence:
            text, _ = await shown(confluence)
            assert "4 unchanged" in text, value


async def test_a_folder_that_is_too_large_is_refused(library: Sandbox, tmp_path: Path) -> None:
    docs = tmp_path / "allowed" / "docs"
    docs.mkdir(parents=True)
    for number in range(501):
        (docs / f"page-{number}.md").write_text(f"# Page {number}")
    async with talk(library, tmp_path) as confluence:
        refused = await confluence.refused(TOOL, folder="docs", parent=PARENT)
        assert "[folder: has 501 Markdown files; at most 500]" in refused
        for number in range(430):
            (docs / f"page-{number}.md").unlink()
        text, _ = await shown(confluence)
        assert "71 to create" in text
        assert "whether titles are taken was looked up for the first 60 new pages only" in text
        assert "and 32 more" in text
        (docs / "large.md").write_bytes(b"x" * 1_000_001)
        refused = await confluence.refused(TOOL, folder="docs", parent=PARENT)
        assert "large.md: 'docs/large.md' has 1,000,001 bytes; files up to 1,000,000 are taken" in refused
        assert not writes(confluence)


async def test_all_that_the_user_allowed_can_be_published(site: Sandbox, tmp_path: Path, docs: Path) -> None:
    async with talk(site, tmp_path) as confluence:
        await published(confluence)
        text, token = await shown(confluence, ".")
        assert "4 unchanged" in text, "paths count from the allowed folder on"
        assert not token


async def test_a_file_with_nothing_in_it_is_an_empty_page(
    site: Sandbox, wiki: Wiki, tmp_path: Path, docs: Path
) -> None:
    (docs / "empty.md").touch()
    async with talk(site, tmp_path) as confluence:
        assert "created: empty.md “empty”" in lines_of(await published(confluence))
        text, token = await shown(confluence)
        assert "5 unchanged" in text
        assert not token


async def test_a_parent_that_was_moved_elsewhere_since_the_preview_is_told(
    site: Sandbox, wiki: Wiki, tmp_path: Path, docs: Path
) -> None:
    async with talk(site, tmp_path) as confluence:
        _, token = await shown(confluence)
        parent, other = (await wiki.page("Dashboards"))["id"], (await wiki.get("/spaces", keys="KB"))["results"][0]
        way = f"/wiki/rest/api/content/{parent}/move/append/{other['homepageId']}"
        assert (await wiki.client.put(way)).status_code == 200
        text = await confluence.refused(TOOL, run=token)
        assert f"page {parent} was moved to space KB since the preview" in text
        assert not [each for each in writes(confluence) if each.startswith(("POST", "PUT"))]
