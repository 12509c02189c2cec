"""Files and canvases: text as text, images as images, the rest only to the folder that the user allowed."""

import base64
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

from connector_kit.output import ANSWER_BUDGET

from .conversation import NOW, SITE, Conversation, calls, converse, cursor_in, given, outside, path_of, rows

if TYPE_CHECKING:
    from slack_mcp.sandbox.app import Sandbox

pytestmark = pytest.mark.anyio
REPORT, CHART, MANUAL = "F0PMOS00001", "F0PMOS00002", "F0PMOS00003"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that the user allowed."""
    folder = tmp_path / "allowed"
    folder.mkdir()
    return folder


def talk(site: "Sandbox", tmp_path: Path, folder: Path | None = None):
    settings = given(files_dir=folder)
    return converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings, clock=lambda: NOW)


def names_in(folder: Path) -> set[str]:
    """The names of what is in a folder."""
    return {path.name for path in folder.iterdir()}


async def test_files_are_listed_with_what_they_are_and_where(reader: Conversation) -> None:
    text = await reader.ask("slack_list_files")
    assert text.splitlines()[0] == "file | id | type | bytes | by | created | permalink"
    assert rows(text)[1] == [
        "Deliverables by phase",
        REPORT,
        "CSV",
        "63",
        "DataAnalyst",
        "2026-02-01 18:00",
        f"{SITE}/files/U0PMOS00024/{REPORT}/phases.csv",
    ]
    assert text.endswith("returned 3 files; more: no")


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        ({"kind": "images"}, [CHART]),
        ({"kind": "canvases"}, [MANUAL]),
        ({"kind": "canvas"}, [MANUAL]),
        ({"user": "@DataAnalyst"}, [CHART, REPORT]),
        ({"channel": "#pm-os-metrics"}, [CHART, REPORT]),
        ({"window": "2026-02-01"}, [CHART, REPORT]),
        ({"kind": "pdfs"}, []),
    ],
)
async def test_files_are_narrowed_down(reader: Conversation, arguments: dict[str, str], ids: list[str]) -> None:
    text = await reader.ask("slack_list_files", **arguments)
    assert [row[1] for row in rows(text)] == ids
    assert ids or text == "No file matches."


async def test_a_kind_that_slack_does_not_know_is_told_with_those_it_does(reader: Conversation) -> None:
    text = await reader.refused("slack_list_files", kind="pictures")
    assert text == "Slack knows no such kind of file. Give images, pdfs, snippets, canvases or zips, or none."


async def test_a_file_is_not_found_by_its_name(reader: Conversation) -> None:
    assert "slack_list_files shows them" in await reader.refused("slack_read_file", file="phases.csv")


async def test_pages_of_files_join_without_loss(reader: Conversation) -> None:
    first = await reader.ask("slack_list_files", limit=2)
    second = await reader.ask("slack_list_files", limit=2, cursor=cursor_in(first))
    assert [row[1] for row in rows(first) + rows(second)] == [CHART, REPORT, MANUAL]
    assert cursor_in(second) is None


async def test_text_is_read_inside_data_marks(reader: Conversation) -> None:
    for file in (REPORT, f"{SITE}/files/U0PMOS00024/{REPORT}/phases.csv"):
        text = await reader.ask("slack_read_file", file=file)
        assert text.startswith(f"{REPORT} text/csv, 63 bytes {SITE}/files/")
        assert f'<data from="{REPORT} phases.csv">\nphase,deliverables,days\n' in text
        assert "deliverables,days" not in outside(text)


async def test_an_image_comes_as_an_image_with_its_name(reader: Conversation) -> None:
    (image,) = await reader.images("slack_read_file", file=CHART)
    assert image.mime_type == "image/png"
    assert base64.b64decode(image.data).startswith(b"\x89PNG")
    assert "phases.png" in await reader.ask("slack_read_file", file=CHART)


class Claiming(httpx2.AsyncBaseTransport):
    """A Slack that takes every table for an image."""

    def __init__(self, site: "Sandbox") -> None:
        self._inner = httpx2.ASGITransport(site)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        if not request.url.path.endswith("files.info"):
            return response
        content = (await response.aread()).replace(b"text/csv", b"image/png")
        return httpx2.Response(200, content=content, headers={"Content-Type": "application/json"})


async def test_what_is_no_image_is_not_shown_as_one(site: "Sandbox", tmp_path: Path) -> None:
    async with converse(tmp_path, transport=Claiming(site), settings=given(), clock=lambda: NOW) as slack:
        assert await slack.images("slack_read_file", file=REPORT) == []
        assert "phase,deliverables,days" in await slack.ask("slack_read_file", file=REPORT)


async def test_a_canvas_is_read_as_markdown_with_names(reader: Conversation) -> None:
    text = await reader.ask("slack_read_file", file=MANUAL)
    assert text.startswith(f"canvas {MANUAL} application/vnd.slack-docs, 746 bytes {SITE}/docs/")
    assert "# PM OS operating manual" in text
    assert "Owned by @HumanPM, kept up to date by @DocMaintainer." in text
    assert "| Alerts | #pm-os-alerts |" in text
    assert "- [ ] The review meeting has taken place" in text


async def test_a_file_that_is_not_there_is_told(reader: Conversation) -> None:
    assert "no such file" in await reader.refused("slack_read_file", file="F0PMOS99999")


async def test_a_long_text_is_read_part_after_part(site: "Sandbox", tmp_path: Path, folder: Path) -> None:
    whole = "".join(f"line {number} äöü\n" for number in range(4_000))
    (folder / "long.txt").write_text(whole, "utf-8")
    async with talk(site, tmp_path, folder) as slack:
        file = (await slack.ask("slack_upload_file", path="long.txt", channel="#general")).split()[1]
        read, offset = "", 0
        while True:
            text = await slack.ask("slack_read_file", file=file, offset=offset)
            assert len(text.encode()) <= ANSWER_BUDGET
            part = text.partition('long.txt">\n')[2].partition("\n</data>")[0]
            _, more, rest = text.partition("Read on with offset=")
            read += part.removesuffix("…") if more else part
            if not more:
                break
            offset = int(rest.split(".")[0])
            assert offset == len(read)
        assert "The text ends before that." in await slack.refused("slack_read_file", file=file, offset=99_999_999)
    assert read == whole


async def test_what_is_no_text_is_offered_for_saving(site: "Sandbox", tmp_path: Path, folder: Path) -> None:
    (folder / "archive.zip").write_bytes(b"PK\x03\x04" + bytes(range(256)) * 4)
    async with talk(site, tmp_path, folder) as slack:
        file = (await slack.ask("slack_upload_file", path="archive.zip", channel="#general")).split()[1]
        text = await slack.ask("slack_read_file", file=file)
        assert "This is no text. Save it with save_as" in text
        saved = await slack.ask("slack_read_file", file=file, save_as="copy.zip")
    assert f"{folder / 'copy.zip'}" in saved
    assert "copy.zip" not in outside(saved)
    assert (folder / "copy.zip").read_bytes() == (folder / "archive.zip").read_bytes()


async def test_nothing_is_written_over_or_outside_of_the_folder(site: "Sandbox", tmp_path: Path, folder: Path) -> None:
    (folder / "mine.csv").write_text("mine")
    async with talk(site, tmp_path, folder) as slack:
        await slack.ask("slack_read_file", file=REPORT, save_as="mine.csv")
        await slack.ask("slack_read_file", file=REPORT, save_as="../../escaped.csv")
        await slack.ask("slack_read_file", file=REPORT, save_as="/etc/escaped2.csv")
        await slack.refused("slack_read_file", file=REPORT, save_as="..")
    assert (folder / "mine.csv").read_text() == "mine"
    assert names_in(folder) == {"mine.csv", "mine (2).csv", "escaped.csv", "escaped2.csv"}


async def test_without_an_allowed_folder_nothing_is_saved_or_uploaded(site: "Sandbox", tmp_path: Path) -> None:
    async with talk(site, tmp_path) as slack:
        for text in (
            await slack.refused("slack_read_file", file=REPORT, save_as="x.csv"),
            await slack.refused("slack_upload_file", path="/etc/passwd", channel="#general"),
        ):
            assert "SLACK_FILES_DIR is not set" in text
    assert not any("upload" in path_of(exchange) for exchange in slack.exchanges)


async def test_a_file_is_uploaded_and_shared_with_a_comment(site: "Sandbox", tmp_path: Path, folder: Path) -> None:
    (folder / "notes.md").write_text("# Notes\n")
    async with talk(site, tmp_path, folder) as slack:
        thread = "C0PMOS00001:1769848200.003057"
        text = await slack.ask(
            "slack_upload_file",
            path="notes.md",
            channel="#general",
            title="My notes",
            comment="**Look** <!channel>",
            thread=thread,
        )
        assert text.startswith("uploaded F0")
        assert text.endswith(" to #general")
        assert len(text) < 400
        file = text.split()[1]
        assert "# Notes" in await slack.ask("slack_read_file", file=file)
        thread_text = await slack.ask("slack_read_thread", message=thread)
    assert "**Look** @" in thread_text
    assert file in thread_text
    assert "files.completeUploadExternal" in calls(slack)
    (completed,) = slack.sent("POST", "/api/files.completeUploadExternal")
    assert b"channel%3E" not in completed.request_body


@pytest.mark.parametrize(
    "path", ["../secret.txt", "/etc/passwd", "link.txt", "inner/../../secret.txt", "", "gone.txt", "."]
)
async def test_only_files_of_the_allowed_folder_are_uploaded(
    site: "Sandbox", tmp_path: Path, folder: Path, path: str
) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    async with talk(site, tmp_path, folder) as slack:
        text, is_error = await slack.attempt("slack_upload_file", {"path": path, "channel": "#general"})
    assert is_error
    assert "secret" not in text.replace("secret.txt", "")
    assert not any("upload" in path_of(exchange).lower() for exchange in slack.exchanges)


async def test_a_canvas_is_created_and_grows(slack: Conversation) -> None:
    text = await slack.ask("slack_create_canvas", title="Plan", text="# First\n\nMore of it")
    assert text.startswith("created canvas F0")
    canvas = text.split()[2]
    assert f"{SITE}/docs/" in text
    assert await slack.ask("slack_append_to_canvas", canvas=canvas, text="- and this") == text.replace(
        "created", "appended to"
    )
    read = await slack.ask("slack_read_file", file=canvas)
    assert "# First\n\nMore of it" in read
    assert "- and this" in read


async def test_what_is_no_canvas_does_not_grow(slack: Conversation) -> None:
    await slack.refused("slack_append_to_canvas", canvas=REPORT, text="x")
    assert "There is nothing to write" in await slack.refused("slack_append_to_canvas", canvas=MANUAL, text="  ")


async def test_a_canvas_of_a_channel_is_created_once(slack: Conversation) -> None:
    await slack.ask("slack_create_canvas", title="Plan", text="# First", channel="#pm-os-alerts")
    listed = rows(await slack.ask("slack_list_files", kind="canvases", channel="#pm-os-alerts"))
    assert [row[0] for row in listed] == ["Plan"]
