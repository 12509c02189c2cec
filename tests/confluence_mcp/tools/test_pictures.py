"""Pictures and files that the Markdown of a page names by their paths: attached with it, or nothing is written."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from atlassian_kit.storage import files_in
from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.settings import ConfluenceSettings

from .conversation import ERAS, SITE, Conversation, converse, tokens
from .published import Wiki, writes
from .stored import body_of, version_of

pytestmark = pytest.mark.anyio

CREATE, UPDATE, POST = "confluence_create_page", "confluence_update_page", "confluence_create_blog_post"
PAGE, TITLE = "98432", "Product Architect"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
MADE = ["POST /wiki/api/vN/pages", "PUT /wiki/rest/api/content/N/child/attachment"]
CHANGED = ["PUT /wiki/rest/api/content/N/child/attachment", "PUT /wiki/api/vN/pages/N"]
WRITTEN = "Nothing was written"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that the user allowed, with pictures in it and a secret beside it."""
    folder = tmp_path / "allowed"
    (folder / "img").mkdir(parents=True)
    (folder / "other").mkdir()
    (folder / "logo.png").write_bytes(PICTURE)
    (folder / "img" / "my plan.png").write_bytes(PICTURE + b"plan")
    (folder / "other" / "logo.png").write_bytes(PICTURE + b"other")
    (folder / "report.pdf").write_bytes(b"%PDF-")
    (folder / "notes.md").write_text("# Notes")
    (folder / ".env").write_text("TOKEN=secret")
    (folder / "empty.png").touch()
    (tmp_path / "secret.png").write_bytes(b"secret")
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "behind").symlink_to(tmp_path)
    return folder


@pytest.fixture
def wiki(site: Sandbox) -> Wiki:
    return Wiki(site)


def changes(confluence: Conversation) -> list[str]:
    """The requests that change something."""
    return [each for each in writes(confluence) if not each.endswith("/users-bulk")]


def talk(
    site: Sandbox, tmp_path: Path, folder: Path | None, tool: str, *, mode: str = ERAS[0]
) -> AbstractAsyncContextManager[Conversation]:
    given = {"sandbox": True, "access": "write", "files_dir": folder, "toolsets": "blog"}
    settings = ConfluenceSettings.model_validate(given)
    return converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings, only=tool, mode=mode)


@pytest.mark.parametrize("era", ERAS)
async def test_a_page_is_made_with_its_pictures_and_files(
    site: Sandbox, wiki: Wiki, tmp_path: Path, folder: Path, era: str
) -> None:
    body = (
        '![The logo](logo.png) and again ![](./logo.png)\n\n![Plan](<img/my plan.png> "Our plan")\n\n'
        "| a |\n|---|\n| [the report](report.pdf) |\n\n![Web](https://example.org/a.png)"
    )
    async with talk(site, tmp_path, folder, CREATE, mode=era) as confluence:
        text = await confluence.ask(CREATE, space="PMOS", title="Pictures", body=body)
        assert changes(confluence) == [*MADE, MADE[1], MADE[1]]
    number = text.split()[1]
    assert text.splitlines() == [
        f'created {number} "Pictures" v1 {SITE}/wiki/spaces/PMOS/pages/{number}',
        "in PMOS; attached 3 files: logo.png, my plan.png, report.pdf",
    ]
    assert tokens(text) < 100
    assert await wiki.files("Pictures") == {"logo.png": 1, "my plan.png": 1, "report.pdf": 1}
    stored = body_of(site, number)
    assert stored.count('<ri:attachment ri:filename="logo.png" />') == 2
    assert '<ri:attachment ri:filename="my plan.png" />' in stored
    assert '<ac:link><ri:attachment ri:filename="report.pdf" />' in stored
    assert '<ri:url ri:value="https://example.org/a.png" />' in stored


