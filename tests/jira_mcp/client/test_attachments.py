"""Files on issues: how they are found, read and saved, and what never leaves or enters the allowed folder."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest

from connector_kit.contents import image_kind
from connector_kit.errors import InvalidInput, NotConfigured, NotFound, NotPermitted
from connector_kit.testing.recorder import Recorder
from jira_mcp.client import JiraClient
from jira_mcp.models import Attachment

from ..conftest import Connect

pytestmark = pytest.mark.anyio


async def listed(jira: JiraClient, key: str) -> tuple[Attachment, ...]:
    return (await jira.issue(key)).attachments


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


# Finding


async def test_a_file_is_found_by_its_id_its_name_or_a_link(jira: JiraClient) -> None:
    picture, table = await listed(jira, "PMOS-21")
    for wanted in (table.id, "quality metrics.csv", " Quality METRICS.csv ", jira.attachment_url(table)):
        found = await jira.attachment("PMOS-21", wanted)
        assert (found.key, found.attachment) == ("PMOS-21", table)
    secure = f"https://pm-os.sandbox.invalid/secure/attachment/{picture.id}/dashboard.png"
    assert (await jira.attachment("PMOS-21", secure)).attachment == picture
    with pytest.raises(InvalidInput, match="not on this call's site"):
        await jira.attachment("PMOS-21", secure.replace("pm-os", "elsewhere"))


async def test_a_picture_in_a_text_leads_to_its_file(jira: JiraClient) -> None:
    issue = await jira.issue("PMOS-21")
    line = next(line for line in issue.description.splitlines() if line.startswith("!["))
    number = line.partition("(")[2].rstrip(")")
    assert number.startswith("adf:")
    for wanted in (line, number):
        assert (await jira.attachment("PMOS-21", wanted)).attachment.name == "dashboard.png"
    with pytest.raises(NotFound, match=r"No text of PMOS-21 shows adf:123456 now\. Read the issue again"):
        await jira.attachment("PMOS-21", "adf:123456")


async def test_the_id_of_the_media_service_leads_to_the_file_that_has_it(jira: JiraClient, recorder: Recorder) -> None:
    answer = await jira.attachment("PMOS-21", "dashboard.png")
    recorder.clear()
    media = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(NotFound, match=media):
        await jira.attachment("PMOS-21", f"attachment:{media}?collection=x")
    addresses = [exchange.response_headers["location"] for exchange in recorder.exchanges if "content" in exchange.url]
    assert len(addresses) == 2
    media = addresses[0].partition("/file/")[2].partition("/")[0]
    assert await jira.attachment("PMOS-21", f"![](attachment:{media.upper()})") == answer
    assert not any(exchange.response_body for exchange in recorder.exchanges if "/media/" in exchange.url)


async def test_a_missing_file_is_told_with_those_that_there_are(jira: JiraClient) -> None:
    with pytest.raises(NotFound, match=r"Did you mean velocity\.csv.*velocity\.csv \(id \d+\), velocity\.png \(id"):
        await jira.attachment("PMOS-22", "velocty.csv")
    with pytest.raises(NotFound, match="the issue has none"):
        await jira.attachment("PMOS-1", "velocity.csv")
    with pytest.raises(InvalidInput, match="attachment: is empty"):
        await jira.attachment("PMOS-22", "  ")


async def test_a_name_that_several_files_have_asks_for_an_id(jira: JiraClient) -> None:
    made = [(await jira.attach("PMOS-40", [], text=text, name="a.txt")).files[0] for text in ("one", "two")]
    with pytest.raises(InvalidInput, match=rf"2 files called 'a\.txt'.*{made[0].id} \(3 bytes, 20.*, {made[1].id} \("):
        await jira.attachment("PMOS-40", "a.txt")
    content = await jira.read_attachment(await jira.attachment("PMOS-40", made[1].id))
    assert content.text == "two"


async def test_tools_keep_to_the_files_of_their_projects(connected: Connect, recorder: Recorder) -> None:
    everywhere = await connected()
    [foreign] = await listed(everywhere, "DESK-1")
    jira = await connected(projects="PMOS")
    recorder.clear()
    calls: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: jira.attachment("DESK-1", foreign.id),
        lambda: jira.attach("DESK-1", [], text="a", name="a.txt"),
        lambda: jira.delete_attachment("DESK-1", foreign.id),
    )
    for call in calls:
        with pytest.raises(NotPermitted, match="JIRA_PROJECTS"):
            await call()
    assert recorder.exchanges == []
    for wanted in (foreign.id, jira.attachment_url(foreign)):
        with pytest.raises(NotFound, match="PMOS-40 has no attachment"):
            await jira.attachment("PMOS-40", wanted)
        with pytest.raises(NotFound, match="PMOS-40 has no attachment"):
            await jira.delete_attachment("PMOS-40", wanted)
    assert not [path for _, path in recorder.sent if "/attachment/" in path]


# Reading and saving


async def test_text_is_decoded_and_anything_else_is_bytes(jira: JiraClient) -> None:
    table = await jira.read_attachment(await jira.attachment("PMOS-21", "quality metrics.csv"))
    assert table.text is not None
    assert table.text.startswith("phase,issues")
    assert table.complete
    log = await jira.read_attachment(await jira.attachment("PMOS-11", "token-refresh.log"), max_bytes=10)
    assert (log.text, log.complete) == ("2026-01-31", False)
    report = await jira.read_attachment(await jira.attachment("PMOS-13", "security-review.pdf"))
    assert report.text is None
    picture = await jira.attachment("PMOS-21", "dashboard.png")
    assert image_kind((await jira.read_attachment(picture)).data) == "png"
    assert image_kind(await jira.attachment_preview(picture)) == "png"
    with pytest.raises(NotFound):
        await jira.attachment_preview(await jira.attachment("PMOS-13", "security-review.pdf"))


async def test_files_are_saved_for_their_owner_alone_and_never_overwrite(connected: Connect, tmp_path: Path) -> None:
    folder = tmp_path / "allowed"
    folder.mkdir()
    jira = await connected(files_dir=folder)
    found = await jira.attachment("PMOS-13", "security-review.pdf")
    first, second = await jira.save_attachment(found), await jira.save_attachment(found)
    assert [Path(saved.path).name for saved in (first, second)] == ["security-review.pdf", "security-review (2).pdf"]
    content = await anyio.to_thread.run_sync(Path(second.path).read_bytes)
    assert content.startswith(b"%PDF")
    assert len(content) == first.size == found.attachment.size
    assert os.stat(first.path).st_mode & 0o077 == 0  # noqa: PTH116
    elsewhere = await jira.save_attachment(found, name="../../.bashrc")
    assert Path(elsewhere.path) == folder / "bashrc"
    with pytest.raises(InvalidInput, match="save_as"):
        await jira.save_attachment(found, name="..")


async def test_without_a_folder_nothing_is_saved_or_attached_from_it(jira: JiraClient, recorder: Recorder) -> None:
    found = await jira.attachment("PMOS-13", "security-review.pdf")
    with pytest.raises(NotConfigured, match=r"Nothing was saved: JIRA_FILES_DIR is not set.*setup_guides/jira\.md"):
        await jira.save_attachment(found)
    with pytest.raises(NotConfigured, match="Nothing was attached: JIRA_FILES_DIR is not set"):
        await jira.attach("PMOS-40", ["a.txt"])
    assert not [url for _, url in recorder.sent if "/content/" in url or url.endswith("/attachments")]
    assert await jira.attach("PMOS-40", [], text="This needs no folder.", name="a.txt")


# Attaching and deleting


async def test_files_and_a_text_are_attached_together(connected: Connect, recorder: Recorder, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "notes ä.md").write_text("# Notes\n")
    raw = os.urandom(200_000)
    (tmp_path / "raw.bin").write_bytes(raw)
    jira = await connected(files_dir=tmp_path)
    done = await jira.attach("PMOS-40", ["sub/notes ä.md", str(tmp_path / "raw.bin")], text="Naïve", name="a.txt")
    assert [(each.name, each.size) for each in done.files] == [("notes ä.md", 8), ("raw.bin", 200_000), ("a.txt", 6)]
    assert await listed(jira, "PMOS-40") == done.files
    content = await jira.read_attachment(await jira.attachment("PMOS-40", "raw.bin"))
    assert content.data == raw
    assert [path for _, path in recorder.sent if path.endswith("/attachments")] == [
        "/rest/api/3/issue/PMOS-40/attachments"
    ]


async def test_nothing_outside_of_the_folder_is_attached(
    connected: Connect, recorder: Recorder, tmp_path: Path
) -> None:
    folder = tmp_path / "allowed"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "good.txt").write_text("good")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "empty.txt").touch()
    jira = await connected(files_dir=folder)
    for path in ("../secret.txt", str(tmp_path / "secret.txt"), "link.txt", ".", "missing.txt", "empty.txt", "a\x00b"):
        with pytest.raises(InvalidInput, match=r"Nothing was attached\. \[files: "):
            await jira.attach("PMOS-40", ["good.txt", path])
    assert not [path for _, path in recorder.sent if path.endswith("/attachments")]
    assert names_in(folder) == ["empty.txt", "good.txt", "link.txt"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"paths": []}, r"\[files: is empty, and there is no text\]"),
        ({"paths": [], "text": "a"}, r"\[name: is empty"),
        (
            {"paths": [], "text": "a", "name": "../a.txt"},
            r"\[name: '../a.txt' is no plain name for a file; 'a.txt' is\]",
        ),
        ({"paths": [], "text": "a", "name": "con.txt"}, r"'_con.txt' is\]"),
        ({"paths": [], "text": "a", "name": "a\u202etxt.exe"}, r"'atxt.exe' is\]"),
        ({"paths": [], "text": "a", "name": "a" * 300}, r"is no plain name"),
        ({"paths": [], "text": "a", "name": ".."}, r"\[name: '..' leaves nothing\]"),
        ({"paths": [], "name": "a.txt"}, r"\[name: is for a text, and there is none\]"),
        ({"paths": [], "text": "\ud800", "name": "a.txt"}, r"\[text: holds half a character"),
        ({"paths": ["a"] * 21}, r"\[files: 21 files; at most 20 at once\]"),
    ],
)
async def test_what_cannot_be_attached_is_told_before_anything_is_asked(
    jira: JiraClient, recorder: Recorder, arguments: dict[str, Any], told: str
) -> None:
    recorder.clear()
    with pytest.raises(InvalidInput, match=told):
        await jira.attach("PMOS-40", **arguments)
    assert recorder.exchanges == []


async def test_sizes_are_checked_before_anything_is_sent(
    connected: Connect, recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "large.bin").write_bytes(b"x" * (10 * 1024 * 1024 + 1))
    (tmp_path / "a.bin").write_bytes(b"x" * 60)
    jira = await connected(files_dir=tmp_path)
    with pytest.raises(InvalidInput, match="10,485,761 bytes; files up to 10,485,760 are taken"):
        await jira.attach("PMOS-40", ["large.bin"])
    with pytest.raises(InvalidInput, match=r"text: 'a\.txt' has 10,485,761 bytes; this site takes files up to"):
        await jira.attach("PMOS-40", [], text="x" * (10 * 1024 * 1024 + 1), name="a.txt")
    monkeypatch.setattr("connector_kit.uploads.LARGEST_SENT", 100)
    with pytest.raises(InvalidInput, match="120 bytes together; at most 100 are sent at once"):
        await jira.attach("PMOS-40", ["a.bin", "a.bin"])
    monkeypatch.setattr("jira_mcp.client.attachments.LARGEST_SAVED", 10)
    with pytest.raises(InvalidInput, match="can be saved"):
        await jira.save_attachment(await jira.attachment("PMOS-13", "security-review.pdf"))
    assert not [path for _, path in recorder.sent if path.endswith("/attachments") or "content" in path]


async def test_a_deleted_file_is_no_longer_listed(jira: JiraClient) -> None:
    assert len(await listed(jira, "PMOS-22")) == 2
    gone = await jira.delete_attachment("PMOS-22", "velocity.csv")
    assert [each.name for each in await listed(jira, "PMOS-22")] == ["velocity.png"]
    with pytest.raises(NotFound):
        await jira.delete_attachment("PMOS-22", gone.attachment.id)


async def test_what_the_account_may_not_do_is_told(connected: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jira_mcp.sandbox.SANDBOX_EMAIL", "sam.okafor@auditors.example")
    monkeypatch.setattr("jira_mcp.sandbox.SANDBOX_TOKEN", "sandbox-token-viewer")
    viewer = await connected()
    calls = (viewer.attach("PMOS-40", [], text="a", name="a.txt"), viewer.delete_attachment("PMOS-22", "velocity.csv"))
    for call in calls:
        with pytest.raises(NotPermitted, match="permission") as refused:
            await call
        assert "administrator of the project" in str(refused.value)
    assert await viewer.attachment("PMOS-22", "velocity.csv")
