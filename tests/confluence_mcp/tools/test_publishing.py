"""A folder of Markdown published as pages: what is shown first, what is written, what is left alone."""

import re
from pathlib import Path

import pytest

from confluence_mcp.sandbox.app import Sandbox

from .published import FILES, PARENT, PICTURE, TOOL, Wiki, lines_of, published, shown, talk, write_docs, writes

pytestmark = pytest.mark.anyio


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A folder to publish, in the folder that the user allowed."""
    return write_docs(tmp_path / "allowed" / "docs")


@pytest.fixture
def wiki(site: Sandbox) -> Wiki:
    return Wiki(site)


async def test_what_would_be_published_is_shown_and_nothing_is_written(
    site: Sandbox, wiki: Wiki, tmp_path: Path, docs: Path
) -> None:
    async with talk(site, tmp_path) as confluence:
        text, token = await shown(confluence)
        assert "4 to create; nothing was written yet" in text
        assert lines_of(text) == [
            "create: index.md “The handbook”",
            "create: guide/ “guide”",
            "create: guide/setup.md “Set up”",
            "create: notes.md “Notes”",
        ]
        assert token
        assert writes(confluence) == []
    assert ("The handbook", 1) not in await wiki.below("Dashboards")


async def test_a_folder_becomes_a_tree_of_pages_with_links_pictures_and_labels(
    site: Sandbox, wiki: Wiki, tmp_path: Path, docs: Path
) -> None:
    async with talk(site, tmp_path) as confluence:
        text = await published(confluence)
    assert "4 created" in text
    tree = await wiki.below("The handbook")
    assert sorted(tree) == [("Notes", 1), ("Set up", 2), ("guide", 1)]
    home = await wiki.text("The handbook")
    assert '<ri:page ri:space-key="PMOS" ri:content-title="Notes" />' in home
    assert 'ac:anchor="Second-step"' in home
    assert '<ri:attachment ri:filename="dot.png" />' in home
    assert '<ri:attachment ri:filename="data.csv" />' in home
    assert "<h1>" not in await wiki.text("Notes"), "the title stands above the text"
    assert 'ac:name="children"' in await wiki.text("guide")
    number = (await wiki.page("The handbook"))["id"]
    files = (await wiki.get(f"/pages/{number}/attachments"))["results"]
    assert {each["title"]: each["fileSize"] for each in files} == {"dot.png": len(PICTURE), "data.csv": 8}
    labels = (await wiki.get(f"/pages/{number}/labels"))["results"]
    assert {each["name"] for each in labels} == {"handbook", "phase-4"}


async def test_what_did_not_change_is_not_written_again(site: Sandbox, wiki: Wiki, tmp_path: Path, docs: Path) -> None:
    async with talk(site, tmp_path) as confluence:
        await published(confluence)
    async with talk(site, tmp_path) as confluence:
        text, token = await shown(confluence)
        assert "4 unchanged" in text
        assert not token
        assert lines_of(text) == []
        read = [each for each in confluence.exchanges if "/properties" in each.url]
        assert len(read) == 1, "the list on the parent tells of all of them"
        (docs / "notes.md").write_text("# Notes\n\nOther notes.\n")
        text = await published(confluence)
        assert lines_of(text) == ["updated: notes.md “Notes”"]
    page = await wiki.page("Notes")
    assert page["version"]["number"] == 2
    assert "Other notes." in page["body"]["storage"]["value"]
    assert page["version"]["message"].startswith("Published from docs/notes.md [")


async def test_a_page_that_was_edited_in_confluence_is_left_alone(
    site: Sandbox, wiki: Wiki, tmp_path: Path, docs: Path
) -> None:
    async with talk(site, tmp_path) as confluence:
        await published(confluence)
        await wiki.edit("Notes", "<p>By hand.</p>")
        for name in ("notes.md", "guide/setup.md"):
            (docs / name).write_text(f"{FILES[name]}\nMore.\n")
        text, token = await shown(confluence)
        assert lines_of(text)[0] == ("edited: notes.md “Notes” (version 2 was written in Confluence, 1 published)")
        assert lines_of(text)[1] == "update: guide/setup.md “Set up”"
        await wiki.edit("Set up", "<p>Quickly, too.</p>")
        text = await confluence.ask(TOOL, run=token)
        assert "edited: guide/setup.md “Set up” (version 2 was written since the preview, of 1)" in lines_of(text)
    assert await wiki.text("Notes") == "<p>By hand.</p>"
    assert await wiki.text("Set up") == "<p>Quickly, too.</p>"


async def test_a_title_that_another_page_has_is_told_and_that_page_left_alone(
    site: Sandbox, wiki: Wiki, tmp_path: Path, docs: Path
) -> None:
    before = await wiki.page("Phase Reports")
    (docs / "notes.md").write_text("# Phase Reports\n\nMine.\n")
    (docs / "more.md").write_text("# Quality metrics\n\nMine.\n")
    async with talk(site, tmp_path) as confluence:
        text, token = await shown(confluence)
        [elsewhere] = [line for line in lines_of(text) if "notes.md" in line]
        assert elsewhere == f"taken: notes.md “Phase Reports” (page {before['id']} of the space has the title)"
        await confluence.ask(TOOL, run=token)
    assert await wiki.page("Phase Reports") == before


async def test_pages_of_files_that_are_gone_are_told_and_stay(
    site: Sandbox, wiki: Wiki, tmp_path: Path, docs: Path
) -> None:
    async with talk(site, tmp_path) as confluence:
        await published(confluence)
        (docs / "notes.md").unlink()
        text, token = await shown(confluence)
        [orphan] = [line for line in lines_of(text) if line.startswith("orphan")]
        assert re.fullmatch(r"orphan: docs/notes\.md is gone, its page \d+ “Notes” stays", orphan)
        await confluence.ask(TOOL, run=token)  # the link to it in index.md is none any more
    assert await wiki.page("Notes")


async def test_a_file_that_moved_takes_its_page_along(site: Sandbox, wiki: Wiki, tmp_path: Path, docs: Path) -> None:
    async with talk(site, tmp_path) as confluence:
        await published(confluence)
        number = (await wiki.page("Notes"))["id"]
        (docs / "notes.md").rename(docs / "guide" / "notes.md")
        (docs / "guide" / "notes.md").write_text("# Notes\n\nMoved.\n")
        (docs / "index.md").write_text(FILES["index.md"].replace("notes.md", "guide/notes.md"))
        text = await published(confluence)
        assert "updated: guide/notes.md “Notes”" in lines_of(text)
    assert sorted(await wiki.below("guide")) == [("Notes", 1), ("Set up", 1)]
    assert (await wiki.page("Notes"))["id"] == number


async def test_links_that_lead_nowhere_are_told(site: Sandbox, tmp_path: Path, docs: Path) -> None:
    (tmp_path / "secret.md").write_text("secret")
    (docs / "notes.md").write_text("# Notes\n\n[a](../../secret.md) ![b](gone.png) [c](/guide/setup.md)\n")
    async with talk(site, tmp_path) as confluence:
        text, _ = await shown(confluence)
    assert (
        "create: notes.md “Notes” (../../secret.md leads out of the folder; gone.png is not in the folder)"
        in lines_of(text)
    )


async def test_links_of_the_file_system_are_not_followed(site: Sandbox, tmp_path: Path, docs: Path) -> None:
    (tmp_path / "secret.md").write_text("# Secret\n\nsecret")
    (docs / "linked.md").symlink_to(tmp_path / "secret.md")
    async with talk(site, tmp_path) as confluence:
        text, token = await shown(confluence)
        assert "not a file that is published: linked.md" in lines_of(text)
        await confluence.ask(TOOL, run=token)
        assert "Secret" not in str([each.request_body for each in confluence.exchanges])
        for folder in ("../", "docs/../..", "/etc", "nothing"):
            assert "[folder: " in await confluence.refused(TOOL, folder=folder, parent=PARENT)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"a.md": "# Same", "b.md": "# same"}, "b.md: has the title of a.md: same"),
        ({"a.md": "# " + "long " * 60}, "a.md: A title of"),
        ({"a.md": b"\xff\xfe"}, "a.md: is not UTF-8 text"),
        ({"a.md": "---\nlabels: [two words]\n---\n# A"}, "a.md: Nothing was changed: these are no labels."),
        ({"a.md": "# A\n\n@[Nobody At All]"}, "mentions somebody by @[…]"),
        ({"a.txt": "text"}, "[folder: has no Markdown files]"),
    ],
)
async def test_files_that_cannot_be_pages_are_told_before_anything_is_written(
    library: Sandbox, tmp_path: Path, files: dict[str, str | bytes], told: str
) -> None:
    (tmp_path / "allowed" / "docs").mkdir(parents=True)
    for name, text in files.items():
        path = tmp_path / "allowed" / "docs" / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    async with talk(library, tmp_path) as confluence:
        text = await confluence.refused(TOOL, folder="docs", parent=PARENT)
    assert told in text
    assert text.startswith("Nothing was published")


async def test_a_token_is_good_once_and_for_what_was_shown(site: Sandbox, tmp_path: Path, docs: Path) -> None:
    async with talk(site, tmp_path) as confluence:
        _, token = await shown(confluence)
        assert "differs from the preview" in await confluence.refused(TOOL, run=token, folder="other")
        await confluence.ask(TOOL, run=token, folder="docs", parent=PARENT)
        assert "was used already" in await confluence.refused(TOOL, run=token)
        assert "is no token" in await confluence.refused(TOOL, run="invented")


async def test_progress_is_told(site: Sandbox, tmp_path: Path, docs: Path) -> None:
    seen: list[tuple[float, float | None, str | None]] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        seen.append((progress, total, message))

    async with talk(site, tmp_path) as confluence:
        _, token = await shown(confluence)
        await confluence.attempt(TOOL, {"run": token}, progress=note)
    assert seen == [(1, 4, "index.md"), (2, 4, "guide/"), (3, 4, "guide/setup.md"), (4, 4, "notes.md")]


async def test_a_space_that_tools_may_not_touch_is_not_published_to(
    library: Sandbox, tmp_path: Path, docs: Path
) -> None:
    async with talk(library, tmp_path, spaces="KB") as confluence:
        assert "outside of the spaces" in await confluence.refused(TOOL, folder="docs", parent=PARENT)


async def test_without_a_folder_of_the_user_nothing_is_published(library: Sandbox, tmp_path: Path) -> None:
    async with talk(library, tmp_path, files_dir=None) as confluence:
        text = await confluence.refused(TOOL, folder="docs", parent=PARENT)
    assert "CONFLUENCE_FILES_DIR is not set" in text