async def test_a_blog_post_is_made_with_its_pictures(site: Sandbox, tmp_path: Path, folder: Path) -> None:
    async with talk(site, tmp_path, folder, POST) as confluence:
        text = await confluence.ask(POST, space="PMOS", title="News", body="![](logo.png)")
        assert changes(confluence) == ["POST /wiki/api/vN/blogposts", MADE[1]]
    assert "attached logo.png" in text
    assert '<ri:attachment ri:filename="logo.png" />' in body_of(site, text.split()[3])


@pytest.mark.parametrize(
    "arguments",
    [
        {"body": "All new.\n\n![](logo.png)", "version": 1, "accept_loss": True},
        {"body": "## Asks first\n\n![](logo.png)", "part": "Asks first", "version": 1},
        {"body": "![](logo.png)", "how": "append"},
        {"body": "![](logo.png)", "part": "Asks first", "how": "before"},
    ],
)
async def test_a_change_attaches_its_pictures_before_the_text_is_written(
    site: Sandbox, wiki: Wiki, tmp_path: Path, folder: Path, arguments: dict[str, Any]
) -> None:
    async with talk(site, tmp_path, folder, UPDATE) as confluence:
        text = await confluence.ask(UPDATE, page=PAGE, **arguments)
        assert changes(confluence) == CHANGED
    assert text.splitlines()[1].endswith("; attached logo.png")
    assert "confluence_add_attachment" not in text
    assert await wiki.files(TITLE) == {"logo.png": 1}
    assert body_of(site, PAGE).count('<ri:attachment ri:filename="logo.png" />') == 1


async def test_a_passage_may_become_a_picture(site: Sandbox, wiki: Wiki, tmp_path: Path, folder: Path) -> None:
    async with talk(site, tmp_path, folder, UPDATE) as confluence:
        await confluence.ask(UPDATE, page=PAGE, body="See [the old one](attachment:old.png) here.", how="append")
        await confluence.ask(UPDATE, page=PAGE, find="the old one", body="![a](logo.png) the old one")
        assert await wiki.files(TITLE) == {"logo.png": 1}
        # Only its address is replaced: what comes of that counts, not what was typed.
        await confluence.ask(UPDATE, page=PAGE, find="attachment:old.png", body="report.pdf")
    assert await wiki.files(TITLE) == {"logo.png": 1, "report.pdf": 1}
    assert '<ri:attachment ri:filename="report.pdf" />' in body_of(site, PAGE)


async def test_a_file_that_the_page_has_just_so_is_not_sent_again(
    site: Sandbox, wiki: Wiki, tmp_path: Path, folder: Path
) -> None:
    body = "Pictures: ![](logo.png) ![](<img/my plan.png>)"
    async with talk(site, tmp_path, folder, UPDATE) as confluence:
        await confluence.ask(UPDATE, page=PAGE, body=body, version=1, accept_loss=True)
        text = await confluence.ask(UPDATE, page=PAGE, body=f"{body}\n\nMore.", version=2)
        assert "attached" not in text
        assert await wiki.files(TITLE) == {"logo.png": 1, "my plan.png": 1}
        (folder / "logo.png").write_bytes(PICTURE[:-1] + b"\x01")
        (folder / "img" / "my plan.png").write_bytes(PICTURE)
        text = await confluence.ask(UPDATE, page=PAGE, body=f"{body}\n\nMore.\n\nAnd more.", version=3)
        assert "attached 2 files: logo.png v2, my plan.png v2" in text
        (folder / "logo.png").write_bytes(PICTURE)
        text = await confluence.ask(UPDATE, page=PAGE, body=f"{body}\n\nMore.\n\nAnd more.", version=4)
        assert text.splitlines()[1] == "attached logo.png v3"
        again = await confluence.ask(UPDATE, page=PAGE, body=f"{body}\n\nMore.\n\nAnd more.", version=4)
        assert "is so already (v4); nothing was written" in again
    assert await wiki.files(TITLE) == {"logo.png": 3, "my plan.png": 2}
    assert version_of(site, PAGE) == 4


