"""Bodies that are sent in pieces: what arrives, how often it is read, what it may not smuggle."""

import os
from collections.abc import AsyncIterator
from contextlib import closing
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from connector_kit import bodies
from connector_kit.allowed_folder import AllowedFolder, OpenedFile
from connector_kit.bodies import Body, Part
from connector_kit.errors import Conflict, OutcomeUnknown, RateLimited
from connector_kit.http import Exchange, HttpClient
from connector_kit.testing.faults import QUICK, Fault, FaultServer

pytestmark = pytest.mark.anyio


async def whole(body: Body) -> bytes:
    data = b"".join([piece async for piece in body.pieces()])
    assert len(data) == body.size
    return data


def opened(folder: Path, name: str, content: bytes) -> OpenedFile:
    (folder / name).write_bytes(content)
    allowed = AllowedFolder.of(folder, variable="JIRA_FILES_DIR", guide="the guide", refused="Nothing was sent")
    return allowed.open(name, most=1 << 30)


def files_in(media_type: str, data: bytes) -> list[tuple[str | None, str, bytes]]:
    """What another reader of forms than ours makes of one: name, type and content of each file."""
    head = f"Content-Type: {media_type}\r\n\r\n".encode()
    message = BytesParser(policy=policy.HTTP).parsebytes(head + data)
    found: list[tuple[str | None, str, bytes]] = []
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found.append((part.get_filename(), part.get_content_type(), content))
    return found


async def test_a_file_is_sent_in_pieces_and_can_be_sent_again(tmp_path: Path) -> None:
    content = os.urandom(3 * bodies.PIECE + 17)
    with closing(opened(tmp_path, "a.png", content)) as file:
        body = bodies.of_file(file)
        assert (body.size, body.media_type) == (len(content), "image/png")
        assert max([len(piece) async for piece in body.pieces()]) == bodies.PIECE
        assert await whole(body) == await whole(body) == content


async def test_a_file_that_grows_is_sent_as_long_as_it_was_and_one_that_shrinks_is_not(tmp_path: Path) -> None:
    with closing(opened(tmp_path, "a.log", b"x" * 100)) as file:
        body = bodies.of_file(file)
        (tmp_path / "a.log").write_bytes(b"y" * 200)
        assert await whole(body) == b"y" * 100
        (tmp_path / "a.log").write_bytes(b"z" * 50)
        with pytest.raises(Conflict, match=r"'a\.log' became shorter while it was sent"):
            await whole(body)


async def test_a_form_is_what_other_readers_expect() -> None:
    content = b"\r\n--not the boundary\r\n\x00\xff"
    parts = [Part("ä 1.bin", bodies.of_bytes(content, "application/x-thing")), Part("b", bodies.of_bytes(b"", "a/b"))]
    form = bodies.form("file", parts)
    assert files_in(form.media_type, await whole(form)) == [
        ("ä 1.bin", "application/x-thing", content),
        ("b", "a/b", b""),
    ]
    assert form.media_type != bodies.form("file", parts).media_type


async def test_texts_stand_in_a_form_under_fields_of_their_own() -> None:
    form = bodies.form("file", [Part("a", bodies.of_bytes(b"1", "a/b"))], {"minorEdit": "true", "comment": "ä\r\n--"})
    message = BytesParser(policy=policy.default).parsebytes(
        f"Content-Type: {form.media_type}\r\n\r\n".encode() + await whole(form)
    )
    shown = [
        (part.get_param("name", header="content-disposition"), part.get_filename(), part.get_payload(decode=True))
        for part in message.iter_parts()
    ]
    assert shown == [("minorEdit", None, b"true"), ("comment", None, "ä\r\n--".encode()), ("file", "a", b"1")]


@pytest.mark.parametrize("name", ['a"; filename="b', "a\r\nContent-Type: text/html\r\n\r\n<b>", "a\n\n--x"])
async def test_a_name_cannot_add_lines_to_a_form(name: str) -> None:
    form = bodies.form("file", [Part(name, bodies.of_bytes(b"content", "text/plain"))])
    head = (await whole(form)).partition(b"\r\n\r\n")[0].decode()
    assert len(head.split("\r\n")) == 3
    assert "\n" not in head.replace("\r\n", "")
    assert head.count('"') == 4


async def test_a_body_goes_out_with_its_length_and_is_not_recorded() -> None:
    seen: list[Exchange] = []
    async with FaultServer(Fault.json({})) as server:
        client = HttpClient(server.url, service="Jira", policy=QUICK, on_exchange=seen.append)
        await client.request("POST", "/files", content=bodies.of_bytes(b"content", "text/plain"))
        await client.aclose()
        [request] = server.requests
    assert request.body == b"content"
    assert request.headers["content-length"] == "7"
    assert request.headers["content-type"] == "text/plain"
    assert "transfer-encoding" not in request.headers
    assert [exchange.request_body for exchange in seen] == [b""]


async def test_each_try_sends_the_body_from_its_beginning() -> None:
    async with FaultServer(Fault.json({})) as server:
        server.queue("/files", Fault.json({}, 429), Fault.json({}, 429))
        client = HttpClient(server.url, service="Jira", policy=QUICK)
        await client.request("POST", "/files", content=bodies.of_bytes(b"content", "text/plain"))
        await client.aclose()
        assert [request.body for request in server.requests] == [b"content"] * 3


async def test_an_upload_that_broke_off_is_not_repeated() -> None:
    async with FaultServer(Fault().dropped("before_answer")) as server:
        client = HttpClient(server.url, service="Jira", policy=QUICK)
        with pytest.raises(OutcomeUnknown):
            await client.request("POST", "/files", content=bodies.of_bytes(b"content", "text/plain"))
        await client.aclose()
        assert len(server.requests) == 1


async def test_an_upload_that_ends_early_on_our_side_is_told_by_its_own_error() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"half"
        raise RateLimited("The disk is busy.")

    async with FaultServer(Fault.json({})) as server:
        client = HttpClient(server.url, service="Jira", policy=QUICK)
        with pytest.raises(RateLimited, match="disk"):
            await client.request("POST", "/files", content=Body(100, "text/plain", pieces))
        await client.request("GET", "/after")
        await client.aclose()
        assert [request.path for request in server.requests] == ["/after"]
