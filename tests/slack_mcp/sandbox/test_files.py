"""Files: uploading in three steps, sharing, reading, listing, downloading and deleting."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from slack_mcp.sandbox import accounts
from slack_mcp.sandbox.files.pictures import Picture, read_png, size_of
from slack_mcp.sandbox.sample import channels, documents
from slack_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio


async def announce(visitor: Visitor, name: str, length: int, **more: Any) -> tuple[str, str]:
    body = await visitor.call("files.getUploadURLExternal", filename=name, length=length, **more)
    return body["file_id"], urlsplit(str(body["upload_url"])).path


async def sent(visitor: Visitor, name: str, content: bytes, **more: Any) -> str:
    file_id, path = await announce(visitor, name, len(content), **more)
    reply = await visitor.client.post(path, content=content)
    assert (reply.status_code, reply.text) == (200, f"OK - {len(content)}")
    return file_id


async def shared(visitor: Visitor, name: str, content: bytes, channel: str, **more: Any) -> str:
    file_id = await sent(visitor, name, content)
    await visitor.call("files.completeUploadExternal", files=[{"id": file_id}], channel_id=channel, **more)
    return file_id


async def fetch(visitor: Visitor, address: str) -> Any:
    return await visitor.client.get(urlsplit(address).path)


async def test_a_file_is_shared_in_a_message_with_its_comment(slack: Visitor) -> None:
    file_id = await sent(slack, "notes.txt", b"one\ntwo\n")
    done = await slack.call(
        "files.completeUploadExternal",
        files=[{"id": file_id, "title": "The notes"}],
        channel_id=channels.DEV,
        initial_comment="Here they are",
    )
    assert [each["id"] for each in done["files"]] == [file_id]
    message = await slack.latest(channels.DEV)
    assert message["text"] == "Here they are"
    assert message["upload"] is True
    (file,) = message["files"]
    assert (file["title"], file["mode"], file["lines"], file["mimetype"]) == ("The notes", "snippet", 2, "text/plain")
    info = await slack.call("files.info", file=file_id)
    assert info["content"] == "one\ntwo\n"
    assert info["file"]["channels"] == [channels.DEV]
    (share,) = info["file"]["shares"]["public"][channels.DEV]
    assert (share["ts"], share["channel_name"]) == (message["ts"], "pm-os-dev")


async def test_several_files_can_go_into_a_thread_at_once(slack: Visitor) -> None:
    ids = [await sent(slack, name, b"x") for name in ("a.bin", "b.bin")]
    parent = await slack.post(channels.DEV, "Two files follow")
    files = [{"id": each} for each in ids]
    await slack.call("files.completeUploadExternal", files=files, channel_id=channels.DEV, thread_ts=parent)
    replies = (await slack.call("conversations.replies", channel=channels.DEV, ts=parent))["messages"]
    assert [each["id"] for each in replies[1]["files"]] == ids
    assert replies[0]["reply_count"] == 1
    (share,) = (await slack.call("files.info", file=ids[0]))["file"]["shares"]["public"][channels.DEV]
    assert share["thread_ts"] == parent


async def test_without_a_channel_a_file_is_for_its_owner_only(slack: Visitor, visit: Callable[[str], Visitor]) -> None:
    file_id = await sent(slack, "draft.md", b"# Draft")
    await slack.call("files.completeUploadExternal", files=[{"id": file_id}])
    assert (await slack.call("files.info", file=file_id))["file"]["shares"] == {}
    assert await visit(accounts.COLLEAGUE_TOKEN).refused("files.info", file=file_id) == "file_not_found"


async def test_the_bytes_have_to_be_as_many_as_were_announced(slack: Visitor) -> None:
    file_id, path = await announce(slack, "a.txt", 3)
    assert (await slack.client.post(path, content=b"four")).status_code == 400
    assert await slack.refused("files.completeUploadExternal", files=[{"id": file_id}]) == "file_not_found"
    assert (await slack.client.post(path, content=b"abc")).status_code == 200
    await slack.call("files.completeUploadExternal", files=[{"id": file_id}])
    assert await slack.refused("files.completeUploadExternal", files=[{"id": file_id}]) == "file_not_found"


async def test_bytes_may_come_in_a_form(slack: Visitor) -> None:
    file_id, path = await announce(slack, "a.txt", 5)
    assert (await slack.client.post(path, files={"filename": ("a.txt", b"hello")})).text == "OK - 5"
    await slack.call("files.completeUploadExternal", files=[{"id": file_id}])
    assert (await slack.call("files.info", file=file_id))["content"] == "hello"


async def test_an_upload_address_works_for_an_hour_and_is_not_guessed(slack: Visitor, clock: Any) -> None:
    _, path = await announce(slack, "a.txt", 1)
    assert (await slack.client.post("/upload/v1/guess", content=b"x")).status_code == 404
    clock.now += 3_601
    assert (await slack.client.post(path, content=b"x")).status_code == 404


async def test_somebody_elses_upload_cannot_be_completed(slack: Visitor, bot: Visitor) -> None:
    file_id = await sent(slack, "a.txt", b"x")
    assert await bot.refused("files.completeUploadExternal", files=[{"id": file_id}]) == "file_not_found"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"filename": "a.txt", "length": 0}, "missing_argument"),
        ({"filename": "a.txt", "length": 2_000_000_000}, "file_upload_size_restricted"),
        ({"filename": "a.png", "length": 1, "alt_txt": "x" * 1001}, "alt_txt_too_large"),
        ({"filename": "a", "length": 1, "snippet_type": "klingon"}, "unknown_snippet_type"),
        ({"filename": "a", "length": 2_000_000, "snippet_type": "python"}, "snippet_too_large"),
        ({"length": 1}, "invalid_arguments"),
    ],
)
async def test_an_announcement_that_cannot_be_met_is_refused(
    slack: Visitor, arguments: dict[str, Any], error: str
) -> None:
    assert await slack.refused("files.getUploadURLExternal", **arguments) == error


@pytest.mark.parametrize(
    ("channel", "error"),
    [("C0NOWHERE00", "channel_not_found"), (channels.BOOTSTRAP, "is_archived")],
)
async def test_a_file_goes_only_where_its_sender_may_post(slack: Visitor, channel: str, error: str) -> None:
    file_id = await sent(slack, "a.txt", b"x")
    files = [{"id": file_id}]
    assert await slack.refused("files.completeUploadExternal", files=files, channel_id=channel) == error


async def test_a_file_is_not_shared_in_a_channel_that_one_has_not_joined(bot: Visitor, slack: Visitor) -> None:
    made = (await slack.call("conversations.create", name="quiet"))["channel"]["id"]
    file_id = await sent(bot, "a.txt", b"x")
    answer = await bot.refused("files.completeUploadExternal", files=[{"id": file_id}], channel_id=made)
    assert answer == "not_in_channel"


async def test_the_report_of_the_sample_can_be_downloaded(slack: Visitor) -> None:
    file = (await slack.call("files.info", file=documents.REPORT))["file"]
    assert (file["name"], file["filetype"], file["is_public"]) == ("phases.csv", "csv", True)
    assert file["preview"].startswith("phase,deliverables,days")
    for address in (file["url_private"], file["url_private_download"]):
        reply = await fetch(slack, address)
        assert reply.headers["content-type"] == "text/csv; charset=utf-8"
        assert len(reply.content) == file["size"]
    assert "attachment" in reply.headers["content-disposition"]


@pytest.mark.parametrize("token", ["", "xoxp-unheard-of", accounts.READ_TOKEN, accounts.GUEST_TOKEN])
async def test_without_a_token_for_it_the_sign_in_page_comes_in_place_of_a_file(
    slack: Visitor, visit: Callable[[str], Visitor], token: str
) -> None:
    address = (await slack.call("files.info", file=documents.REPORT))["file"]["url_private"]
    reply = await fetch(visit(token), address)
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert "Sign in" in reply.text


async def test_the_chart_has_thumbnails_of_the_size_that_they_claim(slack: Visitor) -> None:
    file = (await slack.call("files.info", file=documents.CHART))["file"]
    assert (file["original_w"], file["original_h"], file["filetype"]) == (400, 240, "png")
    assert "thumb_720" not in file
    small = await fetch(slack, file["thumb_360"])
    assert small.headers["content-type"] == "image/png"
    assert size_of(small.content) == (file["thumb_360_w"], file["thumb_360_h"]) == (360, 216)
    whole = await fetch(slack, file["url_private"])
    picture = read_png(whole.content)
    assert picture
    assert picture.png() == whole.content


async def test_files_are_listed_by_channel_person_time_and_kind(slack: Visitor) -> None:
    async def listed(**arguments: Any) -> set[str]:
        return {each["id"] for each in (await slack.call("files.list", **arguments))["files"]}

    assert await listed() == {documents.REPORT, documents.CHART, documents.CANVAS_ID}
    assert await listed(channel=channels.METRICS) == {documents.REPORT, documents.CHART}
    assert await listed(channel=channels.DEV) == {documents.CANVAS_ID}
    assert await listed(user="U0PMOS00001") == {documents.CANVAS_ID}
    assert await listed(types="images") == {documents.CHART}
    assert await listed(types="snippets,spaces") == {documents.REPORT, documents.CANVAS_ID}
    assert await listed(types="canvas") == {documents.CANVAS_ID}
    assert await listed(ts_from="1769968860") == {documents.CHART}
    assert await listed(ts_to="1769900000") == {documents.CANVAS_ID}
    assert await slack.refused("files.list", types="novels") == "unknown_type"
    assert await slack.refused("files.list", user="U0NOBODY000") == "user_not_found"


async def test_the_list_comes_by_pages_the_newest_first(slack: Visitor) -> None:
    first = await slack.call("files.list", count=2)
    assert [each["id"] for each in first["files"]] == [documents.CHART, documents.REPORT]
    assert first["paging"] == {"count": 2, "total": 3, "page": 1, "pages": 2}
    second = await slack.call("files.list", count=2, page=2)
    assert [each["id"] for each in second["files"]] == [documents.CANVAS_ID]


async def test_files_of_private_places_are_for_their_members(slack: Visitor, visit: Callable[[str], Visitor]) -> None:
    file_id = await shared(slack, "keys.txt", b"secret", channels.LEADS)
    info = (await slack.call("files.info", file=file_id))["file"]
    assert (info["groups"], info["is_public"]) == ([channels.LEADS], False)
    guest = visit(accounts.GUEST_TOKEN)
    assert await guest.refused("files.info", file=file_id) == "file_not_found"
    assert await guest.refused("files.info", file=documents.REPORT) == "file_not_found"
    assert (await guest.call("files.list"))["files"] == []


async def test_a_deleted_file_leaves_a_tombstone_in_its_message(
    slack: Visitor, visit: Callable[[str], Visitor]
) -> None:
    file_id = await shared(slack, "a.txt", b"x", channels.DEV, initial_comment="See")
    assert await visit(accounts.COLLEAGUE_TOKEN).refused("files.delete", file=file_id) == "cant_delete_file"
    await slack.call("files.delete", file=file_id)
    assert (await slack.latest(channels.DEV))["files"] == [{"id": file_id, "mode": "tombstone"}]
    assert await slack.refused("files.info", file=file_id) == "file_deleted"
    assert file_id not in {each["id"] for each in (await slack.call("files.list"))["files"]}


async def test_a_download_can_be_made_to_fail(slack: Visitor) -> None:
    address = (await slack.call("files.info", file=documents.REPORT))["file"]["url_private"]
    await slack.control("POST", "/_sandbox/faults", {"method": "files-pri", "status": 503})
    assert (await fetch(slack, address)).status_code == 503
    assert (await fetch(slack, address)).status_code == 200


@pytest.mark.parametrize(
    ("name", "content", "filetype", "mode"),
    [
        ("a.py", b"x = 1", "python", "snippet"),
        ("a.pdf", b"%PDF-1.7", "pdf", "hosted"),
        ("unnamed", b"\x89PNG\r\n\x1a\n", "png", "hosted"),
        ("unnamed", b"plain words", "text", "snippet"),
        ("unnamed", b"\x00\xff\xfe", "binary", "hosted"),
        ("big.log", b"x" * 1_048_577, "text", "hosted"),
    ],
)
async def test_the_kind_of_a_file_follows_from_its_name_or_its_first_bytes(
    slack: Visitor, name: str, content: bytes, filetype: str, mode: str
) -> None:
    file_id = await shared(slack, name, content, channels.DEV)
    file = (await slack.call("files.info", file=file_id))["file"]
    assert (file["filetype"], file["mode"], file["size"]) == (filetype, mode, len(content))


@pytest.mark.parametrize("filter_kind", range(5))
def test_every_row_filter_of_a_png_is_undone(filter_kind: int) -> None:
    import struct
    import zlib

    rows = [bytes((x * y) % 256 for x in range(12)) for y in range(1, 5)]
    plain = Picture(4, 4, 3, rows)
    data = b""
    above = bytes(12)
    for row in rows:
        data += bytes([filter_kind]) + bytes(
            (value - _guess(filter_kind, row, above, index)) & 255 for index, value in enumerate(row)
        )
        above = row
    chunk = zlib.compress(data)
    start = plain.png()[:33]
    content = start + struct.pack(">I", len(chunk)) + b"IDAT" + chunk + b"\0\0\0\0"
    picture = read_png(content)
    assert picture
    assert list(picture.rows) == rows


def _guess(kind: int, row: bytes, above: bytes, index: int) -> int:
    left = row[index - 3] if index >= 3 else 0
    corner = above[index - 3] if index >= 3 else 0
    up = above[index]
    if kind == 4:
        estimate = left + up - corner
        return min((left, up, corner), key=lambda each: abs(estimate - each))
    return (0, left, up, (left + up) // 2)[kind]


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n" + bytes(40), b"GIF89a"])
def test_a_broken_picture_is_no_picture(content: bytes) -> None:
    assert read_png(content) is None
