"""Files and canvases: what is read, what is saved, and what never leaves the allowed folder."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import unquote_plus

import anyio.to_thread
import httpx2
import pytest

from connector_kit.errors import InvalidInput, NotConfigured, NotFound, NotPermitted
from connector_kit.testing.recorder import Recorder
from slack_mcp.client import SlackClient, connect
from slack_mcp.models import File
from slack_mcp.settings import SlackSettings

pytestmark = pytest.mark.anyio
Connect = Callable[..., Awaitable[SlackClient]]


async def named(slack: SlackClient, name: str) -> File:
    return next(file for file in (await slack.files(limit=100)).items if file.name == name)


async def test_files_are_listed_with_who_shared_them(slack: SlackClient) -> None:
    file = await named(slack, "phases.csv")
    assert (file.media_type, file.user) == ("text/csv", "DataAnalyst")
    assert file.permalink.endswith("phases.csv")
    assert await slack.file(file.permalink) == file
    assert (
        file in (await slack.files(channel="pm-os-metrics", user="@dataanalyst")).items
        or file in (await slack.files(user="@dataanalyst")).items
    )


async def test_pages_of_files_hold_each_once(slack: SlackClient) -> None:
    whole = [file.id for file in (await slack.files(limit=100)).items]
    found: list[str] = []
    cursor: str | None = None
    for limit in (1, 2, 1, 100):
        page = await slack.files(limit=limit, cursor=cursor)
        found += [file.id for file in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert found == whole


async def test_a_window_and_a_kind_narrow_files_down(slack: SlackClient) -> None:
    assert [file.name for file in (await slack.files(kind="images")).items] == ["phases.png"]
    assert (await slack.files(window="2026-01-30")).items == ()
    with pytest.raises(InvalidInput, match="kind"):
        await slack.files(kind="images; drop table")


async def test_text_is_decoded_and_an_image_is_bytes(slack: SlackClient) -> None:
    table = await slack.read_file((await named(slack, "phases.csv")).id)
    assert table.text is not None
    assert table.text.startswith("phase")
    assert table.complete
    beginning = await slack.read_file(table.file.id, max_bytes=10)
    assert (beginning.text, beginning.complete) == (table.text[:10], False)
    image = await slack.read_file((await named(slack, "phases.png")).id)
    assert image.text is None
    assert image.data.startswith(b"\x89PNG")


async def test_a_missing_file_is_told(slack: SlackClient) -> None:
    with pytest.raises(NotFound, match="no such file"):
        await slack.file("F0NOSUCHONE1")
    with pytest.raises(InvalidInput, match="does not name a file"):
        await slack.read_file("../../etc/passwd")


# The folder


async def test_without_a_folder_nothing_is_saved_or_uploaded(slack: SlackClient, tmp_path: Path) -> None:
    file = await named(slack, "phases.csv")
    for call in (slack.save_file(file.id), slack.upload("x.txt", "general")):
        with pytest.raises(NotConfigured, match="SLACK_FILES_DIR is not set"):
            await call


async def test_files_are_saved_for_their_owner_alone_and_never_overwrite(connected: Connect, tmp_path: Path) -> None:
    slack = await connected(files_dir=tmp_path)
    file = await named(slack, "phases.csv")
    first = await slack.save_file(file.id)
    second = await slack.save_file(file.id)
    assert [Path(saved.path).name for saved in (first, second)] == ["phases.csv", "phases (2).csv"]
    content = await anyio.to_thread.run_sync(Path(second.path).read_bytes)
    assert len(content) == first.size == file.size
    assert os.stat(first.path).st_mode & 0o077 == 0  # noqa: PTH116
    elsewhere = await slack.save_file(file.id, name="../../.bashrc")
    assert Path(elsewhere.path) == tmp_path / "bashrc"


async def test_a_file_is_uploaded_in_three_steps_and_shared(
    connected: Connect, recorder: Recorder, tmp_path: Path
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "notes.md").write_text("# Notes\n")
    slack = await connected(files_dir=tmp_path)
    uploaded = await slack.upload("sub/notes.md", "general", title="The notes", comment="**Read** this @here")
    assert (uploaded.channel, uploaded.file.name) == ("#general", "notes.md")
    paths = [path for _, path in recorder.sent]
    steps = [step for step in paths if "files." in step or "upload" in step]
    assert [step.rpartition("/")[2] for step in steps[:1]] == ["files.getUploadURLExternal"]
    assert "/upload/v1/" in steps[1]
    assert steps[2].endswith("files.completeUploadExternal")
    message = (await slack.history("general", limit=1)).items[0]
    assert [file.id for file in message.files] == [uploaded.file.id]
    assert "**Read** this" in message.text
    assert "@here" not in message.text
    assert (await slack.read_file(uploaded.file.id)).text == "# Notes\n"


async def test_neither_title_nor_comment_of_a_file_calls_everybody(
    connected: Connect, recorder: Recorder, tmp_path: Path
) -> None:
    (tmp_path / "a @here.txt").write_text("a")
    slack = await connected(files_dir=tmp_path)
    await slack.upload("a @here.txt", "general", title="<!channel> notes", comment="# <!ch**annel>")
    await slack.upload("a @here.txt", "general")
    sent = [unquote_plus(each.request_body.decode()) for each in recorder.exchanges if "completeUpload" in each.url]
    assert len(sent) == 2
    for body in sent:
        assert "<!" not in body
        assert "@here" not in body
        assert "@channel" not in body


async def test_a_file_is_shared_in_a_thread(connected: Connect, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    slack = await connected(files_dir=tmp_path)
    beginning = next(each for each in (await slack.history("general")).items if each.replies)
    await slack.upload(str(tmp_path / "a.txt"), "general", thread=beginning.permalink)
    assert (await slack.thread(beginning.permalink)).items[-1].files[0].name == "a.txt"


async def test_nothing_outside_of_the_folder_is_uploaded(
    connected: Connect, recorder: Recorder, tmp_path: Path
) -> None:
    folder = tmp_path / "allowed"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "empty.txt").touch()
    slack = await connected(files_dir=folder)
    for path in ("../secret.txt", str(tmp_path / "secret.txt"), "link.txt", ".", "missing.txt", "empty.txt"):
        with pytest.raises(InvalidInput, match=r"Nothing was uploaded\. \[path: "):
            await slack.upload(path, "general")
    assert not [path for _, path in recorder.sent if "pload" in path]


async def test_a_name_of_which_nothing_is_left_is_told_by_its_argument(connected: Connect, tmp_path: Path) -> None:
    slack = await connected(files_dir=tmp_path)
    with pytest.raises(InvalidInput, match="save_as"):
        await slack.save_file((await named(slack, "phases.csv")).id, name="..")


async def test_a_comment_that_is_too_long_keeps_the_file_from_being_sent(
    connected: Connect, recorder: Recorder, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("a")
    slack = await connected(files_dir=tmp_path)
    with pytest.raises(InvalidInput, match="too long"):
        await slack.upload("a.txt", "general", comment="word " * 2_000)
    assert not [path for _, path in recorder.sent if "pload" in path]


async def test_a_file_of_an_allowed_channel_is_read_whichever_way_the_channel_is_listed(connected: Connect) -> None:
    whole = await connected()
    file = await named(whole, "phases.csv")
    for place in ("pm-os-dev", "pm-os-metrics", "pm-os-alerts", "general"):
        if file in (await whole.files(channel=place)).items:
            assert await (await connected(read_channels=place)).file(file.id) == file
            return
    pytest.fail("the file is in none of the channels")


async def test_what_is_too_large_is_told_before_it_is_read(
    connected: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "large.bin").write_bytes(b"x" * 11)
    monkeypatch.setattr("slack_mcp.client.uploads.LARGEST", 10)
    monkeypatch.setattr("slack_mcp.client.files.LARGEST_SAVED", 10)
    slack = await connected(files_dir=tmp_path)
    with pytest.raises(InvalidInput, match="11 bytes"):
        await slack.upload("large.bin", "general")
    with pytest.raises(InvalidInput, match="can be saved"):
        await slack.save_file((await named(slack, "phases.csv")).id)


# Canvases


async def test_a_canvas_is_read_as_markdown(slack: SlackClient) -> None:
    listed = (await slack.files(kind="canvas")).items
    assert len(listed) == 1
    canvas = await slack.canvas(listed[0].permalink)
    assert canvas.id == listed[0].id
    assert canvas.title == listed[0].title
    assert "#" in canvas.markdown
    with pytest.raises(InvalidInput, match="no canvas"):
        await slack.canvas((await named(slack, "phases.csv")).id)


async def test_where_slack_gives_no_markdown_the_canvas_is_read_as_it_is_kept(
    sandbox_transport: httpx2.AsyncBaseTransport, slack: SlackClient
) -> None:
    class Older(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.url.path.endswith("canvases.getContent"):
                return httpx2.Response(200, json={"ok": False, "error": "unknown_method"})
            return await sandbox_transport.handle_async_request(request)

    listed = (await slack.files(kind="canvas")).items[0]
    older = await connect(SlackSettings(sandbox=True), transport=Older())
    canvas = await older.canvas(listed.id)
    assert canvas.note
    assert canvas.markdown
    await older.aclose()


async def test_a_canvas_is_created_and_added_to(slack: SlackClient) -> None:
    created = await slack.create_canvas("Plan\nB", "# First\n\nOne @channel")
    assert created.title == "Plan B"
    await slack.append_to_canvas(created.id, "## Second\n\n- Two")
    text = (await slack.canvas(created.id)).markdown
    assert text.index("First") < text.index("Second")
    assert "@channel" not in text
    for call in (
        slack.create_canvas(" ", "x"),
        slack.create_canvas("x", " "),
        slack.append_to_canvas(created.id, "x" * 200_000),
    ):
        with pytest.raises(InvalidInput):
            await call


async def test_canvases_and_files_of_other_channels_stay_out_of_reach(connected: Connect, slack: SlackClient) -> None:
    file = await named(slack, "phases.csv")
    canvas = (await slack.files(kind="canvas")).items[0]
    narrow = await connected(read_channels="announcements", channels="announcements")
    for call in (narrow.file(file.id), narrow.read_file(file.id), narrow.canvas(canvas.id)):
        with pytest.raises(NotPermitted, match="none of the channels"):
            await call
    with pytest.raises(NotPermitted, match="SLACK_CHANNELS"):
        await (await connected(channels="announcements")).append_to_canvas(canvas.id, "x")
    with pytest.raises(NotPermitted, match="that of a channel"):
        await (await connected(channels="announcements")).create_canvas("x", "y")