async def test_a_picture_of_what_the_page_has_a_mere_link_to_is_not_guessed_at(
    site: Sandbox, tmp_path: Path, folder: Path
) -> None:
    async with talk(site, tmp_path, folder, UPDATE) as confluence:
        await Wiki(site).edit(TITLE, '<p>!<a href="logo.png">logo</a></p>')
        text = await confluence.refused(UPDATE, page=PAGE, body="![logo](logo.png)", version=2)
        assert "[logo.png: is where a link of the page leads, which others may have written" in text
        await confluence.ask(UPDATE, page=PAGE, body="[logo](logo.png), a link.", version=2)
        assert changes(confluence) == CHANGED[1:]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("none.png", "there is no file 'none.png'"),
        ("img", "'img' is not an ordinary file"),
        ("empty.png", "'empty.png' is empty"),
        ("../secret.png", "'../secret.png' is not inside of CONFLUENCE_FILES_DIR"),
        ("%2e%2e/secret.png", "'../secret.png' is not inside of CONFLUENCE_FILES_DIR"),
        ("img/../../secret.png", "is not inside of CONFLUENCE_FILES_DIR"),
        ("link.png", "'link.png' is, or lies behind, a link"),
        ("behind/secret.png", "lies behind"),
        ("/etc/passwd", "is no path in the folder"),
        ("%2Fetc/passwd", "is no path in the folder"),
        ("//example.org/a.png", "is no path in the folder"),
        ("file:///etc/passwd", "is no path in the folder"),
        ("FILE:secret.png", "is no path in the folder"),
        ("C:\\secret.png", "is no path in the folder"),
        ("data:image/png;base64,AAAA", "is no path in the folder"),
        ("logo.png%00.txt", "there is no file"),
        ("#top", "there is no file"),
        ("a" * 3_000, "there is no file"),
    ],
)
async def test_a_picture_that_cannot_be_attached_refuses_all_of_the_call(
    library: Sandbox, tmp_path: Path, folder: Path, address: str, why: str
) -> None:
    body = f"Good: ![](logo.png), bad: ![x]({address})"
    for tool, arguments in (
        (CREATE, {"space": "PMOS", "title": "Never", "labels": ["never"]}),
        (UPDATE, {"page": PAGE, "how": "append"}),
    ):
        async with talk(library, tmp_path, folder, tool) as confluence:
            text = await confluence.refused(tool, body=body, **arguments)
            assert changes(confluence) == []
        assert text.startswith(f"{WRITTEN}: a file that body names cannot be attached. [")
        assert why in text
        assert "![…](attachment:NAME)" in text
        assert "http(s) address" in text
        assert tokens(text) < 250
        assert "secret" not in text or "secret" in address


async def test_all_pictures_that_cannot_be_attached_are_told_at_once(
    library: Sandbox, tmp_path: Path, folder: Path
) -> None:
    async with talk(library, tmp_path, folder, CREATE) as confluence:
        body = " ".join(f"![](none-{number}.png)" for number in range(12))
        text = await confluence.refused(CREATE, space="PMOS", title="Never", body=body)
        assert text.startswith(f"{WRITTEN}: 12 files that body names cannot be attached.")
        assert "none-7.png" in text
        assert "and: 4 more" in text
        body = "![](logo.png) ![](other/logo.png)"
        text = await confluence.refused(CREATE, space="PMOS", title="Never", body=body)
        assert "[other/logo.png: has the name of logo.png: a page has one file of a name]" in text
        body = "![](logo.png) [it](other/logo.png)"
        assert "a page has one file of a name" in await confluence.refused(
            CREATE, space="PMOS", title="Never", body=body
        )
        assert changes(confluence) == []


