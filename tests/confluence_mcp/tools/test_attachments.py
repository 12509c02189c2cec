"""Files on pages: text as text, images as images, anything else only to the folder that the user allowed."""

import base64
import re
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp.client.session import ElicitationFnT
from typing_extensions import override

from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.settings import ConfluenceSettings
from connector_kit.contents import LARGEST_IMAGE
from connector_kit.output import ANSWER_BUDGET, size

from .conversation import ERAS, SITE, Conversation, answering, converse

pytestmark = pytest.mark.anyio

LIST, GET = "confluence_list_attachments", "confluence_get_attachment"
ADD, DELETE = "confluence_add_attachment", "confluence_delete_attachment"
PAGE = "98415"
UPLOAD = f"/wiki/rest/api/content/{PAGE}/child/attachment"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that the user allowed."""
    folder = tmp_path / "allowed"
    folder.mkdir()
    return folder


class Watched(httpx2.AsyncBaseTransport):
    """The way to a site, which notes what is sent to which host."""

    def __init__(self, site: Sandbox) -> None:
        self._inner = httpx2.ASGITransport(site)
        self.seen: list[httpx2.Request] = []

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.seen.append(request)
        return await self._inner.handle_async_request(request)


def talk(
    site: Sandbox,
    tmp_path: Path,
    folder: Path | None = None,
    *,
    mode: str = ERAS[0],
    elicitation: ElicitationFnT | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
    **more: Any,
) -> AbstractAsyncContextManager[Conversation]:
    given = {"sandbox": True, "access": "delete", "files_dir": folder, "toolsets": "admin", **more}
    settings = ConfluenceSettings.model_validate(given)
    way = transport or httpx2.ASGITransport(site)
    return converse(tmp_path, transport=way, settings=settings, mode=mode, elicitation=elicitation)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_the_files_of_a_page_are_listed(reader: Conversation) -> None:
    assert await reader.ask(LIST, page=PAGE) == (
        f'<data from="files of {PAGE}">\n'
        "id | version | bytes | type | written | by | name\n"
        "att400001 | 1 | 628 | image/png | 2026-02-02 | Data Analyst | phase-4.png\n"
        "att400003 | 1 | 91 | text/markdown | 2026-02-02 | Engineering Partner | plan.md\n"
        "att400002 | 2 | 153 | text/csv | 2026-02-03 | Engineering Partner | phase-4-plan.csv\n"
        "</data>\n"
        "returned 3 files; more: no"
    )
    assert await reader.ask(LIST, page="98402") == "page 98402 has no files"


@pytest.mark.parametrize("wanted", ["plan.md", "att400003", "400003", "attachment:plan.md", "attachment:plan%2Emd"])
async def test_text_is_shown_as_data_however_the_file_is_named(reader: Conversation, wanted: str) -> None:
    text = await reader.ask(GET, page=PAGE, attachment=wanted)
    assert text.startswith(
        f'attachment att400003 of page {PAGE}: text/markdown, 91 bytes\n<data from="att400003 plan.md">\n'
    )
    assert text.endswith("\n</data>")


async def test_a_file_that_is_not_there_is_told_with_those_that_are(reader: Conversation) -> None:
    text = await reader.refused(GET, page=PAGE, attachment="plan.txt")
    assert text == (
        f"Page {PAGE} has no file 'plan.txt'. [attachment: one of phase-4.png (att400001), plan.md (att400003), "
        "phase-4-plan.csv (att400002)]"
    )
    of_another_page = await reader.refused(GET, page="98411", attachment="att400003")
    assert "Page 98411 has no file 'att400003'. [attachment: the page has none]" in of_another_page
    for wanted in ("", "x" * 400):
        assert "No file was named." in await reader.refused(GET, page=PAGE, attachment=wanted)


async def test_credentials_do_not_go_to_the_host_that_has_the_files(library: Sandbox, tmp_path: Path) -> None:
    watched = Watched(library)
    async with talk(library, tmp_path, transport=watched) as confluence:
        await confluence.ask(GET, page=PAGE, attachment="plan.md")
    elsewhere = [each for each in watched.seen if each.url.host != "pm-os.sandbox.invalid"]
    assert [each.url.host for each in elsewhere] == ["api.media.atlassian.com"]
    assert "authorization" not in elsewhere[0].headers
    assert all("authorization" in each.headers for each in watched.seen if each not in elsewhere)


async def test_a_host_that_is_none_of_atlassians_is_not_asked(library: Sandbox, tmp_path: Path, folder: Path) -> None:
    class Leading(Watched):
        @override
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.url.path.endswith("/download"):
                return httpx2.Response(302, headers={"Location": "https://evil.example/file"})
            assert request.url.host == "pm-os.sandbox.invalid"
            return await super().handle_async_request(request)

    async with talk(library, tmp_path, folder, transport=Leading(library)) as confluence:
        for more in ({}, {"save_as": "a.txt"}):
            text = await confluence.refused(GET, page=PAGE, attachment="plan.md", **more)
            assert "a redirect to evil.example, which is not followed" in text
    assert names_in(folder) == []


@pytest.mark.parametrize("era", ERAS)
async def test_an_image_is_an_image(library: Sandbox, tmp_path: Path, era: str) -> None:
    async with talk(library, tmp_path, mode=era) as confluence:
        [image] = await confluence.images(GET, page=PAGE, attachment="phase-4.png")
    assert image.mime_type == "image/png"
    assert base64.b64decode(image.data).startswith(b"\x89PNG")


async def test_a_long_text_is_read_on(confluence: Conversation) -> None:
    lines = "\n".join(f"line {number:05d}" for number in range(5_000))
    await confluence.ask(ADD, page=PAGE, text=lines, name="long.log")
    found, offset = "", 0
    for _ in range(10):
        text = await confluence.ask(GET, page=PAGE, attachment="long.log", offset=offset)
        assert size(text) < ANSWER_BUDGET
        found += text.partition("\n<data")[2].partition(">\n")[2].rpartition("\n</data>")[0].removesuffix("…")
        if "offset=" not in text:
            break
        offset = int(text.rpartition("offset=")[2].rstrip(".)"))
    assert found == lines
    refused = await confluence.refused(GET, page=PAGE, attachment="long.log", offset=99_999)
    assert refused == f"The text ends before that. [offset: the text has {len(lines):,} characters]"


async def test_what_is_neither_text_nor_image_is_saved(site: Sandbox, tmp_path: Path, folder: Path) -> None:
    (folder / "blob.bin").write_bytes(b"\x00\x01" * 500)
    async with talk(site, tmp_path, folder) as confluence:
        await confluence.ask(ADD, page=PAGE, files=["blob.bin"])
        text = await confluence.ask(GET, page=PAGE, attachment="blob.bin")
        assert re.fullmatch(
            rf"saved attachment (att\d+) of page {PAGE}: application/octet-stream, 1,000 bytes in the "
            rf'allowed folder as\n<data from="\1">\n{folder}/blob \(2\)\.bin\n</data>',
            text,
        )
        await confluence.ask(GET, page=PAGE, attachment="plan.md", save_as="../../p.md")
    assert (folder / "blob (2).bin").read_bytes() == b"\x00\x01" * 500
    assert names_in(folder) == ["blob (2).bin", "blob.bin", "p.md"]
    assert not (tmp_path / "p.md").exists()


async def test_without_a_folder_nothing_is_saved_or_sent(library: Sandbox, tmp_path: Path) -> None:
    async with talk(library, tmp_path) as confluence:
        for tool, arguments in (
            (GET, {"page": PAGE, "attachment": "plan.md", "save_as": "a.md"}),
            (ADD, {"page": PAGE, "files": ["a.md"]}),
        ):
            assert "CONFLUENCE_FILES_DIR is not set" in await confluence.refused(tool, **arguments)
        assert {each.method for each in confluence.exchanges} <= {"GET", "POST"}
        assert not confluence.sent("PUT", UPLOAD)


async def test_files_are_attached_and_a_name_that_is_there_gets_a_version(
    site: Sandbox, tmp_path: Path, folder: Path
) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "a b.txt").write_text("one")
    (folder / "plan.md").write_text("# Other plan")
    async with talk(site, tmp_path, folder) as confluence:
        text = await confluence.ask(
            ADD, page=PAGE, files=["deep/a b.txt", "plan.md"], text="hello", name="note.txt", comment="Of today"
        )
        lines = text.splitlines()
        assert lines[0] == f"attached 3 files to page {PAGE} {SITE}/wiki/spaces/PMOS/pages/{PAGE}"
        assert re.fullmatch(r"a b\.txt \(att\d+, 3 bytes\)", lines[2])
        assert lines[3] == "plan.md (att400003, 12 bytes, now version 2)"
        assert re.fullmatch(r"note\.txt \(att\d+, 5 bytes\)", lines[4])
        assert "# Other plan" in await confluence.ask(GET, page=PAGE, attachment="plan.md")
        assert "| a b.txt" in await confluence.ask(LIST, page=PAGE)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "[files: is empty, and there is no text]"),
        ({"files": ["none.txt"]}, "[files: there is no file 'none.txt'"),
        ({"files": ["../secret.txt"]}, "[files: '../secret.txt' is not inside of CONFLUENCE_FILES_DIR]"),
        ({"files": ["link.txt"]}, "[files: 'link.txt' is, or lies behind, a link]"),
        ({"files": ["a.txt", "deep/a.txt"]}, "[files: 'a.txt' is the name of several: a page has one]"),
        ({"files": ["a.txt"] * 21}, "[files: 21 files; at most 20 at once]"),
        ({"files": ["empty.txt"]}, "[files: 'empty.txt' is empty]"),
        ({"text": "x"}, "[name: is empty"),
        ({"text": "x", "name": "a/b.txt"}, "[name: 'a/b.txt' is no plain name for a file; 'b.txt' is]"),
        ({"name": "b.txt"}, "[name: is for a text, and there is none]"),
    ],
)
async def test_what_cannot_be_attached_is_told_before_anything_is_sent(
    library: Sandbox, tmp_path: Path, folder: Path, arguments: dict[str, Any], told: str
) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "deep").mkdir()
    for name in ("a.txt", "deep/a.txt"):
        (folder / name).write_text("a")
    (folder / "empty.txt").touch()
    async with talk(library, tmp_path, folder) as confluence:
        text = await confluence.refused(ADD, page=PAGE, **arguments)
        assert text.startswith("Nothing was attached.")
        assert told in text
        assert not confluence.sent("PUT", UPLOAD)


async def test_a_file_that_the_site_does_not_take_is_told_with_those_before(
    site: Sandbox, tmp_path: Path, folder: Path
) -> None:
    (folder / "a.txt").write_text("a")
    (folder / "large.bin").write_bytes(b"x" * (10 * 1024 * 1024 + 1))
    async with talk(site, tmp_path, folder) as confluence:
        text = await confluence.refused(ADD, page=PAGE, files=["a.txt", "large.bin"])
        assert "This site takes smaller files only. Attached before it: a.txt." in text
        assert "| a.txt" in await confluence.ask(LIST, page=PAGE)


async def test_a_large_image_that_has_no_smaller_picture_is_saved(site: Sandbox, tmp_path: Path, folder: Path) -> None:
    large = b"\x89PNG\r\n\x1a\n" + b"\x01" * LARGEST_IMAGE
    (folder / "large.png").write_bytes(large)
    async with talk(site, tmp_path, folder) as confluence:
        await confluence.ask(ADD, page=PAGE, files=["large.png"])
        text = await confluence.ask(GET, page=PAGE, attachment="large.png")
    assert "saved attachment" in text
    assert (folder / "large (2).png").read_bytes() == large


async def test_a_large_image_is_shown_smaller_and_can_be_saved_whole(
    site: Sandbox, tmp_path: Path, folder: Path
) -> None:
    small, large = b"\x89PNG\r\n\x1a\nsmall", b"\x89PNG\r\n\x1a\n" + b"\x01" * LARGEST_IMAGE

    class Picturing(Watched):
        @override
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.url.path.endswith("/thumbnail/download"):
                return httpx2.Response(302, headers={"Location": "https://api.media.atlassian.com/small"})
            if request.url.path == "/small":
                assert "authorization" not in request.headers
                return httpx2.Response(200, content=small)
            return await super().handle_async_request(request)

    (folder / "large.png").write_bytes(large)
    async with talk(site, tmp_path, folder, transport=Picturing(site)) as confluence:
        await confluence.ask(ADD, page=PAGE, files=["large.png"])
        text = await confluence.ask(GET, page=PAGE, attachment="large.png")
        assert "(A smaller picture of it; save_as saves the file itself.)" in text
        [image] = await confluence.images(GET, page=PAGE, attachment="large.png")
        assert base64.b64decode(image.data) == small
        assert "saved" in await confluence.ask(GET, page=PAGE, attachment="large.png", save_as="whole.png")
    assert (folder / "whole.png").read_bytes() == large


async def test_what_says_that_it_is_an_image_and_is_none_is_not_shown_as_one(
    site: Sandbox, tmp_path: Path, folder: Path
) -> None:
    async with talk(site, tmp_path, folder) as confluence:
        await confluence.ask(ADD, page=PAGE, text="<script>", name="evil.png")
        assert await confluence.images(GET, page=PAGE, attachment="evil.png") == []
    assert (folder / "evil.png").read_bytes() == b"<script>"


async def test_a_file_goes_to_the_trash_only_after_a_yes(site: Sandbox, tmp_path: Path) -> None:
    questions: list[str] = []
    async with talk(site, tmp_path) as confluence:
        refused = await confluence.refused(DELETE, page=PAGE, attachment="plan.md")
        assert "Not done yet: Move attachment plan.md (att400003, 91 bytes) of page 98415, " in refused
    async with talk(site, tmp_path, elicitation=answering("decline", questions=questions)) as confluence:
        await confluence.refused(DELETE, page=PAGE, attachment="plan.md", confirm=True)
        assert "plan.md" in await confluence.ask(LIST, page=PAGE)
    async with talk(site, tmp_path, elicitation=answering("accept")) as confluence:
        text = await confluence.ask(DELETE, page=PAGE, attachment="plan.md")
        assert text == f"moved attachment att400003 of page {PAGE} to the trash of space PMOS"
        assert "plan.md" not in await confluence.ask(LIST, page=PAGE)
    assert len(questions) == 1


async def test_files_in_spaces_that_tools_may_not_touch_stay_out_of_reach(library: Sandbox, tmp_path: Path) -> None:
    async with talk(library, tmp_path, spaces="KB") as confluence:
        for tool, arguments in (
            (LIST, {}),
            (GET, {"attachment": "plan.md"}),
            (GET, {"attachment": "att400003"}),
            (ADD, {"text": "x", "name": "x.txt"}),
            (DELETE, {"attachment": "plan.md", "confirm": True}),
        ):
            text = await confluence.refused(tool, page=PAGE, **arguments)
            assert "outside of the spaces that CONFLUENCE_SPACES allows" in text, tool
        assert {each.method for each in confluence.exchanges} <= {"GET"}