async def test_files_that_are_too_many_or_too_large_are_refused(library: Sandbox, tmp_path: Path, folder: Path) -> None:
    for number in range(21):
        (folder / f"{number}.png").write_bytes(PICTURE)
    for name in ("large.png", "huge.png", "huge.zip"):
        with (folder / name).open("wb") as file:
            file.truncate((60 if name == "large.png" else 101) * 1024 * 1024)
    (folder / "large too.png").hardlink_to(folder / "large.png")
    async with talk(library, tmp_path, folder, CREATE) as confluence:
        for body, why in (
            ("".join(f"![]({number}.png)" for number in range(21)), "names more than 20 files"),
            ("".join(f"[x]({number}.png) " for number in range(21)), "names more than 20 files"),
            ("![](huge.png)", "'huge.png' has 105,906,176 bytes; files up to 104,857,600 are taken"),
            ("[all of it](huge.zip)", "the files have 105,906,176 bytes together"),
            ("![](large.png) ![](<large too.png>)", "the files have 125,829,120 bytes together"),
        ):
            text = await confluence.refused(CREATE, space="PMOS", title="Never", body=body)
            assert text.startswith(WRITTEN)
            assert why in text
        assert changes(confluence) == []


async def test_without_a_folder_pictures_are_refused_and_links_stay_links(
    site: Sandbox, tmp_path: Path, folder: Path
) -> None:
    async with talk(site, tmp_path, None, CREATE) as confluence:
        text = await confluence.refused(CREATE, space="PMOS", title="One", body="![x](logo.png)")
        assert text.startswith(f"{WRITTEN}: CONFLUENCE_FILES_DIR is not set. [logo.png: is a picture in that folder]")
        assert "name a folder in CONFLUENCE_FILES_DIR" in text
        assert "![…](attachment:NAME)" in text
        assert changes(confluence) == []
        body = "[x](report.pdf) ![](attachment:b.png)\n\n![](https://example.org/a.png)"
        text = await confluence.ask(CREATE, space="PMOS", title="One", body=body)
        assert "unless they are attached, do it with confluence_add_attachment: b.png" in text
    stored = body_of(site, text.split()[1])
    assert '<a href="report.pdf">x</a>' in stored
    assert '<ri:url ri:value="https://example.org/a.png" />' in stored


async def test_links_that_lead_to_no_file_and_pictures_in_code_are_left_alone(
    site: Sandbox, tmp_path: Path, folder: Path
) -> None:
    links = ["none.pdf", "notes.md", ".env", "link.png", "../secret.png", "/etc/passwd", "img/", "empty.png", "#top"]
    body = (
        " ".join(f"[x]({link})" for link in links)
        + "\n\n`![x](none.png)` and `![x](file:///etc/passwd)`\n\n```\n![x](none.png) ![x](file:///etc/passwd)\n```\n"
    )
    async with talk(site, tmp_path, folder, CREATE) as confluence:
        text = await confluence.ask(CREATE, space="PMOS", title="Links", body=body)
        assert changes(confluence) == MADE[:1]
    assert "attached" not in text
    stored = body_of(site, text.split()[1])
    assert "ri:attachment" not in stored
    assert '<a href="notes.md">x</a>' in stored


@pytest.mark.parametrize(
    "name",
    ["a b.png", "ünï.png", 'q"uo<te>&.png', "100%.png", "a#b?.png", "(1).png", "'.png", "-.png", "x y.tar.gz.png"],
)
async def test_odd_names_are_the_same_on_the_page_and_in_its_text(
    site: Sandbox, wiki: Wiki, tmp_path: Path, folder: Path, name: str
) -> None:
    (folder / name).write_bytes(PICTURE)
    async with talk(site, tmp_path, folder, CREATE) as confluence:
        await confluence.ask(CREATE, space="PMOS", title="Odd", body=f"![x]({quote(name)}) [y]({quote(name)})")
    [kept] = await wiki.files("Odd")
    assert files_in(await wiki.text("Odd")) == (kept,)
    assert "<a href" not in await wiki.text("Odd")
